//! The program that an actor has become by its `exec()`.

use crate::sys::process;

/// The first argument of a program that stands in for an actor after its `exec()`.
pub(super) const REPLACED: &str = "--stands-in";

/// Stands in for an actor after its `exec()`, if that is what these arguments say: tells
/// the conductor, and waits to be killed.
pub fn stand_in(args: &[std::ffi::OsString]) {
    let text = |at: usize| args.get(at).and_then(|arg| arg.to_str());
    if text(1) != Some(REPLACED) {
        return;
    }
    let bytes: Vec<u8> = text(3)
        .unwrap_or_default()
        .as_bytes()
        .chunks(2)
        .filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
        .collect();
    if let Some(fd) = text(2).and_then(|fd| fd.parse().ok()) {
        process::write_and_wait(fd, &bytes);
    }
    process::exit_now(0);
}
