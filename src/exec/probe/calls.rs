//! Which system calls cannot be made here, and why: the kernel has them not, or somebody else's
//! seccomp filter forbids them.

use crate::abi::{EXECUTABLE, Errno};
use crate::exec::attempt::succeeds;
use crate::sys::{inherited, machine, mapping, process, sandbox};

/// The calls that scenarios make beside the four, and that cannot be made here: why.
pub(super) fn unavailable(filtered: &[&'static str]) -> Vec<(&'static str, String)> {
    let forbidden = |name: &&'static str| (*name, "a seccomp filter forbids it".to_owned());
    let mut all: Vec<_> = filtered.iter().map(forbidden).collect();
    // Want of memory is no refusal.
    if let Err(errno @ Errno(libc::EACCES | libc::EPERM)) = writable_and_executable()
        && !filtered.contains(&EXECUTABLE)
    {
        let why = format!(
            "mmap(2) with PROT_WRITE and PROT_EXEC answers {errno} (PR_SET_MDWE, a security module)"
        );
        all.push((EXECUTABLE, why));
    }
    if inherited::is_filtered() {
        return all;
    }
    let absent = OPTIONAL.into_iter().filter(|(name, _)| !sandbox::has(name));
    all.extend(
        absent.map(|(name, option)| (name, format!("this kernel does not have it ({option})"))),
    );
    all
}

/// Maps memory that can be written and executed, and unmaps it.
fn writable_and_executable() -> Result<(), Errno> {
    let page = machine::page_size() as usize;
    let both = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    mapping::munmap(mapping::mmap(None, page, both)?, page)
}

/// Calls that a kernel may be without (kernel/sys_ni.c), and for want of what.
const OPTIONAL: [(&str, &str); 12] = [
    ("setresuid", "CONFIG_MULTIUSER"),
    ("setresgid", "CONFIG_MULTIUSER"),
    ("setgroups", "CONFIG_MULTIUSER"),
    ("capset", "CONFIG_MULTIUSER"),
    ("mseal", "Linux 6.10, CONFIG_64BIT"),
    ("madvise", "CONFIG_ADVISE_SYSCALLS"),
    ("mbind", "CONFIG_NUMA"),
    ("get_mempolicy", "CONFIG_NUMA"),
    ("futex", "CONFIG_FUTEX"),
    ("process_vm_readv", "CONFIG_CROSS_MEMORY_ATTACH"),
    ("process_vm_writev", "CONFIG_CROSS_MEMORY_ATTACH"),
    ("clock_settime", "CONFIG_POSIX_TIMERS"),
];

/// The calls without which there is nothing to test.
pub(super) const FOUR: [&str; 4] = ["shmget", "shmat", "shmdt", "shmctl"];

/// The calls that a filter of somebody else forbids. Each is tried in a process of its own, as a
/// filter may kill.
pub(super) fn filtered() -> Vec<&'static str> {
    if !inherited::is_filtered() {
        return Vec::new();
    }
    let forbidden = |name: &&'static str| !succeeds(|| sandbox::lets_through(name));
    let root = process::uid() == 0;
    // Who may not change its groups is refused by the kernel.
    sandbox::calls()
        .filter(|name| root || *name != "setgroups")
        .filter(forbidden)
        .collect()
}
