//! Filling and checking memory.
//!
//! Each word of a pattern names its own place: a page that is mapped twice, at
//! the wrong offset or not at all shows at once.

use crate::observe::Difference;
use crate::plan::Fill;
use crate::sys::memory;

/// Bytes that are made or checked in one go, on the stack.
const CHUNK: usize = 1024;

/// An odd number whose multiples differ in all bytes (2^64 divided by the golden ratio).
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stores a fill at an address.
pub(super) fn store(address: usize, offset: u64, fill: &Fill, length: u64) {
    let mut chunk = [0; CHUNK];
    let mut done = 0;
    while done < length {
        let count = (length - done).min(CHUNK as u64) as usize;
        make(fill, offset, done, &mut chunk[..count]);
        memory::store(address.wrapping_add((offset + done) as usize), &chunk[..count]);
        done += count as u64;
    }
}

/// Loads from an address, up to the first place that differs from the fill.
pub(super) fn compare(address: usize, offset: u64, fill: &Fill, length: u64) -> Option<Difference> {
    let mut wanted = [0; CHUNK];
    let mut seen = [0; CHUNK];
    let mut done = 0;
    while done < length {
        let count = (length - done).min(CHUNK as u64) as usize;
        make(fill, offset, done, &mut wanted[..count]);
        memory::load(address.wrapping_add((offset + done) as usize), &mut seen[..count]);
        if !same(&wanted, &seen, count) {
            return Some(difference(offset + done, &wanted[..count], &seen[..count]));
        }
        done += count as u64;
    }
    None
}

/// The bytes of a fill from `done` on. Text begins where the fill does, a pattern where the
/// attachment does.
fn make(fill: &Fill, offset: u64, done: u64, chunk: &mut [u8]) {
    match fill {
        Fill::Zeros => chunk.fill(0),
        Fill::Text(text) => {
            let from = done as usize;
            chunk.copy_from_slice(&text.as_bytes()[from..from + chunk.len()]);
        }
        Fill::Pattern(seed) => {
            let start = offset + done;
            let mut lead = (start % 8) as usize;
            let mut word = word(start / 8, *seed);
            let mut rest = chunk;
            while !rest.is_empty() {
                let count = rest.len().min(8 - lead);
                rest[..count].copy_from_slice(&word.to_le_bytes()[lead..lead + count]);
                rest = &mut rest[count..];
                word = word.wrapping_add(STRIDE);
                lead = 0;
            }
        }
    }
}

/// The word number `index` of a pattern.
fn word(index: u64, seed: u32) -> u64 {
    // The seed is spread over the word, so that two patterns differ in every one.
    let start = u64::from(seed).wrapping_add(1).wrapping_mul(0xd6e8_feb8_6659_fd93);
    start.wrapping_add(index.wrapping_mul(STRIDE))
}

/// Compares eight bytes at a time; musl's memcmp takes them one by one.
fn same(a: &[u8; CHUNK], b: &[u8; CHUNK], count: usize) -> bool {
    let whole = count / 8 * 8;
    let words = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("eight bytes"));
    let differ = a[..whole]
        .chunks_exact(8)
        .zip(b[..whole].chunks_exact(8))
        .fold(0, |differ, (a, b)| differ | (words(a) ^ words(b)));
    differ == 0 && a[whole..count] == b[whole..count]
}

fn difference(offset: u64, wanted: &[u8], seen: &[u8]) -> Difference {
    let at = wanted.iter().zip(seen).position(|(a, b)| a != b).unwrap_or(0);
    let count = (wanted.len() - at).min(16);
    let mut difference =
        Difference { offset: offset + at as u64, count, seen: [0; 16], wanted: [0; 16] };
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
    fn a_pattern_does_not_depend_on_where_it_is_cut() {
        let fill = Fill::Pattern(3);
        let mut whole = [0; 64];
        make(&fill, 0, 0, &mut whole);
        for start in 0..32 {
            let mut part = [0; 20];
            make(&fill, 5.min(start), start - 5.min(start), &mut part);
            assert_eq!(part, whole[start as usize..start as usize + 20]);
        }
    }

    #[test]
    fn two_patterns_differ_in_every_word() {
        let (mut a, mut b) = ([0; 1024], [0; 1024]);
        make(&Fill::Pattern(7), 0, 0, &mut a);
        make(&Fill::Pattern(8), 0, 0, &mut b);
        assert!(a.chunks(8).zip(b.chunks(8)).all(|(a, b)| a != b));
        assert!(a.chunks(8).all(|word| word != [0; 8]));
    }
}
