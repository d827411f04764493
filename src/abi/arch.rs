//! The architectures that there is firmware for.

/// Declares them: the name that Rust, scenarios and reports use, and the name in a sentence.
macro_rules! architectures {
    ($($(#[$doc:meta])* $arch:ident = $name:literal, $title:literal;)*) => {
        /// An architecture. A new one goes into this table; the compiler then asks, place by
        /// place, what it is like.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
        #[serde(rename = "architecture")]
        pub enum Arch {
            $($(#[$doc])* #[serde(rename = $name)] $arch,)*
        }

        impl Arch {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$arch),*];

            /// What scenarios and reports call it, as Rust does: `x86_64`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$arch => $name),* }
            }

            /// What a sentence calls it: `64-bit x86`.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$arch => $title),* }
            }
        }

        /// What this code is compiled for.
        const CURRENT: Option<Arch> = $(if cfg!(target_arch = $name) {
            Some(Arch::$arch)
        } else)* {
            None
        };
    };
}

architectures! {
    /// 32-bit ARM.
    Arm = "arm", "32-bit ARM";
    /// 64-bit ARM.
    Aarch64 = "aarch64", "64-bit ARM";
    /// 32-bit x86.
    X86 = "x86", "32-bit x86";
    /// 64-bit x86.
    X86_64 = "x86_64", "64-bit x86";
}

impl Arch {
    /// What this code is compiled for.
    pub const CURRENT: Self = CURRENT.expect("an architecture of src/abi/arch.rs");

    /// The 32-bit architecture whose programs a kernel of this one runs as well.
    #[must_use]
    pub const fn compat(self) -> Option<Self> {
        match self {
            Self::Aarch64 => Some(Self::Arm),
            Self::X86_64 => Some(Self::X86),
            Self::Arm | Self::X86 => None,
        }
    }

    /// Whether a kernel of this architecture runs firmware of the other.
    #[must_use]
    pub fn runs(self, firmware: Self) -> bool {
        self == firmware || self.compat() == Some(firmware)
    }

    /// Whether its programs have `ipc(2)`.
    #[must_use]
    pub const fn has_ipc(self) -> bool {
        match self {
            Self::X86 => true,
            Self::Arm | Self::Aarch64 | Self::X86_64 => false,
        }
    }

    /// Whether its programs have the layout of before `IPC_64`.
    #[must_use]
    pub const fn has_old_layout(self) -> bool {
        match self {
            Self::Arm | Self::X86 => true,
            Self::Aarch64 | Self::X86_64 => false,
        }
    }

    /// Whether its programs may have the entry of another architecture, `int $0x80`.
    #[must_use]
    pub const fn has_int80(self) -> bool {
        match self {
            Self::X86_64 => true,
            Self::Arm | Self::Aarch64 | Self::X86 => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arch;

    #[test]
    fn the_current_one_is_what_rust_calls_it() {
        assert_eq!(Arch::CURRENT.name(), std::env::consts::ARCH);
    }

    #[test]
    fn sixty_four_bit_kernels_run_both() {
        for (kernel, firmware, runs) in [
            (Arch::Arm, Arch::Arm, true),
            (Arch::Arm, Arch::Aarch64, false),
            (Arch::Aarch64, Arch::Arm, true),
            (Arch::Aarch64, Arch::Aarch64, true),
            (Arch::X86_64, Arch::X86, true),
            (Arch::X86, Arch::X86_64, false),
            (Arch::X86_64, Arch::Arm, false),
        ] {
            let case = format!("{} on {}", firmware.title(), kernel.title());
            assert_eq!(kernel.runs(firmware), runs, "{case}");
        }
    }
}
