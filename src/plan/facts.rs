//! What planning must know of the target.

use crate::scenario::{Condition, Units};

/// Measured on the target by [`exec::probe`](crate::exec), given to tests by hand.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What sizes are counted in.
    pub units: Units,
    /// The firmware's ABI as scenarios name it: arm, aarch64, x86, x86_64.
    pub arch: &'static str,
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
            Condition::All(all) => all.iter().all(|one| self.meets(one)),
            Condition::Any(all) => all.iter().any(|one| self.meets(one)),
            Condition::Not(one) => !self.meets(one),
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
            arch: "x86_64",
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
        }
    }
}
