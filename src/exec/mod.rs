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
mod options;
mod pace;
mod pattern;
mod probe;
mod question;
mod replica;
mod restore;
mod rng;
mod stand_in;
mod sweep;
mod trace;
mod wire;

pub use conductor::run;
pub use fault::Fault;
pub use isolation::Isolation;
pub use options::Options;
pub use probe::probe;
pub use question::{Heard, Passed, Question};
pub use stand_in::stand_in;
pub use sweep::sweep_after;
pub use trace::{Seen, StepTrace, Trace};
