//! Whether a kernel, a firmware and a guest fit together, before anything is booted.

use std::fs;
use std::path::Path;

use super::guests::Guest;
use crate::image::{firmware_arch, kernel_arch};

/// Checks that the guest runs this kernel, and the kernel this firmware.
///
/// # Errors
///
/// Names the file, what it is, and what it would have to be.
pub fn check(guest: &Guest, kernel: &Path, firmware: Option<&Path>) -> Result<(), String> {
    let kernel_is = kernel_arch(&read("kernel", kernel)?)
        .map_err(|what| format!("kernel {} {what}", kernel.display()))?;
    if kernel_is != guest.kernel {
        return Err(format!(
            "kernel {} is for {}, but guest `{}` is {}",
            kernel.display(),
            kernel_is.title(),
            guest.name,
            guest.kernel.title()
        ));
    }
    // A ready-made image is the user's own affair.
    let Some(firmware) = firmware else {
        return Ok(());
    };
    let firmware_is = firmware_arch(&read("firmware", firmware)?)
        .map_err(|what| format!("firmware {} {what}", firmware.display()))?;
    if !kernel_is.runs(firmware_is) {
        return Err(format!(
            "firmware {} is for {}, which kernel {} for {} cannot run; build it for {}",
            firmware.display(),
            firmware_is.title(),
            kernel.display(),
            kernel_is.title(),
            guest.target
        ));
    }
    Ok(())
}

fn read(what: &str, path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {what} {}: {error}", path.display()))
}
