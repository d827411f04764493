//! Flags of shmget(2), shmat(2) and the commands of shmctl(2), the same on every
//! architecture that we build for (include/uapi/linux/ipc.h and shm.h).

/// Creates the segment if the key has none.
pub const IPC_CREAT: i32 = 0o1000;
/// With [`IPC_CREAT`]: fails if the key has one.
pub const IPC_EXCL: i32 = 0o2000;
/// Means nothing to shmget; the same bit as [`SHM_HUGETLB`].
pub const IPC_NOWAIT: i32 = 0o4000;
/// Backs the segment with huge pages.
pub const SHM_HUGETLB: i32 = 0o4000;
/// Reserves no swap space.
pub const SHM_NORESERVE: i32 = 0o10000;

/// Attaches for reading only.
pub const SHM_RDONLY: i32 = 0o10000;
/// Rounds the address down to a multiple of SHMLBA.
pub const SHM_RND: i32 = 0o20000;
/// Replaces what is mapped at the address.
pub const SHM_REMAP: i32 = 0o40000;
/// Allows the contents to be executed.
pub const SHM_EXEC: i32 = 0o100000;

/// Removes the segment, once nobody is attached.
pub const IPC_RMID: i32 = 0;
/// Changes owner and mode.
pub const IPC_SET: i32 = 1;
/// Tells about a segment.
pub const IPC_STAT: i32 = 2;
/// Tells the limits.
pub const IPC_INFO: i32 = 3;
/// Keeps the segment out of swap.
pub const SHM_LOCK: i32 = 11;
/// Undoes [`SHM_LOCK`].
pub const SHM_UNLOCK: i32 = 12;
/// Tells about the segment at an index.
pub const SHM_STAT: i32 = 13;
/// Tells what all segments use together.
pub const SHM_INFO: i32 = 14;
/// As [`SHM_STAT`], without asking for permission. Since Linux 4.17 (c21a6970ae72).
pub const SHM_STAT_ANY: i32 = 15;
/// Beside a command: asks for the current layout of structures.
pub const IPC_64: i32 = 0x100;
