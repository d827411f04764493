//! What planning must know of the target.

use crate::abi::Arch;
use crate::scenario::{Condition, Units, User};

/// Measured on the target by [`exec::probe`](crate::exec), given to tests by hand.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What sizes are counted in.
    pub units: Units,
    /// The firmware's ABI.
    pub arch: Arch,
    /// Whether a 64-bit kernel serves a 32-bit firmware.
    pub compat: bool,
    /// Version of the kernel, as far as its release names one.
    pub kernel: (u32, u32),
    /// Whether we are user 0 and may become others.
    pub root: bool,
    /// The effective capabilities, as a mask.
    pub capabilities: u64,
    /// Memory that can be used without harm, in bytes; `None` if unknown.
    pub free: Option<u64>,
    /// CPUs online.
    pub cpus: u64,
    /// How many nodes of memory, 0 and on, we may use.
    pub nodes: u64,
    /// Swap that is free and seen to work, in bytes.
    pub swap: u64,
    /// Whether System V shared memory is there at all.
    pub sysvipc: bool,
    /// Whether the files behind mappings can be opened.
    pub map_files: bool,
    /// Options of the kernel's configuration that were seen to work.
    pub configs: Vec<&'static str>,
    /// Whether we are PID 1 of the machine.
    pub own_machine: bool,
    /// Whether each case has an IPC namespace of its own.
    pub own_namespace: bool,
    /// Whether the sysctls of that namespace can be written.
    pub sysctls: bool,
    /// Why no segment can be had at all, where [`Self::sysvipc`] is false for another reason than
    /// the kernel's configuration.
    pub refused: Option<String>,
    /// What an IPC namespace that is not the case's own leaves of its limits.
    pub shared: Option<Shared>,
    /// System calls beside the four that cannot be made here, each with the reason.
    pub unavailable: Vec<(&'static str, String)>,
    /// The hard limits of resources, by their numbers; `u64::MAX` is none.
    pub limits: Vec<(i32, u64)>,
    /// Whether our own user id has a name in our user namespace.
    pub ids_mapped: bool,
    /// The largest user and group id that has one.
    pub largest_id: u32,
    /// Whether /proc/self/mem can be opened for writing.
    pub proc_mem: bool,
    /// Whether an ordinary user can set the ids of a user namespace of its own.
    pub id_maps: bool,
    /// Whether /proc shows more than processes (not `subset=pid`).
    pub proc_whole: bool,
    /// Whether /proc/sys is there.
    pub proc_sys: bool,
    /// Whether the clock can be set, and is ours.
    pub sets_clock: bool,
    /// The first of the user ids that no other process has, not even one of another run.
    pub unused_ids: u32,
    /// How many of a shmid's low bits are its index: IPCMNI_SHIFT or IPCMNI_EXTEND_SHIFT of
    /// ipc/util.h.
    pub index_bits: u32,
    /// `vm.hugetlb_shm_group`, if it can be read.
    pub huge_group: Option<u32>,
    /// `vm.mmap_min_addr`, if it can be read.
    pub min_address: Option<u64>,
}

/// What is left of a shared IPC namespace: one that is not the case's own.
#[derive(Clone, Debug)]
pub struct Shared {
    /// `kernel.shmmax` in bytes.
    pub shmmax: u64,
    /// How many pages `kernel.shmall` leaves.
    pub pages: u64,
    /// How many segments `kernel.shmmni` leaves.
    pub segments: u64,
    /// `kernel.shm_rmid_forced`: a segment goes with its last attachment.
    pub rmid_forced: bool,
}

impl Facts {
    /// Whether a condition holds here.
    #[must_use]
    pub fn meets(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Since(major, minor) => self.kernel >= (*major, *minor),
            Condition::Before(major, minor) => self.kernel < (*major, *minor),
            Condition::Arch(list) => list.contains(&self.arch),
            Condition::Native => !self.compat,
            Condition::Compat => self.compat,
            Condition::Root => self.root,
            Condition::Config(option) => self.configs.iter().any(|known| known == option),
            Condition::PageSize(size) => self.units.page == *size,
            Condition::IndexBits(bits) => self.index_bits == *bits,
            Condition::All(all) => all.iter().all(|one| self.meets(one)),
            Condition::Any(all) => all.iter().any(|one| self.meets(one)),
            Condition::Not(one) => !self.meets(one),
        }
    }

    /// Why a call cannot be made here, if so.
    #[must_use]
    pub fn unavailable(&self, call: &str) -> Option<&str> {
        let mut all = self.unavailable.iter();
        all.find(|(name, _)| *name == call)
            .map(|(_, why)| why.as_str())
    }

    /// Whether what our user may lock is counted together with what processes of others lock: not
    /// on a machine that is ours, and not for CAP_IPC_LOCK of the first user namespace
    /// (mm/mlock.c: user_shm_lock).
    #[must_use]
    pub fn shares_locks(&self) -> bool {
        const CAP_IPC_LOCK: u32 = 14;
        /// The last id but one: the first user namespace maps all of them.
        const ALL: u32 = u32::MAX - 1;
        let free = self.capabilities >> CAP_IPC_LOCK & 1 == 1 && self.largest_id >= ALL;
        !self.own_machine && !free
    }

    /// A user, with a number for one that no other process has.
    #[must_use]
    pub fn user(&self, user: &User) -> User {
        let Some(number) = user.unused else {
            return user.clone();
        };
        let id = self.unused_ids.saturating_add(number);
        User {
            uid: Some(id),
            gid: user.gid.or(Some(id)),
            ..user.clone()
        }
    }

    /// What a limit of setrlimit(2) must stay below: a `long` of the kernel's, whose largest value
    /// means that there is none (kernel/sys.c: rlim64_is_infinity).
    #[must_use]
    pub fn limit_max(&self) -> u64 {
        if self.compat {
            u64::MAX
        } else {
            self.units.size_max
        }
    }

    /// A usual 64-bit machine, for tests.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            units: Units {
                page: 4096,
                shmlba: 4096,
                huge: 2 << 20,
                size_max: u64::MAX,
                shmmax: u64::MAX - (1 << 24),
            },
            arch: Arch::X86_64,
            compat: false,
            kernel: (6, 1),
            root: true,
            capabilities: u64::MAX,
            free: None,
            cpus: 2,
            nodes: 2,
            swap: u64::MAX,
            sysvipc: true,
            map_files: true,
            configs: crate::scenario::CONFIGS.to_vec(),
            own_machine: false,
            own_namespace: true,
            sysctls: true,
            refused: None,
            shared: None,
            unavailable: Vec::new(),
            limits: Vec::new(),
            ids_mapped: true,
            largest_id: u32::MAX,
            proc_mem: true,
            id_maps: true,
            proc_whole: true,
            proc_sys: true,
            sets_clock: true,
            unused_ids: 1 << 30,
            index_bits: 15,
            huge_group: Some(0),
            min_address: Some(65536),
        }
    }
}
