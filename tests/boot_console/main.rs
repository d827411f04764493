//! `boot::session` against a QEMU that is a shell script: it prints a console
//! and then exits or stays. Every way in which a run can end is made to happen.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod fake;
mod fit;
mod killed;

use std::fs;
use std::path::Path;

use shmproof::boot::session::{Options, Outcome, run};
use shmproof::report::ending::Ending;
use shmproof::watch::Limits;

use fake::{
    EXITS, IN_SECOND_CASE, LONG, LONG_LIMITS, SHORT, STAYS, boot, config, console, fake, file,
    in_second_case,
};

#[track_caller]
fn check(name: &str, console: &str, then: &str, expect: &Ending) -> Outcome {
    let outcome = boot(name, console, then, LONG_LIMITS);
    assert_eq!(outcome.ending, *expect);
    outcome
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
        [
            "[    0.000000] Booting Linux on physical CPU 0x0",
            "[    0.000000] Linux version 6.1.0 (fake)"
        ]
    );
}

#[test]
fn messages_in_the_middle_of_frames_do_no_harm() {
    let mut console = console().concat();
    for at in (0..console.len())
        .rev()
        .filter(|at| at % 9 == 0 && *at > 120)
    {
        console.insert_str(at, "[    3.141592] random: crng init done\r\n");
    }
    let outcome = check("noise", &console, STAYS, &Ending::Complete);
    assert_eq!(outcome.events.len(), 5);
}

#[test]
fn what_the_guest_does_after_the_end_decides_nothing() {
    let late = format!(
        "{}[    9.000000] Kernel panic - not syncing: too late\r\n",
        console().concat()
    );
    check("late", &late, EXITS, &Ending::Complete);
}

#[test]
fn a_lost_event_is_missed() {
    let mut console = console();
    console.remove(4);
    let lost = "only 3 of 4 events arrived before the last; the console lost number 2";
    check(
        "lost",
        &console.concat(),
        STAYS,
        &Ending::Lost(lost.to_owned()),
    );
}

#[test]
fn an_event_that_was_damaged_is_missed() {
    let mut console = console();
    console[4] = console[4].replace("PP", "PF");
    let lost = "only 3 of 4 events arrived before the last; the console lost number 2";
    let outcome = check(
        "damaged",
        &console.concat(),
        STAYS,
        &Ending::Lost(lost.to_owned()),
    );
    assert!(
        outcome.tail[2].starts_with("a frame does not check: @shm1 0000:000002"),
        "{:?}",
        outcome.tail
    );
}

#[test]
fn a_guest_that_goes_down_in_mid_run_has_crashed() {
    let crashed = in_second_case("the guest reset or powered off in mid-run,");
    check(
        "down",
        &console()[..IN_SECOND_CASE].concat(),
        EXITS,
        &Ending::Crashed(crashed),
    );
}

#[test]
fn a_panic_before_init_is_a_crash() {
    let console = "[    1.000000] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n";
    let crashed = "the kernel crashed before the first event: \
                   Kernel panic - not syncing: VFS: Unable to mount root fs";
    let outcome = check(
        "panic",
        console,
        EXITS,
        &Ending::Crashed(crashed.to_owned()),
    );
    assert_eq!(outcome.tail.len(), 1);
}

#[test]
fn a_panic_in_a_case_is_told_with_its_dump() {
    let mut lines = console()[..IN_SECOND_CASE].to_vec();
    lines.push(console()[IN_SECOND_CASE][..40].to_owned()); // the frame that it cuts off
    lines.push(
        "[    9.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008\r\n"
            .to_owned(),
    );
    lines.push("[    9.000001] Call Trace:\r\n".to_owned());
    lines.push(
        "[    9.000002] ---[ end Kernel panic - not syncing: Fatal exception ]---\r\n".to_owned(),
    );
    let crashed = in_second_case("the kernel crashed")
        + ": BUG: kernel NULL pointer dereference, address: 0000000000000008";
    let outcome = check(
        "case-panic",
        &lines.concat(),
        STAYS,
        &Ending::Crashed(crashed),
    );
    assert!(
        outcome
            .tail
            .contains(&"[    9.000001] Call Trace:".to_owned()),
        "{:?}",
        outcome.tail
    );
}

#[test]
fn an_oops_is_a_crash_even_if_the_run_goes_on() {
    let mut lines = console();
    lines.insert(
        IN_SECOND_CASE,
        "[    9.000000] Internal error: Oops: 5 [#1] SMP ARM\r\n".to_owned(),
    );
    let crashed = in_second_case("the kernel crashed") + ": Internal error: Oops: 5 [#1] SMP ARM";
    check("oops", &lines.concat(), STAYS, &Ending::Crashed(crashed));
}

#[test]
fn a_warning_is_reported_beside_a_complete_run() {
    let mut lines = console();
    lines.insert(
        IN_SECOND_CASE,
        "[    9.000000] WARNING: CPU: 0 PID: 9 at ipc/shm.c:1\r\n".to_owned(),
    );
    let outcome = check("splat", &lines.concat(), STAYS, &Ending::Complete);
    let place = "in scenario `readonly`, case 2 of 2 (size: 4096)";
    assert_eq!(
        outcome.splats,
        [format!("{place}: WARNING: CPU: 0 PID: 9 at ipc/shm.c:1")]
    );
}

#[test]
fn a_second_kernel_is_a_reset() {
    let lines = console();
    let text = lines[..IN_SECOND_CASE].concat() + &lines.concat();
    check(
        "reset",
        &text,
        STAYS,
        &Ending::Crashed(in_second_case("the machine reset")),
    );
}

#[test]
fn a_guest_without_our_init_has_not_started() {
    let why = "the guest never reached our init: it reset or powered off, and QEMU ended with exit status: 0";
    check(
        "no-init",
        &console()[..2].concat(),
        EXITS,
        &Ending::NotStarted(why.to_owned()),
    );
}

#[test]
fn qemu_that_fails_is_quoted() {
    let then = "echo 'qemu-system-arm: -M nonsense: unsupported machine type' >&2; exit 1";
    let why =
        "QEMU ended with exit status: 1: qemu-system-arm: -M nonsense: unsupported machine type";
    check("fails", "", then, &Ending::NotStarted(why.to_owned()));
}

#[test]
fn qemu_that_dies_in_mid_run_is_quoted() {
    let then = "echo 'KVM internal error' >&2; kill -9 $$";
    let lost = in_second_case("QEMU itself failed in mid-run,")
        + ": it ended with signal: 9 (SIGKILL): KVM internal error";
    check(
        "dies",
        &console()[..IN_SECOND_CASE].concat(),
        then,
        &Ending::Lost(lost),
    );
}

#[test]
fn silence_is_a_hang() {
    let before = boot(
        "silent",
        "",
        STAYS,
        Limits {
            boot: SHORT,
            ..LONG_LIMITS
        },
    );
    assert_eq!(
        before.ending,
        Ending::Hung("the target did not begin within 300ms".to_owned())
    );
    assert!(before.seconds >= SHORT.as_secs_f64());

    let lines = console()[..IN_SECOND_CASE].concat();
    let amid = boot(
        "hang",
        &lines,
        STAYS,
        Limits {
            progress: SHORT,
            ..LONG_LIMITS
        },
    );
    assert_eq!(
        amid.ending,
        Ending::Hung(in_second_case("nothing came for 300ms; the target stopped"))
    );
}

#[test]
fn chatter_does_not_keep_a_run_alive() {
    let then = "while :; do echo '[    9.000000] still here'; done";
    let outcome = boot(
        "chatter",
        &console()[..IN_SECOND_CASE].concat(),
        then,
        Limits {
            total: SHORT,
            ..LONG_LIMITS
        },
    );
    assert_eq!(
        outcome.ending,
        Ending::Hung(in_second_case(
            "the run did not end within 300ms; it stopped"
        ))
    );
}

#[test]
fn qemu_that_is_not_installed_is_named_with_its_package() {
    let mut config = config(Path::new("kernel"));
    config.qemu = Some("/nonexistent/qemu".into());
    let outcome = run(&config, &Options::default(), &mut |_| {});
    let Ending::NotStarted(why) = outcome.ending else {
        panic!("{:?}", outcome.ending)
    };
    assert!(
        why.starts_with("cannot run /nonexistent/qemu: No such file"),
        "{why}"
    );
    assert!(why.contains("qemu-system-arm"), "{why}");
}

#[test]
fn the_console_is_kept_byte_for_byte() {
    let text = console().concat();
    let kernel = file("log", text.as_bytes());
    fs::write(format!("{}.then", kernel.display()), EXITS).unwrap();
    let log = file("log-written", b"");
    let options = Options {
        console_log: Some(log.clone()),
        ..Options::default()
    };
    assert_eq!(
        run(&config(&kernel), &options, &mut |_| {}).ending,
        Ending::Complete
    );
    assert_eq!(fs::read_to_string(log).unwrap(), text);

    let options = Options {
        console_log: Some("/nonexistent/log".into()),
        ..Options::default()
    };
    let Ending::NotStarted(why) = run(&config(&kernel), &options, &mut |_| {}).ending else {
        panic!()
    };
    assert!(
        why.starts_with("cannot write the console to /nonexistent/log: "),
        "{why}"
    );
}
