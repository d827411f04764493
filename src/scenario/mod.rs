//! Scenario files: text in, checked model or all problems out.
//!
//! `scenarios/README.md` tells the format to those who write it. The way of a file:
//! [`Scenario`] reads its frame and its rows once; for each row, `part` puts the values of
//! the row into the text, `syntax` recognises what is written, and `play` with `steps`
//! resolves names and keeps the rules.

mod billing;
mod cache;
mod cast;
pub mod coverage;
mod document;
mod head;
mod model;
mod part;
mod play;
mod problem;
mod read;
mod row;
mod rows;
mod scan;
mod scope;
mod size;
mod skeleton;
mod source;
mod spot;
mod steps;
mod syntax;
mod whole;

pub use document::{Plays, Scenario, name_of};
pub use head::CONFIGS;
pub use model::{
    Act, Actor, At, Block, Branch, Buf, Clock, Command, Condition, Credentials, Door, Entry,
    Expect, Fill, Finds, Ipc, Is, Key, LARGEST_PIECE, LONGEST_LINE, Loop, Map, Mapping, Memory,
    Multiplexed, Names, Namespace, Object, Place, Play, Proc, Process, Range, Relation,
    Requirement, Seg, Shmat, Shmctl, Shmget, Size, Step, Target, Turn, Units, User,
};
pub use problem::{Problem, nearest};

/// The scenarios that are built in, as (file, text), sorted by file.
#[must_use]
pub fn embedded() -> Vec<(String, String)> {
    const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.z"));
    let unpacked = miniz_oxide::inflate::decompress_to_vec(PACKED).unwrap_or_default();
    let text = String::from_utf8(lengthen(&unpacked)).unwrap_or_default();
    let mut rest = text.as_str();
    let mut files = Vec::new();
    // Lines with name and length, each with the text behind it; see scripts/embed.rs.
    while let Some((head, behind)) = rest.split_once('\n') {
        let (name, length) = head.split_once(' ').unwrap_or((head, "0"));
        let (text, next) = behind.split_at(length.parse().unwrap_or(0));
        files.push((name.to_owned(), text.to_owned()));
        rest = next;
    }
    files
}

/// The text that scripts/embed.rs shortened: a byte from 0x80 on stands for a phrase, 0xff before
/// a byte that is none.
fn lengthen(short: &[u8]) -> Vec<u8> {
    const PHRASES: &[&str] = &include!("../../scripts/phrases.rs");
    let mut text = Vec::new();
    let mut bytes = short.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            0xff => text.extend(bytes.next()),
            0x80.. => match PHRASES.get(usize::from(byte - 0x80)) {
                Some(phrase) => text.extend_from_slice(phrase.as_bytes()),
                None => return Vec::new(),
            },
            _ => text.push(byte),
        }
    }
    text
}
