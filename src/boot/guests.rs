//! The guests that we know how to boot: the one table of their machines,
//! kernels and arguments.

use crate::abi::Arch;
use crate::image::Target;

/// A kind of machine, the kernel that it runs and the firmware for that.
#[derive(Debug)]
pub struct Guest {
    /// What the user calls it.
    pub name: &'static str,
    /// One line for a list.
    pub about: &'static str,
    /// The build of the firmware.
    pub target: Target,
    /// Architecture of the kernel.
    pub kernel: Arch,
    /// Debian's metapackage of such a kernel.
    pub kernel_package: &'static str,
    /// Debian's name of the kernel's architecture.
    pub debian_arch: &'static str,
    /// The emulator.
    pub qemu: &'static str,
    /// The Debian package that has the emulator.
    pub qemu_package: &'static str,
    /// The machine.
    pub machine: &'static [Argument],
    /// The processor, if it is emulated. With KVM it is that of the host.
    pub cpu: Argument,
    /// Its memory in MiB, if the user does not say.
    pub memory: u32,
    /// Its processors, if the user does not say.
    pub cpus: u32,
    /// The file beside the kernel that describes the machine to it, where QEMU does not.
    pub dtb: Option<&'static str>,
    /// The serial console, as Linux names it.
    pub console: &'static str,
    /// Kernel arguments that this machine needs beyond those of every guest.
    pub append: &'static [Argument],
}

/// An argument, or several separated by blanks, and why it is given.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// The argument.
    pub text: &'static str,
    /// The reason.
    pub why: &'static str,
}

const fn argument(text: &'static str, why: &'static str) -> Argument {
    Argument { text, why }
}

const VIRT: &[Argument] = &[argument(
    "-M virt",
    "the machine that QEMU made for Linux, without a board's quirks",
)];
const PC: &[Argument] = &[argument(
    "-M pc",
    "the machine that every x86 kernel boots on; microvm starts 0.1 s sooner, but without PCI and ACPI",
)];

const RASPI0: &[Argument] = &[
    argument(
        "-M raspi0",
        "the only machine of QEMU's with an ARMv6 core for which Debian has a kernel",
    ),
    // hw/timer/bcm2835_systmr.c compares the low 32 bits of a counter of microseconds. On a busy
    // host the guest may be late when it asks for an interrupt, which comes then 71 minutes later.
    argument(
        "-icount shift=3",
        "time that passes with the instructions, so that no interrupt of the timer is asked for too late and lost",
    ),
];
const RASPI0_APPEND: &[Argument] = &[argument(
    "initcall_blacklist=bcm2835_power_driver_init,bcm2835_pm_driver_init,bcm2835_i2c_driver_init",
    "drivers of blocks that QEMU does not have in full: the kernel would oops, or divide by zero",
)];

const ARM: Guest = Guest {
    name: "arm",
    about: "ARMv7 firmware on a 32-bit ARM kernel",
    target: Target::Armv7,
    kernel: Arch::Arm,
    kernel_package: "linux-image-armmp",
    debian_arch: "armhf",
    qemu: "qemu-system-arm",
    qemu_package: "qemu-system-arm",
    machine: VIRT,
    cpu: argument(
        "-cpu cortex-a15",
        "an ARMv7 core with LPAE, on which virt's devices can be reached",
    ),
    memory: 256,
    cpus: 2,
    dtb: None,
    console: "ttyAMA0",
    append: &[],
};

const ARM64: Guest = Guest {
    name: "arm64",
    about: "64-bit ARM firmware on a 64-bit ARM kernel",
    target: Target::Aarch64,
    kernel: Arch::Aarch64,
    kernel_package: "linux-image-arm64",
    debian_arch: "arm64",
    qemu: "qemu-system-aarch64",
    qemu_package: "qemu-system-arm",
    machine: VIRT,
    cpu: argument(
        "-cpu cortex-a76",
        "a core that has pages of 4, 16 and 64 KiB, and runs 32-bit programs, too",
    ),
    memory: 256,
    cpus: 2,
    dtb: None,
    console: "ttyAMA0",
    append: &[],
};

const X86_64: Guest = Guest {
    name: "x86_64",
    about: "64-bit x86 firmware on a 64-bit x86 kernel",
    target: Target::X86_64,
    kernel: Arch::X86_64,
    kernel_package: "linux-image-amd64",
    debian_arch: "amd64",
    qemu: "qemu-system-x86_64",
    qemu_package: "qemu-system-x86",
    machine: PC,
    cpu: argument(
        "-cpu qemu64",
        "the default, spelt out so that the next QEMU does not change it",
    ),
    memory: 256,
    cpus: 2,
    dtb: None,
    console: "ttyS0",
    append: &[],
};

/// All guests, in the order in which they are listed.
pub const GUESTS: &[Guest] = &[
    ARM,
    // Long descriptors bring huge pages. Without them Debian's kernel guards user memory by
    // domains (CONFIG_CPU_SW_DOMAIN_PAN), for which QEMU empties its TLB at every system call.
    Guest {
        name: "arm-lpae",
        about: "ARMv7 firmware on a 32-bit ARM kernel with LPAE",
        kernel_package: "linux-image-armmp-lpae",
        ..ARM
    },
    Guest {
        name: "armv6",
        about: "ARMv6 firmware (soft float) on a 32-bit ARM kernel, a Raspberry Pi Zero",
        target: Target::Arm,
        kernel_package: "linux-image-rpi",
        debian_arch: "armel",
        machine: RASPI0,
        cpu: argument(
            "-cpu arm1176",
            "the core of that board, the only one it takes",
        ),
        memory: 512,
        cpus: 1,
        dtb: Some("bcm2835-rpi-zero.dtb"),
        append: RASPI0_APPEND,
        ..ARM
    },
    ARM64,
    Guest {
        name: "arm-on-arm64",
        about: "ARMv7 firmware on a 64-bit ARM kernel: the compat path",
        target: ARM.target,
        ..ARM64
    },
    X86_64,
    Guest {
        name: "i686",
        about: "32-bit x86 firmware on a 32-bit x86 kernel",
        target: Target::I686,
        kernel: Arch::X86,
        kernel_package: "linux-image-686",
        debian_arch: "i386",
        qemu: "qemu-system-i386",
        cpu: argument(
            "-cpu qemu32",
            "the default, spelt out so that the next QEMU does not change it",
        ),
        ..X86_64
    },
    Guest {
        name: "i686-on-x86_64",
        about: "32-bit x86 firmware on a 64-bit x86 kernel: the compat path",
        target: Target::I686,
        ..X86_64
    },
];

/// The guest of that name.
///
/// # Errors
///
/// Lists the names that there are.
pub fn find(name: &str) -> Result<&'static Guest, String> {
    GUESTS
        .iter()
        .find(|guest| guest.name == name)
        .ok_or_else(|| {
            let names: Vec<_> = GUESTS.iter().map(|guest| guest.name).collect();
            format!(
                "no guest is called `{name}`; there are {}",
                names.join(", ")
            )
        })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{GUESTS, find};

    #[test]
    fn guests_are_found_by_name() {
        for guest in GUESTS {
            assert_eq!(find(guest.name).unwrap().about, guest.about);
            assert!(guest.kernel.runs(guest.target.arch()), "{}", guest.name);
        }
        assert_eq!(
            find("riscv").unwrap_err(),
            "no guest is called `riscv`; there are arm, arm-lpae, armv6, arm64, arm-on-arm64, x86_64, i686, i686-on-x86_64"
        );
    }
}
