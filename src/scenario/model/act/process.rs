//! Processes begin, end, and end each other.

use crate::abi::Signal;
use serde::{Deserialize, Serialize};

/// Processes begin, end, and end each other.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Process {
    /// fork(2); the child is an index into [`Play::actors`](super::super::Play::actors).
    Fork(usize),
    /// execve(2) of ourselves, after which the process only waits for its end.
    Exec,
    /// The actor ends.
    Exit,
    /// Another actor is sent a signal that ends it.
    Kill(usize, Signal),
}
