//! Kernels, firmware and guests that do not belong together.

use std::path::Path;

use shmproof::boot::{fit, guests};

use crate::fake::file;

#[test]
fn what_does_not_fit_together_is_not_booted() {
    let arm = guests::find("arm").unwrap();
    let kernel = file("bzimage", &bzimage());
    let firmware = file("firmware", &elf(40));
    let why = fit::check(arm, &kernel, Some(&firmware)).unwrap_err();
    assert_eq!(
        why,
        format!(
            "kernel {} is for 64-bit x86, but guest `arm` is 32-bit ARM",
            kernel.display()
        )
    );

    let amd64 = guests::find("x86_64").unwrap();
    let why = fit::check(amd64, &kernel, Some(&firmware)).unwrap_err();
    let (firmware, kernel_path) = (firmware.display(), kernel.display());
    assert_eq!(
        why,
        format!(
            "firmware {firmware} is for 32-bit ARM, which kernel {kernel_path} for 64-bit x86 cannot run; \
             build it for x86_64-unknown-linux-musl"
        )
    );
    assert_eq!(
        fit::check(amd64, &kernel, Some(&file("i686", &elf(3)))),
        Ok(())
    );
    let why = fit::check(amd64, Path::new("/nonexistent/k"), None).unwrap_err();
    assert!(
        why.starts_with("cannot read kernel /nonexistent/k: "),
        "{why}"
    );
}

/// The header of a 64-bit bzImage.
fn bzimage() -> Vec<u8> {
    let mut kernel = vec![0; 1024];
    kernel[0x202..0x206].copy_from_slice(b"HdrS");
    kernel[0x206..0x208].copy_from_slice(&0x020f_u16.to_le_bytes());
    kernel[0x236] = 1;
    kernel
}

/// The header of a 32-bit executable for a machine.
fn elf(machine: u8) -> Vec<u8> {
    let mut header = vec![0; 52];
    header[..7].copy_from_slice(b"\x7fELF\x01\x01\x01");
    header[0x10] = 2;
    header[0x12] = machine;
    header
}
