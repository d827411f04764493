//! shmproof: proves a kernel's System V shared memory, one system call at a time.

pub mod abi;
pub mod scenario;
pub mod plan;
pub mod sys;
pub mod observe;
pub mod exec;
pub mod judge;
pub mod report;
pub mod suite;
#[cfg(feature = "host")]
pub mod image;
#[cfg(feature = "host")]
pub mod boot;
pub mod init;
pub mod cli;
pub mod cmd;
