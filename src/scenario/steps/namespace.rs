//! Who lives where: PID namespaces give a process other numbers, and take some things from it.

use super::{Expect, Where, Work};
use crate::abi::CloneFlag;
use crate::scenario::model::Namespace;
use crate::scenario::syntax::Namespace as Written;

impl Work<'_, '_> {
    pub(super) fn namespace(&mut self, step: Written) -> Option<(Namespace, Expect)> {
        match step {
            Written::Unshare { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                let done = self.zero(Namespace::Unshare(flags), &expect)?;
                self.nests(flags, &done.1, true);
                Some(done)
            }
            Written::Setns { of, flags, expect } => {
                self.sees_others(&of)?;
                let of = self.person(&self.argument("of"), &of)?;
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                let done = self.zero(Namespace::Join(of, flags), &expect)?;
                let there = self.scope.cast.nested.contains(&of);
                self.nests(flags, &done.1, there);
                Some(done)
            }
            Written::Clone { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.zero(Namespace::Clone(flags), &expect)
            }
            Written::UidMap {
                inside,
                outside,
                expect,
            } => self.zero(Namespace::UidMap(inside, outside), &expect),
            Written::GidMap {
                inside,
                outside,
                expect,
            } => self.zero(Namespace::GidMap(inside, outside), &expect),
        }
    }

    /// Refuses to find another actor by its pid where it may have none.
    fn sees_others(&mut self, of: &str) -> Option<()> {
        if !self.scope.cast.nested.contains(&self.actor) {
            return Some(());
        }
        let name = &self.scope.cast.actors[self.actor].name;
        let message = format!(
            "`{name}` lives in a PID namespace, \
             where `{of}` has another pid or none; let an actor outside join"
        );
        self.wrong_in("of", &format!("\"{of}\""), message)
    }

    /// Notes where the children of the actor will live, if that changes and may succeed.
    fn nests(&mut self, flags: i32, expect: &Expect, elsewhere: bool) {
        let succeeds = expect.any(&|one| !matches!(one, Expect::Err(_)));
        let of_pids = CloneFlag::from_name("CLONE_NEWPID").is_some_and(|flag| flags & flag.0 != 0);
        if !of_pids || !succeeds {
            return;
        }
        let cast = &mut self.scope.cast;
        if elsewhere {
            cast.nests.insert(self.actor);
        } else {
            cast.nests.remove(&self.actor);
        }
    }

    /// Refuses the pid of an actor where it may be none.
    pub(super) fn sees_pids(&mut self, place: &Where) -> Option<()> {
        if !self.scope.cast.nested.contains(&self.actor) {
            return Some(());
        }
        let name = &self.scope.cast.actors[self.actor].name;
        let message = format!(
            "`{name}` lives in a PID namespace and sees other pids; \
            write the number: 1 for who was born there first, 0 for who is not there"
        );
        self.wrong_at(place, "PidOf", message)
    }
}
