//! A QEMU that is a shell script, and a console for it to print.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use shmproof::boot::accel::{Accel, Chosen};
use shmproof::boot::session::{Options, Outcome, run};
use shmproof::boot::{guests, qemu};
use shmproof::report::frame::Writer;
use shmproof::report::record::{Case, Done, Event, Hello, Scenario};
use shmproof::verdict::Verdict;
use shmproof::watch::Limits;

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
pub(crate) const EXITS: &str = "exit 0";
pub(crate) const STAYS: &str = "exec sleep 3600";

/// A limit that a console in a pipe does not come near, and one that is hit on purpose.
pub(crate) const LONG: Duration = Duration::from_secs(60);
pub(crate) const SHORT: Duration = Duration::from_millis(300);

pub(crate) const LONG_LIMITS: Limits = Limits {
    boot: LONG,
    progress: LONG,
    total: LONG,
};

/// The fake, written once: a script that is being written cannot be run.
pub(crate) fn fake() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = file("fake-qemu", FAKE.as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    })
}

/// A file of this test run.
pub(crate) fn file(name: &str, content: &[u8]) -> PathBuf {
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

pub(crate) fn config(kernel: &Path) -> qemu::Config {
    qemu::Config {
        guest: guests::find("arm").unwrap(),
        kernel: kernel.to_owned(),
        dtb: None,
        initrd: "initrd".into(),
        memory: 64,
        smp: 1,
        accel: Chosen {
            accel: Accel::Tcg,
            text: "TCG, as the test says".to_owned(),
        },
        append: Vec::new(),
        qemu: Some(fake().to_owned()),
        extra: Vec::new(),
    }
}

/// Boots the fake with a console and what it does then.
pub(crate) fn boot(name: &str, console: &str, then: &str, limits: Limits) -> Outcome {
    let kernel = file(name, console.as_bytes());
    fs::write(format!("{}.then", kernel.display()), then).unwrap();
    run(
        &config(&kernel),
        &Options {
            limits,
            ..Options::default()
        },
        &mut |_| {},
    )
}

/// A boot, and a run of one scenario with two cases, one line each.
pub(crate) fn console() -> Vec<String> {
    let mut writer = Writer::new(0);
    let cases = vec!["size: 1".to_owned(), "size: 4096".to_owned()];
    let case = |case| {
        Event::Case(Case {
            case,
            steps: vec![Some(Verdict::Pass); 2],
            ..Case::default()
        })
    };
    let events = [
        Event::Hello(Hello::default()),
        Event::Scenario(Scenario {
            name: "readonly".to_owned(),
            cases,
            ..Scenario::default()
        }),
        case(0),
        case(1),
        Event::Done(Done {
            events: 4,
            cases: 2,
            broken: None,
        }),
    ];
    let boot = [
        "\x1b[2J[    0.000000] Booting Linux on physical CPU 0x0\r\n".to_owned(),
        "[    0.000000] Linux version 6.1.0 (fake)\r\n".to_owned(),
    ];
    let frames = events
        .iter()
        .map(|event| writer.frame(event).replace('\n', "\r\n"));
    boot.into_iter().chain(frames).collect()
}

/// Where in [`console`] the first case has ended and the second is going on.
pub(crate) const IN_SECOND_CASE: usize = 5;

pub(crate) fn in_second_case(what: &str) -> String {
    format!("{what} in scenario `readonly`, case 2 of 2 (size: 4096)")
}
