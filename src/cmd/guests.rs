//! `shmproof guests`: the machines that can be booted.

use super::Failure;
use super::output::print;
use crate::boot::guests::{GUESTS, find};
use crate::cli::Said;
use crate::verdict::RunVerdict;

/// Lists them, or tells one of them to a script.
pub(super) fn guests(said: &Said) -> Result<RunVerdict, Failure> {
    if let Some(word) = said.operands.first() {
        return Err(Failure::usage(format!(
            "guests takes no operand {word:?}; to tell one: --shell {word}"
        )));
    }
    if let Some(name) = said.value("shell") {
        let guest = find(name).map_err(Failure::usage)?;
        print(&format!(
            "guest={}\nfirmware_target={}\nkernel_package={}\nkernel_arch={}\nqemu={}\nqemu_package={}\n",
            guest.name,
            guest.target,
            guest.kernel_package,
            guest.debian_arch,
            guest.qemu,
            guest.qemu_package
        ));
        return Ok(RunVerdict::Pass);
    }
    for guest in GUESTS {
        print(&format!("{:<16} {}\n", guest.name, guest.about));
    }
    Ok(RunVerdict::Pass)
}
