//! Filling and checking memory.
//!
//! Each word of a pattern names its own place: a page that is mapped twice, at
//! the wrong offset or not at all shows at once.

use crate::observe::Difference;
use crate::plan::Fill;
use crate::sys::{code, memory};

/// Words that are made or checked in one go, on the stack.
const CHUNK: usize = 128;

/// An odd number whose multiples differ in all bytes (2^64 divided by the golden ratio).
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stores a fill at an address.
pub(super) fn store(address: usize, offset: u64, fill: &Fill, length: u64) {
    let start = address.wrapping_add(offset as usize);
    let words = whole_words(start, fill, length);
    let mut wanted = [0; CHUNK];
    let mut done = 0;
    while done < words {
        let count = (words - done).min(CHUNK as u64) as usize;
        make(fill, offset / 8 + done, &mut wanted[..count]);
        memory::store_words(start.wrapping_add((done * 8) as usize), &wanted[..count]);
        done += count as u64;
    }
    for at in words * 8..length {
        memory::store(start.wrapping_add(at as usize), &[byte(fill, offset, at)]);
    }
    if matches!(fill, Fill::Code(_)) {
        code::flush(start, length as usize);
    }
}

/// Loads from an address, up to the first place that differs from the fill.
pub(super) fn compare(address: usize, offset: u64, fill: &Fill, length: u64) -> Option<Difference> {
    let start = address.wrapping_add(offset as usize);
    let words = whole_words(start, fill, length);
    let (mut wanted, mut seen) = ([0; CHUNK], [0; CHUNK]);
    let mut done = 0;
    while done < words {
        let count = (words - done).min(CHUNK as u64) as usize;
        make(fill, offset / 8 + done, &mut wanted[..count]);
        memory::load_words(start.wrapping_add((done * 8) as usize), &mut seen[..count]);
        if let Some(bad) = (0..count).find(|at| wanted[*at] != seen[*at]) {
            let within = (done + bad as u64) * 8;
            let (wanted, seen) = (&wanted[bad..count], &seen[bad..count]);
            return Some(difference(offset + within, &bytes(wanted), &bytes(seen)));
        }
        done += count as u64;
    }
    let differs = |at: &u64| load_byte(start, *at) != byte(fill, offset, *at);
    let at = (words * 8..length).find(differs)?;
    let rest = at..length.min(at + 16);
    let wanted: Vec<u8> = rest.clone().map(|at| byte(fill, offset, at)).collect();
    let seen: Vec<u8> = rest.map(|at| load_byte(start, at)).collect();
    Some(difference(offset + at, &wanted, &seen))
}

fn load_byte(start: usize, at: u64) -> u8 {
    let mut byte = [0];
    memory::load(start.wrapping_add(at as usize), &mut byte);
    byte[0]
}

/// How much of a fill can be done word by word: all of it but a tail, where words are
/// aligned and the fill is made of them.
fn whole_words(start: usize, fill: &Fill, length: u64) -> u64 {
    let fits = start.is_multiple_of(8) && matches!(fill, Fill::Zeros | Fill::Pattern(_));
    if fits { length / 8 } else { 0 }
}

/// The words of a fill from the word number `first` of the attachment on.
fn make(fill: &Fill, first: u64, words: &mut [u64]) {
    let (mut word, stride) = match fill {
        Fill::Pattern(seed) => (word(first, *seed), STRIDE),
        Fill::Zeros | Fill::Text(_) | Fill::Code(_) => (0, 0),
    };
    for slot in words {
        *slot = word;
        word = word.wrapping_add(stride);
    }
}

/// The byte `at` of a fill. Text begins where the fill does, a pattern where the
/// attachment does.
fn byte(fill: &Fill, offset: u64, at: u64) -> u8 {
    match fill {
        Fill::Zeros => 0,
        Fill::Text(text) => text.as_bytes().get(at as usize).copied().unwrap_or(0),
        Fill::Code(number) => {
            let (code, _) = code::code_returning(*number);
            code.get(at as usize).copied().unwrap_or(0)
        }
        Fill::Pattern(seed) => {
            let place = offset + at;
            word(place / 8, *seed).to_le_bytes()[(place % 8) as usize]
        }
    }
}

/// The word number `index` of a pattern.
fn word(index: u64, seed: u32) -> u64 {
    // The seed is spread over the word, so that two patterns differ in every one.
    let start = u64::from(seed)
        .wrapping_add(1)
        .wrapping_mul(0xd6e8_feb8_6659_fd93);
    start.wrapping_add(index.wrapping_mul(STRIDE)).to_le()
}

/// The first bytes of some words, as they lie in memory.
fn bytes(words: &[u64]) -> Vec<u8> {
    words
        .iter()
        .take(3)
        .flat_map(|word| word.to_ne_bytes())
        .collect()
}

fn difference(offset: u64, wanted: &[u8], seen: &[u8]) -> Difference {
    let at = wanted
        .iter()
        .zip(seen)
        .position(|(a, b)| a != b)
        .unwrap_or(0);
    let count = (wanted.len() - at).min(16);
    let mut difference = Difference {
        offset: offset + at as u64,
        count,
        seen: [0; 16],
        wanted: [0; 16],
    };
    difference.seen[..count].copy_from_slice(&seen[at..at + count]);
    difference.wanted[..count].copy_from_slice(&wanted[at..at + count]);
    difference
}

#[cfg(test)]
mod tests {
    use super::{compare, make, store};
    use crate::plan::Fill;

    #[track_caller]
    fn check(fill: &Fill, length: usize) {
        let mut memory = vec![0xee_u8; length + 16];
        let address = memory.as_mut_ptr() as usize;
        store(address, 0, fill, length as u64);
        assert_eq!(compare(address, 0, fill, length as u64), None);
        assert_eq!(&memory[length..], &[0xee; 16], "wrote past the end");
        // Any single damaged byte is found, at its very place.
        for at in [0, length / 2, length - 1] {
            memory[at] ^= 1;
            let found = compare(address, 0, fill, length as u64).expect("a difference");
            assert_eq!(found.offset, at as u64);
            memory[at] ^= 1;
        }
    }

    #[test]
    fn what_is_stored_is_found_again_and_damage_is_seen() {
        for length in [1, 7, 8, 9, 1023, 1024, 1025, 4095, 70_000] {
            check(&Fill::Pattern(7), length);
            check(&Fill::Zeros, length);
        }
        check(&Fill::Text("Hello, Shared Memory!".to_owned()), 21);
    }

    #[test]
    fn a_pattern_names_places_of_the_attachment_wherever_it_is_begun() {
        let fill = Fill::Pattern(3);
        let mut memory = vec![0_u64; 16];
        let address = memory.as_mut_ptr() as usize;
        store(address, 0, &fill, 128);
        for offset in 0..40 {
            assert_eq!(
                compare(address, offset, &fill, 128 - offset),
                None,
                "{offset}"
            );
            let other = compare(address, offset, &Fill::Zeros, 128 - offset).expect("differs");
            assert_eq!(other.offset, offset);
        }
    }

    #[test]
    fn two_patterns_differ_in_every_word() {
        let (mut a, mut b) = ([0; 128], [0; 128]);
        make(&Fill::Pattern(7), 0, &mut a);
        make(&Fill::Pattern(8), 0, &mut b);
        assert!(a.iter().zip(&b).all(|(a, b)| a != b));
        assert!(a.iter().all(|word| *word != 0));
    }
}
