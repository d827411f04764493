//! Asks the target what planning must know of it.

mod calls;

use self::calls::{FOUR, filtered, unavailable};
use super::attempt::succeeds;
use super::{Isolation, cgroup, groups};
use crate::abi::{Arch, Errno};
use crate::plan::{Facts, Shared, Units};
use crate::sys::clock::{Reading, monotonic_ns};
use crate::sys::namespace::{self, IdMap};
use crate::sys::process;
use crate::sys::shm::{self, Entry, Limits, Usage};
use crate::sys::{credentials, inherited, limits, machine, mapping, memory, policy, sandbox};
use std::path::Path;

/// The facts of the machine that we run on, kept apart in this way.
#[must_use]
pub fn probe(isolation: &Isolation) -> Facts {
    let page = machine::page_size();
    let [_, release, _, hardware] = machine::uname();
    let filtered = filtered();
    // All four as they answer where they are not configured: that is for `shm::configured` to say.
    let absent = || FOUR.iter().all(|call| succeeds(|| !sandbox::has(call)));
    let refused = FOUR
        .into_iter()
        .find(|call| filtered.contains(call) && !absent())
        .map(|call| {
            format!("needs {call}, which a seccomp filter forbids; no word about the kernel")
        });
    let sysvipc = refused.is_none() && shm::configured();
    let own_machine = *isolation == Isolation::Machine;
    let own_namespace = isolation.renews();
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
        arch: Arch::CURRENT,
        compat: is_compat(&hardware),
        root: process::uid() == 0 && can_become_others(),
        capabilities: credentials::capabilities().unwrap_or(0),
        kernel: version(&release),
        free: free_memory(),
        cpus: machine::cpus(),
        nodes: policy::allowed_nodes().unwrap_or(0),
        swap: swap(),
        sysvipc,
        map_files: map_files(),
        configs: configs(sysvipc, isolation),
        own_machine,
        own_namespace,
        sysctls,
        refused,
        shared: (sysvipc && !own_namespace).then(shared),
        limits: limits(),
        ids_mapped: succeeds(own_id_is_mapped),
        largest_id: largest_id(),
        proc_mem: opens_to_write("/proc/self/mem"),
        id_maps: succeeds(sets_id_maps),
        proc_whole: opens("/proc/meminfo"),
        proc_sys: opens("/proc/sys/kernel/ostype"),
        sets_clock: own_machine && !filtered.contains(&"clock_settime") && clock_can_be_set(),
        unused_ids: unused_ids(),
        index_bits: index_bits(version(&release)),
        huge_group: sysctl("vm/hugetlb_shm_group"),
        min_address: sysctl("vm/mmap_min_addr"),
        unavailable: unavailable(&filtered),
    }
}

/// The limits of the namespace that we are in, and what others use of them.
fn shared() -> Shared {
    let mut limits = Limits::default();
    let mut usage = Usage::default();
    // What is not told is not limited; the cases tell.
    let told = shm::shmctl_info(Entry::Direct, 0, &mut limits).is_ok();
    let counted = shm::shmctl_usage(Entry::Direct, 0, &mut usage).is_ok();
    let (used, pages) = if counted {
        (usage.used_ids, usage.shm_tot)
    } else {
        (0, 0)
    };
    let or = |known: Option<u64>, limit: u64| known.unwrap_or(if told { limit } else { u64::MAX });
    Shared {
        shmmax: shmmax().unwrap_or(u64::MAX),
        pages: or(sysctl("kernel/shmall"), limits.shmall).saturating_sub(pages),
        segments: or(sysctl("kernel/shmmni"), limits.shmmni).saturating_sub(used),
        rmid_forced: sysctl::<u32>("kernel/shm_rmid_forced") == Some(1),
    }
}

fn sysctl<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::fs::read_to_string(format!("/proc/sys/{name}")).ok()?;
    text.trim().parse().ok()
}

/// The hard limits of all resources that scenarios set.
fn limits() -> Vec<(i32, u64)> {
    const LAST: i32 = 15;
    let hard = |resource| Some((resource, limits::limit(resource).ok()?.1));
    (0..=LAST).filter_map(hard).collect()
}

/// A shmid has 15 bits of index, or 24 where the kernel's command line says `ipcmni_extend`
/// (ipc/util.h, since 5.1).
fn index_bits(kernel: (u32, u32)) -> u32 {
    let line = std::fs::read_to_string("/proc/cmdline").unwrap_or_default();
    if kernel >= (5, 1) && has_parameter(&line, "ipcmni_extend") {
        24
    } else {
        15
    }
}

/// Whether a command line has this parameter for the kernel, which takes `-` for `_`, and leaves to
/// init what stands behind `--` (kernel/params.c: parameq, parse_args).
fn has_parameter(line: &str, name: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| *word != "--");
    let mut names = words.map(|word| word.split_once('=').map_or(word, |(name, _)| name));
    names.any(|word| word.replace('-', "_") == name)
}

/// A number for this run among those that no passwd hands out: what a user has locked is counted
/// across namespaces, so that two runs must not share one.
fn unused_ids() -> u32 {
    /// Far above what systemd, containers and directories use (0x7fff_ffff is the last it may be).
    const FIRST: u32 = 0x6000_0000;
    /// How many users a scenario may have.
    const EACH: u32 = 64;
    let mixed = monotonic_ns() ^ u64::from(process::pid().unsigned_abs()) << 32;
    // Fibonacci hashing: the high bits depend on all.
    let run = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 42;
    FIRST + run as u32 * EACH
}

/// `setresuid(-1, geteuid(), -1)`: EINVAL where our id is only shown as the overflow id. A kernel
/// without CONFIG_MULTIUSER has no such call, and no other user.
fn own_id_is_mapped() -> bool {
    let unmapped = Err(Errno(libc::EINVAL));
    let (uid, gid) = (process::uid(), process::gid());
    credentials::setresgid(None, Some(gid), None) != unmapped
        && credentials::setresuid(None, Some(uid), None) != unmapped
}

/// The end of /proc/self/uid_map or gid_map, whichever comes first; without /proc there is a
/// user namespace of a container hardly ever.
fn largest_id() -> u32 {
    let end = |file: &str| {
        let text = std::fs::read_to_string(file).ok()?;
        let line = |line: &str| {
            let mut words = line.split_whitespace().map(str::parse::<u64>);
            let (first, count) = (words.next()?.ok()?, words.nth(1)?.ok()?);
            (first + count).checked_sub(1)
        };
        text.lines().filter_map(line).max()
    };
    let ends = ["/proc/self/uid_map", "/proc/self/gid_map"].map(end);
    let smallest = ends.into_iter().flatten().min();
    smallest.map_or(u32::MAX, |end| u32::try_from(end).unwrap_or(u32::MAX))
}

fn opens_to_write(path: &str) -> bool {
    std::fs::OpenOptions::new().write(true).open(path).is_ok()
}

/// Sets the clock to what it shows.
fn clock_can_be_set() -> bool {
    Reading::take().go_back().is_ok()
}

/// Memory that can be used without harm: what the machine has, or less, if a control group
/// allows less.
fn free_memory() -> Option<u64> {
    let machine = machine::free_memory();
    let group = groups::memory_left();
    machine.into_iter().chain(group).min()
}

/// Whether a child of ours can become another user: root of a container may lack that.
fn can_become_others() -> bool {
    succeeds(|| {
        // With securebits that say so, who changes from root keeps what root may.
        credentials::become_user(OTHER_USER).is_ok() && credentials::capabilities() == Ok(0)
    })
}

/// Whether an ordinary user, if we can become one, gets a user namespace and has capabilities in
/// it. That is forbidden by Debian's kernel.unprivileged_userns_clone and by security modules.
fn gives_user_namespaces() -> bool {
    succeeds(|| {
        become_ordinary();
        let entered = namespace::unshare(libc::CLONE_NEWUSER);
        entered.is_ok() && namespace::unshare_ipc() != Err(Errno(libc::EPERM))
    })
}

/// Whether it can set the ids of its own there.
fn sets_id_maps() -> bool {
    become_ordinary();
    let (uid, gid) = (process::uid(), process::gid());
    let set = || {
        namespace::unshare(libc::CLONE_NEWUSER)?;
        IdMap::of_users()?.set(0, uid)?;
        IdMap::of_groups()?.set(0, gid)
    };
    set().is_ok()
}

/// Becomes the user that actors of a user namespace are, where that is possible.
fn become_ordinary() {
    if process::uid() == 0 && credentials::become_user(OTHER_USER).is_ok() {
        inherited::be_dumpable();
    }
}

/// Whether a file is there and may be read, which a security module (Landlock) may forbid to root.
fn opens(path: &str) -> bool {
    std::fs::File::open(path).is_ok()
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
    let memory = mapping::shared_memory();
    let all = [
        ("CONFIG_SYSVIPC", sysvipc),
        ("CONFIG_SYSVIPC_SYSCTL", opens("/proc/sys/kernel/shmmax")),
        ("CONFIG_IPC_NS", unshares(libc::CLONE_NEWIPC)),
        ("CONFIG_USER_NS", gives_user_namespaces()),
        ("CONFIG_PID_NS", unshares(libc::CLONE_NEWPID)),
        (
            "CONFIG_CHECKPOINT_RESTORE",
            is_there("/proc/sys/kernel/shm_next_id"),
        ),
        ("CONFIG_PROC_FS", opens("/proc/self/maps")),
        (
            "CONFIG_HUGETLBFS",
            huge_page().is_some() || mapping::knows_huge_pages(),
        ),
        ("CONFIG_UID16", process::has_16_bit_ids()),
        ("CONFIG_MULTIUSER", sandbox::has("capset")),
        ("CONFIG_SHMEM", memory.has_holes || !memory.syncs),
        ("CONFIG_TMPFS", memory.syncs),
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
    // To a 32-bit program the kernel may mean more by that (ipc/shm.c: copy_compat_shminfo_to_user).
    let clamped = cfg!(target_pointer_width = "32") && limits.shmmax == i32::MAX as u64;
    told.ok().map(|_| limits.shmmax).filter(|_| !clamped)
}

/// Whether `uname -m` names a machine of more bits than ours. Under a 32-bit personality arm64
/// says armv8l.
fn is_compat(hardware: &str) -> bool {
    match Arch::CURRENT {
        Arch::Arm => matches!(hardware, "aarch64" | "armv8l"),
        Arch::X86 => hardware == "x86_64",
        Arch::Aarch64 | Arch::X86_64 => false,
    }
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
    use super::{has_parameter, version};

    #[test]
    fn a_parameter_is_the_kernels_in_either_spelling() {
        let has = |line| has_parameter(line, "ipcmni_extend");
        assert!(has("quiet ipcmni_extend"));
        assert!(has("ipcmni-extend root=/dev/sda"));
        assert!(has("ipcmni_extend=1"));
        assert!(!has("quiet -- ipcmni_extend"));
        assert!(!has("x_ipcmni_extend ipcmni_extended x=ipcmni_extend"));
    }

    #[test]
    fn a_release_has_a_version() {
        assert_eq!(version("6.1.0-41-armmp"), (6, 1));
        assert_eq!(version("5.10-rc3"), (5, 10));
        assert_eq!(version("weird"), (0, 0));
    }
}
