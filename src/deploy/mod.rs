//! Brings the firmware to a board over ssh, has it run there, and brings home what it says.
//!
//! ```text
//! address ─► ssh ─► survey ─► place ─► copy ─► session ─► Outcome
//!  which    one      what it  where it  three   the run
//!  board    line     is       may go    ways
//! ```
//!
//! The board needs a shell and a few small programs, such as any busybox has. Everything is
//! asked of the board, nothing is taken for granted: a `/tmp` may be full, read-only or
//! `noexec`, `scp` may be missing or of the old protocol.

mod address;
mod copy;
mod place;
pub mod session;
mod shell;
mod silence;
mod ssh;
mod survey;

pub use address::Address;
pub use copy::Way;
pub use shell::{quoted, token};
pub use ssh::Ssh;
