//! What forked processes share beside the segments under test: a place to meet, and a list of
//! who there is.
//!
//! # Safety
//!
//! The memory is a mapping of our own that starts as zeros, holds atomic words and nothing
//! else, and lasts as long as the object that it belongs to.

use super::mapping;
use super::time64::futex;
use crate::abi::Errno;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where processes wait for each other without a system call, so that they go on at the same
/// moment: within some nanoseconds on several CPUs. For pipes that is far too long.
///
/// Each who may come has a word of its own that says whether the others wait for it. Coming is
/// one store there, and so is to be given up by somebody else: whenever a process dies, it has
/// come or it has not, and to say it twice changes nothing.
#[derive(Debug)]
pub struct Gate {
    /// A bell, which is rung by adding to it, and a word for each who may come.
    words: Shared,
}

/// What the word of somebody says who is waited for. Zero is nobody.
const AWAITED: u32 = 1;

impl Gate {
    /// `mmap(NULL, length, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0)`: a gate for this process and
    /// what it forks from now on, of whom so many may come; nobody is waited for.
    pub fn new(crowd: usize) -> Result<Self, Errno> {
        let words = Shared::new(1 + crowd)?;
        Ok(Self { words })
    }

    /// From now on all wait for this one. To be said of everybody before the first is sent, and
    /// not before the last round is over.
    pub fn await_one(&self, who: usize) {
        self.words.word(1 + who).store(AWAITED, Ordering::SeqCst);
    }

    /// `sched_yield()`, then `futex(FUTEX_WAIT)`: says that we are here, waits until nobody is
    /// waited for, and then `spins` turns longer, to shift those who wait against each other.
    pub fn arrive(&self, who: usize, spins: u32) {
        self.excuse(who);
        self.wait();
        for _ in 0..spins {
            std::hint::spin_loop();
        }
    }

    /// `futex(&bell, FUTEX_WAKE, INT_MAX)`, if it was the last: nobody waits for this one, who
    /// is here or will never be.
    pub fn excuse(&self, who: usize) {
        self.words.word(1 + who).store(0, Ordering::SeqCst);
        // Of two who come at the same moment, one sees the other's word, or both do. Who sees
        // none and dies here is excused once more, and the bell is rung then.
        if self.missing(0).is_none() {
            let bell = self.words.word(0);
            bell.fetch_add(1, Ordering::SeqCst);
            wake_all(bell);
        }
    }

    /// The first who is waited for, from this one on.
    fn missing(&self, from: usize) -> Option<usize> {
        (from..self.words.words - 1)
            .find(|who| self.words.word(1 + who).load(Ordering::SeqCst) == AWAITED)
    }

    fn wait(&self) {
        /// Others may need this CPU to arrive.
        const YIELD_EVERY: u32 = 64;
        /// Of a crowd larger than the machine, those who came early must not keep the rest from
        /// arriving: they sleep until the last one wakes them.
        const PATIENCE: u32 = 4 * YIELD_EVERY;
        let bell = self.words.word(0);
        let (mut turns, mut from) = (0_u32, 0);
        loop {
            let rung = bell.load(Ordering::SeqCst);
            // Who has come is not waited for again before we have gone on.
            match self.missing(from) {
                Some(who) => from = who,
                None => break,
            }
            turns = turns.wrapping_add(1);
            if turns > PATIENCE {
                // Whatever it says, the words are looked at again.
                let _ = wait_while(bell.as_ptr() as usize, rung);
            } else if turns.is_multiple_of(YIELD_EVERY) {
                yield_now();
            }
            std::hint::spin_loop();
        }
    }
}

/// `futex(word, FUTEX_WAIT, value, NULL)`: sleeps as long as the word at this address has this
/// value; of any length, for there is no time-out.
pub fn wait_while(word: usize, value: u32) -> Result<(), Errno> {
    futex(word, libc::FUTEX_WAIT, value).map(|_| ())
}

/// `futex(word, FUTEX_WAKE, count)`: wakes sleepers on the word at this address, again and again
/// until there were so many.
pub fn wake(word: usize, count: u32) -> Result<(), Errno> {
    let mut left = count;
    while left > 0 {
        left = left.saturating_sub(futex(word, libc::FUTEX_WAKE, left)?);
        yield_now();
    }
    Ok(())
}

/// `futex(&word, FUTEX_WAKE, INT_MAX)`: wakes everybody who sleeps on the word now.
fn wake_all(word: &AtomicU32) {
    // Without CONFIG_FUTEX nobody sleeps.
    let _ = futex(word.as_ptr() as usize, libc::FUTEX_WAKE, i32::MAX as u32);
}

/// `sched_yield()`
pub(super) fn yield_now() {
    // SAFETY: no arguments.
    unsafe { libc::sched_yield() };
}

/// The pids of processes, written down by those who know them. Of more than
/// [`Ledger::CAPACITY`] the last are kept.
#[derive(Debug)]
pub struct Ledger {
    /// How many were noted, then a ring of pids; 0 is none.
    words: Shared,
}

impl Ledger {
    /// How many pids are kept: more than a scenario forks.
    pub const CAPACITY: usize = 4096;

    /// `mmap(NULL, length, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0)`: a ledger for this process
    /// and what it forks from now on; empty.
    pub fn new() -> Result<Self, Errno> {
        let words = Shared::new(1 + Self::CAPACITY)?;
        Ok(Self { words })
    }

    /// `getpid()`'s answer, or another pid: writes it down.
    pub fn note(&self, pid: i32) {
        let noted = self.words.word(0).fetch_add(1, Ordering::Relaxed);
        let slot = 1 + noted as usize % Self::CAPACITY;
        self.words
            .word(slot)
            .store(pid.cast_unsigned(), Ordering::Release);
    }

    /// `kill(pid, …)`'s first arguments: who was written down, in no order to rely on.
    pub fn pids(&self) -> impl Iterator<Item = i32> {
        (1..=Self::CAPACITY)
            .map(|slot| self.words.word(slot).load(Ordering::Acquire).cast_signed())
            .filter(|pid| *pid != 0)
    }
}

/// Words that forked processes share.
#[derive(Debug)]
struct Shared {
    start: usize,
    words: usize,
}

impl Shared {
    fn new(words: usize) -> Result<Self, Errno> {
        let start = mapping::shared(words * size_of::<AtomicU32>())?;
        Ok(Self { start, words })
    }

    fn word(&self, index: usize) -> &AtomicU32 {
        assert!(index < self.words, "word {index} of {}", self.words);
        let word = (self.start + index * size_of::<AtomicU32>()) as *mut u32;
        // SAFETY: aligned, inside of the mapping, and accessed as an atomic only.
        unsafe { AtomicU32::from_ptr(word) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // It was mapped at this address and length, so that this cannot fail.
        let _ = mapping::munmap(self.start, self.words * size_of::<AtomicU32>());
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, Ledger};
    use crate::sys::process::{self, Death, Forked};
    use std::sync::atomic::Ordering;

    fn fork_each(count: usize, child: impl Fn(usize) -> bool) -> Vec<i32> {
        let fork = |number| match process::fork().expect("a child") {
            Forked::Child => process::exit_now(i32::from(!child(number))),
            Forked::Parent(pid) => pid,
        };
        (0..count).map(fork).collect()
    }

    /// A gate at which so many are waited for.
    fn gate(crowd: usize) -> Gate {
        let gate = Gate::new(crowd).expect("memory");
        (0..crowd).for_each(|who| gate.await_one(who));
        gate
    }

    fn all_exit_well(pids: Vec<i32>) {
        for pid in pids {
            assert_eq!(process::reap(pid, true), Some((pid, Death::Exited(0))));
        }
    }

    #[test]
    fn nobody_passes_a_gate_before_all_have_arrived() {
        const CROWD: usize = 4;
        const ROUNDS: u32 = 50;
        let rounds: Vec<Gate> = (0..ROUNDS).map(|_| gate(CROWD)).collect();
        let seen = Ledger::new().expect("memory");
        all_exit_well(fork_each(CROWD, |number| {
            (1..).zip(&rounds).all(|(round, gate)| {
                let before = seen.words.word(0);
                before.fetch_add(1, Ordering::SeqCst);
                gate.arrive(number, number as u32 * 10);
                before.load(Ordering::SeqCst) >= round * CROWD as u32
            })
        }));
    }

    #[test]
    fn a_gate_is_used_again() {
        let (gate, here) = (gate(3), Gate::new(1).expect("memory"));
        for round in 1..=50 {
            let pids = fork_each(2, |number| {
                gate.arrive(number, 0);
                here.words.word(0).load(Ordering::SeqCst) == round
            });
            here.words.word(0).store(round, Ordering::SeqCst);
            gate.arrive(2, 0);
            all_exit_well(pids);
            assert_eq!(gate.missing(0), None);
            (0..3).for_each(|who| gate.await_one(who));
        }
    }

    /// Those who wait sleep by then, as they would for ever.
    fn settle(pids: &[i32]) {
        for pid in pids {
            let stat = || std::fs::read_to_string(format!("/proc/{pid}/stat"));
            while !stat().expect("/proc").contains(") S ") {
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn who_dies_on_the_way_is_excused() {
        let gate = gate(4);
        let waiting = fork_each(3, |number| {
            gate.arrive(number, 0);
            true
        });
        settle(&waiting);
        let (pid, _) = process::reap(fork_each(1, |_| true)[0], true).expect("a child");
        assert!(!waiting.contains(&pid) && gate.missing(0) == Some(3));
        gate.excuse(3);
        all_exit_well(waiting);
    }

    #[test]
    fn who_dies_at_any_moment_of_its_coming_is_excused_once() {
        const LAST: usize = 2;
        // It said that it is here, and did not come to ring.
        let said = |gate: &Gate| gate.words.word(1 + LAST).store(0, Ordering::SeqCst);
        // It rang as well.
        let came = |gate: &Gate| gate.excuse(LAST);
        for until_death in [said, came] {
            let gate = gate(3);
            let waiting = fork_each(2, |number| {
                gate.arrive(number, 0);
                true
            });
            settle(&waiting[..1]);
            until_death(&gate);
            gate.excuse(LAST);
            all_exit_well(waiting);
            // Nothing is left over for the next round.
            (0..3).for_each(|who| gate.await_one(who));
            gate.excuse(LAST);
            assert_eq!(gate.missing(0), Some(0));
        }
    }

    #[test]
    fn a_ledger_holds_what_children_wrote() {
        let ledger = Ledger::new().expect("memory");
        let pids = fork_each(3, |_| {
            ledger.note(process::pid());
            true
        });
        for pid in &pids {
            process::reap(*pid, true).expect("a child");
        }
        let mut noted: Vec<_> = ledger.pids().collect();
        noted.sort_unstable();
        let mut pids = pids;
        pids.sort_unstable();
        assert_eq!(noted, pids);
        for pid in 1..=Ledger::CAPACITY as i32 {
            ledger.note(1_000_000 + pid);
        }
        assert_eq!(ledger.pids().count(), Ledger::CAPACITY);
        assert!(ledger.pids().all(|pid| pid > 1_000_000));
    }
}
