//! Words for a shell.

use std::hash::{BuildHasher, RandomState};

/// A name that nobody else has.
#[must_use]
pub fn token() -> String {
    format!("{:016x}", RandomState::new().hash_one(0))
}

/// A word as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/.,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What our scripts say begins so, to be told from what a login shell says.
pub(super) const SAYS: &str = "shmproof: ";

/// What a line of a board's output says to us.
pub(super) fn said(line: &str) -> Option<&str> {
    // A login shell need not end its line.
    line.split_once(SAYS).map(|(_, says)| says)
}

/// A script for the board, whatever shell its user has. What it says to us, it says with `say`.
pub(super) fn script(text: &str) -> String {
    let say = format!("say() {{ echo \"{SAYS}$*\"; }}\n");
    format!("exec sh -c {}", quoted(&(say + text)))
}

/// The last part of a message such as `mkdir: cannot create directory: Read-only file system`.
pub(super) fn reason(message: &str) -> &str {
    let line = message.trim().lines().last().unwrap_or_default();
    line.rsplit(": ").next().unwrap_or(line).trim()
}
