//! Who a process is, and how much it may have.

use crate::scenario::model::Size;
use serde::{Deserialize, Serialize};

/// Who a process is, and how much it may have.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Credentials<S = Size> {
    /// setresuid(2): real, effective, saved; and whether capabilities are kept.
    SetUser([Option<u32>; 3], bool),
    /// setresgid(2): real, effective, saved.
    SetGroup([Option<u32>; 3]),
    /// setgroups(2)
    SetGroups(Vec<u32>),
    /// capset(2): the permitted and effective capabilities, as a mask.
    SetCapabilities(u64),
    /// setrlimit(2) of both limits.
    SetLimit(i32, S),
    /// The actor moves into a control group of its own, with these files set.
    Cgroup(Vec<(String, String)>),
}
