//! Being asked to stop: SIGINT, SIGTERM, SIGHUP.
//!
//! # Safety
//!
//! The handler stores to one atomic, which is async-signal-safe.

use std::sync::atomic::{AtomicI32, Ordering};

static SEEN: AtomicI32 = AtomicI32::new(0);

extern "C" fn note(signal: libc::c_int) {
    SEEN.store(signal, Ordering::SeqCst);
}

/// Has SIGINT, SIGTERM and SIGHUP noted from now on, instead of ending us.
pub fn install() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        super::wait::handle(signal, note);
    }
}

/// The same for a worker, which ignores what a terminal sends to the whole group and
/// listens to its supervisor.
pub fn install_in_worker() {
    super::wait::handle(libc::SIGTERM, note);
    super::wait::ignore(libc::SIGINT);
    super::wait::ignore(libc::SIGHUP);
}

/// Whether one of them came.
#[must_use]
pub fn seen() -> bool {
    SEEN.load(Ordering::SeqCst) != 0
}
