//! Symbolic names and numbers of the Linux ABI.
//!
//! The sets are open: a kernel may answer with a number that nobody here has
//! heard of, and it must survive to the report.

mod errno;
mod shmid;
mod signal;

pub use errno::Errno;
pub use shmid::Shmid;
pub use signal::Signal;

/// Flags of shmget(2), shmat(2) and the commands of shmctl(2), the same on every
/// architecture that we build for (include/uapi/linux/ipc.h and shm.h).
pub mod number {
    /// Creates the segment if the key has none.
    pub const IPC_CREAT: i32 = 0o1000;
    /// With [`IPC_CREAT`]: fails if the key has one.
    pub const IPC_EXCL: i32 = 0o2000;
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
}

/// Declares a number with names, of which more may exist than we know.
macro_rules! open_set {
    ($(#[$doc:meta])* $name:ident, $kind:literal: $($word:ident = $number:literal)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub i32);

        impl $name {
            /// The names that are known, as the manual spells them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($word)),*];
            const NUMBERS: &'static [i32] = &[$($number),*];

            /// The number of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                let at = Self::NAMES.iter().position(|known| *known == name)?;
                Some(Self(Self::NUMBERS[at]))
            }

            /// The name of the number, if it is known.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                let at = Self::NUMBERS.iter().position(|known| *known == self.0)?;
                Some(Self::NAMES[at])
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{} {}", $kind, self.0),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let name = $crate::abi::word(from, $kind, Self::NAMES)?;
                Self::from_name(&name)
                    .ok_or_else(|| serde::de::Error::unknown_variant(&name, Self::NAMES))
            }
        }
    };
}
use open_set;

/// Reads one bare word, as RON writes the variant of an enum.
fn word<'de, D: serde::Deserializer<'de>>(
    from: D,
    kind: &'static str,
    names: &'static [&'static str],
) -> Result<String, D::Error> {
    struct Variant(&'static str);
    struct Identifier(String);

    impl<'de> serde::Deserialize<'de> for Identifier {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Text;
            impl serde::de::Visitor<'_> for Text {
                type Value = Identifier;
                fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.write_str("a name")
                }
                fn visit_str<E>(self, text: &str) -> Result<Identifier, E> {
                    Ok(Identifier(text.to_owned()))
                }
            }
            from.deserialize_identifier(Text)
        }
    }

    impl<'de> serde::de::Visitor<'de> for Variant {
        type Value = String;
        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(f, "the name of a {}", self.0)
        }
        fn visit_enum<A: serde::de::EnumAccess<'de>>(self, from: A) -> Result<String, A::Error> {
            let (Identifier(name), rest) = from.variant()?;
            serde::de::VariantAccess::unit_variant(rest)?;
            Ok(name)
        }
    }

    from.deserialize_enum(kind, names, Variant(kind))
}

#[cfg(test)]
mod tests {
    use super::{Errno, Signal};

    #[test]
    fn names_and_numbers_are_inverse() {
        for name in Errno::NAMES {
            let errno = Errno::from_name(name).expect("listed");
            assert_eq!(errno.to_string(), *name);
        }
        for name in Signal::NAMES {
            let signal = Signal::from_name(name).expect("listed");
            assert_eq!(signal.to_string(), *name);
        }
    }

    #[test]
    fn unknown_numbers_survive() {
        assert_eq!(Errno(4242).to_string(), "errno 4242");
        assert_eq!(Signal(60).to_string(), "signal 60");
    }

    #[test]
    fn names_agree_with_libc() {
        assert_eq!(Errno::from_name("ENOSYS"), Some(Errno(libc::ENOSYS)));
        assert_eq!(Errno::from_name("EIDRM"), Some(Errno(libc::EIDRM)));
        assert_eq!(Errno::from_name("EOVERFLOW"), Some(Errno(libc::EOVERFLOW)));
        assert_eq!(Signal::from_name("SIGBUS"), Some(Signal(libc::SIGBUS)));
        assert_eq!(Signal::from_name("SIGSYS"), Some(Signal(libc::SIGSYS)));
    }
}
