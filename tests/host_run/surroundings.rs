//! Users, namespaces, kernels and signals that are not as one would wish: a verdict all the
//! same, and nothing of others touched.

use super::{descendants, machine, needs_root, output, scratch, shmproof};
use shmproof::abi::Errno;
use shmproof::abi::number::{IPC_CREAT, IPC_EXCL, IPC_RMID};
use shmproof::sys::shm::{self, Buffer, Entry, nr};
use shmproof::sys::{process, seccomp};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Nobody, who has no entry to be looked up and no rights to lose.
const NOBODY: u32 = 65534;

pub(super) fn an_ordinary_user_gets_a_verdict_and_a_reason_for_every_skip() {
    needs_root();
    let binary = scratch("as-user");
    std::fs::copy(env!("CARGO_BIN_EXE_shmproof"), &binary).expect("copied");
    let user = |args: &[&str]| {
        let mut command = Command::new(&binary);
        command.args(args).current_dir("/").uid(NOBODY).gid(NOBODY);
        output(command)
    };
    let before = machine();
    let (code, out, err) = user(&["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("cases): needs root, to become other users\n"),
        "{out}"
    );
    assert!(
        err.contains("uid 65534, seed 0x") && err.contains("isolation: own IPC and user namespace"),
        "{err}"
    );
    assert_eq!(machine(), before);
    // Nothing but skips is no pass.
    let (code, out, _) = user(&["run", "stranger"]);
    assert_eq!(code, 4, "{out}");
    assert!(
        out.ends_with(")\n") && out.contains("NOTHING RAN, 1 case skipped"),
        "{out}"
    );
}

pub(super) fn a_machine_that_forbids_core_files_gets_a_verdict() {
    // As limits.conf(5) says it with `* hard core 0`; not even all roots may raise it again.
    let binary = env!("CARGO_BIN_EXE_shmproof");
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "ulimit -c 0 && exec \"$0\" run hello readonly",
            binary,
        ])
        .current_dir("/");
    let (code, out, err) = output(command);
    assert_eq!(code, 0, "{out}{err}");
}

/// Runs in a user namespace in which no IPC namespace can be had.
fn without_namespace(args: &str) -> (i32, String, String) {
    let script = format!(
        "echo 0 > /proc/sys/user/max_ipc_namespaces && exec {} {args}",
        env!("CARGO_BIN_EXE_shmproof")
    );
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "sh", "-c", &script])
        .current_dir("/");
    output(command)
}

pub(super) fn without_a_namespace_it_says_so_and_touches_nothing_of_others() {
    needs_root();
    let (code, out, err) = without_namespace("run lifecycle hello");
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        err.contains("isolation: none: unshare(CLONE_NEWIPC): ENOSPC"),
        "{err}"
    );

    // A stranger's segment under the key of the hello program.
    let key = 1234;
    let stranger = shm::shmget(Entry::Direct, key, 4096, IPC_CREAT | IPC_EXCL | 0o666)
        .expect("the key is free");
    let before = machine();
    let (code, out, err) = without_namespace("run hello");
    let after = machine();
    shm::shmctl(Entry::Direct, stranger, IPC_RMID, Buffer::Null).expect("it is still there");
    assert_eq!(code, 4, "{out}{err}");
    assert!(
        out.contains("skip   hello: key 1234 is in use on this machine"),
        "{out}"
    );
    assert_eq!(before, after);
}

pub(super) fn a_kernel_without_system_v_ipc_is_told_once() {
    let out = scratch("no-sysvipc");
    let file = std::fs::File::create(&out).expect("created");
    let mut command = shmproof(&["run"]);
    command.stdout(file).stderr(Stdio::null());
    let child = match process::fork().expect("a process") {
        process::Forked::Parent(pid) => pid,
        process::Forked::Child => {
            for (number, ipc, int80) in [
                (nr::SHMGET, 23, 395),
                (nr::SHMAT, 21, 397),
                (nr::SHMDT, 22, 398),
                (nr::SHMCTL, 24, 396),
            ] {
                let number = u32::try_from(number).unwrap_or_default();
                let target = seccomp::Target { number, ipc, int80 };
                let _ = seccomp::fail(target, Errno(libc::ENOSYS));
            }
            let _ = command.exec();
            process::exit_now(99);
        }
    };
    assert_eq!(
        process::reap(child, true),
        Some((child, process::Death::Exited(4)))
    );
    let out = std::fs::read_to_string(&out).expect("written");
    assert_eq!(out.matches("CONFIG_SYSVIPC is not set").count(), 1, "{out}");
    assert!(out.contains("NOTHING RAN"), "{out}");
}

pub(super) fn the_first_process_of_a_container_is_not_the_machines() {
    needs_root();
    // In namespaces that may come to harm: were it taken for a machine's PID 1, it would
    // mount over /proc and /dev, sweep all segments and end the machine.
    let mut command = Command::new("unshare");
    command.args(["--mount", "--ipc", "--pid", "--fork"]);
    command.arg(env!("CARGO_BIN_EXE_shmproof"));
    // Without a command it says what there is, as for everybody.
    let (code, _, err) = output(command);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("shmproof run"), "{err}");
}

pub(super) fn a_step_that_does_not_return_is_told_and_the_next_case_runs() {
    let before = machine();
    let scenario = scratch("slow.ron");
    let text = "Scenario(summary: \"slow\", for_each: [Axis(\"size\", [MiB(32), MiB(33)])], actors: [(name: \"a\")], script: [By(\"a\", [\
        shmget(key: IPC_PRIVATE, size: Each(\"size\"), as: \"s\", expect: Ok), shmat(seg: \"s\", as: \"m\", expect: Ok), \
        store(map: \"m\", data: Pattern(1), expect: Ok), load(map: \"m\", expect: Pattern(1)), \
        shmdt(map: \"m\", expect: Ok), shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])";
    std::fs::write(&scenario, text).expect("written");
    let mut child = shmproof(&[
        "run",
        "--step-timeout",
        "1",
        "--scenarios",
        scenario.to_str().expect("UTF-8"),
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn()
    .expect("it starts");
    // Whoever acts is stopped as by a kernel that hangs in a call; the worker is the first
    // descendant and goes on.
    while child.try_wait().expect("a child").is_none() {
        for actor in descendants(child.id()).into_iter().skip(1) {
            process::kill(actor, libc::SIGSTOP);
        }
    }
    let mut out = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut out)
        .expect("readable");
    assert_eq!(child.wait().expect("ended").code(), Some(1), "{out}");
    assert!(out.contains("observed  did not return in 1 s"), "{out}");
    assert!(out.contains("of 2 cases"), "{out}");
    assert_eq!(machine(), before);
}

pub(super) fn a_case_that_waits_is_played_side_by_side_and_missed_when_it_dies() {
    needs_root();
    let before = machine();
    let directory = scratch("side_by_side");
    std::fs::create_dir_all(&directory).expect("a directory");
    let write = |name: &str, step: &str| {
        let text = format!(
            "Scenario(summary: \"s\", actors: [(name: \"a\")], script: [Repeat(times: 1000, script: [By(\"a\", [{step}])])])"
        );
        std::fs::write(directory.join(name), text).expect("written");
    };
    write("a_waits.ron", "tick()");
    write("b_acts.ron", "shmdt(at: Anywhere, expect: Err(EINVAL))");
    let mut child = shmproof(&["run", "--scenarios", directory.to_str().expect("UTF-8")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    // The worker, the process at its side, and the actor of that: three in a row.
    let side = loop {
        if let &[worker, side, _, ..] = descendants(child.id()).as_slice()
            && descendants(worker as u32).first() == Some(&side)
            && !descendants(side as u32).is_empty()
        {
            break side;
        }
    };
    process::kill(side, libc::SIGKILL);
    let mut out = String::new();
    let mut told = child.stdout.take().expect("piped");
    told.read_to_string(&mut out).expect("readable");
    assert_eq!(child.wait().expect("ended").code(), Some(3), "{out}");
    assert!(
        out.contains("the process that played it side by side has died"),
        "{out}"
    );
    assert!(out.contains("1 case broken"), "{out}");
    assert_eq!(machine(), before);
}

/// A scenario of far more rounds than anybody waits for.
fn endless(name: &str) -> String {
    let scenario = scratch(name);
    let text = "Scenario(summary: \"long\", actors: [(name: \"a\")], script: [\
        Repeat(times: 100000000, script: [By(\"a\", [\
        shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok), \
        shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])])";
    std::fs::write(&scenario, text).expect("written");
    scenario.to_str().expect("UTF-8").to_owned()
}

pub(super) fn who_stops_a_run_at_the_other_end_of_a_line_is_told_so() {
    let before = machine();
    let scenario = endless("line.ron");
    let mut child = shmproof(&["run", "--format", "frames", "--scenarios", &scenario])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut out = String::new();
    while !out.contains(r#"{"ev":"scenario""#) {
        assert_ne!(lines.read_line(&mut out).expect("readable"), 0, "{out}");
    }
    process::kill(i32::try_from(child.id()).expect("a pid"), libc::SIGTERM);
    lines.read_to_string(&mut out).expect("readable");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{out}");
    // Twice would be another run to who collects them.
    assert_eq!(out.matches(r#"{"ev":"done""#).count(), 1, "{out}");
    assert_eq!(machine(), before);
}

pub(super) fn a_user_who_stops_it_gets_what_was_learnt() {
    let before = machine();
    let scenario = endless("long.ron");
    let mut child = shmproof(&["run", "-v", "--scenarios", &scenario])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("pass") {
        line.clear();
        assert_ne!(
            lines.read_line(&mut line).expect("readable"),
            0,
            "it ended by itself"
        );
    }
    process::kill(i32::try_from(child.id()).expect("a pid"), libc::SIGINT);
    let drained = std::thread::spawn(move || lines.read_to_string(&mut String::new()));
    let mut out = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut out)
        .expect("readable");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{out}");
    assert!(out.contains("INTERRUPTED: no verdict"), "{out}");
    drained.join().expect("no panic").expect("readable");
    assert_eq!(machine(), before);
}

pub(super) fn without_a_namespace_no_shmid_is_used_that_may_be_a_strangers() {
    needs_root();
    let file = scratch("number.ron");
    let text = "Scenario(summary: \"s\", actors: [(name: \"a\")], script: [By(\"a\", [\
        shmctl(id: 0, cmd: IPC_RMID, expect: Err(EINVAL))])])";
    std::fs::write(&file, text).expect("written");
    let (code, out, err) = without_namespace(&format!("run --scenarios {}", file.display()));
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.contains("may be another program's"), "{out}");
}
