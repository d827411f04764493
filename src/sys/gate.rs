//! What forked processes share beside the segments under test: a place to meet, and a list of
//! who there is.
//!
//! # Safety
//!
//! The memory is a mapping of our own that starts as zeros, holds atomic words and nothing
//! else, and lasts as long as the object that it belongs to.

use super::mapping;
use crate::abi::Errno;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where processes wait for each other without a system call, so that they go on at the same
/// moment: within some nanoseconds on several CPUs. For pipes that is far too long.
#[derive(Debug)]
pub struct Gate {
    words: Shared,
}

impl Gate {
    /// `mmap(NULL, length, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0)`: a gate for this process and
    /// what it forks from now on; nobody has arrived.
    pub fn new() -> Result<Self, Errno> {
        let words = Shared::new(1)?;
        Ok(Self { words })
    }

    /// `sched_yield()`, then `futex(FUTEX_WAIT)`: says that we are here, waits until `target`
    /// arrivals in all have been counted, and then `spins` turns longer, to shift those who wait
    /// against each other. The count goes on: with n processes, the rounds have the targets n,
    /// 2n, 3n.
    pub fn arrive(&self, target: u32, spins: u32) {
        /// Others may need this CPU to arrive.
        const YIELD_EVERY: u32 = 64;
        /// Of a crowd larger than the machine, those who came early must not keep the rest from
        /// arriving: they sleep until the last one wakes them.
        const PATIENCE: u32 = 4 * YIELD_EVERY;
        let counter = self.words.word(0);
        let short = |count: u32| (count.wrapping_sub(target) as i32) < 0;
        if !short(counter.fetch_add(1, Ordering::AcqRel).wrapping_add(1)) {
            wake_all(counter);
        }
        let mut turns = 0_u32;
        loop {
            let count = counter.load(Ordering::Acquire);
            if !short(count) {
                break;
            }
            turns = turns.wrapping_add(1);
            if turns > PATIENCE {
                // Whatever it says, the count is looked at again.
                let _ = wait_while(counter.as_ptr() as usize, count);
            } else if turns.is_multiple_of(YIELD_EVERY) {
                yield_now();
            }
            std::hint::spin_loop();
        }
        for _ in 0..spins {
            std::hint::spin_loop();
        }
    }
}

/// `futex(word, FUTEX_WAIT, value, NULL)`: sleeps as long as the word at this address has this
/// value; of any length, for there is no time-out.
pub fn wait_while(word: usize, value: u32) -> Result<(), Errno> {
    let none = std::ptr::null::<libc::timespec>();
    // SAFETY: the kernel reads the word, or refuses an address that is none.
    super::decode(unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, value, none) })?;
    Ok(())
}

/// `futex(word, FUTEX_WAKE, count)`: wakes sleepers on the word at this address, again and again
/// until there were so many.
pub fn wake(word: usize, count: u32) -> Result<(), Errno> {
    let mut left = count;
    while left > 0 {
        // SAFETY: the kernel compares addresses and touches no memory of ours.
        let call = unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAKE, left) };
        left = left.saturating_sub(super::decode(call)? as u32);
        yield_now();
    }
    Ok(())
}

/// `futex(&word, FUTEX_WAKE, INT_MAX)`: wakes everybody who sleeps on the word now.
fn wake_all(word: &AtomicU32) {
    // SAFETY: a word that outlives the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
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

    fn fork_each(count: u32, child: impl Fn(u32) -> bool) -> Vec<i32> {
        let fork = |number| match process::fork().expect("a child") {
            Forked::Child => process::exit_now(i32::from(!child(number))),
            Forked::Parent(pid) => pid,
        };
        (0..count).map(fork).collect()
    }

    #[test]
    fn nobody_passes_a_gate_before_all_have_arrived() {
        const CROWD: u32 = 4;
        const ROUNDS: u32 = 50;
        let (gate, seen) = (Gate::new().expect("memory"), Gate::new().expect("memory"));
        let pids = fork_each(CROWD, |number| {
            (1..=ROUNDS).all(|round| {
                let before = seen.words.word(0);
                before.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                gate.arrive(round * CROWD, number * 10);
                before.load(std::sync::atomic::Ordering::SeqCst) >= round * CROWD
            })
        });
        for pid in pids {
            assert_eq!(process::reap(pid, true), Some((pid, Death::Exited(0))));
        }
    }

    #[test]
    fn the_count_of_a_gate_may_wrap() {
        let gate = Gate::new().expect("memory");
        let almost = std::sync::atomic::Ordering::SeqCst;
        gate.words.word(0).store(u32::MAX, almost);
        gate.arrive(0, 0);
        gate.arrive(1, 0);
        // Long past.
        gate.arrive(1, 3);
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
