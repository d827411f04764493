//! Asks the target what planning must know of it.

use super::{Isolation, cgroup};
use crate::plan::{Facts, Units};
use crate::sys::process::{self, Death, Forked};
use crate::sys::shm::{self, Entry, Limits};
use crate::sys::wait::{self, Wake};
use crate::sys::{credentials, machine, mapping, memory, namespace, policy};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

/// The facts of the machine that we run on, kept apart in this way.
#[must_use]
pub fn probe(isolation: &Isolation) -> Facts {
    let page = machine::page_size();
    let [_, release, _, hardware] = machine::uname();
    let sysvipc = shm::configured();
    let sysctls = std::fs::OpenOptions::new()
        .write(true)
        .open("/proc/sys/kernel/shmmax")
        .is_ok();
    Facts {
        units: Units {
            page,
            shmlba: shm::shmlba(page),
            huge: huge_page().unwrap_or(0),
            size_max: usize::MAX as u64,
            shmmax: shmmax().unwrap_or(0),
        },
        arch: std::env::consts::ARCH,
        compat: cfg!(target_pointer_width = "32") && is_64_bit(&hardware),
        root: process::uid() == 0 && can_become_others(),
        capabilities: credentials::capabilities().unwrap_or(0),
        kernel: version(&release),
        free: machine::free_memory(),
        cpus: machine::cpus(),
        nodes: policy::allowed_nodes().unwrap_or(0),
        swap: swap(),
        sysvipc,
        map_files: map_files(),
        configs: configs(sysvipc, isolation),
        own_machine: *isolation == Isolation::Machine,
        own_namespace: isolation.renews(),
        sysctls,
    }
}

/// Whether a child of ours can become another user: root of a container may lack that.
fn can_become_others() -> bool {
    succeeds(|| credentials::become_user(OTHER_USER).is_ok())
}

/// How long an attempt may take. A kernel that hangs in one has not what was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether something works that changes the process for good.
fn succeeds(attempt: impl FnOnce() -> bool) -> bool {
    let Ok((end, held)) = std::io::pipe() else {
        return false;
    };
    let pid = match process::fork() {
        Ok(Forked::Child) => process::exit_now(i32::from(!attempt())),
        Ok(Forked::Parent(pid)) => pid,
        Err(_) => return false,
    };
    // The pipe ends with the last process that holds it.
    drop(held);
    let deadline = Instant::now() + PATIENCE;
    loop {
        match wait::wait(end.as_fd(), deadline) {
            Wake::Readable => return process::reap(pid, true) == Some((pid, Death::Exited(0))),
            Wake::Signal => {}
            Wake::Deadline => {
                process::kill(pid, libc::SIGKILL);
                return false;
            }
        }
    }
}

/// Any id but 0; a user namespace that maps a range maps this one.
const OTHER_USER: u32 = 1000;

/// The options of the kernel's configuration that are seen to work.
fn configs(sysvipc: bool, isolation: &Isolation) -> Vec<&'static str> {
    // To look at the controllers is to mount them, which is for the owner of a machine.
    let controllers = match isolation {
        Isolation::Machine => cgroup::controllers(),
        _ => String::new(),
    };
    let controls = |name: &str| controllers.split_whitespace().any(|one| one == name);
    let is_there = |path: &str| Path::new(path).exists();
    let unshares = |flag: i32| succeeds(|| namespace::unshare(flag).is_ok());
    let all = [
        ("CONFIG_SYSVIPC", sysvipc),
        ("CONFIG_SYSVIPC_SYSCTL", is_there("/proc/sys/kernel/shmmax")),
        ("CONFIG_IPC_NS", unshares(libc::CLONE_NEWIPC)),
        ("CONFIG_USER_NS", unshares(libc::CLONE_NEWUSER)),
        ("CONFIG_PID_NS", unshares(libc::CLONE_NEWPID)),
        (
            "CONFIG_CHECKPOINT_RESTORE",
            is_there("/proc/sys/kernel/shm_next_id"),
        ),
        ("CONFIG_PROC_FS", is_there("/proc/self")),
        ("CONFIG_HUGETLBFS", huge_page().is_some()),
        ("CONFIG_SWAP", is_there("/proc/swaps")),
        (
            "CONFIG_SECCOMP_FILTER",
            is_there("/proc/sys/kernel/seccomp/actions_avail"),
        ),
        ("CONFIG_IA32_EMULATION", serves_32_bit_calls()),
        (
            "CONFIG_NUMA",
            policy::allowed_nodes().is_ok_and(|nodes| nodes > 0),
        ),
        ("CONFIG_MEMCG", controls("memory")),
        ("CONFIG_CPUSETS", controls("cpuset")),
    ];
    debug_assert!(
        all.iter()
            .all(|(option, _)| crate::plan::CONFIGS.contains(option))
    );
    all.into_iter()
        .filter(|(_, works)| *works)
        .map(|(option, _)| option)
        .collect()
}

/// Whether a file behind a mapping can be opened: that of any of ours will do, as the
/// program's own. What shared memory makes of it is not asked here.
fn map_files() -> bool {
    let opens = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| std::fs::File::open(entry.path()).is_ok())
    };
    std::fs::read_dir("/proc/self/map_files").is_ok_and(|mut all| all.any(opens))
}

/// Whether a 64-bit program may make the calls of a 32-bit one by `int $0x80`. The page that
/// they need is made here, for all the processes to come.
fn serves_32_bit_calls() -> bool {
    shm::int80::prepare() && succeeds(shm::int80_works)
}

/// Swap that is free, if pages of ours go there: a container may be kept from it.
fn swap() -> u64 {
    let free = machine::free_swap();
    if free > 0 && succeeds(pages_go_out) {
        free
    } else {
        0
    }
}

/// Whether memory that we give up is seen in swap. MADV_PAGEOUT is known since Linux 5.4.
fn pages_go_out() -> bool {
    const READ_WRITE: i32 = 3;
    const MADV_PAGEOUT: i32 = 21;
    const SOME: usize = 256 << 10;
    let Ok(at) = mapping::mmap(None, SOME, READ_WRITE) else {
        return false;
    };
    memory::store(at, &vec![0xa5; SOME]);
    if mapping::madvise(at, SOME, MADV_PAGEOUT).is_err() {
        return false;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSwap:"));
    line.is_some_and(|line| line.trim() != "0 kB")
}

/// Bytes a huge page of the usual size.
fn huge_page() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Hugepagesize:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib << 10)
}

/// `kernel.shmmax` of a new namespace. IPC_INFO tells it as well, but clamped where a
/// 64-bit kernel serves a 32-bit program (`compat_ipc_info` of ipc/shm.c).
fn shmmax() -> Option<u64> {
    if let Ok(text) = std::fs::read_to_string("/proc/sys/kernel/shmmax") {
        return text.trim().parse().ok();
    }
    let mut limits = Limits::default();
    let told = shm::shmctl_info(Entry::Direct, 0, &mut limits);
    told.ok().map(|_| limits.shmmax)
}

/// Whether `uname -m` names a 64-bit machine. Under a 32-bit personality arm64 says armv8l.
fn is_64_bit(hardware: &str) -> bool {
    matches!(hardware, "x86_64" | "aarch64" | "armv8l")
}

/// Major and minor of a release such as `6.1.0-41-armmp`; zeros where it has none.
fn version(release: &str) -> (u32, u32) {
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_release_has_a_version() {
        assert_eq!(version("6.1.0-41-armmp"), (6, 1));
        assert_eq!(version("5.10-rc3"), (5, 10));
        assert_eq!(version("weird"), (0, 0));
    }
}
