//! Who a process is, and how much it may have.

use super::Planned;
use crate::abi::Resource;
use crate::plan::lower::Lower;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{self, Expect, Facts};
use crate::scenario::{Credentials, Size, Step};

impl Lower<'_> {
    pub(in crate::plan) fn credentials(&self, step: &Credentials) -> plan::Credentials {
        match step {
            Credentials::SetUser(ids, keep) => Credentials::SetUser(*ids, *keep),
            Credentials::SetGroup(ids) => Credentials::SetGroup(*ids),
            Credentials::SetGroups(groups) => Credentials::SetGroups(groups.clone()),
            Credentials::SetCapabilities(mask) => Credentials::SetCapabilities(*mask),
            // It has 64 bits everywhere (prlimit64).
            Credentials::SetLimit(resource, size) => {
                Credentials::SetLimit(*resource, self.bytes(*size))
            }
            Credentials::Cgroup(set) => Credentials::Cgroup(set.clone()),
        }
    }
}

impl Planned for Credentials {
    fn success(&self, _: &Facts) -> Expect {
        Expect::Zero
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        touch.changes(Facet::Identity(touch.actor));
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::SetUser(..) => &["setresuid"],
            Self::SetGroup(_) => &["setresgid"],
            Self::SetGroups(_) => &["setgroups"],
            Self::SetCapabilities(_) => &["capset"],
            Self::SetLimit(..) => &["prlimit64"],
            Self::Cgroup(_) => &[],
        }
    }

    fn lacks(&self, step: &Step, facts: &Facts) -> Option<String> {
        match self {
            Self::SetLimit(resource, size) => {
                limit(*resource, *size, step.expect.may_succeed(), facts)
            }
            Self::SetUser(..)
            | Self::SetGroup(_)
            | Self::SetGroups(_)
            | Self::SetCapabilities(_)
            | Self::Cgroup(_) => None,
        }
    }

    fn detaches(&self) -> bool {
        false
    }
}

/// Why a limit cannot be set that may have to be.
fn limit(resource: i32, size: Size, succeeds: bool, facts: &Facts) -> Option<String> {
    let name = Resource(resource);
    let bytes = size.bytes(&facts.units);
    let fits = |bytes: &u64| !succeeds || *bytes < facts.limit_max();
    let Some(bytes) = bytes.filter(fits) else {
        let why = format!("a limit of this row does not fit {name} of this kernel");
        return Some(why);
    };
    let hard = facts.limits.iter().find(|(one, _)| *one == resource)?.1;
    (succeeds && bytes > hard)
        .then(|| format!("needs {name} at {bytes}, the hard limit is {hard} (CAP_SYS_RESOURCE)"))
}
