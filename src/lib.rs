//! shmproof proves a kernel's System V shared memory, one system call at a time.
//!
//! # The way of a scenario
//!
//! ```text
//!  scenarios/*.ron ─► scenario ─► plan ─► exec ─► observe ─► judge ─► report ─► stdout · file · serial console
//!       text          checked     cases   forked  what was   verdicts  text · ktap · json · junit
//!                     model       of ops  actors  seen
//!                                   ▲       │
//!                            plan::facts   sys   (raw system calls: the only unsafe)
//!
//!  on the target as PID 1:  init ─► suite ─► report::frame ─► serial console
//!  on the host:             image (initramfs)   boot (QEMU)   deploy (ssh)   watch (what comes back)
//! ```
//!
//! The modules below stand in reading order.
//!
//! - [`abi`]: names and numbers of the target. Unknown numbers survive.
//! - [`scenario`]: text → checked model, or all problems with place and remedy. A file is
//!   its frame and its rows; `part` puts the values of a row into the text, `syntax` is what
//!   RON says, `model` is what it means: a `Play` for each row. What is built in has gone this way
//!   when the firmware was built (scripts/embed.rs), and `packed` holds its plays.
//! - [`plan`]: play × facts of the target → case. Sizes are bytes, differences between
//!   targets are decided, and every step knows the earlier steps that it rests on.
//! - [`sys`]: system calls. The only place with `unsafe`.
//! - [`observe`]: what was seen of a step. Plain data.
//! - [`verdict`]: the results of a step, of a case and of a run, and the exit codes.
//! - [`exec`]: one case, from the first fork to the last sweep. A conductor gives
//!   orders over pipes, actors make the calls. A replica plays the blocks of the script,
//!   with a lane for each process that has a turn.
//! - [`judge`]: expectation × observation → verdict. The only place with an opinion.
//! - [`report`]: the events of a run (`record`), the way they cross a noisy line
//!   (`frame`), and one renderer a file.
//! - [`explain`]: what a scenario says, in English sentences; which there are.
//! - [`suite`]: the pipeline on the target, in a worker process; cases that wait for the
//!   clock have processes of their own, side by side with the rest.
//! - `watch` (feature `host`): what comes off a console or a connection, and how the run
//!   ended. `image`, `boot`: initramfs, QEMU. `deploy`: boards over ssh. `compare`: reports
//!   side by side.
//! - [`init`]: PID 1. [`cli`], [`cmd`]: the command line.
//!
//! # Invariants
//!
//! 1. `unsafe` is written in `sys` only.
//! 2. `abi`, `scenario`, `plan`, `observe`, `verdict`, `judge`, `report`, `explain` and
//!    `compare` are pure: no clock, no kernel. They are tested by tables.
//! 3. `exec` has no opinions: it observes, and asks `judge` through a callback which steps
//!    it may build on. `judge` has no hands: it compares. Whatever the kernel does, even
//!    nothing at all, is an `Observation`, never an `Err`.
//! 4. Only an actor touches a mapping or makes a call under test; the conductor outlives
//!    any of them. An expected SIGSEGV is a real one.
//! 5. Nothing sleeps to synchronise. Order comes from pipes, and of races from a gate in
//!    shared memory; waiting has a deadline.
//! 6. Serde derives stand in the formats only: `abi`, `scenario` (what is written, what is
//!    packed, and the model that is packed), `verdict` and `report::record`.
//! 7. PID 1 runs no tests. A worker does, so that a crash in us is reported as ours and
//!    the machine still goes down. `run` does the same.
//! 8. Every case starts in an IPC namespace of its own where that can be had, and leaves
//!    nothing; a leak is a failure. So does kill -9 of any of our processes.
//! 9. A run is a stream of numbered, checked events that closes with `done`. What is not
//!    in the stream is missing, and nothing that is missing is a pass.
//!
//! `tests/tidy` holds 1, 5 and 6, and who may use whom.
//!
//! # Why it is so
//!
//! *Processes, not signal handlers.* A store through a read-only attachment ends a
//! process. Catching the signal would test our handler; reaping the process tests the
//! kernel, and tells what else it did about the death (nattch).
//!
//! *Typed expectations.* Each call has its own enum of what it may come to, so an
//! expectation that makes no sense cannot be written, and ron's own errors are good.
//!
//! *Families of steps.* Steps are nested enums, matched without `_` in one file for each family
//! and stage. So the compiler asks for everything that a new step needs; CONTRIBUTING.md lists
//! the places.
//!
//! *Rows by substitution.* A value of `for_each` is a piece of the file, and takes the place
//! of its `Each` before the step is read. So anything can vary, a whole step too, each row
//! is checked as if it were written out, and a problem in a value points at the value.
//!
//! *Relations.* What only the run brings to light (pids, shmids, earlier answers, the time)
//! travels with the observation as the other side of a comparison: `exec` looks it up,
//! `judge` compares, and neither knows the other's business.
//!
//! *A handler, after all.* The reason of a death is told by a handler that writes it down
//! and returns to the fault, which then kills: the death stays the kernel's.
//!
//! *Blocked.* A failed step leaves the kernel in a state that the script did not foresee.
//! `plan::needs` computes what each step rests on; a step whose ground is gone is blocked,
//! not failed. So an injected fault in one call turns that call's steps red and no others.
//!
//! *No fake kernel.* Purity gives the tests that a fake would give. That the tool can fail
//! is shown by wrong observations fed to `judge`, by actors under a seccomp filter, and by
//! kernels that panic, hang and reset.

pub mod abi;
pub mod scenario;

pub mod plan;

pub mod sys;

pub mod observe;

pub mod verdict;

pub mod exec;

pub mod judge;

pub mod report;

pub mod explain;

pub mod suite;

#[cfg(feature = "host")]
pub mod watch;

#[cfg(feature = "host")]
pub mod image;

#[cfg(feature = "host")]
pub mod boot;

#[cfg(feature = "host")]
pub mod deploy;

#[cfg(feature = "host")]
pub mod compare;

pub mod init;

pub mod cli;
pub mod cmd;
