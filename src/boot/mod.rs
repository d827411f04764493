//! Boots a kernel with an image in QEMU, reads the events off its console, and
//! says how that ended, whatever the kernel does.
//!
//! ```text
//! guests ─► qemu ─► session ─► watch ─► Outcome          
//!   table   command  process     what it means
//! ```
//!
//! Before that, `fit` says whether kernel and firmware belong together,
//! `kernel` unpacks the kernel, and `accel` finds out whether KVM works.

pub mod accel;
mod cache;
pub mod fit;
pub mod guests;
pub mod kernel;
mod probe;
pub mod qemu;
pub mod session;
