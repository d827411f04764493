//! Observations as words.

use super::words::{from_i32, little_endian, to_i32};
use crate::abi::{Death, Errno, Field, Fields};
use crate::observe::{Difference, LONGEST_LINE, Line, MOST_RELATIONS, Observation};

/// How many words an observation takes.
pub(super) const WORDS: usize = 2 + MOST_RELATIONS + Field::ALL.len();

/// A line has room in it, behind its length.
const _: () = assert!(2 + LONGEST_LINE / 8 <= WORDS);

/// What an actor can see itself; deaths and time-outs are seen by the conductor.
pub(super) fn encode(observation: &Observation, out: &mut [u64]) {
    use Observation as O;
    match observation {
        O::Id { id, against, .. } => {
            out[..2].copy_from_slice(&[0, from_i32(*id)]);
            out[2..2 + MOST_RELATIONS].copy_from_slice(against);
        }
        O::Address { address, asked } => out[..3].copy_from_slice(&[1, *address, *asked]),
        O::Returned(value) => out[..2].copy_from_slice(&[2, *value as u64]),
        O::Failed(errno) => out[..2].copy_from_slice(&[3, from_i32(errno.0)]),
        O::Told { fields, against } => {
            out[0] = 4;
            out[2..2 + MOST_RELATIONS].copy_from_slice(against);
            let words = fields.words();
            out[2 + MOST_RELATIONS..][..words.len()].copy_from_slice(words);
        }
        O::Stored => out[0] = 5,
        O::Loaded(None) => out[0] = 6,
        O::Loaded(Some(difference)) => {
            out[..3].copy_from_slice(&[7, difference.offset, difference.count as u64]);
            out[3..5].copy_from_slice(&pair(&difference.seen));
            out[5..7].copy_from_slice(&pair(&difference.wanted));
        }
        O::Exited(status) => out[..2].copy_from_slice(&[8, from_i32(*status)]),
        O::Killed(Death(death)) => out[..2].copy_from_slice(&[9, from_i32(*death)]),
        O::Absent => out[0] = 10,
        O::Replaced => out[0] = 11,
        O::Ticked => out[0] = 12,
        O::Line(line) => {
            out[0] = 13;
            encode_line(line, &mut out[1..]);
        }
        O::Lost(why) => {
            out[0] = 14;
            encode_line(&Line::of(why), &mut out[1..]);
        }
        // The supervisor alone sees these.
        O::Forked | O::Counted(..) | O::DeadBefore(_) | O::TimedOut(_) => {
            out[0] = 14;
            encode_line(
                &Line::of("an actor saw what only its supervisor can"),
                &mut out[1..],
            );
        }
    }
}

/// Its length, then its bytes.
pub(super) fn encode_line(line: &Line, out: &mut [u64]) {
    out[0] = line.length;
    for (word, bytes) in out[1..].iter_mut().zip(line.bytes.chunks_exact(8)) {
        *word = little_endian(bytes);
    }
}

/// The reverse of [`encode_line`].
pub(super) fn decode_line(words: &[u64]) -> Line {
    let mut bytes = [0; LONGEST_LINE];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(&words[1..]) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Line {
        length: words[0],
        bytes,
    }
}

pub(super) fn decode(words: &[u64]) -> Option<Observation> {
    use Observation as O;
    let mut against = [0; MOST_RELATIONS];
    against.copy_from_slice(&words[2..2 + MOST_RELATIONS]);
    Some(match words[0] {
        0 => O::Id {
            id: to_i32(words[1]),
            known: None,
            against,
        },
        1 => O::Address {
            address: words[1],
            asked: words[2],
        },
        2 => O::Returned(words[1] as i64),
        3 => O::Failed(Errno(to_i32(words[1]))),
        4 => O::Told {
            fields: Fields::from_words(&words[2 + MOST_RELATIONS..]),
            against,
        },
        5 => O::Stored,
        6 => O::Loaded(None),
        7 => O::Loaded(Some(Difference {
            offset: words[1],
            count: words[2].min(16) as usize,
            seen: unpair(&words[3..5]),
            wanted: unpair(&words[5..7]),
        })),
        8 => O::Exited(to_i32(words[1])),
        9 => O::Killed(Death(to_i32(words[1]))),
        10 => O::Absent,
        11 => O::Replaced,
        12 => O::Ticked,
        13 => O::Line(decode_line(&words[1..])),
        14 => O::Lost(decode_line(&words[1..]).to_string()),
        _ => return None,
    })
}

fn pair(bytes: &[u8; 16]) -> [u64; 2] {
    let word = u128::from_le_bytes(*bytes);
    [word as u64, (word >> 64) as u64]
}

fn unpair(words: &[u64]) -> [u8; 16] {
    (u128::from(words[0]) | u128::from(words[1]) << 64).to_le_bytes()
}
