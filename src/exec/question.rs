//! What exec asks while a case runs, and whom it tells.

use crate::observe::Observation;

/// What exec asks about an observation, of which it has no opinion itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it is what later steps build on.
    Step(usize),
    /// Whether a claim, which is the step with this index, counts it.
    Counts(usize),
}

/// Answers a question. Conductor and actors ask. It must not allocate.
pub type Passed<'p> = dyn Fn(Question, &Observation) -> bool + 'p;

/// Hears what each step comes to as it happens: step, player, observation.
pub type Heard<'h> = dyn FnMut(usize, usize, &Observation) + 'h;
