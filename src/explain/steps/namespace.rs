//! In which namespaces a process lives, as what an actor does.

use crate::explain::flags::namespaces;
use crate::explain::names::Names;
use crate::scenario::Namespace;

impl Names<'_> {
    pub(super) fn namespace(self, step: Namespace) -> String {
        match step {
            Namespace::Unshare(flags) => format!("leaves its namespaces ({})", namespaces(flags)),
            Namespace::Join(whom, flags) => format!(
                "joins the namespaces of {} ({})",
                self.actor(whom),
                namespaces(flags)
            ),
            Namespace::Clone(flags) => format!(
                "clones a child in new namespaces ({}), which ends at once",
                namespaces(flags)
            ),
            Namespace::UidMap(inside, outside) => {
                format!("maps user {outside} to {inside} of its user namespace")
            }
            Namespace::GidMap(inside, outside) => {
                format!("maps group {outside} to {inside} of its user namespace")
            }
        }
    }
}
