//! What comes home from boards, and what is refused before they are asked.

use super::server::{Server, USUAL};
use super::{firmware, run, shmproof, text};

pub(super) fn failures_come_home_with_their_exit_code_and_in_every_format() {
    let (firmware, server) = (firmware(), Server::start("formats", &USUAL));
    let out = server.scratch().path("reports");
    let mut arguments = vec!["--firmware", &firmware, "--out", text(&out)];
    for format in ["text", "ktap", "json", "junit"] {
        arguments.extend(["--format", format]);
    }
    arguments.extend(["board", "--", "hello", "--inject", "shmat=ENOMEM"]);
    let came = run(&mut server.deploy(&arguments));
    came.to(
        1,
        &[
            "FAIL  hello:13",
            "rerun     scripts/deploy.sh -F ",
            "board -- --inject shmat=ENOMEM hello",
        ],
    );
    let read = |name: &str| std::fs::read_to_string(out.join(name)).expect(name);
    assert!(read("board.txt").contains("FAIL  hello:13"));
    assert!(read("board.ktap").starts_with("KTAP version 1"));
    assert!(read("board.xml").contains("<failure"));
    let json: serde_json::Value = serde_json::from_str(&read("board.json")).expect("JSON");
    assert_eq!(json["exit_code"], 1);
    assert_eq!(json["host"]["guest"], "board");
    server.has_nothing_left();

    // One report, and nothing but it on standard output.
    let arguments = [
        "--firmware",
        &firmware,
        "--format",
        "json",
        "board",
        "--",
        "hello",
    ];
    let came = run(&mut server.deploy(&arguments));
    let json: serde_json::Value = serde_json::from_str(&came.out).expect("JSON");
    assert_eq!(json["exit_code"], 0);
}

pub(super) fn several_boards_run_side_by_side_and_are_told_in_a_table() {
    let (firmware, server) = (firmware(), Server::start("several", &USUAL));
    let boards = ["board", "other", "third"];
    let came =
        run(&mut server
            .deploy(&[&["--firmware", &firmware], &boards[..], &["--", "hello"]].concat()));
    came.to(0, &["BOARD  IS", "other: PASS: 6 steps"]);
    for board in boards {
        assert!(came.out.contains(&format!("{board}  ")), "{}", came.out);
    }
    // One of them that cannot be reached is not lost among the others.
    let arguments = [
        "--firmware",
        &firmware,
        "board",
        "127.0.0.1:9",
        "--",
        "hello",
    ];
    let came = run(&mut server.deploy(&arguments));
    came.to(
        3,
        &[
            "== 127.0.0.1:9",
            "Connection refused; does the board run an ssh server",
            "PASS: 6 steps",
        ],
    );
    server.has_nothing_left();
}

pub(super) fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let refused = |args: &[&str], word: &str| {
        run(&mut shmproof(&[&["deploy"], args].concat())).to(2, &[word]);
    };
    let firmware = ["--firmware", "/bin/true"];
    let refused_with = |args: &[&str], word: &str| refused(&[&firmware, args].concat(), word);
    refused(
        &["board"],
        "--firmware is missing; scripts/deploy.sh finds or builds",
    );
    refused_with(&[], "no board given");
    refused_with(&["board:70000"], "\"70000\" is no port");
    refused_with(&["a", "b", "a"], "a is given twice");
    refused_with(
        &["me", "ssh://me/"],
        "me and ssh://me/ are the same board; give it once",
    );
    let out = std::env::temp_dir();
    refused_with(
        &["a:22", "a_22", "--out", text(&out)],
        "the reports of a:22 and a_22 would have the same name",
    );
    refused_with(
        &["a", "--out", "/nowhere/report"],
        "cannot write to --out /nowhere/report: No such file or directory",
    );
    refused_with(
        &["board", "--", "--format", "json"],
        "write --format in front of `--`",
    );
    refused_with(
        &["board", "--", "--effort", "0"],
        "--effort takes at least 1",
    );
    refused_with(
        &["board", "other", "--format", "json"],
        "add --out DIRECTORY",
    );
    refused_with(&["board", "--copy", "pigeon"], "--copy takes auto, scp");
    refused_with(&["-x", "board"], "deploy has no flag -x; known are: -i, -J");
    refused(
        &["board", "--builder", "x", "--", "helo"],
        "did you mean \"hello\"?",
    );
    refused_with(&["board", "--dir", ""], "--dir is empty");
    for (firmware, what) in [
        ("/nowhere", "cannot be read: No such file"),
        ("/bin/true", "is linked dynamically"),
    ] {
        let came = run(&mut shmproof(&["deploy", "--firmware", firmware, "board"]));
        came.to(3, &[&format!("firmware {firmware} {what}")]);
    }
}
