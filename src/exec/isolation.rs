//! How a run is kept apart from what else uses shared memory on the machine.

use super::attempt::succeeds;
use crate::abi::Errno;
use crate::sys::{inherited, namespace};
use std::fmt;
use std::time::{Duration, Instant};

/// How long the kernel may take to free a namespace.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the run is kept apart from what else uses shared memory on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// The machine is ours: we are PID 1.
    Machine,
    /// An IPC namespace of our own.
    Namespace,
    /// The same, inside a user namespace of our own.
    UserNamespace,
    /// None could be had, for this reason. Only segments that a case made are touched.
    None(String),
}

impl Isolation {
    /// The best that can be had where the machine is not ours; changes this process for good.
    #[must_use]
    pub fn enter() -> Self {
        // A filter may kill for the attempt.
        let lives = |flags| {
            succeeds(|| {
                let _ = namespace::unshare(flags);
                true
            })
        };
        let deadly = |flags| inherited::is_filtered() && !lives(flags);
        let (ipc, user) = (libc::CLONE_NEWIPC, libc::CLONE_NEWUSER | libc::CLONE_NEWIPC);
        if deadly(ipc) || deadly(user) {
            return Self::None("a seccomp filter kills for unshare(2)".to_owned());
        }
        match namespace::unshare_ipc() {
            Ok(()) => return Self::Namespace,
            Err(Errno(libc::EPERM)) => {}
            Err(errno) => return Self::None(format!("unshare(CLONE_NEWIPC): {errno}")),
        }
        match namespace::unshare_ipc_as_user() {
            Ok(()) => Self::UserNamespace,
            Err(errno) => Self::None(format!("unshare(CLONE_NEWUSER | CLONE_NEWIPC): {errno}")),
        }
    }

    /// A fresh IPC namespace for the next case: every case starts from the same state. The kernel
    /// frees those of the last ones when it comes to it (ipc/namespace.c: free_ipc), and where only
    /// so many may be (user.max_ipc_namespaces) the next one has to wait for that.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) fn renew(&self) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        loop {
            match namespace::unshare_ipc() {
                Ok(()) => return Ok(()),
                Err(Errno(libc::ENOSPC | libc::ENOMEM)) if Instant::now() < until => {
                    std::thread::yield_now();
                }
                Err(errno) => {
                    return Err(format!(
                        "needs an IPC namespace of its own, and there is none now: {errno}"
                    ));
                }
            }
        }
    }

    /// Whether a fresh namespace can be had for each case: another one, too, while we have one.
    pub(super) fn renews(&self) -> bool {
        let another = || namespace::unshare_ipc().is_ok();
        self.is_ours() && another() && another()
    }

    /// Whether every segment that can be seen is one of ours.
    pub(super) fn is_ours(&self) -> bool {
        !matches!(self, Self::None(_))
    }

    /// Whether the whole machine is ours, and its clock.
    pub(super) fn is_machine(&self) -> bool {
        *self == Self::Machine
    }

    /// Whether it made us more capable than the user who started us.
    pub(super) fn grants_capabilities(&self) -> bool {
        *self == Self::UserNamespace
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("the machine is ours"),
            Self::Namespace => f.write_str("own IPC namespace"),
            Self::UserNamespace => f.write_str("own IPC and user namespace"),
            Self::None(why) => write!(f, "none: {why}"),
        }
    }
}
