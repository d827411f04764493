//! In which namespaces a process lives.

use super::Stage;
use super::memory::done;
use crate::exec::known::Known;
use crate::observe::Observation;
use crate::plan::Namespace;
use crate::sys::namespace;

impl Stage<'_> {
    pub(super) fn namespace(&self, step: &Namespace, known: &Known) -> Observation {
        done(match step {
            Namespace::Unshare(flags) => namespace::unshare(*flags),
            Namespace::Join(of, flags) => {
                let (first, _) = self.case.actors[*of];
                let pid = known.pids[first].unwrap_or(0);
                namespace::setns_of(pid, *flags)
            }
            Namespace::Clone(flags) => namespace::clone_flags_refused(*flags),
        })
    }
}
