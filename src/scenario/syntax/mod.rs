//! The scenario format exactly as it is written in RON.
//!
//! Nothing is understood here, only recognised: [`steps`](super::steps) turns
//! these types into the model. The names that `serde(rename)` gives to types are
//! for the reader of an error message.

mod args;
mod declare;
mod expect;
mod head;
mod step;
mod value;

pub(super) use args::Argument;
pub(super) use expect::{
    Asks, Branch, Claim, Condition, Expect, Given, Result, kind as kind_of_result,
};
pub(super) use head::{Actor, Axis, List, Outline, Requirement, Turn, User};
pub(super) use step::{
    Clock, Credentials, Ipc, Mapping, Memory, Namespace, Placed, Proc, Process, Step,
};
pub(super) use value::{
    AttachFlag, Buf, Cmd, Data, Door, Entry, GetFlag, Id, IdWord, Is, Key, Place, Quantity,
    QuantityWord, Word,
};
