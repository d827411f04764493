//! What an answer tells that is kept.

use crate::abi::Field;

/// What an answer that is kept tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Tells {
    /// `struct shmid_ds`
    Stat,
    /// `struct shminfo`
    Info,
    /// `struct shm_info`
    Usage,
    /// A row of /proc/sysvipc/shm.
    Row,
    /// A row of /proc/self/maps.
    Mapping,
    /// One number, which stands for any field.
    Value,
}

impl Tells {
    /// Whether a field is among what it tells.
    pub(super) fn includes(self, field: Field) -> bool {
        let returned = field == Field::Returned;
        match self {
            Self::Value => true,
            Self::Stat => field <= Field::Unused,
            Self::Info => returned || (Field::Shmmax..=Field::Shmall).contains(&field),
            Self::Usage => returned || (Field::UsedIds..=Field::ShmSwp).contains(&field),
            Self::Row => {
                let columns = (Field::Key..=Field::Nattch).contains(&field) && field != Field::Seq;
                let more = [Field::Shmid, Field::Rss, Field::Swap, Field::Rows];
                columns || more.contains(&field)
            }
            Self::Mapping => field == Field::Key || (Field::Perms..=Field::Rows).contains(&field),
        }
    }
}
