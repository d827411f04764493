//! A real ARM board, as far as QEMU is one: scripts/board.sh with busybox and dropbear.

use super::{Came, Scratch, Underway, arm_firmware, firmware, root, run, shmproof, text};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Prints the first of our processes there; a busybox need not have pgrep.
const FIRST: &str = "ps -o pid,comm | awk '$2 == \"shmproof\" { print $1; exit }'";

/// The board; it goes with this value, and with us.
struct Board {
    scratch: Scratch,
    child: Child,
    life: Option<ChildStdin>,
    firmware: String,
}

impl Board {
    fn start() -> Self {
        let firmware = arm_firmware();
        let scratch = Scratch::new("board");
        let mut child = Command::new(root().join("scripts/board.sh"))
            .args(["--until-eof", "--dir", text(&scratch.path("board"))])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let said = BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line);
        assert!(said.is_ok() && line.starts_with("ready: "), "{line}");
        let life = child.stdin.take();
        Self {
            scratch,
            child,
            life,
            firmware,
        }
    }

    fn config(&self) -> String {
        text(&self.scratch.path("board/ssh_config")).to_owned()
    }

    /// Does something on the board, as root.
    fn shell(&self, script: &str) -> Came {
        run(Command::new("ssh").args([
            "-F",
            &self.config(),
            "-o",
            "ConnectTimeout=20",
            "board",
            script,
        ]))
    }

    fn deploy(&self, args: &[&str]) -> Command {
        let config = self.config();
        shmproof(
            &[
                &["deploy", "-F", &config, "--firmware", &self.firmware],
                args,
            ]
            .concat(),
        )
    }

    /// Nothing of ours is left, as soon as the board has noticed what happened.
    fn has_nothing_left(&self) {
        let script = "ls -d /tmp/shmproof* /var/tmp/shmproof* /run/shmproof* /root/shmproof* \
                      /home/board/shmproof* /mnt/*/shmproof* 2>/dev/null";
        let script = &format!("{script}; {FIRST} && echo end");
        while self.shell(script).out.trim() != "end" {}
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // It may say why.
            let console = std::fs::read(self.scratch.path("board/console.log"));
            let _ = std::io::stderr().write_all(&console.unwrap_or_default());
        }
        drop(self.life.take());
        let _ = self.child.wait();
    }
}

/// One board for all, since it takes a while to boot.
pub(super) fn an_arm_board_with_dropbear_and_busybox() {
    let foreign = firmware();
    let board = Board::start();
    by_the_script(&board);
    by_every_way(&board);
    where_there_is_room(&board);
    with_the_wrong_firmware(&board, &foreign);
    with_a_kernel_that_complains(&board);
    with_a_connection_that_is_cut(&board);
    with_a_reboot(&board);
}

/// scripts/deploy.sh finds out what the board is and takes the firmware for it.
fn by_the_script(board: &Board) {
    let config = board.config();
    let came = run(Command::new(root().join("scripts/deploy.sh"))
        .args([
            "-F",
            &config,
            "board",
            "board-user",
            "--",
            "hello",
            "readonly",
        ])
        .env_remove("RUST_LOG"));
    came.to(
        0,
        &[
            "armv7l Linux 6.1",
            " KiB of firmware copied to ",
            "BOARD ",
            "PASS: 16 steps in 2 cases",
        ],
    );
    let came = run(Command::new(root().join("scripts/deploy.sh"))
        .args([
            "-F",
            &config,
            "board",
            "--",
            "hello",
            "--inject",
            "shmget=ENOSPC",
        ])
        .env_remove("RUST_LOG"));
    came.to(1, &["FAIL  hello:12", "error ENOSPC (28)"]);
    board.has_nothing_left();
}

/// Neither scp nor sftp, then scp alone, then both; as root and as an ordinary user.
fn by_every_way(board: &Board) {
    let ways: [(&str, &[&str]); 3] = [
        (
            "",
            &[
                "no copy by scp: sh: /usr/lib/sftp-server: not found",
                "no copy by scp -O: sh: scp: not found",
                "by ssh\n",
            ],
        ),
        (
            "ln -s /opt/scp/scp /usr/bin/",
            &["no copy by scp: ", "by scp -O\n"],
        ),
        ("ln -s /opt/sftp/sftp-server /usr/lib/", &["by scp\n"]),
    ];
    for (change, words) in ways {
        board.shell(change);
        for user in ["board", "board-user"] {
            let came = run(&mut board.deploy(&[user, "--", "hello"]));
            came.to(0, words).to(0, &["PASS: 6 steps in 1 case"]);
        }
    }
    board.has_nothing_left();
}

fn where_there_is_room(board: &Board) {
    board
        .shell("mount -o remount,noexec /tmp; mount -o remount,size=100k /var/tmp")
        .to(0, &[]);
    let came = run(&mut board.deploy(&["board-user", "--", "hello"]));
    let elsewhere = [
        "not in /tmp: mounted noexec",
        "not in /var/tmp: no space left on device",
        "copied to /home/board/",
    ];
    came.to(0, &elsewhere);
    // Nowhere else.
    let refused = |place: &str, why: &str| {
        let came = run(&mut board.deploy(&["--dir", place, "board", "--", "hello"]));
        came.to(
            3,
            &[
                "no place on the board for ",
                why,
                "make room, or name another with --dir",
            ],
        );
    };
    refused("/tmp", "/tmp: mounted noexec");
    refused("/var/tmp", "/var/tmp: no space left on device");
    board
        .shell("mkdir -p /mnt/ro && mount -t tmpfs -o ro ro /mnt/ro")
        .to(0, &[]);
    refused("/mnt/ro", "/mnt/ro: read-only file system");
    let came = run(&mut board.deploy(&["--dir", "/nowhere", "board", "--", "hello"]));
    came.to(3, &["the board has no directory /nowhere"]);
    board
        .shell("mount -o remount,exec /tmp; mount -o remount,size=50% /var/tmp; umount /mnt/ro")
        .to(0, &[]);
    board.has_nothing_left();
}

fn with_the_wrong_firmware(board: &Board, foreign: &str) {
    let config = board.config();
    let came = run(&mut shmproof(&[
        "deploy",
        "-F",
        &config,
        "--firmware",
        foreign,
        "board",
        "--",
        "hello",
    ]));
    came.to(
        3,
        &[
            "NOT STARTED: firmware ",
            " is for 64-bit x86, which the board (armv7l Linux 6.1",
        ],
    );
    board.has_nothing_left();
}

/// Long enough to be cut short.
fn endless(board: &Board) -> Underway {
    let arguments = ["board", "--", "hello", "one_creator", "--effort", "100000"];
    Underway::past_the_first_scenario(&mut board.deploy(&arguments))
}

/// A warning leaves its words in the kernel's log, and a taint.
fn with_a_kernel_that_complains(board: &Board) {
    let underway = endless(board);
    let warning = "WARNING: CPU: 0 PID: 1 at ipc/shm.c:1";
    board
        .shell(&format!(
            "echo '<4>{warning}' >/dev/kmsg; echo 512 >/proc/sys/kernel/tainted; \
             kill -TERM $({FIRST})"
        ))
        .to(0, &[]);
    let told = "the kernel's taint went from 0 to 512 in the run (/proc/sys/kernel/tainted)";
    underway.ends().to(5, &[&format!("{told}: {warning}")]);
    board.has_nothing_left();
}

fn with_a_connection_that_is_cut(board: &Board) {
    let underway = endless(board);
    // It cuts the one by which it comes, too.
    board.shell("killall -9 dropbear");
    let came = underway.ends();
    came.to(
        3,
        &[
            "BROKEN: the connection was lost, in scenario `one_creator`",
            "did not reboot",
            "pass   hello",
        ],
    );
    board.has_nothing_left();
}

fn with_a_reboot(board: &Board) {
    let underway = endless(board);
    let mut reboot = Command::new("ssh");
    reboot.args([
        "-F",
        &board.config(),
        "-o",
        "ServerAliveInterval=2",
        "board",
        "reboot -f",
    ]);
    let mut reboot = reboot.stdin(Stdio::null()).spawn().expect("it starts");
    let came = underway.ends();
    came.to(
        3,
        &[
            "BROKEN: the board rebooted in mid-run, in scenario `one_creator`",
            "pass   hello",
        ],
    );
    let _ = reboot.kill();
    let _ = reboot.wait();
    board.has_nothing_left();
    run(&mut board.deploy(&["board", "--", "hello"])).to(0, &["PASS: "]);
}
