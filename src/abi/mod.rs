//! Symbolic names and numbers of the Linux ABI.
//!
//! The sets are open: a kernel may answer with a number that nobody here has
//! heard of, and it must survive to the report.

mod arch;
mod errno;
mod field;
pub mod number;
mod signal;
mod words;

pub use arch::Arch;
pub use errno::Errno;
pub use field::{Field, Fields};
pub use signal::{Death, Signal};
pub use words::{
    Advice, Capability, CloneFlag, LockFlag, MoveFlag, PersonalityFlag, Policy, PolicyFlag,
    Protection, Resource, SyncFlag,
};

/// What a process may be refused beside system calls, and is listed among them: memory that can be
/// written and executed.
pub const EXECUTABLE: &str = "executable memory";

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

        /// A name where people read it, else the number.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if !from.is_human_readable() {
                    return i32::deserialize(from).map(Self);
                }
                let name = $crate::abi::word(from, $kind, Self::NAMES)?;
                Self::from_name(&name)
                    .ok_or_else(|| serde::de::Error::unknown_variant(&name, Self::NAMES))
            }
        }

        /// The number.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(to)
            }
        }
    };
}
use open_set;

/// What the names of one of the open sets are names of, in an error message.
#[must_use]
pub fn kind_of(names: &[&str]) -> Option<&'static str> {
    let sets: [(&[&str], &'static str); 14] = [
        (Errno::NAMES, "error number"),
        (Signal::NAMES, "signal"),
        (Death::NAMES, "signal"),
        (Protection::NAMES, "protection"),
        (Advice::NAMES, "advice"),
        (Policy::NAMES, "policy"),
        (PolicyFlag::NAMES, "flag of get_mempolicy"),
        (LockFlag::NAMES, "flag of mlockall"),
        (MoveFlag::NAMES, "flag of mremap"),
        (SyncFlag::NAMES, "flag of msync"),
        (PersonalityFlag::NAMES, "flag of personality"),
        (CloneFlag::NAMES, "namespace flag"),
        (Capability::NAMES, "capability"),
        (Resource::NAMES, "resource"),
    ];
    sets.iter()
        .find(|(set, _)| *set == names)
        .map(|(_, kind)| *kind)
}

/// A bare word: the name of a variant or of a field.
pub struct Word(pub String);

impl<'de> serde::Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Word;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E>(self, text: &str) -> Result<Word, E> {
                Ok(Word(text.to_owned()))
            }
        }
        from.deserialize_identifier(Text)
    }
}

/// Reads one bare word, as RON writes the variant of an enum.
fn word<'de, D: serde::Deserializer<'de>>(
    from: D,
    kind: &'static str,
    names: &'static [&'static str],
) -> Result<String, D::Error> {
    struct Variant(&'static str);

    impl<'de> serde::de::Visitor<'de> for Variant {
        type Value = String;
        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(f, "the name of a {}", self.0)
        }
        fn visit_enum<A: serde::de::EnumAccess<'de>>(self, from: A) -> Result<String, A::Error> {
            let (Word(name), rest) = from.variant()?;
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
