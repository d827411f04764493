//! The builds of the firmware: Rust's target triples, and what runs them.

use crate::abi::Arch;
use std::fmt;

/// Declares them with their triples.
macro_rules! targets {
    ($($(#[$doc:meta])* $target:ident = $triple:literal;)*) => {
        /// A build of the firmware.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Target {
            $($(#[$doc])* $target,)*
        }

        impl Target {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$target),*];

            /// What Rust calls it.
            #[must_use]
            pub const fn triple(self) -> &'static str {
                match self { $(Self::$target => $triple),* }
            }
        }
    };
}

targets! {
    /// ARMv7 with a floating-point unit.
    Armv7 = "armv7-unknown-linux-musleabihf";
    /// 64-bit ARM.
    Aarch64 = "aarch64-unknown-linux-musl";
    /// 64-bit x86.
    X86_64 = "x86_64-unknown-linux-musl";
    /// 32-bit x86 with SSE2.
    I686 = "i686-unknown-linux-musl";
    /// ARMv5 and ARMv6, and whatever has no floating-point unit.
    Arm = "arm-unknown-linux-musleabi";
}

impl Target {
    /// What it is compiled for.
    #[must_use]
    pub const fn arch(self) -> Arch {
        match self {
            Self::Armv7 | Self::Arm => Arch::Arm,
            Self::Aarch64 => Arch::Aarch64,
            Self::X86_64 => Arch::X86_64,
            Self::I686 => Arch::X86,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.triple())
    }
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::abi::Arch;

    #[test]
    fn every_architecture_has_a_build() {
        for arch in Arch::ALL {
            let built = Target::ALL.iter().any(|target| target.arch() == *arch);
            assert!(built, "{}", arch.title());
        }
    }

    #[test]
    fn the_scripts_build_all_of_them() {
        let script = include_str!("../../scripts/lib.sh");
        let (_, list) = script.split_once("firmware_targets='").expect("assigned");
        let (list, _) = list.split_once('\'').expect("closed");
        let triples = Target::ALL.iter().map(|target| target.triple());
        assert!(list.split_whitespace().eq(triples), "{list}");
    }
}
