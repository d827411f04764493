//! An sshd of our own on the loopback, in which this machine plays a board.

use super::runner::missing;
use super::{Scratch, run, text};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The server, and a client's configuration in which it is called `board`.
pub(super) struct Server {
    scratch: Scratch,
    sshd: Child,
    port: u16,
}

/// What the board may have.
pub(super) struct Board<'b> {
    /// Further lines of sshd_config(5).
    pub(super) config: &'b [&'b str],
    /// The programs in its PATH; all of this machine's where this is `None`.
    pub(super) programs: Option<&'b [&'b str]>,
    /// The type of its host key.
    pub(super) key: &'b str,
}

/// A board like this machine.
pub(super) const USUAL: Board<'_> = Board {
    config: &["Subsystem sftp internal-sftp"],
    programs: None,
    key: "ed25519",
};

/// What it is asked.
pub(super) const USUALLY: &str = r#"sh -c "$SSH_ORIGINAL_COMMAND""#;

impl Server {
    /// Starts one, where there is an sshd.
    pub(super) fn start(name: &str, board: &Board<'_>) -> Self {
        let sshd = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];
        let Some(sshd) = sshd.iter().find(|path| Path::new(path).exists()) else {
            missing("there is no sshd (Debian: openssh-server)");
        };
        // Debian's makes it when the service starts.
        let _ = std::fs::create_dir_all("/run/sshd");
        let scratch = Scratch::new(name);
        key(&scratch.path("host"), board.key);
        key(&scratch.path("id"), "ed25519");
        std::fs::create_dir(scratch.path("tmp")).expect("a place for the firmware");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .expect("a free port")
            .port();
        let path = board.programs.map(|programs| bin(&scratch, programs));
        let path = path.unwrap_or_else(|| std::env::var("PATH").expect("a PATH"));
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}\nAuthorizedKeysFile {1}\n\
             PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n\
             SetEnv \"PATH={path}\" \"TMPDIR={2}\"\n{3}\n",
            text(&scratch.path("host")),
            text(&scratch.path("id.pub")),
            text(&scratch.path("tmp")),
            board.config.join("\n"),
        );
        std::fs::write(scratch.path("sshd_config"), config).expect("written");
        let client = format!(
            "Host board other third\n HostName 127.0.0.1\n Port {port}\n IdentityFile {}\n \
             IdentitiesOnly yes\n StrictHostKeyChecking accept-new\n UserKnownHostsFile {}\n",
            text(&scratch.path("id")),
            text(&scratch.path("known_hosts")),
        );
        std::fs::write(scratch.path("client"), client).expect("written");
        let child = Command::new(sshd)
            .args(["-D", "-f", text(&scratch.path("sshd_config"))])
            .args(["-E", text(&scratch.path("log"))])
            .stdin(Stdio::null())
            .spawn()
            .expect("sshd starts");
        let mut server = Self {
            scratch,
            sshd: child,
            port,
        };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.sshd.try_wait().expect("its status");
            assert!(ended.is_none(), "{}", server.log());
            std::thread::yield_now();
        }
        server
    }

    /// One that does this whatever it is asked, and the firmware for it.
    pub(super) fn forced(name: &str, script: &str) -> (Self, String) {
        let config = [&*format!("ForceCommand {script}")];
        let board = Board {
            config: &config,
            ..USUAL
        };
        (Self::start(name, &board), super::firmware())
    }

    /// `shmproof deploy` of `hello` by way of its shell alone.
    pub(super) fn hello(&self, firmware: &str) -> Command {
        let ours = ["--firmware", firmware, "--copy", "stream", "board"];
        self.deploy(&[&ours[..], &["--", "hello"]].concat())
    }

    /// `shmproof deploy` with the client's configuration.
    pub(super) fn deploy(&self, args: &[&str]) -> Command {
        let client = self.scratch.path("client");
        super::shmproof(&[&["deploy", "-F", text(&client)], args].concat())
    }

    /// Where the board keeps what is brought to it.
    pub(super) fn tmp(&self) -> PathBuf {
        self.scratch.path("tmp")
    }

    pub(super) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// What lies there.
    #[track_caller]
    pub(super) fn has_nothing_left(&self) {
        let left: Vec<_> = std::fs::read_dir(self.tmp())
            .expect("there")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        assert!(left.is_empty(), "{left:?}\n{}", self.log());
    }

    /// Cuts every connection, as a cable that is pulled out.
    pub(super) fn cut(&self) {
        let pids = run(Command::new("pgrep").args(["-P", &self.sshd.id().to_string()])).out;
        assert!(!pids.is_empty(), "nobody is connected");
        for pid in pids.lines() {
            // The one with the user's rights first: its parent would say good-bye.
            let below = run(Command::new("pgrep").args(["-P", pid, "sshd"])).out;
            let pids: Vec<&str> = below.lines().chain([pid]).collect();
            run(Command::new("kill").arg("-9").args(pids));
        }
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.path("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn key(path: &Path, kind: &str) {
    let came = run(Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-f", text(path)]));
    came.to(0, &[]);
}

/// A directory with these programs alone.
fn bin(scratch: &Scratch, programs: &[&str]) -> String {
    let bin = scratch.path("bin");
    std::fs::create_dir(&bin).expect("a directory");
    for program in programs {
        let found = run(Command::new("sh").args(["-c", &format!("command -v {program}")]));
        let target = found.out.trim().to_owned();
        std::os::unix::fs::symlink(target, bin.join(program)).expect("linked");
    }
    text(&bin).to_owned()
}
