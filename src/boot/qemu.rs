//! The command line that boots a kernel with an image. Nothing is run here.

use std::path::PathBuf;

use super::accel::{Accel, Chosen};
use super::guests::{Argument, Guest};

/// What to boot, and on what.
#[derive(Clone, Debug)]
pub struct Config {
    /// The machine.
    pub guest: &'static Guest,
    /// The kernel.
    pub kernel: PathBuf,
    /// The file that describes the machine to the kernel, if QEMU does not.
    pub dtb: Option<PathBuf>,
    /// The initramfs, compressed or not.
    pub initrd: PathBuf,
    /// Memory of the guest in MiB.
    pub memory: u32,
    /// Processors of the guest.
    pub smp: u32,
    /// How its instructions are run, and why so.
    pub accel: Chosen,
    /// Further kernel arguments; they come last, so they win.
    pub append: Vec<String>,
    /// The emulator, if it is not the guest's usual one.
    pub qemu: Option<PathBuf>,
    /// Further arguments of QEMU; they come last.
    pub extra: Vec<String>,
}

/// Arguments of QEMU that every guest gets.
const ALWAYS: &[Argument] = &[
    Argument {
        text: "-nodefaults",
        why: "no network card, disk drive or monitor: fewer devices to probe",
    },
    Argument {
        text: "-no-user-config",
        why: "a run must not depend on who runs it",
    },
    Argument {
        text: "-display none",
        why: "no window, and no VGA BIOS that writes to the console",
    },
    Argument {
        text: "-no-reboot",
        why: "a guest that resets ends QEMU instead of booting once more",
    },
    Argument {
        text: "-serial stdio",
        why: "the console is QEMU's standard output",
    },
];

/// Arguments that every kernel gets.
const APPEND: &[Argument] = &[
    Argument {
        text: "panic=-1",
        why: "reboot at once after a panic, which ends QEMU",
    },
    Argument {
        text: "oops=panic",
        why: "a kernel that has oopsed proves nothing any more",
    },
    Argument {
        text: "printk.time=1",
        why: "time stamps tell the kernel's messages from our frames",
    },
    Argument {
        text: "loglevel=6",
        why: "notices and worse, 20 lines: they name the kernel; the next level has 300, slow on a serial line",
    },
    Argument {
        text: "cryptomgr.notests",
        why: "the self-tests of ciphers take 0.4 to 1.7 s under TCG, and no scenario enciphers anything",
    },
];

/// The whole command line, the emulator first.
pub fn command(config: &Config) -> Vec<String> {
    let guest = config.guest;
    let qemu = config
        .qemu
        .as_ref()
        .map_or_else(|| guest.qemu.to_owned(), |path| path.display().to_string());
    let accel = match config.accel.accel {
        Accel::Tcg => format!("-accel tcg {}", guest.cpu.text),
        Accel::Kvm => "-accel kvm -cpu host".to_owned(),
    };

    let mut line = vec![qemu];
    line.extend(words(guest.machine));
    line.extend(accel.split(' ').map(str::to_owned));
    line.extend(words(ALWAYS));
    for (option, value) in [
        ("-smp", config.smp.to_string()),
        ("-m", config.memory.to_string()),
        ("-kernel", config.kernel.display().to_string()),
        ("-initrd", config.initrd.display().to_string()),
        ("-append", append(config)),
    ] {
        line.extend([option.to_owned(), value]);
    }
    if let Some(dtb) = &config.dtb {
        line.extend(["-dtb".to_owned(), dtb.display().to_string()]);
    }
    line.extend(config.extra.iter().cloned());
    line
}

/// The kernel's command line.
pub fn append(config: &Config) -> String {
    let mut arguments = vec![format!("console={}", config.guest.console)];
    arguments.extend(words(APPEND));
    arguments.extend(words(config.guest.append));
    arguments.extend(config.append.iter().cloned());
    arguments.join(" ")
}

fn words(arguments: &[Argument]) -> impl Iterator<Item = String> {
    arguments
        .iter()
        .flat_map(|argument| argument.text.split(' '))
        .map(str::to_owned)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Config, command};
    use crate::boot::accel::{Accel, Chosen};
    use crate::boot::guests::{GUESTS, find};

    fn config(guest: &str, accel: Accel) -> Config {
        Config {
            guest: find(guest).unwrap(),
            kernel: "k".into(),
            dtb: None,
            initrd: "i".into(),
            memory: 256,
            smp: 2,
            accel: Chosen {
                accel,
                text: String::new(),
            },
            append: vec!["loglevel=8".to_owned()],
            qemu: None,
            extra: vec!["-snapshot".to_owned()],
        }
    }

    #[test]
    fn a_command_line_looks_like_this() {
        let line = command(&config("arm", Accel::Tcg)).join(" ");
        assert_eq!(
            line,
            "qemu-system-arm -M virt -accel tcg -cpu cortex-a15 -nodefaults -no-user-config \
             -display none -no-reboot -serial stdio -smp 2 -m 256 -kernel k -initrd i -append \
             console=ttyAMA0 panic=-1 oops=panic printk.time=1 loglevel=6 cryptomgr.notests \
             loglevel=8 -snapshot"
        );
    }

    #[test]
    fn a_board_is_described_by_its_file() {
        let mut config = config("armv6", Accel::Tcg);
        config.dtb = Some("d".into());
        let line = command(&config).join(" ");
        assert!(
            line.contains("-M raspi0 -icount shift=3 -accel tcg -cpu arm1176 "),
            "{line}"
        );
        assert!(line.contains(" -dtb d "), "{line}");
    }

    #[test]
    fn kvm_has_the_processor_of_the_host() {
        let line = command(&config("x86_64", Accel::Kvm)).join(" ");
        assert!(line.contains("-accel kvm -cpu host"), "{line}");
        assert!(!line.contains("qemu64"), "{line}");
    }

    #[test]
    fn another_emulator_may_be_named() {
        let mut config = config("arm64", Accel::Tcg);
        config.qemu = Some("/opt/qemu".into());
        assert_eq!(command(&config)[0], "/opt/qemu");
    }

    #[test]
    fn every_argument_has_its_reason() {
        let tables = [super::ALWAYS, super::APPEND].into_iter();
        let guests = GUESTS.iter().flat_map(|guest| {
            [
                guest.machine,
                guest.append,
                std::slice::from_ref(&guest.cpu),
            ]
        });
        for argument in tables.chain(guests).flatten() {
            assert!(
                !argument.text.is_empty() && !argument.why.is_empty(),
                "{argument:?}"
            );
        }
    }
}
