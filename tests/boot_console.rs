//! `boot::session` against a QEMU that is a shell script: it prints a console
//! and then exits or stays. Every way in which a run can end is made to happen.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use shmproof::boot::accel::{Accel, Chosen};
use shmproof::boot::session::{Limits, Options, Outcome, run};
use shmproof::boot::{fit, guests, qemu};
use shmproof::report::ending::Ending;
use shmproof::report::frame::Writer;
use shmproof::report::record::{Case, Done, Event, Hello, Scenario};

/// Plays QEMU: the "kernel" is the console to print, and beside it is a script
/// that says what then becomes of QEMU.
const FAKE: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then
    echo 'QEMU emulator version 0.0 (fake)'
    exit
fi
while [ "$1" != -kernel ]; do shift; done
cat "$2"
. "$2.then"
"#;

/// What QEMU does when it has printed everything.
const EXITS: &str = "exit 0";
const STAYS: &str = "exec sleep 3600";

/// A limit that a console in a pipe does not come near, and one that is hit on purpose.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);

const LONG_LIMITS: Limits = Limits { boot: LONG, progress: LONG, total: LONG };

/// The fake, written once: a script that is being written cannot be run.
fn fake() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = file("fake-qemu", FAKE.as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    })
}

/// A file of this test run.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

fn config(kernel: &Path) -> qemu::Config {
    qemu::Config {
        guest: guests::find("arm").unwrap(),
        kernel: kernel.to_owned(),
        initrd: "initrd".into(),
        memory: 64,
        smp: 1,
        accel: Chosen { accel: Accel::Tcg, text: "TCG, as the test says".to_owned() },
        append: Vec::new(),
        qemu: Some(fake().to_owned()),
        extra: Vec::new(),
    }
}

/// Boots the fake with a console and what it does then.
fn boot(name: &str, console: &str, then: &str, limits: Limits) -> Outcome {
    let kernel = file(name, console.as_bytes());
    fs::write(format!("{}.then", kernel.display()), then).unwrap();
    run(&config(&kernel), &Options { limits, ..Options::default() }, &mut |_| {})
}

#[track_caller]
fn check(name: &str, console: &str, then: &str, expect: &Ending) -> Outcome {
    let outcome = boot(name, console, then, LONG_LIMITS);
    assert_eq!(outcome.ending, *expect);
    outcome
}

/// A boot, and a run of one scenario with two cases, one line each.
fn console() -> Vec<String> {
    let mut writer = Writer::new();
    let cases = vec!["size: 1".to_owned(), "size: 4096".to_owned()];
    let case = |case| Event::Case(Case { case, steps: "PP".to_owned(), ..Case::default() });
    let events = [
        Event::Hello(Hello::default()),
        Event::Scenario(Scenario { name: "readonly".to_owned(), cases, ..Scenario::default() }),
        case(0),
        case(1),
        Event::Done(Done { events: 4, cases: 2, broken: None }),
    ];
    let boot = [
        "\x1b[2J[    0.000000] Booting Linux on physical CPU 0x0\r\n".to_owned(),
        "[    0.000000] Linux version 6.1.0 (fake)\r\n".to_owned(),
    ];
    let frames = events.iter().map(|event| writer.frame(event).replace('\n', "\r\n"));
    boot.into_iter().chain(frames).collect()
}

/// Where in [`console`] the first case has ended and the second is going on.
const IN_SECOND_CASE: usize = 5;

fn in_second_case(what: &str) -> String {
    format!("{what} in scenario `readonly`, case 2 of 2 (size: 4096)")
}

#[test]
fn a_complete_run_ends_at_once_although_qemu_stays() {
    let outcome = check("complete", &console().concat(), STAYS, &Ending::Complete);
    assert_eq!(outcome.events.len(), 5);
    assert_eq!(outcome.splats, [""; 0]);
    assert_eq!(outcome.qemu_version, "QEMU emulator version 0.0 (fake)");
    assert_eq!(outcome.accel, "TCG, as the test says");
    assert_eq!(outcome.command[0], fake().display().to_string());
    assert!(outcome.seconds < LONG.as_secs_f64(), "{}", outcome.seconds);
    assert_eq!(
        outcome.tail,
        ["[    0.000000] Booting Linux on physical CPU 0x0", "[    0.000000] Linux version 6.1.0 (fake)"]
    );
}

#[test]
fn messages_in_the_middle_of_frames_do_no_harm() {
    let mut console = console().concat();
    for at in (0..console.len()).rev().filter(|at| at % 9 == 0 && *at > 120) {
        console.insert_str(at, "[    3.141592] random: crng init done\r\n");
    }
    let outcome = check("noise", &console, STAYS, &Ending::Complete);
    assert_eq!(outcome.events.len(), 5);
}

#[test]
fn what_the_guest_does_after_the_end_decides_nothing() {
    let late = format!("{}[    9.000000] Kernel panic - not syncing: too late\r\n", console().concat());
    check("late", &late, EXITS, &Ending::Complete);
}

#[test]
fn a_lost_event_is_missed() {
    let mut console = console();
    console.remove(4);
    let lost = "only 3 of 4 events arrived before the last; the console lost number 2";
    check("lost", &console.concat(), STAYS, &Ending::Lost(lost.to_owned()));
}

#[test]
fn an_event_that_was_damaged_is_missed() {
    let mut console = console();
    console[4] = console[4].replace("PP", "PF");
    let lost = "only 3 of 4 events arrived before the last; the console lost number 2";
    let outcome = check("damaged", &console.concat(), STAYS, &Ending::Lost(lost.to_owned()));
    assert!(outcome.tail[2].starts_with("a frame does not check: @shm1 000002"), "{:?}", outcome.tail);
}

#[test]
fn a_guest_that_goes_down_in_mid_run_has_crashed() {
    let crashed = in_second_case("the guest reset or powered off in mid-run,");
    check("down", &console()[..IN_SECOND_CASE].concat(), EXITS, &Ending::Crashed(crashed));
}

#[test]
fn a_panic_before_init_is_a_crash() {
    let console = "[    1.000000] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n";
    let crashed = "the kernel crashed before the first event: \
                   Kernel panic - not syncing: VFS: Unable to mount root fs";
    let outcome = check("panic", console, EXITS, &Ending::Crashed(crashed.to_owned()));
    assert_eq!(outcome.tail.len(), 1);
}

#[test]
fn a_panic_in_a_case_is_told_with_its_dump() {
    let mut lines = console()[..IN_SECOND_CASE].to_vec();
    lines.push(console()[IN_SECOND_CASE][..40].to_owned()); // the frame that it cuts off
    lines.push("[    9.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008\r\n".to_owned());
    lines.push("[    9.000001] Call Trace:\r\n".to_owned());
    lines.push("[    9.000002] ---[ end Kernel panic - not syncing: Fatal exception ]---\r\n".to_owned());
    let crashed = in_second_case("the kernel crashed")
        + ": BUG: kernel NULL pointer dereference, address: 0000000000000008";
    let outcome = check("case-panic", &lines.concat(), STAYS, &Ending::Crashed(crashed));
    assert!(outcome.tail.contains(&"[    9.000001] Call Trace:".to_owned()), "{:?}", outcome.tail);
}

#[test]
fn an_oops_is_a_crash_even_if_the_run_goes_on() {
    let mut lines = console();
    lines.insert(IN_SECOND_CASE, "[    9.000000] Internal error: Oops: 5 [#1] SMP ARM\r\n".to_owned());
    let crashed = in_second_case("the kernel crashed") + ": Internal error: Oops: 5 [#1] SMP ARM";
    check("oops", &lines.concat(), STAYS, &Ending::Crashed(crashed));
}

#[test]
fn a_warning_is_reported_beside_a_complete_run() {
    let mut lines = console();
    lines.insert(IN_SECOND_CASE, "[    9.000000] WARNING: CPU: 0 PID: 9 at ipc/shm.c:1\r\n".to_owned());
    let outcome = check("splat", &lines.concat(), STAYS, &Ending::Complete);
    let place = "in scenario `readonly`, case 2 of 2 (size: 4096)";
    assert_eq!(outcome.splats, [format!("{place}: WARNING: CPU: 0 PID: 9 at ipc/shm.c:1")]);
}

#[test]
fn a_second_kernel_is_a_reset() {
    let lines = console();
    let text = lines[..IN_SECOND_CASE].concat() + &lines.concat();
    check("reset", &text, STAYS, &Ending::Crashed(in_second_case("the machine reset")));
}

#[test]
fn a_guest_without_our_init_has_not_started() {
    let why = "the guest never reached our init: it reset or powered off, and QEMU ended with exit status: 0";
    check("no-init", &console()[..2].concat(), EXITS, &Ending::NotStarted(why.to_owned()));
}

#[test]
fn qemu_that_fails_is_quoted() {
    let then = "echo 'qemu-system-arm: -M nonsense: unsupported machine type' >&2; exit 1";
    let why = "QEMU ended with exit status: 1: qemu-system-arm: -M nonsense: unsupported machine type";
    check("fails", "", then, &Ending::NotStarted(why.to_owned()));
}

#[test]
fn qemu_that_dies_in_mid_run_is_quoted() {
    let then = "echo 'KVM internal error' >&2; kill -9 $$";
    let lost = in_second_case("QEMU itself failed in mid-run,")
        + ": it ended with signal: 9 (SIGKILL): KVM internal error";
    check("dies", &console()[..IN_SECOND_CASE].concat(), then, &Ending::Lost(lost));
}

#[test]
fn silence_is_a_hang() {
    let before = boot("silent", "", STAYS, Limits { boot: SHORT, ..LONG_LIMITS });
    assert_eq!(before.ending, Ending::Hung("the guest did not reach our init within 300ms".to_owned()));
    assert!(before.seconds >= SHORT.as_secs_f64());

    let lines = console()[..IN_SECOND_CASE].concat();
    let amid = boot("hang", &lines, STAYS, Limits { progress: SHORT, ..LONG_LIMITS });
    assert_eq!(amid.ending, Ending::Hung(in_second_case("nothing came for 300ms; the guest stopped")));
}

#[test]
fn chatter_does_not_keep_a_run_alive() {
    let then = "while :; do echo '[    9.000000] still here'; done";
    let outcome = boot("chatter", &console()[..IN_SECOND_CASE].concat(), then, Limits { total: SHORT, ..LONG_LIMITS });
    assert_eq!(
        outcome.ending,
        Ending::Hung(in_second_case("the run did not end within 300ms; it stopped"))
    );
}

#[test]
fn qemu_that_is_not_installed_is_named_with_its_package() {
    let mut config = config(Path::new("kernel"));
    config.qemu = Some("/nonexistent/qemu".into());
    let outcome = run(&config, &Options::default(), &mut |_| {});
    let Ending::NotStarted(why) = outcome.ending else { panic!("{:?}", outcome.ending) };
    assert!(why.starts_with("cannot run /nonexistent/qemu: No such file"), "{why}");
    assert!(why.contains("qemu-system-arm"), "{why}");
}

#[test]
fn the_console_is_kept_byte_for_byte() {
    let text = console().concat();
    let kernel = file("log", text.as_bytes());
    fs::write(format!("{}.then", kernel.display()), EXITS).unwrap();
    let log = file("log-written", b"");
    let options = Options { console_log: Some(log.clone()), ..Options::default() };
    assert_eq!(run(&config(&kernel), &options, &mut |_| {}).ending, Ending::Complete);
    assert_eq!(fs::read_to_string(log).unwrap(), text);

    let options = Options { console_log: Some("/nonexistent/log".into()), ..Options::default() };
    let Ending::NotStarted(why) = run(&config(&kernel), &options, &mut |_| {}).ending else { panic!() };
    assert!(why.starts_with("cannot write the console to /nonexistent/log: "), "{why}");
}

#[test]
fn what_does_not_fit_together_is_not_booted() {
    let arm = guests::find("arm").unwrap();
    let kernel = file("bzimage", &bzimage());
    let firmware = file("firmware", &elf(40));
    let why = fit::check(arm, &kernel, &firmware).unwrap_err();
    assert_eq!(why, format!("kernel {} is for 64-bit x86, but guest `arm` is 32-bit ARM", kernel.display()));

    let amd64 = guests::find("x86_64").unwrap();
    let why = fit::check(amd64, &kernel, &firmware).unwrap_err();
    let (firmware, kernel_path) = (firmware.display(), kernel.display());
    assert_eq!(
        why,
        format!(
            "firmware {firmware} is for 32-bit ARM, which kernel {kernel_path} for 64-bit x86 cannot run; \
             build it for x86_64-unknown-linux-musl"
        )
    );
    assert_eq!(fit::check(amd64, &kernel, &file("i686", &elf(3))), Ok(()));
    let why = fit::check(amd64, Path::new("/nonexistent/k"), &kernel).unwrap_err();
    assert!(why.starts_with("cannot read kernel /nonexistent/k: "), "{why}");
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

/// Set in the environment of a process that boots a guest that stays, to be killed.
const VICTIM: &str = "SHMPROOF_TEST_VICTIM";

/// This test binary once more, with a guest that notes its process id in a file.
fn victim(test: &str) -> (Child, PathBuf) {
    let pid = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pid-{test}-{}", std::process::id()));
    drop(fs::remove_file(&pid));
    let child = Command::new(std::env::current_exe().unwrap()).args(["--exact", test]).env(VICTIM, &pid).spawn();
    (child.unwrap(), pid)
}

/// What the victim does; `None` in the parent.
fn as_victim() -> Option<Outcome> {
    let pid = std::env::var(VICTIM).ok()?;
    let then = format!("echo $$ >{pid}.new; mv {pid}.new {pid}; {STAYS}");
    Some(boot("victim", &console()[..IN_SECOND_CASE].concat(), &then, LONG_LIMITS))
}

/// Waits until something is so; nothing announces it.
#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sends `signal` to a victim whose guest runs, and returns the victim's end once the guest is gone.
fn kill(test: &str, signal: &str) -> std::process::ExitStatus {
    let (mut victim, pid) = victim(test);
    wait_until("the guest to start", || pid.exists());
    let guest = fs::read_to_string(&pid).unwrap();
    let status = Command::new("kill").args([signal, &victim.id().to_string()]).status().unwrap();
    assert!(status.success());
    let end = victim.wait().unwrap();
    let process = Path::new("/proc").join(guest.trim());
    wait_until("the guest to die", || !process.exists() || is_zombie(&process));
    end
}

/// Whether it is dead, and only its parent (a sloppy PID 1 of a container) has not looked yet.
fn is_zombie(process: &Path) -> bool {
    fs::read_to_string(process.join("stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn a_signal_ends_the_run_and_the_guest() {
    if let Some(outcome) = as_victim() {
        assert!(matches!(outcome.ending, Ending::Interrupted(_)), "{:?}", outcome.ending);
        return;
    }
    assert!(kill("a_signal_ends_the_run_and_the_guest", "-TERM").success());
}

#[test]
fn the_guest_dies_with_us_even_if_we_are_killed() {
    if as_victim().is_some() {
        return;
    }
    assert!(!kill("the_guest_dies_with_us_even_if_we_are_killed", "-KILL").success());
}
