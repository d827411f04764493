//! What a step must come to.

use super::value::{Fill, Key, Size};
use crate::abi::{Arch, Death, Errno, Field};
use serde::{Deserialize, Serialize};

/// What a step must come to, as far as the scenario tells.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Expect {
    /// It succeeds; what that means is told by the call.
    Ok,
    /// It fails with this error.
    Err(Errno),
    /// One of these.
    OneOf(Vec<Self>),
    /// What the first branch says whose condition holds, or else the last.
    Depends(Vec<Branch>, Box<Self>),
    /// It succeeds and tells numbers of which these must hold.
    Fields(Vec<(Field, Is)>),
    /// There is no such row.
    Absent,
    /// Memory holds this.
    Bytes(Fill),
    /// The actor is killed.
    Killed(Death),
    /// So many calls of a group; fewest and most.
    Count(u32, u32),
}

/// An expectation for some targets.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// For which.
    pub when: Condition,
    /// Where it is written that they differ.
    pub because: String,
    /// What it is there.
    pub expect: Expect,
}

/// A property of the target.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Condition {
    /// This version of Linux or a later one.
    Since(u32, u32),
    /// An earlier version.
    Before(u32, u32),
    /// One of these ABIs of the firmware, as Rust names them.
    Arch(Vec<Arch>),
    /// The kernel has as many bits as the firmware.
    Native,
    /// A 64-bit kernel serves a 32-bit firmware.
    Compat,
    /// We are user 0 and may become others.
    Root,
    /// An option of the kernel's configuration is seen to work.
    Config(String),
    /// Pages have so many bytes.
    PageSize(u64),
    /// So many of a shmid's low bits are its index: IPCMNI_SHIFT of ipc/util.h, or
    /// IPCMNI_EXTEND_SHIFT where the kernel's command line has `ipcmni_extend`.
    IndexBits(u32),
    /// All of these.
    All(Vec<Self>),
    /// One of these at least.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

/// What a number must be.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Is {
    /// Just this; negative ones in two's complement.
    Number(u64),
    /// A number of bytes.
    Size(Size),
    /// At least this, signed.
    AtLeast(i64),
    /// At most this, signed.
    AtMost(i64),
    /// Anything else, signed.
    Not(i64),
    /// Told by something that only the run brings to light.
    To(Relation),
}

/// A number that only the run brings to light.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Relation {
    /// The pid of an actor, index into [`Play::actors`](super::Play::actors).
    PidOf(usize),
    /// The shmid of an object.
    IdOf(usize),
    /// The index of an object.
    IndexOf(usize),
    /// A key.
    KeyOf(Key),
    /// The observer's own effective user or group id, as the field says.
    Mine,
    /// A time since the case began.
    Now,
    /// What a label holds for the same field, and so much more.
    Same(usize, i64),
    /// The same and so much more, give or take the last: of a counter that others move as well.
    Near(usize, i64, u64),
    /// More than what a label holds for the same field.
    After(usize),
}

impl Expect {
    /// Whether the step may succeed, on some target.
    #[must_use]
    pub fn may_succeed(&self) -> bool {
        self.any(&|one| {
            matches!(
                one,
                Self::Ok | Self::Fields(_) | Self::Bytes(_) | Self::Absent | Self::Count(..)
            )
        })
    }

    /// Whether the step kills the actor, on some target.
    #[must_use]
    pub fn may_kill(&self) -> bool {
        self.any(&|one| matches!(one, Self::Killed(_)))
    }

    /// Whether one of the forms that it may take is such.
    #[must_use]
    pub fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        match self {
            Self::OneOf(all) => all.iter().any(|one| one.any(is)),
            Self::Depends(on, otherwise) => {
                on.iter().any(|branch| branch.expect.any(is)) || otherwise.any(is)
            }
            _ => is(self),
        }
    }

    /// The relations of its fields.
    #[must_use]
    pub fn relations(&self) -> Vec<(Field, Relation)> {
        match self {
            Self::OneOf(all) => all.iter().flat_map(Self::relations).collect(),
            Self::Depends(on, otherwise) => {
                let branches = on.iter().flat_map(|branch| branch.expect.relations());
                branches.chain(otherwise.relations()).collect()
            }
            Self::Fields(fields) => fields
                .iter()
                .filter_map(|(field, is)| match is {
                    Is::To(relation) => Some((*field, *relation)),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}
