//! What is brought to a board, where it goes, and what stays.

use super::server::{Server, USUAL, USUALLY};
use super::{Scratch, firmware, run, text};
use std::path::PathBuf;
use std::process::Command;

pub(super) fn kept_firmware_is_not_sent_again_unless_it_has_changed() {
    let (firmware, server) = (firmware(), Server::start("keep", &USUAL));
    let deploy = |more: &[&str]| {
        run(&mut server
            .deploy(&[&["--firmware", &firmware], more, &["board", "--", "hello"]].concat()))
    };
    deploy(&["--keep"]).to(
        0,
        &["firmware copied to", "the firmware stays in", "PASS: "],
    );
    let again = deploy(&[]);
    again.to(0, &["the firmware is in ", " already", "PASS: "]);
    again.says_nothing_of("copied to");
    let kept = only_entry(&server);
    // Somebody has been at it.
    std::fs::write(kept.join("shmproof"), "#!/bin/sh\necho shmproof lies\n").expect("written");
    deploy(&[]).to(0, &["firmware copied to", "PASS: "]);
    deploy(&["--keep"]).to(0, &["firmware copied to", "PASS: "]);
    assert_eq!(only_entry(&server), kept);
    deploy(&[]).to(0, &["the firmware is in ", " already", "PASS: "]);
    // What another user of the board could have put there.
    let elsewhere = server.scratch().path("elsewhere");
    std::fs::rename(&kept, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &kept).expect("linked");
    deploy(&[]).to(0, &["firmware copied to", "PASS: "]);
    deploy(&["--keep"]).to(0, &["firmware copied to", "PASS: "]);
    let came = deploy(&["--keep"]);
    came.to(0, &["the firmware could not be left in", "PASS: "]);
    assert!(kept.is_symlink() && elsewhere.join("shmproof").exists());
    assert_eq!(only_entry(&server), kept);
}

/// The one thing that lies on the board.
#[track_caller]
fn only_entry(server: &Server) -> PathBuf {
    let entries: Vec<_> = std::fs::read_dir(server.tmp()).expect("there").collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].as_ref().expect("readable").path()
}

pub(super) fn scenario_files_go_with_the_firmware() {
    let (firmware, server) = (firmware(), Server::start("mine", &USUAL));
    let mine = server.scratch().path("it's mine.ron");
    let text_of = |errno: &str| {
        format!(
            "// A rule with 'quotes' and $variables.\nScenario(summary: \"none\", actors: [(name: \"a\")], script: \
             [By(\"a\", [shmget(key: Raw(77), size: Bytes(1), expect: Err({errno}))])])"
        )
    };
    std::fs::write(&mine, text_of("ENOENT")).expect("written");
    let arguments = [
        "--firmware",
        &firmware,
        "board",
        "--",
        "--scenarios",
        text(&mine),
    ];
    run(&mut server.deploy(&arguments)).to(0, &["pass   it's mine", "PASS: 1 steps in 1 case"]);
    std::fs::write(&mine, text_of("EEXIST")).expect("written");
    run(&mut server.deploy(&arguments)).to(1, &["$variables", "--scenarios"]);
    // Several at once use the same kept firmware, and each its own files.
    std::fs::write(&mine, text_of("ENOENT")).expect("written");
    run(&mut server.deploy(&["--firmware", &firmware, "--keep", "board", "--", "hello"]))
        .to(0, &["PASS: "]);
    let several = [
        &arguments[..2],
        &["board", "other", "third"],
        &arguments[3..],
    ];
    run(&mut server.deploy(&several.concat())).to(0, &["third  x86_64"]);
    std::fs::remove_dir_all(only_entry(&server)).expect("removed");
    // What is wrong with it is told here, before anything is sent.
    std::fs::write(&mine, text_of("ENOENTRY")).expect("written");
    let came = run(&mut server.deploy(&arguments));
    came.to(2, &["did you mean `ENOENT`?"])
        .says_nothing_of("copied");
    server.has_nothing_left();
}

pub(super) fn a_place_with_any_name_is_left_as_it_was() {
    let (firmware, server) = (firmware(), Server::start("odd", &USUAL));
    let odd = server.tmp().join("it's $HOME; rm");
    std::fs::create_dir(&odd).expect("a directory");
    let home = run(Command::new("sh").args(["-c", "cd && pwd"]));
    let home = home.out.trim();
    for (way, place) in [("scp", text(&odd)), ("stream", text(&odd)), ("scp", ".")] {
        let args = [
            "--firmware",
            &firmware,
            "--copy",
            way,
            "--dir",
            place,
            "board",
            "--",
            "hello",
        ];
        run(&mut server.deploy(&args)).to(0, &["PASS: "]);
    }
    let left = |place: &str| {
        let all = std::fs::read_dir(place).expect("there");
        let names = all.map(|entry| entry.expect("readable").file_name());
        names
            .filter(|name| name.to_string_lossy().starts_with("shmproof-"))
            .count()
    };
    assert_eq!((left(text(&odd)), left(home)), (0, 0));
}

pub(super) fn what_a_login_shell_says_is_no_place() {
    let victim = Scratch::new("victim");
    let noise = format!(
        "echo place {0}; echo shmproof: place {0}; echo shmproof: kept {0}; echo no mail; printf 'hi! '",
        text(&victim.path(""))
    );
    let script = format!("{noise}; {USUALLY}");
    let (server, firmware) = Server::forced("noise", &script);
    run(&mut server.hello(&firmware)).to(0, &["PASS: "]);
    // The protocol of old would wait for ever.
    let args = ["--firmware", &firmware, "board", "--", "hello"];
    run(&mut server.deploy(&args)).to(0, &["no copy by scp -O: it would wait", "by ssh", "PASS: "]);
    assert!(victim.path("").exists());
    server.has_nothing_left();
}
