//! Takes a case's steps on the running kernel and notes what was seen.
//!
//! ```text
//!   conductor                              actor (a process)
//!      │  order: steps, what is known so far      │
//!      ├─────────────────────────────────────────►│  makes a call
//!      │◄─────────────────────────────────────────┤
//!      │  reply: what the step came to            │  … and the next one,
//!      │◄─────────────────────────────────────────┤  as long as all is well
//! ```
//!
//! The conductor makes no call under test and touches no mapping. It outlives
//! every actor, and an actor that dies or never answers is an observation.

mod actor;
mod attempt;
mod blame;
mod cast;
mod cgroup;
mod conductor;
mod fault;
mod groups;
mod isolation;
mod known;
mod lane;
mod pace;
mod pattern;
mod probe;
mod replica;
mod restore;
mod rng;
mod sweep;
mod trace;
mod wire;

pub use actor::stand_in;
pub use conductor::{Heard, Options, Passed, Question, run};
pub use fault::Fault;
pub use isolation::Isolation;
pub use probe::probe;
pub use sweep::sweep_after;
pub use trace::{Seen, StepTrace, Trace};
