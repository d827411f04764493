//! Boots a kernel with an image in QEMU, reads the events off its console, and
//! says how that ended, whatever the kernel does.
//!
//! ```text
//! guests ─► qemu ─► session ─► frame::Reader ─► watch ─► Outcome
//!   table   command  process     console          what it means
//! ```
//!
//! Before that, `fit` says whether kernel and firmware belong together,
//! `kernel` unpacks the kernel, and `accel` finds out whether KVM works.

pub mod accel;
mod cache;
pub mod console;
pub mod fit;
pub mod guests;
pub mod kernel;
mod place;
mod probe;
mod process;
pub mod qemu;
pub mod session;
mod watch;
