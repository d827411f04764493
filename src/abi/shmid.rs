//! What the kernel tells of a segment, whatever layout it used.

/// What the kernel wrote into `struct shmid_ds`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the manual page shmctl(2) tells what the fields are"
)]
pub struct Shmid {
    pub segsz: u64,
    pub mode: u32,
    pub nattch: u64,
    pub uid: u32,
    pub gid: u32,
    pub cuid: u32,
    pub cgid: u32,
}
