//! How cases are to be run.

use super::{Fault, Isolation};
use crate::sys::gate::Ledger;
use std::rc::Rc;
use std::time::Duration;

/// How cases are to be run.
#[derive(Clone)]
pub struct Options {
    /// What keeps us apart from the rest of the machine.
    pub isolation: Isolation,
    /// Whether each case has an IPC namespace of its own. Where not, what the last one left was
    /// swept away.
    pub own_namespace: bool,
    /// What is made to fail.
    pub fault: Option<Fault>,
    /// How long a step may take.
    pub step_timeout: Duration,
    /// How many processes had been killed for their memory when the run began; `None` if unknown.
    pub oom_kills: Option<u64>,
    /// What decides about chance.
    pub seed: u64,
    /// What the rounds and seconds of every `Repeat` are multiplied by.
    pub effort: u64,
    /// Where the processes are written down that may leave a segment behind.
    pub ledger: Option<Rc<Ledger>>,
}
