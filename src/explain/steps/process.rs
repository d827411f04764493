//! Processes begin, end, and end each other, as what an actor does.

use crate::explain::names::Names;
use crate::scenario::Process;

impl Names<'_> {
    pub(super) fn process(self, step: Process) -> String {
        match step {
            Process::Fork(child) => format!("forks {}", self.actor(child)),
            Process::Exec => {
                "executes the program anew, which then only waits for its end".to_owned()
            }
            Process::Exit => "exits, with status 0".to_owned(),
            Process::Kill(whom, signal) => format!("sends {signal} to {}", self.actor(whom)),
        }
    }
}

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: Process) -> String {
    match step {
        Process::Fork(_) => "return a child".to_owned(),
        Process::Exec => "let the process live on".to_owned(),
        Process::Exit => "end it with status 0".to_owned(),
        Process::Kill(_, signal) => format!("end that process by {signal}"),
    }
}
