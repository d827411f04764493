//! What a structure of the kernel, or a row of a file in /proc, says: numbers by name.

/// Declares the fields with the names that scenarios use.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal)*) => {
        /// One number that the kernel tells, by the manual's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* $field,)*
        }

        impl Field {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$field),*];

            /// As scenarios and reports spell it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)*
                }
            }
        }
    };
}

fields! {
    /// What the call returned.
    Returned = "returns"
    /// `shm_perm.__key`
    Key = "key"
    /// `shm_perm.uid`
    Uid = "uid"
    /// `shm_perm.gid`
    Gid = "gid"
    /// `shm_perm.cuid`
    Cuid = "cuid"
    /// `shm_perm.cgid`
    Cgid = "cgid"
    /// `shm_perm.mode`, with SHM_DEST and SHM_LOCKED.
    Mode = "mode"
    /// `shm_perm.__seq`
    Seq = "seq"
    /// `shm_segsz`
    Segsz = "segsz"
    /// `shm_atime`, seconds since 1970.
    Atime = "atime"
    /// `shm_dtime`
    Dtime = "dtime"
    /// `shm_ctime`
    Ctime = "ctime"
    /// `shm_cpid`
    Cpid = "cpid"
    /// `shm_lpid`
    Lpid = "lpid"
    /// `shm_nattch`
    Nattch = "nattch"
    /// All words that the kernel should leave zero, or-ed.
    Unused = "unused"
    /// `shmmax` of `struct shminfo`.
    Shmmax = "shmmax"
    /// `shmmin`
    Shmmin = "shmmin"
    /// `shmmni`
    Shmmni = "shmmni"
    /// `shmseg`
    Shmseg = "shmseg"
    /// `shmall`, in pages.
    Shmall = "shmall"
    /// `used_ids` of `struct shm_info`.
    UsedIds = "used_ids"
    /// `shm_tot`, in pages.
    ShmTot = "shm_tot"
    /// `shm_rss`, in pages.
    ShmRss = "shm_rss"
    /// `shm_swp`, in pages.
    ShmSwp = "shm_swp"
    /// The shmid in a row of /proc/sysvipc/shm.
    Shmid = "shmid"
    /// Bytes in memory, there.
    Rss = "rss"
    /// Bytes in swap, there.
    Swap = "swap"
    /// Four letters such as `rw-s` in a row of /proc/self/maps, the first in the lowest byte.
    Perms = "perms"
    /// Bytes from start to end, there.
    Length = "length"
    /// Bytes from the start of the file, there.
    Offset = "offset"
    /// The upper part of the device number, there.
    Major = "major"
    /// The lower part.
    Minor = "minor"
    /// Whether the name ends with ` (deleted)`, there.
    Deleted = "deleted"
    /// The inode, there; of a segment it is the shmid.
    Inode = "inode"
    /// How many rows there are of the mapping that was asked for.
    Rows = "rows"
    /// The policy of an address, as get_mempolicy(2) tells it.
    Policy = "mode"
    /// Its nodes: the lowest bit is node 0.
    Nodes = "nodes"
    /// The number that a file holds, or a line of it.
    Value = "value"
}

/// Its number.
impl serde::Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (*self as u32).serialize(to)
    }
}

impl<'de> serde::Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(from)?;
        let known = Self::ALL.get(number as usize).copied();
        known.ok_or_else(|| serde::de::Error::custom("no field has this number"))
    }
}

impl Field {
    /// Whether it counts seconds since 1970.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Atime | Self::Dtime | Self::Ctime)
    }
}

/// A number for every [`Field`]; what was not told is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields([u64; Field::ALL.len()]);

impl Default for Fields {
    fn default() -> Self {
        Self([0; Field::ALL.len()])
    }
}

impl Fields {
    /// The number of a field.
    #[must_use]
    pub fn get(&self, field: Field) -> u64 {
        self.0[field as usize]
    }

    /// With this number for a field. Negative ones are kept as two's complement.
    #[must_use]
    pub fn with(mut self, field: Field, value: u64) -> Self {
        self.0[field as usize] = value;
        self
    }

    /// All of them, in the order of [`Field::ALL`].
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.0
    }

    /// The reverse of [`Self::words`]; what is missing there is 0.
    #[must_use]
    pub fn from_words(words: &[u64]) -> Self {
        let mut fields = Self::default();
        for (to, from) in fields.0.iter_mut().zip(words) {
            *to = *from;
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Fields};

    #[test]
    fn every_field_has_a_place_of_its_own() {
        let mut fields = Fields::default();
        for (number, field) in Field::ALL.iter().enumerate() {
            fields = fields.with(*field, number as u64 + 1);
        }
        for (number, field) in Field::ALL.iter().enumerate() {
            assert_eq!(fields.get(*field), number as u64 + 1, "{}", field.name());
        }
        assert_eq!(Fields::from_words(fields.words()), fields);
    }
}
