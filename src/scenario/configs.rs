//! The options of the kernel's configuration that a scenario may ask for.

use super::problem::nearest;

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
    let advice = nearest(option, CONFIGS).map_or_else(
        || format!("those that can be seen to work are {}", CONFIGS.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(format!(
        "`{option}` is no option that can be asked for; {advice}"
    ))
}
