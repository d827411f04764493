//! `shmproof run` on the machine that the tests run on: verdicts, and that nothing is
//! left behind or touched.

mod bad_input;
mod deaths;
mod language;
mod listing;
#[path = "../runner/mod.rs"]
mod runner;
mod surroundings;

use runner::{missing, tests};
use serde_json::Value;
use shmproof::abi::Arch;
use shmproof::plan::{self, Facts};
use shmproof::suite::built_in;
use shmproof::sys::process;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};

fn main() -> ExitCode {
    runner::run(tests![
        everything_passes_and_nothing_is_left,
        an_injected_fault_turns_its_own_call_red_and_no_other,
        every_scenario_can_fail,
        the_last_actor_may_leave_or_die,
        what_touches_no_memory_is_no_pass,
        an_unexpected_command_blocks_nothing_behind_it,
        an_injected_fault_reaches_the_calls_of_a_32_bit_program,
        bad_input::a_report_that_does_not_arrive_is_no_success,
        bad_input::bad_usage_names_what_would_be_right,
        bad_input::bad_scenarios_are_told_all_at_once_and_nothing_runs,
        bad_input::the_verdict_reaches_the_terminal_when_the_report_cannot_be_written,
        bad_input::reports_are_written_where_they_are_asked_for,
        bad_input::a_reader_that_goes_away_changes_nothing,
        bad_input::images_are_reproducible_byte_for_byte,
        deaths::a_racer_that_dies_on_its_way_keeps_nobody_waiting,
        language::a_claim_that_does_not_hold_fails_in_its_first_round,
        language::every_case_starts_from_the_same_state,
        language::a_reader_whose_writer_stops_early_does_not_return,
        language::a_reader_sees_words_that_are_not_its_writers,
        language::the_reason_of_a_death_must_be_the_one_that_is_named,
        language::cases_are_chosen_by_number_and_by_value,
        language::steps_are_shown_as_they_are_taken,
        listing::a_list_has_a_line_a_scenario_and_a_line_a_case,
        listing::rows_are_told_with_what_covers_them,
        listing::programs_are_told_everything_in_one_document,
        listing::the_case_that_is_named_is_told,
        listing::every_scenario_can_be_told,
        listing::what_is_unknown_is_told_with_what_is_known,
        listing::a_reader_that_goes_away_is_no_failure_but_a_full_disk_is,
        surroundings::an_ordinary_user_gets_a_verdict_and_a_reason_for_every_skip,
        surroundings::a_machine_that_forbids_core_files_gets_a_verdict,
        surroundings::without_a_namespace_it_says_so_and_touches_nothing_of_others,
        surroundings::a_kernel_without_system_v_ipc_is_told_once,
        surroundings::the_first_process_of_a_container_is_not_the_machines,
        surroundings::a_step_that_does_not_return_is_told_and_the_next_case_runs,
        surroundings::a_case_that_waits_is_played_side_by_side_and_missed_when_it_dies,
        surroundings::who_stops_a_run_at_the_other_end_of_a_line_is_told_so,
        surroundings::a_user_who_stops_it_gets_what_was_learnt,
        surroundings::without_a_namespace_no_shmid_is_used_that_may_be_a_strangers,
    ])
}

fn shmproof(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmproof"));
    command.args(args).env_remove("RUST_LOG").current_dir("/");
    command
}

/// A file or directory of this test's own, which every user may read.
fn scratch(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("shmproof-test-{}", process::pid()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    directory.join(name)
}

fn output(mut command: Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        status.code().expect("an exit code"),
        text(&stdout),
        text(&stderr),
    )
}

fn json(args: &[&str]) -> (i32, Value) {
    let (code, out, err) = output(shmproof(&[&["run", "--format", "json"], args].concat()));
    (
        code,
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}")),
    )
}

/// What can be seen of System V shared memory on this machine. Other tests come and go in
/// namespaces of their own, so nothing of theirs shows here.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let sysctls = [
        "shmmax",
        "shmall",
        "shmmni",
        "shm_rmid_forced",
        "shm_next_id",
    ];
    let sysctls = sysctls.map(|name| read(&format!("/proc/sys/kernel/{name}")));
    read("/proc/sysvipc/shm") + &sysctls.join("")
}

/// Every process below this one.
fn descendants(of: u32) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // pid (name) state ppid …
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        if parent == Some(of) {
            found.push(i32::try_from(pid).expect("a pid"));
            found.extend(descendants(pid));
        }
    }
    found
}

fn needs_root() {
    if process::uid() != 0 {
        missing("needs root");
    }
}

fn everything_passes_and_nothing_is_left() {
    let before = machine();
    let (code, report) = json(&[]);
    assert_eq!(
        (code, &report["verdict"]),
        (0, &"pass".into()),
        "{report:#}"
    );
    let scenarios = report["scenarios"].as_array().expect("scenarios");
    let told: Vec<(&str, usize)> = scenarios
        .iter()
        .map(|one| (name(one), cases(one).len()))
        .collect();
    let planned = planned();
    let rows = planned
        .iter()
        .map(|(name, skips)| (name.as_str(), skips.len()));
    assert_eq!(told, rows.collect::<Vec<_>>());
    for (scenario, (name, skips)) in scenarios.iter().zip(&planned) {
        for (case, skip) in cases(scenario).iter().zip(skips) {
            let why = case["why"].as_str().unwrap_or_default();
            let of_the_machine =
                process::uid() != 0 || MAY_LACK.iter().any(|one| why.contains(one));
            let skips = *skip || of_the_machine;
            assert!(
                case["outcome"] == "pass" || (case["outcome"] == "skip" && skips),
                "{name}: {case}"
            );
        }
    }
    assert_eq!(machine(), before);
}

/// What a machine with a right kernel need not have, in the words of a skip.
const MAY_LACK: [&str; 18] = [
    "needs Linux",
    "needs CAP_",
    "KiB of memory",
    "of free swap",
    "CPUs",
    "nodes of memory",
    "huge pages",
    "CONFIG_CHECKPOINT_RESTORE",
    "CONFIG_CPUSETS",
    "CONFIG_HUGETLBFS",
    "CONFIG_IA32_EMULATION",
    "CONFIG_MEMCG",
    "CONFIG_NUMA",
    "CONFIG_PID_NS",
    "CONFIG_SECCOMP_FILTER",
    "CONFIG_SWAP",
    "CONFIG_UID16",
    "CONFIG_USER_NS",
];

fn name(scenario: &Value) -> &str {
    scenario["name"].as_str().expect("a name")
}

fn cases(scenario: &Value) -> &[Value] {
    scenario["cases"].as_array().expect("cases")
}

/// All scenarios, and which of their cases root skips on a machine that has everything but
/// itself to itself.
fn planned() -> Vec<(String, Vec<bool>)> {
    let mut facts = Facts {
        arch: Arch::CURRENT,
        ..Facts::sample()
    };
    facts.units.size_max = usize::MAX as u64;
    let each = built_in().into_iter().map(|scenario| {
        let rows = 0..scenario.rows.len();
        let skips = rows.map(|row| plan::case(&scenario.play(row), &facts).skip.is_some());
        let skips = skips.collect();
        (scenario.name, skips)
    });
    each.collect()
}

/// The scenarios that need no second of the clock, which come back sooner.
fn quick() -> Vec<String> {
    let quick = built_in().into_iter().filter(|scenario| !scenario.may_wait);
    quick.map(|scenario| scenario.name).collect()
}

/// Which calls are red under an injected fault, with the exit code.
fn red(fault: &str) -> (i32, Vec<String>) {
    let quick = quick();
    let mut args = vec!["--inject", fault];
    args.extend(quick.iter().map(String::as_str));
    let (code, report) = json(&args);
    let mut calls = Vec::new();
    for row in report["totals"].as_array().expect("a table") {
        if row["fail"] != 0 || row["broken"] != 0 {
            calls.push(row["call"].as_str().expect("text").to_owned());
        }
    }
    (code, calls)
}

fn an_injected_fault_turns_its_own_call_red_and_no_other() {
    for call in ["shmget", "shmat", "shmdt", "shmctl"] {
        for errno in ["ENOMEM", "EINTR", "ENOSYS"] {
            assert_eq!(red(&format!("{call}={errno}")), (1, vec![call.to_owned()]));
        }
    }
}

fn every_scenario_can_fail() {
    for call in ["shmget", "shmat", "shmdt", "shmctl"] {
        let (_, report) = json(&["--inject", &format!("{call}=EXDEV")]);
        for scenario in report["scenarios"].as_array().expect("scenarios") {
            let steps = || {
                scenario["cases"][0]["steps"]
                    .as_array()
                    .into_iter()
                    .flatten()
            };
            let has = steps().any(|step| step["call"] == call && step["verdict"] != "skip");
            let fails = steps().any(|step| step["call"] == call && step["verdict"] == "fail");
            assert!(
                !has || fails,
                "{}: a broken {call} goes unnoticed",
                scenario["name"]
            );
        }
    }
}

/// Runs one scenario, given as the steps of its only actor `a`.
fn solo(name: &str, steps: &str, args: &[&str]) -> (i32, String, String) {
    let file = scratch(name);
    let text = format!(
        "Scenario(summary: \"s\", actors: [(name: \"a\")], script: [By(\"a\", [{steps}])])"
    );
    std::fs::write(&file, text).expect("written");
    let args = [&["run", "--scenarios", file.to_str().expect("UTF-8")], args].concat();
    output(shmproof(&args))
}

fn the_last_actor_may_leave_or_die() {
    let (code, out, _) = solo(
        "leaves.ron",
        "shmdt(at: Anywhere, expect: Err(EINVAL)), exit()",
        &[],
    );
    assert_eq!(code, 0, "{out}");
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmat(seg: \"s\", flags: [SHM_RDONLY], as: \"m\", expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok), \
        store(map: \"m\", data: Text(\"x\"), expect: Killed(SIGSEGV))";
    let (code, out, _) = solo("dies.ron", steps, &[]);
    assert_eq!(code, 0, "{out}");
}

fn what_touches_no_memory_is_no_pass() {
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmat(seg: \"s\", as: \"m\", expect: Ok), \
        load(map: \"m\", offset: 99999999, expect: Zeros), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";
    let (code, out, _) = solo("beyond.ron", steps, &[]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("line 1: 0 bytes at offset 99999999 do not lie in a segment"),
        "{out}"
    );
}

fn an_unexpected_command_blocks_nothing_behind_it() {
    let steps = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok), \
        shmctl(seg: \"s\", cmd: Raw(99), expect: Err(ENOSYS)), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";
    let (code, out, _) = solo("command.ron", steps, &[]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("  shmctl           1     1        0     0\n"),
        "{out}"
    );
}

fn an_injected_fault_reaches_the_calls_of_a_32_bit_program() {
    let get =
        "shmget(key: IPC_PRIVATE, size: 1, mode: 0o600, entry: Int80, as: \"s\", expect: Ok), ";
    let steps = format!(
        "{get}shmat(seg: \"s\", entry: Int80, as: \"m\", expect: Ok), \
        shmdt(map: \"m\", entry: Int80, expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, entry: Int80, expect: Ok)"
    );
    let (code, out, _) = solo("narrow.ron", &steps, &[]);
    assert_eq!(code, 0, "{out}");
    if out.contains("skip   narrow") {
        // The ABI or the kernel has no such entry, and says so.
        assert!(out.contains("needs int 0x80 of a 64-bit program"), "{out}");
        return;
    }
    for call in ["shmget", "shmat", "shmdt", "shmctl"] {
        let fault = format!("{call}=EXDEV");
        let (code, out, _) = solo("narrow.ron", &steps, &["--inject", &fault]);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains(&format!("a  {call}(")), "{out}");
        assert_eq!(out.matches("FAIL  narrow:").count(), 1, "{out}");
    }
}
