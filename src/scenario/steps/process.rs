//! Processes begin, end, and end each other.

use super::{Expect, Work, syntax};
use crate::abi::Signal;
use crate::scenario::limits::MOST_ACTORS;
use crate::scenario::model::Process;
use crate::scenario::syntax::Process as Written;

const ONLY_OK: &[&str] = &["Ok"];

const SIGKILL: Signal = Signal(9);

impl Work<'_, '_> {
    pub(super) fn process(&mut self, step: Written) -> Option<(Process, Expect)> {
        match step {
            Written::Fork { child, expect } => self.fork(&child, &expect),
            Written::Exec { expect } => {
                let expect = self.expect(&expect, ONLY_OK)?;
                self.scope.cast.holds.remove(&self.actor);
                self.ends("only waits to be killed since its `exec()`");
                Some((Process::Exec, expect))
            }
            Written::Exit {} => {
                self.ends("has left by `exit()`");
                Some((Process::Exit, Expect::Ok))
            }
            Written::Kill {
                actor,
                signal,
                expect,
            } => self.kill(&actor, signal.unwrap_or(SIGKILL), &expect),
        }
    }

    fn kill(
        &mut self,
        actor: &str,
        signal: Signal,
        expect: &syntax::Expect,
    ) -> Option<(Process, Expect)> {
        let cast = &self.scope.cast;
        let is_first = |whom: usize| cast.nested.contains(&whom);
        if signal != SIGKILL && cast.find(actor).is_some_and(is_first) {
            let message = format!(
                "the first process of a PID namespace \
                 heeds SIGKILL only, and `{actor}` may be it; remove `signal:`"
            );
            return self.wrong("signal", message);
        }
        let expect = self.expect(expect, ONLY_OK)?;
        let whom = self.person(&self.argument("actor"), actor)?;
        if self.scope.racing {
            return self.wrong(
                "kill",
                "a death in a race is waited for by nobody; kill in a turn of its own",
            );
        }
        let one = &self.scope.cast.actors[whom];
        let flaw = match one.count {
            _ if whom == self.actor => "would kill itself; write `exit()`",
            1 => "",
            _ => "is several processes; kill an actor that is one",
        };
        if !flaw.is_empty() {
            return self.wrong_in(
                "actor",
                &format!("\"{actor}\""),
                format!("`{actor}` {flaw}"),
            );
        }
        self.scope.cast.gone.insert(whom, "was killed");
        Some((Process::Kill(whom, signal), expect))
    }

    fn fork(&mut self, child: &str, expect: &syntax::Expect) -> Option<(Process, Expect)> {
        let quoted = format!("\"{child}\"");
        if self.scope.cast.nested.contains(&self.actor) {
            let name = &self.scope.cast.actors[self.actor].name;
            let message = format!(
                "`{name}` lives in a PID namespace, \
                 where no child of its gets a pid that is known outside; fork from outside"
            );
            return self.wrong(&quoted, message);
        }
        let expect = self.expect(expect, ONLY_OK)?;
        if self.scope.cast.actors[self.actor].count > 1 {
            return self.wrong(
                &quoted,
                "several processes would fork one child; let one do it",
            );
        }
        let cast = &self.scope.cast;
        let known = cast.find(child);
        if let Some(known) = known
            && (cast.actors[known].born.is_none() || !cast.gone.contains_key(&known))
        {
            let message = format!("an actor is named `{child}` already; choose another name");
            return self.wrong(&quoted, message);
        }
        if known.is_none() && cast.actors.len() >= MOST_ACTORS {
            let message = format!("a scenario has at most {MOST_ACTORS} actors; split it");
            return self.wrong(&quoted, message);
        }
        let child = self.scope.cast.bear(child, self.actor, self.index);
        Some((Process::Fork(child), expect))
    }
}
