//! Processes begin, end, and end each other.

use super::{Failed, Stage};
use crate::abi::Errno;
use crate::exec::stand_in::REPLACED;
use crate::exec::wire::{News, Reply};
use crate::observe::Observation;
use crate::plan::Process;
use crate::sys::image;
use crate::sys::process::{self, Forked};
use std::ffi::CString;
use std::os::fd::AsRawFd;

impl Stage<'_> {
    pub(super) fn process(
        &self,
        player: usize,
        step: usize,
        call: Process,
    ) -> Result<News, Failed> {
        let seen = match call {
            // It would get a number that means somebody else to the conductor.
            Process::Fork(_) if process::parent() == 0 => {
                Observation::Lost("a fork within a PID namespace".to_owned())
            }
            Process::Fork(child) => match process::fork_sibling() {
                Ok(Forked::Parent(pid)) => return Ok(News::Forked(step, pid)),
                Ok(Forked::Child) => self.live(self.case.actors[child].0, step),
                Err(errno @ Errno(libc::EAGAIN)) => {
                    return Err(Failed::Lacks(format!(
                        "no more processes may be had: fork: {errno}"
                    )));
                }
                Err(errno) => Observation::Failed(errno),
            },
            Process::Exec => self.become_another(player, step),
            Process::Exit => process::exit_now(0),
            // The conductor does this itself.
            Process::Kill(..) => Observation::Lost(String::new()),
        };
        Ok(News::Done(step, seen))
    }

    /// execve(2) of our own program, which says for us that it is there.
    fn become_another(&self, player: usize, step: usize) -> Observation {
        let reply = Reply {
            player,
            replica: self.replica,
            news: News::Done(step, Observation::Replaced),
        };
        let hex: String = reply.bytes().iter().map(|b| format!("{b:02x}")).collect();
        let fd = self.replies.as_raw_fd();
        let args = ["shmproof", REPLACED, &fd.to_string(), &hex].map(CString::new);
        let args: Vec<CString> = args.into_iter().flatten().collect();
        let args: Vec<&std::ffi::CStr> = args.iter().map(CString::as_c_str).collect();
        match image::inherit(fd) {
            Ok(()) => Observation::Failed(image::exec_self(&args)),
            Err(errno) => Observation::Failed(errno),
        }
    }
}
