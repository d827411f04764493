//! Words of the calls around shared memory, as the manual pages spell them. The numbers
//! are those of ARM and x86.

super::open_set! {
    /// What may be done with a mapping, mprotect(2) (include/uapi/asm-generic/mman-common.h).
    Protection, "protection":
    PROT_NONE = 0
    PROT_READ = 1
    PROT_WRITE = 2
    PROT_EXEC = 4
}

super::open_set! {
    /// What is told of a mapping's use, madvise(2) (include/uapi/asm-generic/mman-common.h).
    Advice, "advice":
    MADV_NORMAL = 0
    MADV_RANDOM = 1
    MADV_SEQUENTIAL = 2
    MADV_WILLNEED = 3
    MADV_DONTNEED = 4
    MADV_FREE = 8
    MADV_REMOVE = 9
    MADV_DONTFORK = 10
    MADV_DOFORK = 11
    MADV_MERGEABLE = 12
    MADV_HUGEPAGE = 14
    MADV_NOHUGEPAGE = 15
    MADV_DONTDUMP = 16
    MADV_WIPEONFORK = 18
    MADV_KEEPONFORK = 19
    MADV_COLD = 20
    MADV_PAGEOUT = 21
    MADV_POPULATE_READ = 22
    MADV_POPULATE_WRITE = 23
}

super::open_set! {
    /// From which nodes memory comes, set_mempolicy(2) (include/uapi/linux/mempolicy.h).
    Policy, "policy":
    MPOL_DEFAULT = 0
    MPOL_PREFERRED = 1
    MPOL_BIND = 2
    MPOL_INTERLEAVE = 3
    MPOL_LOCAL = 4
    MPOL_PREFERRED_MANY = 5
    MPOL_WEIGHTED_INTERLEAVE = 6
}

super::open_set! {
    /// Flags of get_mempolicy(2) about an address.
    PolicyFlag, "flag of get_mempolicy":
    MPOL_F_NODE = 1
}

super::open_set! {
    /// Flags of mlockall(2).
    LockFlag, "flag of mlockall":
    MCL_CURRENT = 1
    MCL_FUTURE = 2
    MCL_ONFAULT = 4
}

super::open_set! {
    /// Flags of msync(2) (include/uapi/asm-generic/mman-common.h).
    SyncFlag, "flag of msync":
    MS_ASYNC = 1
    MS_INVALIDATE = 2
    MS_SYNC = 4
}

super::open_set! {
    /// Flags of personality(2) (include/uapi/linux/personality.h).
    PersonalityFlag, "flag of personality":
    READ_IMPLIES_EXEC = 0x0040_0000
}

super::open_set! {
    /// Flags of mremap(2).
    MoveFlag, "flag of mremap":
    MREMAP_MAYMOVE = 1
    MREMAP_FIXED = 2
    MREMAP_DONTUNMAP = 4
}

super::open_set! {
    /// Flags of clone(2), unshare(2) and setns(2) (include/uapi/linux/sched.h).
    CloneFlag, "namespace flag":
    CLONE_NEWNS = 0x0002_0000
    CLONE_SYSVSEM = 0x0004_0000
    CLONE_NEWUTS = 0x0400_0000
    CLONE_NEWIPC = 0x0800_0000
    CLONE_NEWUSER = 0x1000_0000
    CLONE_NEWPID = 0x2000_0000
}

super::open_set! {
    /// Capabilities that shared memory knows, capabilities(7).
    Capability, "capability":
    CAP_DAC_OVERRIDE = 1
    CAP_FOWNER = 3
    CAP_SETGID = 6
    CAP_SETUID = 7
    CAP_IPC_LOCK = 14
    CAP_IPC_OWNER = 15
    CAP_SYS_RAWIO = 17
    CAP_SYS_PTRACE = 19
    CAP_SYS_ADMIN = 21
    CAP_SYS_RESOURCE = 24
    CAP_SYS_TIME = 25
    CAP_CHECKPOINT_RESTORE = 40
}

super::open_set! {
    /// Resources of setrlimit(2) (include/uapi/asm-generic/resource.h).
    Resource, "resource":
    RLIMIT_DATA = 2
    RLIMIT_STACK = 3
    RLIMIT_CORE = 4
    RLIMIT_NOFILE = 7
    RLIMIT_MEMLOCK = 8
    RLIMIT_AS = 9
}

impl Protection {
    /// PROT_EXEC
    pub const EXEC: Self = Self(4);
}

impl Resource {
    /// RLIMIT_FSIZE
    pub const FILE_SIZE: Self = Self(1);
    /// RLIMIT_MEMLOCK
    pub const LOCKED: Self = Self(8);
    /// RLIMIT_AS
    pub const ADDRESSES: Self = Self(9);
}

impl Capability {
    /// As the mask of capset(2): a bit for each.
    #[must_use]
    pub fn mask(list: &[Self]) -> u64 {
        list.iter().fold(0, |mask, one| mask | 1 << one.0)
    }
}
