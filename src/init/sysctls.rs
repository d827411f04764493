//! Sysctls of a machine that is ours: whatever a kernel command line or a configuration made of
//! them, a run finds them as kernels have them. They are given back at the end.

use std::path::PathBuf;

/// Names, and the values that kernels have; of several, the first that the kernel takes. Those of
/// shared memory matter where no namespace with fresh ones can be had.
const USUAL: [(&str, &[&str]); 13] = [
    ("kernel.shm_rmid_forced", &["0"]),
    ("kernel.shmmni", &["4096"]),
    // ULONG_MAX - (1UL << 24), of 64 bits and of 32 (include/uapi/linux/shm.h).
    ("kernel.shmmax", &["18446744073692774399", "4278190079"]),
    ("kernel.shmall", &["18446744073692774399", "4278190079"]),
    ("vm.hugetlb_shm_group", &["0"]),
    ("vm.nr_hugepages", &["0"]),
    ("vm.nr_overcommit_hugepages", &["0"]),
    ("vm.overcommit_memory", &["0"]),
    ("vm.legacy_va_layout", &["0"]),
    // A scenario has a control group run out of memory.
    ("vm.panic_on_oom", &["0"]),
    ("vm.max_map_count", &["65530"]),
    ("fs.suid_dumpable", &["0"]),
    ("kernel.core_pattern", &["core"]),
];

/// Values to be given back.
pub(super) struct Before(Vec<(PathBuf, String)>);

/// Sets what differs. A kernel without one of them has nothing to set.
pub(super) fn set() -> Before {
    let mut before = Vec::new();
    for (name, values) in USUAL {
        let file = PathBuf::from(format!("/proc/sys/{}", name.replace('.', "/")));
        let Ok(value) = std::fs::read_to_string(&file) else {
            continue;
        };
        let value = value.trim();
        if values.contains(&value) {
            continue;
        }
        if values.iter().any(|one| std::fs::write(&file, one).is_ok()) {
            log::info!("{name} was {value}");
            before.push((file, value.to_owned()));
        }
    }
    Before(before)
}

impl Before {
    /// Gives everything back.
    pub(super) fn restore(&self) {
        for (file, value) in &self.0 {
            if let Err(error) = std::fs::write(file, value) {
                log::warn!("{}: {error}", file.display());
            }
        }
    }
}
