//! What lines on the console mean: crashes, warnings, and machines that begin anew.
//!
//! The patterns are those of LAVA, syzkaller and the BPF CI, and matched at the
//! beginning of a message: in the middle of one they are usually a quotation.

/// What a line means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The kernel has crashed.
    Crash,
    /// The last line of a panic.
    EndOfPanic,
    /// The kernel complains about itself.
    Splat,
    /// A kernel or a boot loader begins.
    Boot,
}

/// The kernel does not go on as before after one of these.
const CRASH: &[&str] = &[
    "Kernel panic - not syncing",
    "Oops: ",
    "Oops - ",
    "Internal error: ",
    "Unable to handle kernel ",
    "BUG: unable to handle ",
    "BUG: kernel NULL pointer dereference",
    "BUG: stack guard page was hit",
    "kernel BUG at ",
    "general protection fault",
    "PANIC: double fault",
    "traps: PANIC: double fault",
    "invalid opcode: ",
    "divide error: ",
    "stack segment: ",
    "Alignment trap: not handling instruction",
    "Unexpected kernel BRK exception",
];

/// The kernel goes on after one of these, but something in it is wrong.
const SPLAT: &[&str] = &[
    "BUG: ",
    "BUG ",
    "WARNING: ",
    "UBSAN: ",
    // On 32-bit ARM also when a program is to blame; if it is the kernel, "Internal error" follows.
    "Unhandled fault: ",
    "watchdog: BUG: soft lockup",
    "watchdog: Watchdog detected hard LOCKUP",
    "INFO: possible circular locking dependency",
    "INFO: possible recursive locking",
    "INFO: inconsistent lock state",
    "INFO: suspicious RCU usage",
    "INFO: trying to register non-static key",
];

/// These look like splats and are none (syzkaller's suppressions).
const HARMLESS: &[&str] = &[
    "WARNING: Unprivileged eBPF is enabled",
    "WARNING: The mand mount option",
    "WARNING: the mand mount option",
    "WARNING: See https",
    "WARNING: kernel not compiled with CPU_SRSO",
];

/// What the first lines of a machine look like.
const BOOT: &[&str] = &["Linux version ", "Booting Linux on physical CPU", "U-Boot 20", "U-Boot SPL 20", "SeaBIOS (version "];

/// What `line`, a complete one, means; `None` for the ordinary.
pub fn meaning(line: &str) -> Option<Meaning> {
    let text = message(line);
    let starts = |patterns: &[&str]| patterns.iter().any(|pattern| text.starts_with(pattern));
    if starts(HARMLESS) {
        None
    } else if starts(CRASH) {
        Some(Meaning::Crash)
    } else if text.starts_with("---[ end Kernel panic") {
        Some(Meaning::EndOfPanic)
    } else if starts(SPLAT) || stalled(text) {
        Some(Meaning::Splat)
    } else if starts(BOOT) {
        Some(Meaning::Boot)
    } else {
        None
    }
}

/// The hung task detector and RCU's stall detector.
fn stalled(text: &str) -> bool {
    let text = text.strip_prefix("rcu: ").unwrap_or(text);
    let Some(info) = text.strip_prefix("INFO: ") else { return false };
    (info.starts_with("task ") && info.contains("blocked for more than")) || info.contains("detected stall")
}

/// The message of the kernel without level, time stamp and caller.
pub fn message(line: &str) -> &str {
    let mut text = line.trim_start();
    if let Some((level, rest)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>'))
        && level.bytes().all(|byte| byte.is_ascii_digit())
    {
        text = rest;
    }
    while let Some((inner, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && inner.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'T' | b'C'))
    {
        text = rest.trim_start();
    }
    text
}
