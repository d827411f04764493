//! The smallest guest there is, to see whether an accelerator runs guests.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{self, Command};
use std::time::{Duration, Instant};

use crate::watch::process::{Next, Process};

/// How long the probe may take. Where it works it takes a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the guest writes to QEMU's debug port. QEMU makes 2n + 1 of it, so that
/// no guest can pretend success.
const SAID: u8 = 42;

/// The status that QEMU then exits with.
const STATUS: i32 = SAID as i32 * 2 + 1;

/// Size of the firmware that QEMU maps below 4 GiB; it must be a multiple of this.
const FIRMWARE: usize = 64 * 1024;

/// Where in it the processor begins: 16 bytes below 4 GiB.
const RESET_VECTOR: usize = FIRMWARE - 16;

/// Runs the guest, and says why it did not run if it did not.
pub(super) fn probe(program: &Path, accelerator: &[&str]) -> Result<(), String> {
    let path = env::temp_dir().join(format!("shmproof-probe-{}.bin", process::id()));
    fs::write(&path, firmware())
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let result = run(program, accelerator, &path);
    // A file that stays behind is harmless, and TMPDIR is swept by others.
    drop(fs::remove_file(&path));
    result
}

fn run(program: &Path, accelerator: &[&str], firmware: &Path) -> Result<(), String> {
    let program = program.display().to_string();
    let firmware = firmware.display().to_string();
    let mut line = accelerator.to_vec();
    line.extend("-nodefaults -no-user-config -display none -m 16".split(' '));
    line.extend([
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=0x04",
        "-bios",
        &firmware,
    ]);
    let mut command = Command::new(&program);
    command.args(line);
    let mut process =
        Process::start(command).map_err(|error| format!("cannot run {program}: {error}"))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match process.next(deadline) {
            Next::Bytes(_) => {}
            Next::Silence | Next::Stopped => {
                return Err(format!(
                    "a guest of one instruction did not end within {PATIENCE:?}"
                ));
            }
            Next::End => break,
        }
    }
    let exit = process.exit();
    if exit.code == Some(STATUS) {
        Ok(())
    } else {
        Err(format!("a probe guest {}", exit.text))
    }
}

/// A BIOS that tells QEMU to exit.
fn firmware() -> Vec<u8> {
    /// mov al, SAID; out 0xf4, al; hlt; and again from hlt on
    const CODE: [u8; 7] = [0xb0, SAID, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd];
    let mut image = vec![0; FIRMWARE];
    image[RESET_VECTOR..][..CODE.len()].copy_from_slice(&CODE);
    image
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::probe;

    /// Else a probe that fails would say nothing about KVM.
    #[test]
    #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
    fn the_probe_succeeds_where_guests_run() {
        let qemu = Path::new("qemu-system-x86_64");
        if Command::new(qemu).arg("--version").output().is_err() {
            eprintln!("skipped: {} is not installed", qemu.display());
            return;
        }
        assert_eq!(probe(qemu, &["-accel", "tcg"]), Ok(()));
    }

    #[test]
    fn an_emulator_that_only_says_so_does_not_pass() {
        assert!(
            probe(Path::new("true"), &[])
                .unwrap_err()
                .contains("ended with exit status: 0")
        );
        assert!(
            probe(Path::new("/nonexistent/qemu"), &[])
                .unwrap_err()
                .starts_with("cannot run /nonexistent/qemu")
        );
    }
}
