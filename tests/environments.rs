//! Whoever starts a run, and from where: a right kernel passes (tests/environments/list).
//!
//! All scenarios but one that waits for the clock are run in each environment, on this machine's
//! own kernel, two environments at a time; those that change the machine for all run alone.

mod runner;

use runner::{ignore, missing};
use shmproof::sys::process;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};

/// Waits for the clock four times; that it does so is the same everywhere.
const SLOW: &str = "times_and_pids";

/// The environment itself cannot be had.
const NOT_TO_BE_HAD: i32 = 77;

/// Two environments at a time run side by side; one that must run alone takes both lanes.
static LANES: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];

struct Environment {
    name: String,
    /// Exit codes that are right.
    codes: Vec<i32>,
    /// A line of sh.
    how: String,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/environments")
}

fn environments() -> Vec<Environment> {
    let text = std::fs::read_to_string(directory().join("list")).expect("readable");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(name, how)| {
            let (name, codes) = name.split_once('=').unwrap_or((name, "0"));
            let codes = codes.split(',').map(|code| code.parse().expect("a number"));
            Environment {
                name: name.to_owned(),
                codes: codes.collect(),
                how: how.trim().to_owned(),
            }
        })
        .collect()
}

/// The names of all scenarios but the slow one.
fn scenarios() -> Vec<String> {
    let built_in = shmproof::suite::built_in().into_iter();
    let mut names: Vec<String> = built_in.map(|scenario| scenario.name).collect();
    names.retain(|name| name != SLOW);
    names
}

/// The program where every user may run it: the firmware, if there is one, as it is what boards get.
fn program() -> PathBuf {
    let from = std::env::var_os("SHMPROOF_FIRMWARE")
        .map_or(PathBuf::from(env!("CARGO_BIN_EXE_shmproof")), PathBuf::from);
    let directory =
        std::env::temp_dir().join(format!("shmproof-environments-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("room");
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&directory, everybody).expect("it is ours");
    let to = directory.join("shmproof");
    std::fs::copy(from, &to).expect("room");
    to
}

/// All scenarios pass in an environment.
fn passes(one: &Environment, program: &Path, names: &[String]) {
    let output = Command::new("sh")
        .args(["-c", &one.how, "-"])
        .arg(program)
        .arg("run")
        .args(names)
        .env("here", directory())
        .stdin(Stdio::null())
        .output()
        .expect("sh");
    let code = output.status.code();
    if code == Some(NOT_TO_BE_HAD) {
        ignore("the environment cannot be had here");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let worst: Vec<&str> = text
        .lines()
        .filter(|line| {
            ["FAIL", "BROKEN", "LEAK"]
                .iter()
                .any(|word| line.starts_with(word))
        })
        .take(4)
        .collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or_default();
    assert!(
        code.is_some_and(|code| one.codes.contains(&code)),
        "{:?}: {} {last}",
        output.status,
        worst.join("\n    ")
    );
}

fn main() -> ExitCode {
    let names = Arc::new(scenarios());
    let program = Arc::new(program());
    let mut tests = runner::tests![the_table_names_every_environment];
    for (at, one) in environments().into_iter().enumerate() {
        let name = format!("a_right_kernel_passes_in_every_environment::{}", one.name);
        let (names, program) = (names.clone(), program.clone());
        tests.push(runner::test(name, move || {
            if process::uid() != 0 {
                missing("most environments take root to get there");
            }
            // A sysctl of the machine is there for all.
            let alone = one.how.contains("sysctl.sh");
            let lanes = if alone {
                &LANES[..]
            } else {
                &LANES[at % 2..][..1]
            };
            let _held: Vec<_> = lanes.iter().map(Mutex::lock).collect();
            passes(&one, &program, &names);
        }));
    }
    let result = runner::run(tests);
    if let Some(directory) = program.parent() {
        let _ = std::fs::remove_dir_all(directory);
    }
    result
}

/// The table tells of every environment, and of none that is not there.
fn the_table_names_every_environment() {
    let table = std::fs::read_to_string(directory().join("README.md")).expect("readable");
    let guests = std::fs::read_to_string(directory().join("guests")).expect("readable");
    let of_guests = guests.lines().filter(|line| !line.starts_with('#'));
    let known: BTreeSet<String> = environments()
        .into_iter()
        .map(|one| one.name)
        .chain(of_guests.filter_map(|line| line.split(' ').next().map(ToOwned::to_owned)))
        .collect();
    let words = |text: &str| -> BTreeSet<String> {
        let split = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.');
        split
            .map(|word| word.trim_matches('.').to_owned())
            .collect()
    };
    let in_table = words(&table);
    let missing: Vec<_> = known
        .difference(&in_table)
        .filter(|name| *name != "plain")
        .collect();
    assert!(missing.is_empty(), "the table does not name {missing:?}");
    let last_columns = table
        .lines()
        .filter_map(|line| line.trim_end_matches(" |").rsplit('|').next());
    let named: BTreeSet<String> = last_columns
        .filter(|cell| !cell.contains('`'))
        .flat_map(|cell| cell.split([',', ';', ':']))
        .map(|word| word.trim().to_owned())
        .filter(|word| word.contains('-') && !word.contains(' ') && !word.starts_with("--"))
        .collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "the table names {unknown:?}, which are in no list"
    );
}
