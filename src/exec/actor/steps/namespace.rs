//! In which namespaces a process lives.

use super::memory::done;
use super::{Failed, Stage};
use crate::exec::known::Known;
use crate::exec::wire::Unfit;
use crate::observe::Observation;
use crate::plan::Namespace;
use crate::sys::namespace::{self, IdMap};

impl Stage<'_> {
    pub(super) fn namespace(&self, step: &Namespace, known: &Known) -> Result<Observation, Failed> {
        let maps = |errno| (Unfit::IdMap, errno);
        Ok(done(match step {
            Namespace::Unshare(flags) => namespace::unshare(*flags),
            Namespace::Join(of, flags) => {
                let (first, _) = self.case.actors[*of];
                let pid = known.pids[first].unwrap_or(0);
                namespace::setns_of(pid, *flags)
            }
            Namespace::Clone(flags) => namespace::clone_flags_refused(*flags),
            Namespace::UidMap(inside, outside) => {
                IdMap::of_users().map_err(maps)?.set(*inside, *outside)
            }
            Namespace::GidMap(inside, outside) => {
                IdMap::of_groups().map_err(maps)?.set(*inside, *outside)
            }
        }))
    }
}
