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
    /// A line of one id for /proc/self/uid_map, user_namespaces(7): what it is inside, and outside.
    UidMap(u32, u32),
    /// The same for /proc/self/gid_map, behind `deny` for /proc/self/setgroups.
    GidMap(u32, u32),
}
