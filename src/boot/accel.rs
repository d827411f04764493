//! How the guest's instructions are run: by the host's processor (KVM), or one
//! by one by QEMU (TCG).
//!
//! A /dev/kvm that can be opened proves nothing: there are machines on which
//! every guest then hangs or makes QEMU abort. So KVM is used only where a
//! guest, if a tiny one, has run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::cache;
use super::guests::Guest;
use super::probe::probe;
use crate::abi::Arch;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// KVM where it works, else TCG.
    Auto,
    /// KVM, untried.
    Kvm,
    /// TCG.
    Tcg,
}

/// How it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accel {
    /// By the host's processor.
    Kvm,
    /// By QEMU.
    Tcg,
}

/// How it is done, and why so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// How.
    pub accel: Accel,
    /// For the reader: `TCG, because …`.
    pub text: String,
}

/// Chooses for a guest, run by `qemu` if not by its usual emulator. May start a
/// probe, which takes seconds where KVM hangs; its result is kept until the
/// host boots again.
pub fn choose(choice: Choice, guest: &Guest, qemu: Option<&Path>) -> Chosen {
    let program = qemu.unwrap_or(Path::new(guest.qemu));
    match choice {
        Choice::Kvm => Chosen {
            accel: Accel::Kvm,
            text: "KVM, as asked for".to_owned(),
        },
        Choice::Tcg => Chosen {
            accel: Accel::Tcg,
            text: "TCG, as asked for".to_owned(),
        },
        Choice::Auto => match kvm_works(guest, program) {
            Ok(()) => Chosen {
                accel: Accel::Kvm,
                text: "KVM, on which a probe ran".to_owned(),
            },
            Err(why) => Chosen {
                accel: Accel::Tcg,
                text: format!("TCG, because {why}"),
            },
        },
    }
}

/// Whether KVM runs this guest, or why it does not.
fn kvm_works(guest: &Guest, program: &Path) -> Result<(), String> {
    let tried = match guest.kernel {
        Arch::X86 | Arch::X86_64 => Arch::CURRENT.runs(guest.kernel),
        Arch::Arm | Arch::Aarch64 => false,
    };
    if !tried {
        return Err(format!(
            "KVM is tried for x86 guests on x86 only, and this is {} on {}",
            guest.kernel.title(),
            Arch::CURRENT.name()
        ));
    }
    File::options()
        .read(true)
        .write(true)
        .open("/dev/kvm")
        .map_err(|error| format!("/dev/kvm cannot be opened: {error}"))?;

    let (note, key) = remembered(program);
    if let Some(result) = note.as_deref().and_then(|path| recall(path, &key)) {
        return result;
    }
    let result = probe(program, &["-accel", "kvm", "-cpu", "host"]).map_err(|what| {
        format!(
            "KVM does not work here: {}",
            what.lines().next().unwrap_or_default()
        )
    });
    if let Some(path) = note {
        // Without the note the next run probes again.
        drop(cache::write(&path, remark(&key, &result).as_bytes()));
    }
    result
}

/// Where the result of a probe is kept, and what it holds for: this boot of
/// the host and this emulator.
fn remembered(program: &Path) -> (Option<PathBuf>, String) {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let key = format!("{} {}", boot.trim(), program.display());
    let name = program
        .file_name()
        .map_or_else(|| "qemu".into(), |name| name.to_string_lossy());
    let note = cache::directory()
        .filter(|_| !boot.is_empty())
        .map(|cache| cache.join(format!("kvm-{name}")));
    (note, key)
}

/// The text of the note: the key, and on the second line why KVM does not work.
fn remark(key: &str, result: &Result<(), String>) -> String {
    format!(
        "{key}\n{}\n",
        result.as_ref().err().map_or("", String::as_str)
    )
}

fn recall(note: &Path, key: &str) -> Option<Result<(), String>> {
    let text = fs::read_to_string(note).ok()?;
    let (for_key, why) = text.strip_suffix('\n')?.split_once('\n')?;
    if for_key != key {
        return None;
    }
    Some(if why.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{why} (found earlier; remove {} to probe again)",
            note.display()
        ))
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Accel, Choice, choose, recall, remark};
    use crate::boot::guests::find;

    #[test]
    fn a_wish_is_granted_without_a_probe() {
        let guest = find("x86_64").unwrap();
        assert_eq!(choose(Choice::Kvm, guest, None).accel, Accel::Kvm);
        assert_eq!(choose(Choice::Tcg, guest, None).accel, Accel::Tcg);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn arm_guests_on_x86_are_emulated() {
        let chosen = choose(Choice::Auto, find("arm").unwrap(), None);
        assert_eq!(chosen.accel, Accel::Tcg);
        assert_eq!(
            chosen.text,
            "TCG, because KVM is tried for x86 guests on x86 only, and this is 32-bit ARM on x86_64"
        );
    }

    #[test]
    fn a_note_holds_for_one_boot_and_one_emulator() {
        let directory = std::env::temp_dir().join(format!("shmproof-note-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let note = directory.join("kvm");
        assert_eq!(recall(&note, "boot qemu"), None);
        std::fs::write(&note, remark("boot qemu", &Ok(()))).unwrap();
        assert_eq!(recall(&note, "boot qemu"), Some(Ok(())));
        assert_eq!(recall(&note, "other qemu"), None);
        std::fs::write(&note, remark("boot qemu", &Err("it hangs".to_owned()))).unwrap();
        let why = recall(&note, "boot qemu").unwrap().unwrap_err();
        assert!(why.starts_with("it hangs (found earlier"), "{why}");
        std::fs::write(&note, "half a").unwrap();
        assert_eq!(recall(&note, "half a"), None);
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
