//! Who lives where: PID namespaces give a process other numbers, and take some things from it.

use super::{Act, Expect, Work, World};
use crate::abi::{CloneFlag, Signal};
use crate::scenario::syntax::Step;

impl Work<'_, '_> {
    pub(super) fn namespaces(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Unshare { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                let done = self.world(World::Unshare(flags), &expect)?;
                self.nests(flags, &done.1, true);
                Some(done)
            }
            Step::Setns { of, flags, expect } => {
                let of = self.person(&of)?;
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                let done = self.world(World::JoinNamespace(of, flags), &expect)?;
                let there = self.checker.cast.nested.contains(&of);
                self.nests(flags, &done.1, there);
                Some(done)
            }
            _ => unreachable!("this is about no namespace"),
        }
    }

    /// Notes where the children of the actor will live, if that changes and may succeed.
    fn nests(&mut self, flags: i32, expect: &Expect, elsewhere: bool) {
        let succeeds = expect.any(&|one| !matches!(one, Expect::Err(_)));
        let of_pids = CloneFlag::from_name("CLONE_NEWPID").is_some_and(|flag| flags & flag.0 != 0);
        if !of_pids || !succeeds {
            return;
        }
        let cast = &mut self.checker.cast;
        if elsewhere {
            cast.nests.insert(self.actor);
        } else {
            cast.nests.remove(&self.actor);
        }
    }

    /// Refuses what nobody can do, or nobody can say, where this actor lives.
    pub(super) fn in_its_namespace(&mut self, step: &Step) -> Option<()> {
        let cast = &self.checker.cast;
        let name = &cast.actors[self.actor].name;
        let (nests, nested) = (&cast.nests, &cast.nested);
        let (word, message) = match step {
            Step::Fork { child, .. } if nested.contains(&self.actor) => (
                format!("\"{child}\""),
                format!(
                    "`{name}` lives in a PID namespace, \
                    where no child of its gets a pid that is known outside; fork from outside"
                ),
            ),
            Step::Setns { of, .. } if nested.contains(&self.actor) => (
                format!("\"{of}\""),
                format!(
                    "`{name}` lives in a PID namespace, \
                    where `{of}` has another pid or none; let an actor outside join"
                ),
            ),
            Step::Kill {
                actor,
                signal: Some(signal),
                ..
            } if Some(*signal) != Signal::from_name("SIGKILL")
                && cast.find(actor).is_some_and(|whom| nested.contains(&whom)) =>
            {
                (
                    "signal".to_owned(),
                    format!(
                        "the first process of a PID namespace \
                    heeds SIGKILL only, and `{actor}` may be it; remove `signal:`"
                    ),
                )
            }
            _ if makes_thread(step) && nests.contains(&self.actor) => (
                "thread".to_owned(),
                "a thread lives where its process does, \
                    and the kernel makes none behind `unshare` or `setns` of CLONE_NEWPID; \
                    remove `thread:`"
                    .to_owned(),
            ),
            _ => return Some(()),
        };
        self.wrong(&word, message)
    }

    /// Refuses the pid of an actor where it may be none.
    pub(super) fn sees_pids(&mut self) -> Option<()> {
        if !self.checker.cast.nested.contains(&self.actor) {
            return Some(());
        }
        let name = &self.checker.cast.actors[self.actor].name;
        let message = format!(
            "`{name}` lives in a PID namespace and sees other pids; \
            write the number: 1 for who was born there first, 0 for who is not there"
        );
        self.wrong("PidOf", message)
    }
}

/// Whether a thread makes the call.
fn makes_thread(step: &Step) -> bool {
    match step {
        Step::Shmget { thread, .. }
        | Step::Shmat { thread, .. }
        | Step::Shmdt { thread, .. }
        | Step::Shmctl { thread, .. } => *thread,
        _ => false,
    }
}
