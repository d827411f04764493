//! How a run came to its end, whatever its cases said.

/// How a run came to its end. Every variant but the first carries a sentence
/// for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The `done` event arrived and everything before it is there.
    Complete,
    /// It never began: no kernel, no QEMU, the guest never reached our init.
    NotStarted(String),
    /// We failed, not the kernel: a worker of ours died, say.
    Broken(String),
    /// The kernel crashed, or the machine reset under us.
    Crashed(String),
    /// Events are missing, and no crash explains it.
    Lost(String),
    /// Nothing came for too long.
    Hung(String),
    /// The user stopped it.
    Interrupted(String),
}

impl Ending {
    /// The sentence for the reader, if it did not end as it should.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Complete => None,
            Self::NotStarted(why)
            | Self::Broken(why)
            | Self::Crashed(why)
            | Self::Lost(why)
            | Self::Hung(why)
            | Self::Interrupted(why) => Some(why),
        }
    }
}
