//! Between a step's order and its call nothing is allocated: a turn of many steps makes its
//! actor allocate as often as a turn of few. And a child allocates nothing at all: what it mapped
//! could lie where the script keeps an attachment from it.
//!
//! Without a test harness, because cases are run in this very process, which must have no
//! other threads when it forks.
#![expect(
    unsafe_code,
    reason = "an allocator that counts is one, and counts in memory shared with the actors"
)]
#![expect(clippy::print_stdout, reason = "the result is for the reader")]

use shmproof::exec::{self, Isolation, Options, Question};
use shmproof::judge::{Verdict, judge};
use shmproof::observe::Observation;
use shmproof::plan;
use shmproof::scenario::Scenario;
use shmproof::sys::{process, wait};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::time::Duration;

/// Counts what processes other than the first allocate.
struct Counting;

/// A page that forks share: how often they allocate, and how many of them do. Null until it is
/// mapped.
static COUNT: AtomicPtr<[AtomicU64; 2]> = AtomicPtr::new(std::ptr::null_mut());

/// The pid of who allocated last, in this process or before it was forked.
static LAST: AtomicU64 = AtomicU64::new(0);

/// The pid of the conductor, whose allocations are its own affair.
static CONDUCTOR: AtomicU64 = AtomicU64::new(0);

// SAFETY: everything is handed to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let count = COUNT.load(Ordering::Relaxed);
        if !count.is_null() && process::pid() as u64 != CONDUCTOR.load(Ordering::Relaxed) {
            // SAFETY: the page is mapped for good.
            let [count, processes] = unsafe { &*count };
            count.fetch_add(1, Ordering::Relaxed);
            let pid = process::pid() as u64;
            if LAST.swap(pid, Ordering::Relaxed) != pid {
                processes.fetch_add(1, Ordering::Relaxed);
            }
        }
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Steps of which an actor can take any number in a row.
const ROUND: &str = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(nattch: 0, cpid: PidOf(\"a\"), ctime: Now)), \
    shmctl(seg: \"s\", cmd: IPC_STAT, as: \"l\", expect: Ok), \
    shmctl(cmd: SHM_INFO, expect: ShmInfo(used_ids: 1)), \
    shmdt(at: Anywhere, expect: Err(EINVAL)), \
    shmat(seg: \"s\", at: LastPage, expect: Err(EINVAL)), \
    shmget(key: Unique(\"k\"), size: Pages(1), expect: Err(ENOENT)), ";

/// How often actors allocate in a case with so many rounds of steps, and how many of them do.
fn allocations(rounds: usize) -> (u64, u64) {
    let turn = format!(
        "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), {} \
         shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)",
        ROUND.repeat(rounds)
    );
    play(&format!("By(\"a\", [{turn}])"), 2 + 6 * rounds)
}

/// The same of a case with a child that loads from an attachment of its parent.
fn of_a_child() -> (u64, u64) {
    let parent = "shmget(key: IPC_PRIVATE, size: Pages(9), mode: 0o600, as: \"s\", expect: Ok), \
         shmat(seg: \"s\", as: \"m\", expect: Ok), fork(child: \"b\", expect: Ok)";
    let child = "shmdt(at: Unaligned, expect: Err(EINVAL)), load(map: \"m\", expect: Zeros)";
    let end = "shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";
    let script = format!("By(\"a\", [{parent}]), By(\"b\", [{child}]), By(\"a\", [{end}])");
    play(&script, 6)
}

/// Plays a script of so many steps, all of which pass.
fn play(script: &str, expect: usize) -> (u64, u64) {
    let text = format!("Scenario(summary: \"s\", actors: [(name: \"a\")], script: [{script}])");
    let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
    let play = scenario.play(0);
    let isolation = Isolation::enter();
    let facts = exec::probe(&isolation);
    let case = plan::case(&play, &facts);
    assert_eq!(case.skip, None);
    let options = Options {
        isolation,
        own_namespace: facts.own_namespace,
        fault: None,
        step_timeout: Duration::from_secs(60),
        oom_kills: None,
        seed: 0,
        effort: 1,
        ledger: None,
    };
    let passed = |question: Question, seen: &Observation| match question {
        Question::Step(step) => judge(&case.steps[step].expect, seen) == Verdict::Pass,
        Question::Counts(_) => false,
    };
    let before = count();
    let mut steps = 0;
    let mut heard = |step: usize, _: usize, seen: &Observation| {
        assert!(passed(Question::Step(step), seen), "{seen:?}");
        steps += 1;
    };
    exec::run(&case, &options, &passed, &mut heard);
    assert_eq!(steps, expect);
    let after = count();
    (after.0 - before.0, after.1 - before.1)
}

fn count() -> (u64, u64) {
    // SAFETY: mapped in `main` for good.
    let [count, processes] = unsafe { &*COUNT.load(Ordering::Relaxed) };
    (
        count.load(Ordering::Relaxed),
        processes.load(Ordering::Relaxed),
    )
}

fn main() {
    // SAFETY: a new mapping; nothing refers to its place.
    let page = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    assert_ne!(page, libc::MAP_FAILED);
    CONDUCTOR.store(process::pid() as u64, Ordering::Relaxed);
    COUNT.store(page.cast(), Ordering::Relaxed);
    wait::hold_signals();
    let ((few, _), (many, _)) = (allocations(2), allocations(200));
    assert!(few > 0, "the allocator does not count");
    assert_eq!(few, many, "an actor allocates from step to step");
    let (_, processes) = of_a_child();
    assert_eq!(processes, 1, "a child allocates");
    println!(
        "test result: ok. 1 passed; 0 failed ({few} allocations of an actor in 14 steps, {many} in 1202)"
    );
}
