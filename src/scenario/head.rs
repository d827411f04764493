//! The head of a scenario: whom it needs, and who its actors become.

use super::model::{Condition, Requirement, Size, User};
use super::size::size;
use super::syntax;
use crate::abi::Capability;

/// The most replicas of a cast, or processes of an actor, that run side by side.
pub(super) const LARGEST_CROWD: u32 = 64;

/// The model of one item of `requires`.
///
/// # Errors
///
/// The word that is wrong in it, and why.
pub(super) fn requirement(syntax: &syntax::Requirement) -> Result<Requirement, (String, String)> {
    use syntax::Requirement as R;
    let quoted = |option: &str, message| (format!("\"{option}\""), message);
    Ok(match syntax {
        R::Root => Requirement::Root,
        R::Capability(capability) => Requirement::Capability(*capability),
        R::Since(major, minor) => Requirement::Condition(Condition::Since(*major, *minor)),
        R::Before(major, minor) => Requirement::Condition(Condition::Before(*major, *minor)),
        R::Arch(list) if list.is_empty() => {
            let message = "no target has no architecture; name one".to_owned();
            return Err(("Arch".to_owned(), message));
        }
        R::Arch(list) => Requirement::Condition(Condition::Arch(list.clone())),
        R::Native => Requirement::Condition(Condition::Native),
        R::Compat => Requirement::Condition(Condition::Compat),
        R::Config(option) => {
            let known = config(option).map_err(|message| quoted(option, message))?;
            Requirement::Condition(Condition::Config(known))
        }
        R::PageSize(size) => Requirement::Condition(Condition::PageSize(*size)),
        R::Memory(size) => Requirement::Memory(amount(*size)?),
        R::Swap(size) => Requirement::Swap(amount(*size)?),
        R::Cpus(count) => Requirement::Cpus(*count),
        R::Nodes(count) => Requirement::Nodes(*count),
        R::Proc => Requirement::Proc,
        R::MapFiles => Requirement::MapFiles,
        R::OwnMachine => Requirement::OwnMachine,
        R::OwnNamespace => Requirement::OwnNamespace,
    })
}

fn amount(amount: syntax::Quantity) -> Result<Size, (String, String)> {
    size(amount).map_err(|(unit, message)| (unit.to_owned(), message))
}

/// The options of the kernel's configuration that can be seen to work.
pub const CONFIGS: [&str; 18] = [
    "CONFIG_SYSVIPC",
    "CONFIG_SYSVIPC_SYSCTL",
    "CONFIG_IPC_NS",
    "CONFIG_USER_NS",
    "CONFIG_PID_NS",
    "CONFIG_CHECKPOINT_RESTORE",
    "CONFIG_PROC_FS",
    "CONFIG_HUGETLBFS",
    "CONFIG_SWAP",
    "CONFIG_SECCOMP_FILTER",
    "CONFIG_IA32_EMULATION",
    "CONFIG_NUMA",
    "CONFIG_MEMCG",
    "CONFIG_CPUSETS",
    "CONFIG_UID16",
    "CONFIG_MULTIUSER",
    "CONFIG_SHMEM",
    "CONFIG_TMPFS",
];

/// The name of an option that can be seen to work.
///
/// # Errors
///
/// When it is none of those.
pub(super) fn config(option: &str) -> Result<String, String> {
    if CONFIGS.contains(&option) {
        return Ok(option.to_owned());
    }
    let advice = super::problem::nearest(option, CONFIGS).map_or_else(
        || format!("those that can be seen to work are {}", CONFIGS.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(format!(
        "`{option}` is no option that can be asked for; {advice}"
    ))
}

/// Whom an actor becomes.
pub(super) fn user(actor: &syntax::Actor) -> User {
    // The overflow uid, which needs no entry in any passwd.
    const NOBODY: u32 = 65534;
    let uid = match actor.user {
        syntax::User::Caller | syntax::User::Unused(_) => None,
        syntax::User::Root => Some(0),
        syntax::User::Nobody => Some(NOBODY),
        syntax::User::Uid(uid) => Some(uid),
    };
    User {
        unused: match actor.user {
            syntax::User::Unused(number) => Some(number),
            _ => None,
        },
        uid,
        gid: actor.gid.or(uid),
        groups: actor.groups.clone(),
        caps: actor.caps.as_deref().map(mask),
    }
}

/// Capabilities as a mask.
pub(super) fn mask(list: &[Capability]) -> u64 {
    list.iter().fold(0, |mask, one| mask | 1 << one.0)
}
