//! The ways to a board, with much or little on it.

use super::server::{Board, Server, USUAL};
use super::{firmware, run, shmproof, text};
use std::process::{Command, Stdio};

/// What no board is without.
const FEW: &[&str] = &["sh", "mkdir", "chmod", "rm", "cat"];

/// Deploys `hello` to a board of that kind.
#[track_caller]
fn hello(name: &str, board: &Board<'_>, code: i32, words: &[&str]) {
    let (firmware, server) = (firmware(), Server::start(name, board));
    let came = run(&mut server.deploy(&["--firmware", &firmware, "board", "--", "hello"]));
    came.to(code, words);
    server.has_nothing_left();
}

pub(super) fn scp_is_taken_where_it_works() {
    hello(
        "scp",
        &USUAL,
        0,
        &["firmware copied to", "by scp\n", "PASS: 6 steps in 1 case"],
    );
}

pub(super) fn without_sftp_the_protocol_of_old_is_taken() {
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

pub(super) fn without_any_scp_the_firmware_goes_through_the_shell() {
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

pub(super) fn what_a_board_must_have_is_named() {
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

pub(super) fn a_board_with_old_algorithms_is_met_half_way() {
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

pub(super) fn options_of_ssh_are_handed_on() {
    let (firmware, server) = (firmware(), Server::start("options", &USUAL));
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
    assert_eq!(hops, 3, "{}", server.log());
    server.has_nothing_left();
}

pub(super) fn what_cannot_be_reached_is_told_with_advice() {
    let (firmware, server) = (firmware(), Server::start("advice", &USUAL));
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
            &["deploy", "--firmware", &firmware],
            &stranger[..],
            more,
            &[&board, "--", "hello"],
        ];
        run(&mut shmproof(&args.concat()))
    };
    deploy(&unknown).to(3, &["Host key verification failed", "accept-new"]);
    deploy(&known).to(3, &["Permission denied", "name it with -i"]);
}

pub(super) fn a_connection_of_the_users_own_is_left_alone() {
    let (firmware, server) = (firmware(), Server::start("own", &USUAL));
    let socket = server.scratch().path("cm");
    let option = format!("ControlPath={}", text(&socket));
    let client = server.scratch().path("client");
    let ssh = |args: &[&str]| {
        let mut ssh = Command::new("ssh");
        ssh.args(["-F", text(&client), "-o", &option]).args(args);
        run(ssh.stdin(Stdio::null()).stderr(Stdio::null()))
    };
    ssh(&["-o", "ControlMaster=yes", "-Nf", "board"]).to(0, &[]);
    let args = [
        "--firmware",
        &firmware,
        "-o",
        &option,
        "board",
        "other",
        "--",
        "hello",
    ];
    run(&mut server.deploy(&args)).to(0, &["PASS: "]);
    ssh(&["-O", "check", "board"]).to(0, &[]);
    ssh(&["-O", "exit", "board"]).to(0, &[]);
}
