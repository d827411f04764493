//! What shmctl(2) writes, read field by field in the order of the C structures.
//!
//! Fields are read from bytes and not through `#[repr(C)]` structures, so that padding,
//! which the kernel must clear as well, can be looked at.
//!
//! # Safety
//!
//! Nothing here is `unsafe`; [`Room`] is larger than any structure that shmctl fills.

/// The current `struct shmid64_ds` or the old `struct shmid_ds`, as wide as the widest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the manual page shmctl(2) tells what the fields are"
)]
pub struct Ds {
    pub key: i32,
    pub uid: u32,
    pub gid: u32,
    pub cuid: u32,
    pub cgid: u32,
    pub mode: u32,
    pub seq: u32,
    pub segsz: u64,
    pub atime: i64,
    pub dtime: i64,
    pub ctime: i64,
    pub cpid: i32,
    pub lpid: i32,
    pub nattch: u64,
    /// All that has no meaning, ORed together: padding and `unused` words, which a kernel
    /// clears lest it tell what its stack held (CVE-2010-4072).
    pub unused: u64,
}

/// `struct shminfo64`: the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the manual page shmctl(2) tells what the fields are"
)]
pub struct Limits {
    pub shmmax: u64,
    pub shmmin: u64,
    pub shmmni: u64,
    pub shmseg: u64,
    pub shmall: u64,
}

/// `struct shm_info`: what all segments use together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the manual page shmctl(2) tells what the fields are"
)]
pub struct Usage {
    pub used_ids: u64,
    pub shm_tot: u64,
    pub shm_rss: u64,
    pub shm_swp: u64,
    pub swap_attempts: u64,
    pub swap_successes: u64,
}

impl Ds {
    /// `struct shmid64_ds` of include/uapi/asm-generic/shmbuf.h behind `struct ipc64_perm` of
    /// ipcbuf.h, which ARM and x86 use.
    pub(super) fn from_current(room: &Room, long: usize) -> Self {
        let mut from = Reader::new(room, long);
        let mut ds = Self {
            key: from.int(),
            uid: from.unsigned(),
            gid: from.unsigned(),
            cuid: from.unsigned(),
            cgid: from.unsigned(),
            ..Self::default()
        };
        // `__kernel_mode_t` is a `short` on 32-bit ARM and x86 (asm/posix_types.h), and padded.
        if long == 4 {
            ds.mode = from.short();
            ds.unused |= u64::from(from.short());
        } else {
            ds.mode = from.unsigned();
        }
        ds.seq = from.short();
        ds.unused |= u64::from(from.short());
        if long == 8 {
            // The `long`s that follow are aligned to 8.
            ds.unused |= u64::from(from.unsigned());
        }
        ds.unused |= from.long() | from.long();
        ds.segsz = from.long();
        ds.atime = from.time();
        ds.dtime = from.time();
        ds.ctime = from.time();
        ds.cpid = from.int();
        ds.lpid = from.int();
        ds.nattch = from.long();
        ds.unused |= from.long() | from.long();
        ds
    }

    /// `struct shmid_ds` of include/uapi/linux/shm.h behind `struct ipc_perm` of ipc.h, with
    /// the types that 32-bit ARM and x86 have in asm/posix_types.h.
    pub(super) fn from_old(room: &Room) -> Self {
        let mut from = Reader::new(room, 4);
        let mut ds = Self {
            key: from.int(),
            uid: from.short(),
            gid: from.short(),
            cuid: from.short(),
            cgid: from.short(),
            mode: from.short(),
            seq: from.short(),
            // An `int`: what is too large for it comes out negative.
            segsz: from.unsigned().into(),
            atime: from.int().into(),
            dtime: from.int().into(),
            ctime: from.int().into(),
            cpid: from.short() as i32,
            lpid: from.short() as i32,
            nattch: from.short().into(),
            unused: from.short().into(),
        };
        // Two pointers.
        ds.unused |= u64::from(from.unsigned() | from.unsigned());
        ds
    }
}

impl Limits {
    /// `struct shminfo64`: five `long`s, and four without a meaning.
    pub(super) fn from_current(room: &Room, long: usize) -> Self {
        let mut from = Reader::new(room, long);
        Self {
            shmmax: from.long(),
            shmmin: from.long(),
            shmmni: from.long(),
            shmseg: from.long(),
            shmall: from.long(),
        }
    }

    /// `struct shminfo`: five `int`s.
    pub(super) fn from_old(room: &Room) -> Self {
        let mut from = Reader::new(room, 4);
        let mut next = || u64::from(from.unsigned());
        Self {
            shmmax: next(),
            shmmin: next(),
            shmmni: next(),
            shmseg: next(),
            shmall: next(),
        }
    }
}

impl Usage {
    /// `struct shm_info`: an `int` and five `long`s, whatever the version.
    pub(super) fn from_either(room: &Room, long: usize) -> Self {
        let mut from = Reader::new(room, long);
        let used_ids = u64::from(from.unsigned());
        if long == 8 {
            // The kernel fills a structure that it has cleared; the padding is not a field.
            from.unsigned();
        }
        Self {
            used_ids,
            shm_tot: from.long(),
            shm_rss: from.long(),
            shm_swp: from.long(),
            swap_attempts: from.long(),
            swap_successes: from.long(),
        }
    }
}

/// What the buffer holds before the call, so that what the kernel leaves out shows.
const POISON: u8 = 0xa5;

/// Room for the largest structure that any command fills, and for what an unknown one might,
/// aligned for all of them.
#[repr(align(8))]
pub(super) struct Room([u8; ROOM]);

const ROOM: usize = 512;

impl Room {
    pub(super) fn poisoned() -> Self {
        Self([POISON; ROOM])
    }

    pub(super) fn zeroed() -> Self {
        Self([0; ROOM])
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Where it is, for the kernel to read and write.
    pub(super) fn address(&mut self) -> usize {
        self.0.as_mut_ptr().expose_provenance()
    }

    /// What IPC_SET reads of `struct shmid64_ds`. A narrow mode is the low half of what
    /// stands here, as all our architectures are little-endian.
    pub(super) fn put_owner(&mut self, uid: u32, gid: u32, mode: u32) {
        self.0[4..8].copy_from_slice(&uid.to_ne_bytes());
        self.0[8..12].copy_from_slice(&gid.to_ne_bytes());
        self.0[20..24].copy_from_slice(&mode.to_ne_bytes());
    }

    /// What IPC_SET reads of the old `struct shmid_ds`, which has no room for large ids.
    pub(super) fn put_old_owner(&mut self, uid: u32, gid: u32, mode: u32) {
        self.0[4..6].copy_from_slice(&(uid as u16).to_ne_bytes());
        self.0[6..8].copy_from_slice(&(gid as u16).to_ne_bytes());
        self.0[12..14].copy_from_slice(&(mode as u16).to_ne_bytes());
    }
}

/// Reads one field after the other.
struct Reader<'r> {
    room: &'r Room,
    /// Bytes of a `long`: 4 or 8.
    long: usize,
    at: usize,
}

impl<'r> Reader<'r> {
    fn new(room: &'r Room, long: usize) -> Self {
        Self { room, long, at: 0 }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.room.0[self.at..self.at + N]);
        self.at += N;
        bytes
    }

    fn short(&mut self) -> u32 {
        u16::from_ne_bytes(self.take()).into()
    }

    fn int(&mut self) -> i32 {
        i32::from_ne_bytes(self.take())
    }

    fn unsigned(&mut self) -> u32 {
        u32::from_ne_bytes(self.take())
    }

    /// An `unsigned long`.
    fn long(&mut self) -> u64 {
        if self.long == 4 {
            self.unsigned().into()
        } else {
            u64::from_ne_bytes(self.take())
        }
    }

    /// A time: one `long` of 64 bits, or two of 32, the low one first.
    fn time(&mut self) -> i64 {
        u64::from_ne_bytes(self.take()) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::{Ds, Limits, Room};

    /// Room whose every byte is its own offset.
    fn counted() -> Room {
        let mut room = Room::zeroed();
        for (at, byte) in room.0.iter_mut().enumerate() {
            *byte = at as u8;
        }
        room
    }

    #[test]
    fn the_old_layout_has_48_bytes() {
        let ds = Ds::from_old(&counted());
        assert_eq!(ds.uid, 0x0504);
        assert_eq!(ds.mode, 0x0d0c);
        assert_eq!(ds.segsz, 0x1312_1110);
        assert_eq!(ds.ctime, 0x1f1e_1d1c);
        assert_eq!(ds.nattch, 0x2524);
        assert_eq!(ds.unused, 0x2f2e_2d2c | 0x2b2a_2928 | 0x2726);
    }

    #[test]
    fn old_times_and_limits_keep_their_sign() {
        let mut room = Room::zeroed();
        room.0[20..24].fill(0xff);
        assert_eq!(Ds::from_old(&room).atime, -1);
        let mut room = Room::zeroed();
        room.0[..4].copy_from_slice(&i32::MAX.to_ne_bytes());
        assert_eq!(Limits::from_old(&room).shmmax, 0x7fff_ffff);
    }

    #[test]
    fn the_current_layout_is_that_of_the_kernel() {
        for long in [4, 8] {
            let ds = Ds::from_current(&counted(), long);
            assert_eq!(ds.cgid, 0x1312_1110);
            assert_eq!(ds.seq, 0x1918);
        }
        // offsetof(struct shmid64_ds, shm_segsz) is 48, shm_cpid 80, shm_nattch 88.
        let wide = Ds::from_current(&counted(), 8);
        assert_eq!(wide.segsz, 0x3736_3534_3332_3130);
        assert_eq!(wide.cpid, 0x5352_5150);
        assert_eq!(wide.nattch, 0x5f5e_5d5c_5b5a_5958);
        // There shm_segsz is 36, shm_atime 40, shm_cpid 64.
        let narrow = Ds::from_current(&counted(), 4);
        assert_eq!(narrow.segsz, 0x2726_2524);
        assert_eq!(narrow.atime, 0x2f2e_2d2c_2b2a_2928);
        assert_eq!(narrow.cpid, 0x4342_4140);
    }

    #[test]
    fn what_the_kernel_leaves_out_shows() {
        for long in [4, 8] {
            assert_ne!(Ds::from_current(&Room::poisoned(), long).unused, 0);
            assert_eq!(Ds::from_current(&Room::zeroed(), long), Ds::default());
        }
        assert_ne!(Ds::from_old(&Room::poisoned()).unused, 0);
    }
}
