//! OpenSSH's server, with much or little on its board.

use super::server::{Board, Server, USUAL};
use super::{Came, Underway, firmware, run, shmproof, text};
use std::process::Command;

/// What no board is without.
const FEW: &[&str] = &["sh", "mkdir", "chmod", "rm", "cat"];

/// Deploys `hello` to a board of that kind.
#[track_caller]
fn hello(name: &str, board: &Board<'_>, code: i32, words: &[&str]) {
    let (Some(firmware), Some(server)) = (firmware(), Server::start(name, board)) else {
        return;
    };
    let came = run(&mut server.deploy(&["--firmware", &firmware, "board", "--", "hello"]));
    came.to(code, words);
    server.has_nothing_left();
}

#[test]
fn scp_is_taken_where_it_works() {
    hello(
        "scp",
        &USUAL,
        0,
        &["firmware copied to", "by scp\n", "PASS: 6 steps in 1 case"],
    );
}

#[test]
fn without_sftp_the_protocol_of_old_is_taken() {
    let board = Board {
        config: &[],
        ..USUAL
    };
    hello(
        "old-scp",
        &board,
        0,
        &["no copy by scp: ", "by scp -O\n", "PASS: "],
    );
}

#[test]
fn without_any_scp_the_firmware_goes_through_the_shell() {
    let board = Board {
        config: &[],
        programs: Some(FEW),
        ..USUAL
    };
    let words = [
        "no copy by scp: ",
        "no copy by scp -O: ",
        "by ssh\n",
        "PASS: ",
    ];
    hello("few", &board, 0, &words);
    // The same with more to help.
    let programs = [FEW, &["gzip", "uname", "dd", "sha256sum"]].concat();
    let board = Board {
        programs: Some(&programs),
        ..board
    };
    hello("some", &board, 0, &words);
}

#[test]
fn what_a_board_must_have_is_named() {
    let board = Board {
        programs: Some(&["sh", "rm", "cat"]),
        ..USUAL
    };
    hello(
        "none",
        &board,
        3,
        &["NOT STARTED: the board has no mkdir, chmod; any busybox has"],
    );
}

#[test]
fn a_board_with_old_algorithms_is_met_half_way() {
    let config = [
        "HostKeyAlgorithms ssh-rsa",
        "KexAlgorithms diffie-hellman-group14-sha1",
    ];
    let config = [&config[..], USUAL.config].concat();
    let board = Board {
        config: &config,
        key: "rsa",
        ..USUAL
    };
    let words = [
        "the board is old: its host key type is ssh-rsa, which ssh no longer uses by itself",
        "the board is old: its key exchange method is diffie-hellman-group14-sha1",
        "PASS: ",
    ];
    hello("old", &board, 0, &words);
}

#[test]
fn failures_come_home_with_their_exit_code_and_in_every_format() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("formats", &USUAL)) else {
        return;
    };
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

#[test]
fn several_boards_run_side_by_side_and_are_told_in_a_table() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("several", &USUAL)) else {
        return;
    };
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

#[test]
fn kept_firmware_is_not_sent_again_unless_it_has_changed() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("keep", &USUAL)) else {
        return;
    };
    let deploy = |more: &[&str]| {
        run(&mut server
            .deploy(&[&["--firmware", &firmware], more, &["board", "--", "hello"]].concat()))
    };
    deploy(&["--keep"]).to(0, &["firmware copied to", "PASS: "]);
    let again = deploy(&[]);
    again.to(0, &["the firmware is in ", " already", "PASS: "]);
    again.says_nothing_of("copied to");
    let entries: Vec<_> = std::fs::read_dir(server.tmp()).expect("there").collect();
    assert_eq!(entries.len(), 1);
    let kept = entries[0].as_ref().expect("readable").path();
    // Somebody has been at it.
    std::fs::write(kept.join("shmproof"), "#!/bin/sh\necho shmproof lies\n").expect("written");
    deploy(&[]).to(0, &["firmware copied to", "PASS: "]);
}

#[test]
fn scenario_files_go_with_the_firmware() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("mine", &USUAL)) else {
        return;
    };
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
    // What is wrong with it is told here, before anything is sent.
    std::fs::write(&mine, text_of("ENOENTRY")).expect("written");
    let came = run(&mut server.deploy(&arguments));
    came.to(2, &["did you mean `ENOENT`?"])
        .says_nothing_of("copied");
    server.has_nothing_left();
}

/// Long enough to be cut short.
fn endless(server: &Server, firmware: &str) -> Command {
    server.deploy(&[
        "--firmware",
        firmware,
        "board",
        "--",
        "hello",
        "one_creator",
        "--effort",
        "100000",
    ])
}

/// No process of the run goes on.
fn nothing_runs(server: &Server) {
    let pattern = format!("{}/.*shmproof run", text(&server.tmp()));
    let runs = || run(Command::new("pgrep").args(["-f", &pattern])).code == Some(0);
    while runs()
        || std::fs::read_dir(server.tmp())
            .expect("there")
            .next()
            .is_some()
    {
        std::thread::yield_now();
    }
}

#[test]
fn a_lost_connection_is_told_with_what_was_learnt() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("lost", &USUAL)) else {
        return;
    };
    let underway = Underway::past_the_first_scenario(&mut endless(&server, &firmware));
    server.cut();
    let came: Came = underway.ends();
    came.to(
        3,
        &[
            "BROKEN: the connection was lost, in scenario `one_creator`",
            "did not reboot",
        ],
    );
    assert!(came.err.contains("pass   hello"), "{}", came.err);
    nothing_runs(&server);
}

#[test]
fn a_stop_on_request_leaves_nothing() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("stop", &USUAL)) else {
        return;
    };
    let underway = Underway::past_the_first_scenario(&mut endless(&server, &firmware));
    run(Command::new("kill").args(["-TERM", &underway.child.id().to_string()]));
    underway.ends().to(
        130,
        &["INTERRUPTED: stopped by a signal in scenario `one_creator`"],
    );
    nothing_runs(&server);
}

#[test]
fn what_cannot_be_reached_is_told_with_advice() {
    let Some(server) = Server::start("advice", &USUAL) else {
        return;
    };
    let firmware = "/bin/true";
    let port = server.port();
    let board = format!("127.0.0.1:{port}");
    let stranger = [
        "-F",
        "none",
        "-o",
        "BatchMode=yes",
        "-o",
        "IdentityFile=none",
    ];
    let unknown = [
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=yes",
    ];
    let known = [
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=no",
    ];
    let deploy = |more: &[&str]| {
        let args = [
            &["deploy", "--firmware", firmware],
            &stranger[..],
            more,
            &[&board, "--", "hello"],
        ];
        run(&mut shmproof(&args.concat()))
    };
    deploy(&unknown).to(3, &["Host key verification failed", "accept-new"]);
    deploy(&known).to(3, &["Permission denied", "name it with -i"]);
}

#[test]
fn a_place_with_any_name_is_left_as_it_was() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("odd", &USUAL)) else {
        return;
    };
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

#[test]
fn options_of_ssh_are_handed_on() {
    let (Some(firmware), Some(server)) = (firmware(), Server::start("options", &USUAL)) else {
        return;
    };
    let (key, port) = (server.scratch().path("id"), server.port().to_string());
    let any = [
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=no",
    ];
    let args = [
        "deploy",
        "--firmware",
        &firmware,
        "-F",
        "none",
        "-i",
        text(&key),
        "-p",
        &port,
    ];
    let args = [&args[..], &any, &["localhost", "--", "hello"]].concat();
    run(&mut shmproof(&args)).to(0, &["by scp\n", "PASS: "]);
    // By way of another host, which is the same one here.
    let args = [
        "--firmware",
        &firmware,
        "-J",
        "other",
        "board",
        "--",
        "hello",
    ];
    run(&mut server.deploy(&args)).to(0, &["by scp\n", "PASS: "]);
    let hops = server.log().matches("Accepted publickey").count();
    assert!(hops >= 3, "{}", server.log());
    server.has_nothing_left();
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
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
}
