//! Who a process is, and how much it may have.

use super::Failed;
use super::memory::done;
use crate::exec::cgroup;
use crate::exec::wire::Unfit;
use crate::observe::Observation;
use crate::plan::Credentials;
use crate::sys::{credentials, limits};

pub(super) fn credentials(step: &Credentials) -> Result<Observation, Failed> {
    Ok(done(match step {
        Credentials::SetUser([ruid, euid, suid], keep) => {
            let kept = credentials::keep_capabilities(*keep);
            kept.and_then(|()| credentials::setresuid(*ruid, *euid, *suid))
        }
        Credentials::SetGroup([rgid, egid, sgid]) => credentials::setresgid(*rgid, *egid, *sgid),
        Credentials::SetGroups(groups) => credentials::setgroups(groups),
        Credentials::SetCapabilities(mask) => credentials::capset(*mask),
        Credentials::SetLimit(resource, limit) => limits::set_limit(*resource, *limit, *limit),
        Credentials::Cgroup(set) => cgroup::enter(set).map_err(|errno| (Unfit::Cgroup, errno))?,
    }))
}
