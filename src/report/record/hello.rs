//! What stands under test.

use serde::{Deserialize, Serialize};

/// The target, and the size of the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`SCHEMA`](super::SCHEMA) of the writer.
    pub schema: u32,
    /// Version of the shmproof that ran.
    pub shmproof: String,
    /// Architecture that the firmware was built for, as Rust names it.
    pub arch: String,
    /// `uname -s -r -v -m` of the kernel under test.
    pub kernel: Kernel,
    /// Bytes a page (`AT_PAGESZ`).
    pub page_size: u64,
    /// CPUs online.
    pub cpus: u64,
    /// Free memory when the run began, in KiB; 0 when the kernel would not say.
    pub free_kib: u64,
    /// Effective user id of the run.
    pub uid: u32,
    /// How the run is kept apart from the rest of the machine, in words.
    pub isolation: String,
    /// What decided about chance.
    #[serde(default)]
    pub seed: u64,
    /// The fault that `--inject` puts in, if any: `shmat=ENOMEM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inject: Option<String>,
    /// How many `scenario` events follow.
    pub scenarios: u64,
    /// How many `case` events follow.
    pub cases: u64,
}

/// What uname(2) says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// `uname -s`
    pub sysname: String,
    /// `uname -r`
    pub release: String,
    /// `uname -v`
    pub version: String,
    /// `uname -m`
    pub machine: String,
}
