//! Build script: packs scenarios/*.ron, so that adding a file is all that it takes to ship
//! it in the firmware. Packed, because comments and rules are five sixths of it; phrases become
//! single bytes first, see phrases.rs. Collects the ids of scenarios/coverage.txt.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const PHRASES: &[&str] = &include!("phrases.rs");

#[expect(clippy::print_stdout, reason = "cargo reads it")]
fn main() {
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=scripts/embed.rs");
    println!("cargo:rerun-if-changed=scripts/phrases.rs");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&root).join("scenarios"))
        .expect("scenarios/ is part of the package")
        .map(|entry| entry.expect("readable directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ron"))
        .collect();
    files.sort();
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let packed = std::fs::File::create(Path::new(&out).join("scenarios.z"));
    let mut packed = flate2::write::DeflateEncoder::new(
        packed.expect("OUT_DIR is writable"),
        flate2::Compression::best(),
    );
    let mut all = String::new();
    for path in files {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("scenarios are UTF-8");
        // A line with name and length, and the text behind it; see scenario::embedded.
        write!(all, "scenarios/{name} {}\n{text}", text.len()).expect("a string grows");
    }
    packed
        .write_all(&shorten(&all))
        .expect("OUT_DIR is writable");
    packed.finish().expect("OUT_DIR is writable");

    let table = std::fs::read_to_string(Path::new(&root).join("scenarios/coverage.txt"));
    let table = table.expect("it is part of the package");
    let ids: Vec<&str> = table.lines().filter_map(id).collect();
    let rows = Path::new(&out).join("rows.rs");
    std::fs::write(rows, format!("{ids:?}")).expect("OUT_DIR is writable");
}

/// The id of a row, if one begins here.
fn id(line: &str) -> Option<&str> {
    let begins = line.starts_with(|letter: char| letter.is_ascii_uppercase());
    line.split(' ').next().filter(|_| begins)
}

/// A text with a byte from 0x80 on for each phrase; 0xff stands before a byte that is no phrase.
fn shorten(text: &str) -> Vec<u8> {
    let mut short = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let phrase = PHRASES
            .iter()
            .position(|one| rest.starts_with(one.as_bytes()));
        if let Some(number) = phrase {
            short.push(0x80 + u8::try_from(number).expect("fewer than 127 phrases"));
            rest = &rest[PHRASES[number].len()..];
            continue;
        }
        if *first >= 0x80 {
            short.push(0xff);
        }
        short.push(*first);
        rest = behind;
    }
    short
}
