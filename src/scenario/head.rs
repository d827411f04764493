//! The head of a scenario: whom it needs, and who its actors become.

use super::model::{Condition, Requirement, Size, User};
use super::scan::find;
use super::size::size;
use super::syntax;
use super::syntax::Quantity;
use super::text::{Read, Text, Wrong};
use crate::abi::Capability;

/// The most replicas of a cast, or processes of an actor, that run side by side.
pub(super) const LARGEST_CROWD: u32 = 64;

/// An item of `requires`.
impl Read for Requirement {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        use syntax::Requirement as R;
        let item: R<'_> = text.ron().map_err(|error| wrong.push(error)).ok()?;
        // What is wrong stands at a word of it.
        let mut refuse = |word: &str, message: String| {
            let at = find(text.text, word).unwrap_or(0);
            wrong.push(text.wrong_at(&text.text[at..], message));
            None
        };
        Some(match item {
            R::Root => Self::Root,
            R::Capability(capability) => Self::Capability(capability),
            R::Since(major, minor) => Self::Condition(Condition::Since(major, minor)),
            R::Before(major, minor) => Self::Condition(Condition::Before(major, minor)),
            R::Arch(list) if list.is_empty() => {
                return refuse("Arch", "no target has no architecture; name one".to_owned());
            }
            R::Arch(list) => Self::Condition(Condition::Arch(list)),
            R::Native => Self::Condition(Condition::Native),
            R::Compat => Self::Condition(Condition::Compat),
            R::Config(option) => match config(&option) {
                Ok(known) => Self::Condition(Condition::Config(known)),
                Err(message) => return refuse(&format!("\"{option}\""), message),
            },
            R::PageSize(size) => Self::Condition(Condition::PageSize(size)),
            R::Memory(raw) => Self::Memory(amount(text.inside(raw), wrong)?),
            R::Swap(raw) => Self::Swap(amount(text.inside(raw), wrong)?),
            R::Cpus(count) => Self::Cpus(count),
            R::Nodes(count) => Self::Nodes(count),
            R::Proc => Self::Proc,
            R::MapFiles => Self::MapFiles,
            R::OwnMachine => Self::OwnMachine,
            R::OwnNamespace => Self::OwnNamespace,
        })
    }
}

fn amount(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Size> {
    let quantity = Quantity::read(text, wrong)?;
    let told = size(quantity).map_err(|(_, message)| wrong.push(text.wrong(message)));
    told.ok()
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
