//! In which namespaces a process lives.

use serde::{Deserialize, Serialize};

/// In which namespaces a process lives, by CLONE_NEW*.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Namespace {
    /// unshare(2)
    Unshare(i32),
    /// setns(2) into namespaces of an actor.
    Join(usize, i32),
    /// clone(2) of a child that ends at once.
    Clone(i32),
}
