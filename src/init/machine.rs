//! The machine around PID 1: mounts, console, end.

use crate::sys::machine::{self, End};
use std::ffi::CStr;

/// File systems that make life easier; each may be missing.
const MOUNTS: [(&CStr, &CStr); 3] = [
    (c"proc", c"/proc"),
    (c"devtmpfs", c"/dev"),
    (c"sysfs", c"/sys"),
];

/// Mounts what can be had. The console is there since before `main`, see `sys::early`.
pub(super) fn set_up() {
    for (kind, target) in MOUNTS {
        if let Err(errno) = machine::mount(kind, target) {
            log::info!("no {kind:?}: {errno}");
        }
    }
}

/// Reads the value of `--on-done`.
///
/// # Errors
///
/// What would be right.
pub fn ending(word: &str) -> Result<End, String> {
    match word {
        "reboot" => Ok(End::Reboot),
        "poweroff" => Ok(End::PowerOff),
        "halt" => Ok(End::Halt),
        other => Err(format!(
            "--on-done takes reboot, poweroff or halt, not {other:?}"
        )),
    }
}

/// Ends the machine. PID 1 must never return: the kernel would panic.
pub(super) fn end(how: End) -> ! {
    machine::drain_stdout();
    machine::sync();
    // A machine that cannot do what it is asked does the next best thing.
    for how in [how, End::Reboot, End::PowerOff, End::Halt] {
        let _ = machine::end(how);
    }
    loop {
        std::thread::park();
    }
}
