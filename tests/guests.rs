//! Boots real kernels in QEMU. scripts/test.sh says which, in `SHMPROOF_GUESTS`:
//! a line `GUEST KERNEL FIRMWARE` for each.

mod runner;

use runner::{missing, tests};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    runner::run(tests![
        every_guest_passes_without_an_unexplained_skip,
        an_injected_fault_is_noticed_in_the_guest,
        a_kernel_that_panics_is_told_from_one_that_passes,
        a_guest_that_never_runs_is_a_hang,
        a_kernel_of_another_architecture_is_refused_before_it_boots,
        without_the_emulator_the_package_is_named,
        scenarios_of_the_users_own_reach_the_guest,
        pid_1_lives_without_proc_and_sys,
        pid_1_obeys_the_kernel_command_line,
    ])
}

/// A guest to boot, as scripts/test.sh named it.
#[derive(Clone)]
struct Guest {
    name: String,
    kernel: String,
    firmware: String,
}

fn guests() -> Vec<Guest> {
    let list = std::env::var("SHMPROOF_GUESTS")
        .unwrap_or_else(|_| missing("scripts/test.sh fetches kernels and builds firmware"));
    list.lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let &[name, kernel, firmware] = words.as_slice() else {
                panic!("bad line {line:?}")
            };
            Guest {
                name: name.to_owned(),
                kernel: kernel.to_owned(),
                firmware: firmware.to_owned(),
            }
        })
        .collect()
}

fn guest(name: &str) -> Guest {
    let found = guests().into_iter().find(|guest| guest.name == name);
    found.unwrap_or_else(|| missing(&format!("guest {name} is not among those to be booted")))
}

impl Guest {
    /// The exit code, the JSON report, and what a user would have read.
    fn boot(&self, args: &[&str]) -> (i32, Value, String) {
        self.boot_with("--firmware", &self.firmware, args)
    }

    fn boot_with(&self, what: &str, file: &str, args: &[&str]) -> (i32, Value, String) {
        let out = std::env::temp_dir().join(format!(
            "shmproof-guest-{}-{:?}.json",
            std::process::id(),
            std::thread::current().id()
        ));
        let result = Command::new(env!("CARGO_BIN_EXE_shmproof"))
            .args([
                "boot",
                "--guest",
                &self.name,
                "--kernel",
                &self.kernel,
                what,
                file,
            ])
            .args(["--format", "json", "--out"])
            .arg(&out)
            .args(args)
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&result.stdout).into_owned()
            + &String::from_utf8_lossy(&result.stderr);
        let json = std::fs::read_to_string(&out).ok();
        let json = json
            .map(|text| serde_json::from_str(&text).expect("JSON"))
            .unwrap_or_default();
        let _ = std::fs::remove_file(out);
        (result.status.code().expect("an exit code"), json, said)
    }
}

/// Why a case may be left out in a guest of Debian's: what its ABI or configuration has not.
const REASONS: [&str; 14] = [
    "needs the ABI",
    "which the ABI",
    "does not fit the size_t of this ABI",
    "needs CONFIG_HUGETLBFS",
    "needs huge pages",
    "needs a kernel of as many bits as the firmware",
    "needs a 32-bit firmware on a 64-bit kernel",
    "needs Linux before",
    // What came later than the oldest of the kernels that are booted.
    "needs Linux 6.8",
    "needs Linux 6.9",
    "needs Linux 6.10",
    // A guest has neither a disk nor more than one node.
    "KiB of free swap",
    "CONFIG_NUMA",
    // A kernel is booted without boot parameters.
    "needs shmids with 24 bits of index",
];

/// The reasons of all cases that were left out.
fn skips(report: &Value) -> Vec<String> {
    let scenarios = report["scenarios"].as_array().into_iter().flatten();
    let cases = scenarios.flat_map(|one| one["cases"].as_array().into_iter().flatten());
    cases
        .filter(|case| case["outcome"] == "skip")
        .map(|case| case["why"].as_str().unwrap_or("no reason").to_owned())
        .collect()
}

fn every_guest_passes_without_an_unexplained_skip() {
    for guest in guests() {
        let (code, report, said) = guest.boot(&[]);
        assert_eq!(code, 0, "{}: {said}", guest.name);
        assert_eq!(report["verdict"], "pass");
        for why in skips(&report) {
            assert!(
                REASONS.iter().any(|known| why.contains(known)),
                "{}: {why}",
                guest.name
            );
        }
        assert_eq!(report["host"]["guest"], guest.name.as_str());
        assert!(said.contains("accel  "), "the accelerator is told: {said}");
    }
}

fn an_injected_fault_is_noticed_in_the_guest() {
    for guest in guests() {
        let (code, report, said) = guest.boot(&["--inject", "shmat=ENOMEM"]);
        assert_eq!(code, 1, "{}: {said}", guest.name);
        for row in report["totals"].as_array().expect("a table") {
            assert_eq!(
                row["fail"] != 0,
                row["call"] == "shmat",
                "{}: {row}",
                guest.name
            );
        }
    }
}

fn a_kernel_that_panics_is_told_from_one_that_passes() {
    let guest = guest("arm");
    let (code, report, said) = guest.boot(&["--append", "rdinit=/nothing"]);
    assert_eq!((code, &report["verdict"]), (5, &"crashed".into()), "{said}");
    assert!(said.contains("Kernel panic - not syncing"), "{said}");
    assert!(said.contains("the last lines of the console"), "{said}");
}

fn a_guest_that_never_runs_is_a_hang() {
    let guest = guest("x86_64");
    // QEMU's -S keeps the processors stopped.
    let (code, report, said) = guest.boot(&["--qemu-arg", "-S", "--timeout-factor", "0.01"]);
    assert_eq!((code, &report["verdict"]), (124, &"hung".into()), "{said}");
}

fn a_kernel_of_another_architecture_is_refused_before_it_boots() {
    let (arm, pc) = (guest("arm"), guest("x86_64"));
    let crossed = Guest {
        kernel: pc.kernel,
        ..arm.clone()
    };
    let (code, _, said) = crossed.boot(&[]);
    assert!(
        code == 3 && said.contains("is for 64-bit x86"),
        "{code} {said}"
    );
    for (kernel, expect) in [("/nowhere/vmlinuz", "No such file"), ("/dev/null", "empty")] {
        let bad = Guest {
            kernel: kernel.to_owned(),
            ..arm.clone()
        };
        let (code, _, said) = bad.boot(&[]);
        assert!(
            code == 3 && said.contains(kernel) && said.contains(expect),
            "{code} {said}"
        );
    }
}

fn without_the_emulator_the_package_is_named() {
    let guest = guest("arm");
    let (code, _, said) = guest.boot(&["--qemu", "/nowhere/qemu-system-arm"]);
    assert!(
        code == 3 && said.contains("qemu-system-arm"),
        "{code} {said}"
    );
}

fn scenarios_of_the_users_own_reach_the_guest() {
    let guest = guest("arm");
    let file = std::env::temp_dir().join(format!("shmproof-own-{}.ron", std::process::id()));
    let text = "Scenario(summary: \"wrong on purpose\", actors: [(name: \"a\")], script: [By(\"a\", [\n\
                // The author's own words.\n\
                shmdt(at: Anywhere, expect: Ok),\n])])";
    std::fs::write(&file, text).expect("written");
    let (code, report, said) = guest.boot(&["--scenarios", file.to_str().expect("UTF-8")]);
    std::fs::remove_file(file).expect("still there");
    assert_eq!(code, 1, "{said}");
    let step = &report["scenarios"][0]["cases"][0]["steps"][0];
    assert_eq!(
        (&step["verdict"], &step["line"]),
        (&"fail".into(), &3.into()),
        "{report:#}"
    );
    assert_eq!(step["observed"], "error EINVAL (22)");
    assert!(said.contains("because   The author's own words."), "{said}");
}

/// An image in which PID 1 finds nothing to mount on: no /proc, /sys, /dev.
fn bare_image(firmware: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("shmproof-bare-{}.cpio", std::process::id()));
    let made = Command::new(env!("CARGO_BIN_EXE_shmproof"))
        .args(["image", "--uncompressed", "--firmware", firmware, "--out"])
        .arg(&path)
        .output()
        .expect("it starts");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let mut bytes = std::fs::read(&path).expect("written");
    // A name follows the last field of its header; one of the same length takes its place.
    let swap = |bytes: &mut Vec<u8>, name: &[u8], other: &[u8]| {
        while let Some(at) = bytes.windows(name.len()).position(|window| window == name) {
            bytes[at..at + name.len()].copy_from_slice(other);
        }
    };
    for name in ["proc", "sys", "dev", "dev/console", "dev/kmsg", "dev/null"] {
        let entry = format!("00000000{name}\0");
        let other = format!("00000000q{}\0", &name[1..]);
        swap(&mut bytes, entry.as_bytes(), other.as_bytes());
    }
    std::fs::write(&path, bytes).expect("written");
    path
}

fn pid_1_lives_without_proc_and_sys() {
    let guest = guest("arm");
    let image = bare_image(&guest.firmware);
    let (code, report, said) = guest.boot_with("--image", image.to_str().expect("UTF-8"), &[]);
    std::fs::remove_file(image).expect("still there");
    assert_eq!((code, &report["verdict"]), (0, &"pass".into()), "{said}");
}

fn pid_1_obeys_the_kernel_command_line() {
    let guest = guest("arm");
    let (code, report, said) = guest.boot(&[
        "--append",
        "shmproof.only=hello,readonly shmproof.inject=shmdt=EPERM shmproof.on_done=halt",
    ]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(report["scenarios"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["target"]["inject"], "shmdt=EPERM");
    // Later sources win: the command line over what the image says.
    let (code, report, said) = guest.boot(&["hello", "--append", "shmproof.only=readonly"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(report["scenarios"][0]["name"], "readonly");
    assert_eq!(report["scenarios"].as_array().map(Vec::len), Some(1));
    // What PID 1 would not understand is refused before anything boots.
    let (code, _, said) = guest.boot(&["--append", "shmproof.onley=hello"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("init has no flag --onley"), "{said}");
}
