//! kill -9 of any of our processes, at any moment, leaves nothing: no segment, no process,
//! no changed sysctl. So does a process that hangs, and is the first of a PID namespace.
//!
//! A test alone: whoever is orphaned becomes a child of this process, which waits for all of
//! them.
#![expect(clippy::print_stdout, reason = "who was killed is for the reader")]

mod runner;

use runner::{missing, tests};
use shmproof::sys::process;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many moments are tried.
const MOMENTS: u64 = 200;

/// Nobody may outlive a killed process for longer; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A different number for each step of each moment, and the same in each run.
fn chance(moment: u64, what: u64) -> u64 {
    let mut mixed = (moment << 8 | what).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 27
}

/// What can be seen of System V shared memory on this machine.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let names = [
        "shmmax",
        "shmall",
        "shmmni",
        "shm_rmid_forced",
        "shm_next_id",
    ];
    let sysctls = names.map(|name| read(&format!("/proc/sys/kernel/{name}")));
    read("/proc/sysvipc/shm") + &sysctls.concat()
}

/// All processes below one, parents first.
fn descendants(of: i32) -> Vec<i32> {
    let children = |of: i32| -> Vec<i32> {
        let path = format!("/proc/{of}/task/{of}/children");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.split_whitespace().flat_map(str::parse).collect()
    };
    let mut all = vec![of];
    let mut at = 0;
    while let Some(one) = all.get(at) {
        all.extend(children(*one));
        at += 1;
    }
    all
}

/// A run, with a namespace of its own or in a place where none can be had.
fn start(without_namespace: bool, scenarios: &str) -> Child {
    let binary = env!("CARGO_BIN_EXE_shmproof");
    let mut command = if without_namespace {
        let script = format!(
            "echo 0 > /proc/sys/user/max_ipc_namespaces && exec {binary} run -v {scenarios}"
        );
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c", &script]);
        command
    } else {
        let mut command = Command::new(binary);
        command
            .args(["run", "-v"])
            .args(scenarios.split_whitespace());
        command
    };
    command
        .env_remove("RUST_LOG")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// How many lines a run tells when nobody is killed, which ends so.
fn lines(without_namespace: bool, scenarios: &str, code: i32) -> u64 {
    let mut child = start(without_namespace, scenarios);
    let told = BufReader::new(child.stderr.take().expect("piped"));
    let count = told.lines().count() as u64;
    let ended = child.wait().expect("it ends").code();
    assert_eq!(ended, Some(code), "without a kill: {scenarios}");
    all_are_gone(scenarios);
    count
}

/// What is told last before a process hangs.
const BEFORE_IT_HANGS: &str = "setresuid(ruid: 1000, euid: 1000, suid: 1000)";

/// A scenario whose second actor is the first of a PID namespace, makes a segment there that
/// nobody may read, becomes another, and hangs for longer than anybody waits.
fn hanging() -> PathBuf {
    let file = std::env::temp_dir().join(format!("shmproof-killed-{}.ron", process::pid()));
    let text = "Scenario(summary: \"s\", actors: [(name: \"outer\")], script: [\
        By(\"outer\", [shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok), \
        shmat(seg: \"s\", as: \"m\", expect: Ok), unshare(flags: [CLONE_NEWPID], expect: Ok), \
        fork(child: \"inner\", expect: Ok)]), \
        By(\"inner\", [shmget(key: IPC_PRIVATE, size: Pages(1), as: \"t\", expect: Ok), \
        shmctl(seg: \"t\", cmd: IPC_STAT, expect: Stat(cpid: 1)), \
        setresuid(ruid: 1000, euid: 1000, suid: 1000, expect: OneOf([Ok, Err(EINVAL)])), \
        futex_wait(map: \"m\", value: 0, expect: Ok)]), \
        By(\"outer\", [shmctl(seg: \"t\", cmd: IPC_RMID, expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])";
    std::fs::write(&file, text).expect("written");
    file
}

/// Waits until nobody lives who was there in a run.
fn all_are_gone(what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while descendants(process::pid()).len() > 1 {
        if process::reap(-1, false).is_none() {
            std::thread::yield_now();
        }
        let others = || descendants(process::pid());
        assert!(Instant::now() < deadline, "{what}: {:?} live on", others());
    }
}

/// Kills somebody after so many lines; tells who it was.
fn kill_once(moment: u64, without_namespace: bool, scenarios: &str, lines: u64) -> String {
    let mut child = start(without_namespace, scenarios);
    let mut told = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    for _ in 0..chance(moment, 1) % lines {
        line.clear();
        if told.read_line(&mut line).unwrap_or(0) == 0 || line.contains(BEFORE_IT_HANGS) {
            break;
        }
    }
    let ours = i32::try_from(child.id()).expect("a pid");
    let all = descendants(ours);
    let victim = all[(chance(moment, 2) % all.len() as u64) as usize];
    process::kill(victim, libc::SIGKILL);
    // Whoever still has something to say is heard out.
    let _ = told.read_to_string(&mut String::new());
    let _ = child.wait();
    all_are_gone(&format!("moment {moment}"));
    match all.iter().position(|one| *one == victim) {
        Some(0) => "the supervisor",
        Some(1) => "the worker",
        _ => "an actor",
    }
    .to_owned()
}

fn main() -> ExitCode {
    runner::run(tests![a_process_killed_at_any_moment_leaves_nothing])
}

fn a_process_killed_at_any_moment_leaves_nothing() {
    if process::uid() != 0 {
        missing("needs root");
    }
    process::adopt_orphans().expect("orphans come to us");
    let before = machine();
    let all = "lifecycle readonly forked_pairs stranger effective_ids_count one_creator/1 storm/2 \
        pids_of_a_namespace";
    let calm = "lifecycle forked_pairs readonly shmget_errors shmdt_errors stranger";
    let file = hanging();
    let hanging = format!("--step-timeout 1 --scenarios {}", file.display());
    let (many, few) = (lines(false, all, 0), lines(true, calm, 0));
    let hang = [false, true].map(|without| lines(without, &hanging, 1));
    assert_eq!(machine(), before, "hanging");
    let mut victims = std::collections::BTreeMap::new();
    for moment in 0..MOMENTS {
        // Where there is no namespace, what is left stays for everybody to see.
        let without = moment % 2 == 1;
        let (scenarios, lines) = match without {
            // One in seven, so that both worlds have their share; most of them while it hangs.
            _ if moment % 7 == 0 => (&*hanging, 3 * hang[usize::from(without)]),
            true => (calm, few),
            false => (all, many),
        };
        let who = kill_once(moment, without, scenarios, lines);
        assert_eq!(machine(), before, "moment {moment}: {who} was killed");
        *victims.entry(who).or_insert(0) += 1;
    }
    let _ = std::fs::remove_file(file);
    println!("killed: {victims:?}");
}
