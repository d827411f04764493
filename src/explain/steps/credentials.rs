//! Who a process is, and how much it may have, as what an actor does.

use crate::abi::Resource;
use crate::explain::flags::capabilities;
use crate::explain::names::Names;
use crate::explain::user::{ids, numbers};
use crate::scenario::Credentials;

impl Names<'_> {
    pub(super) fn credentials(self, step: &Credentials) -> String {
        match step {
            Credentials::SetUser(all, keep) => {
                let keep = if *keep {
                    ", keeping its capabilities"
                } else {
                    ""
                };
                format!("takes {}{keep}", ids(*all, "user"))
            }
            Credentials::SetGroup(all) => format!("takes {}", ids(*all, "group")),
            Credentials::SetGroups(all) => match all.as_slice() {
                [] => "gives up all supplementary groups".to_owned(),
                all => format!("sets its supplementary groups to {}", numbers(all)),
            },
            Credentials::SetCapabilities(mask) => {
                format!("keeps {} and gives up the rest", capabilities(*mask))
            }
            Credentials::SetLimit(resource, size) => {
                format!("sets both limits of {} to {size}", Resource(*resource))
            }
            Credentials::Cgroup(set) => {
                let set: Vec<_> = set
                    .iter()
                    .map(|(file, value)| format!("{file} {value}"))
                    .collect();
                format!("moves into a control group with {}", set.join(" and "))
            }
        }
    }
}
