//! A writer and a reader that run freely over the same words, and must still agree.
//!
//! Every word that is written tells who wrote it, where and in which pass. The writer goes up
//! with release stores, the reader down with acquire loads, so that what the reader finds
//! below a word can only be newer. On CPUs that reorder, or with a mapping that a second
//! address sees late, it is not.
//!
//! # Safety
//!
//! The words are an attachment, where no Rust object lives, and are touched as atomics only.

use super::gate::yield_now;
use std::sync::atomic::{AtomicU32, Ordering};

/// A word that nobody has written, as a segment starts out.
const UNTOUCHED: u32 = 0;

/// The most passes that a tag can tell apart.
pub const MOST_PASSES: u32 = 0xffff;

/// What should not have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Which word it was.
    pub word: usize,
    /// What was there.
    pub seen: u32,
    /// The oldest that should have been there.
    pub wanted: u32,
}

/// `lane << 24 | hash(word) << 16 | pass`: what the writer of a lane stores. Never
/// [`UNTOUCHED`], for passes count from 1.
#[must_use]
pub fn tag(lane: u32, word: usize, pass: u32) -> u32 {
    // Fibonacci hashing: words next to each other differ, and so do those a page apart.
    let hash = (word as u32).wrapping_mul(0x9e37_79b1) >> 24;
    lane << 24 | hash << 16 | pass & MOST_PASSES
}

/// `*(_Atomic uint32_t *)address = tag`, a release store for each word, upwards, `passes` times.
pub fn produce(address: usize, words: usize, lane: u32, passes: u32) {
    for pass in 1..=passes {
        for word in 0..words {
            at(address, word).store(tag(lane, word, pass), Ordering::Release);
        }
    }
}

/// `*(_Atomic uint32_t *)address`, an acquire load for each word, downwards, again and again until
/// the last pass shows in all of them. Returns the first word that the writer cannot have left so.
#[must_use]
pub fn consume(address: usize, words: usize, lane: u32, passes: u32) -> Option<Torn> {
    // The only allocation, before the first load.
    let mut sweep = Sweep {
        lane,
        passes,
        seen: vec![0; words],
    };
    loop {
        match sweep.down(|word| at(address, word).load(Ordering::Acquire)) {
            Err(torn) => return Some(torn),
            Ok(Progress::Done) => return None,
            Ok(Progress::Some) => std::hint::spin_loop(),
            Ok(Progress::None) => yield_now(),
        }
    }
}

fn at<'a>(address: usize, word: usize) -> &'a AtomicU32 {
    let word = (address + word * size_of::<AtomicU32>()) as *mut u32;
    // SAFETY: an aligned word of an attachment, see the module.
    unsafe { AtomicU32::from_ptr(word) }
}

/// What a reader knows.
struct Sweep {
    lane: u32,
    passes: u32,
    /// The pass that each word showed last; 0 before the first.
    seen: Vec<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    None,
    Some,
    Done,
}

impl Sweep {
    /// Reads all words once, from the last to the first.
    fn down(&mut self, read: impl Fn(usize) -> u32) -> Result<Progress, Torn> {
        // What the word above showed, this one must show at least: it was written before.
        let mut above = 0;
        let mut progress = Progress::None;
        let mut done = true;
        for (word, last) in self.seen.iter_mut().enumerate().rev() {
            let seen = read(word);
            let oldest = above.max(u32::from(*last));
            let pass = if seen == UNTOUCHED {
                0
            } else {
                seen & MOST_PASSES
            };
            let ours = seen == UNTOUCHED || (pass > 0 && seen == tag(self.lane, word, pass));
            if !ours || pass < oldest || pass > self.passes {
                let wanted = tag(self.lane, word, oldest.max(1));
                return Err(Torn { word, seen, wanted });
            }
            if pass != u32::from(*last) {
                progress = Progress::Some;
                *last = pass as u16;
            }
            above = pass;
            done &= pass == self.passes;
        }
        Ok(if done { Progress::Done } else { progress })
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, Sweep, Torn, consume, produce, tag};

    const LANE: u32 = 7;

    fn sweep(words: usize) -> Sweep {
        Sweep {
            lane: LANE,
            passes: 3,
            seen: vec![0; words],
        }
    }

    /// Words of this lane that show these passes; pass 0 is an untouched word.
    fn show(passes: &[u32]) -> Vec<u32> {
        let tagged = passes.iter().enumerate();
        tagged
            .map(|(word, pass)| {
                if *pass == 0 {
                    0
                } else {
                    tag(LANE, word, *pass)
                }
            })
            .collect()
    }

    fn look(sweep: &mut Sweep, words: &[u32]) -> Result<Progress, Torn> {
        sweep.down(|word| words[word])
    }

    #[test]
    fn a_free_running_writer_and_reader_agree() {
        const PASSES: u32 = 300;
        for words in [1, 2, 1024] {
            let memory = vec![0_u32; words];
            let address = memory.as_ptr().expose_provenance();
            let writer = std::thread::spawn(move || produce(address, words, LANE, PASSES));
            assert_eq!(consume(address, words, LANE, PASSES), None);
            writer.join().expect("no panic");
            drop(memory);
        }
    }

    #[test]
    fn what_a_writer_leaves_behind_is_read_at_once() {
        let memory = vec![0_u32; 16];
        let address = memory.as_ptr().expose_provenance();
        assert_eq!(consume(address, 16, LANE, 0), None);
        produce(address, 16, LANE, 0xffff);
        assert_eq!(consume(address, 16, LANE, 0xffff), None);
        let other = consume(address, 16, LANE + 1, 0xffff);
        assert_eq!(
            other,
            Some(Torn {
                word: 15,
                seen: tag(LANE, 15, 0xffff),
                wanted: tag(LANE + 1, 15, 1),
            })
        );
        drop(memory);
    }

    #[test]
    fn progress_is_told_from_standing_still() {
        let mut sweep = sweep(3);
        assert_eq!(look(&mut sweep, &show(&[0, 0, 0])), Ok(Progress::None));
        assert_eq!(look(&mut sweep, &show(&[1, 1, 0])), Ok(Progress::Some));
        assert_eq!(look(&mut sweep, &show(&[1, 1, 0])), Ok(Progress::None));
        assert_eq!(look(&mut sweep, &show(&[3, 2, 1])), Ok(Progress::Some));
        assert_eq!(look(&mut sweep, &show(&[3, 3, 3])), Ok(Progress::Done));
    }

    #[track_caller]
    fn torn(before: &[u32], words: &[u32], word: usize, wanted: u32) {
        let mut sweep = sweep(words.len());
        look(&mut sweep, &show(before)).expect("as it should be");
        let seen = words[word];
        let wanted = tag(LANE, word, wanted);
        assert_eq!(look(&mut sweep, words), Err(Torn { word, seen, wanted }));
    }

    #[test]
    fn an_older_word_below_a_newer_one_is_torn() {
        torn(&[0, 0, 0], &show(&[1, 1, 2]), 1, 2);
        torn(&[0, 0, 0], &show(&[0, 1, 1]), 0, 1);
    }

    #[test]
    fn a_word_that_goes_back_is_torn() {
        torn(&[2, 2, 2], &show(&[2, 2, 1]), 2, 2);
        torn(&[2, 2, 2], &show(&[2, 2, 0]), 2, 2);
        torn(&[3, 2, 1], &show(&[2, 2, 1]), 0, 3);
    }

    #[test]
    fn a_word_of_someone_or_somewhere_else_is_torn() {
        torn(&[1, 1], &[tag(LANE, 0, 1), tag(LANE + 1, 1, 1)], 1, 1);
        torn(&[1, 1], &[tag(LANE, 1, 2), tag(LANE, 1, 2)], 0, 2);
        torn(&[0, 0], &[0, tag(LANE, 1, 4)], 1, 1);
        // Half a word: the tag without its pass.
        torn(&[0, 0], &[0, tag(LANE, 1, 0)], 1, 1);
    }
}
