//! The messages between conductor and actors: a fixed number of words each, so
//! that a write to a pipe is atomic and neither side allocates around a call.

mod observation;
#[cfg(test)]
mod tests;
mod words;

use super::known::Known;
use crate::abi::Errno;
use crate::observe::{Line, Observation};
use std::io::{Read, Write};
use words::{from_i32, little_endian, to_i32};

/// Tells an actor to take some steps, one after the other, as long as they do what the
/// script builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Index of the first step in the case.
    pub(super) first: usize,
    /// Index of the one after the last.
    pub(super) end: usize,
    /// Set if the first step waits at the gate for others who take theirs at the same time: how
    /// many turns of a loop longer than they.
    pub(super) spins: Option<u32>,
    /// What is known so far.
    pub(super) known: Known,
}

/// What an actor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Which player of the cast.
    pub(super) player: usize,
    /// In which replica of it.
    pub(super) replica: usize,
    /// What there is to say.
    pub(super) news: News,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The player lives and waits for orders; the step of the fork that bore it, or
    /// [`FROM_THE_START`].
    Born(usize),
    /// It cannot do its part; which preparation failed, and how.
    Unfit(Unfit, Errno),
    /// The environment does not offer what the step needs, for this reason.
    Lacks(Line),
    /// It panicked: an error of ours, with this message.
    Panicked(Line),
    /// The parent of a new player: the step, and the child's pid.
    Forked(usize, i32),
    /// This step came to this.
    Done(usize, Observation),
    /// It is about to die of a fault with this `si_code`, at this address.
    Fault(i32, u64),
}

/// No step: the player lives from the start of the case.
pub(super) const FROM_THE_START: usize = u32::MAX as usize;

/// What an actor must manage before it can act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Becoming another user.
    User,
    /// Having a call fail, as `--inject` asks.
    Inject,
    /// Finding a free address.
    Address,
    /// Keeping from dumping core, or giving up capabilities.
    Prepare,
    /// Starting a thread.
    Thread,
    /// Making a control group.
    Cgroup,
    /// Opening its own id map.
    IdMap,
}

impl Unfit {
    const ALL: [Self; 7] = [
        Self::User,
        Self::Inject,
        Self::Address,
        Self::Prepare,
        Self::Thread,
        Self::Cgroup,
        Self::IdMap,
    ];
}

/// Player, replica, kind of news, step; then what the news are.
const HEAD: usize = 4;
const REPLY_WORDS: usize = HEAD + observation::WORDS;
/// The length of a reply.
pub(super) const REPLY_BYTES: usize = REPLY_WORDS * 8;

/// Where in a reply about a fault its `si_code` and its address stand, in bytes.
pub(super) const FAULT_AT: (usize, usize) = (HEAD * 8, (HEAD + 1) * 8);

const ORDER_HEAD: usize = 4;

impl Order {
    /// One write. Nobody else writes to the pipe, and it has room for many.
    pub(super) fn send(&self, to: &mut impl Write) -> std::io::Result<()> {
        let start = self.spins.map_or([0; 2], |spins| [1, spins.into()]);
        let words = [self.first as u64, self.end as u64]
            .into_iter()
            .chain(start)
            .chain(self.known.words());
        to.write_all(&words.flat_map(u64::to_le_bytes).collect::<Vec<u8>>())
    }

    /// Takes an order into the place of the last one. `buffer` has room for one.
    pub(super) fn receive(
        &mut self,
        from: &mut impl Read,
        buffer: &mut Buffer,
    ) -> std::io::Result<()> {
        from.read_exact(&mut buffer.bytes)?;
        for (word, bytes) in buffer.words.iter_mut().zip(buffer.bytes.chunks_exact(8)) {
            *word = little_endian(bytes);
        }
        let words = &buffer.words;
        self.first = words[0] as usize;
        self.end = words[1] as usize;
        self.spins = (words[2] == 1).then_some(words[3] as u32);
        self.known.set(&words[ORDER_HEAD..]);
        Ok(())
    }
}

/// Room for an order, so that receiving one allocates nothing.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    words: Vec<u64>,
}

impl Buffer {
    pub(super) fn new(known: &Known) -> Self {
        let words = ORDER_HEAD + known.words().count();
        Self {
            bytes: vec![0; words * 8],
            words: vec![0; words],
        }
    }
}

impl Reply {
    pub(super) fn send(&self, to: &mut impl Write) -> std::io::Result<()> {
        to.write_all(&self.bytes())
    }

    /// As it is sent.
    pub(super) fn bytes(&self) -> [u8; REPLY_BYTES] {
        let mut words = [0_u64; REPLY_WORDS];
        words[0] = self.player as u64;
        words[1] = self.replica as u64;
        self.news.encode(&mut words[2..]);
        let mut out = [0; REPLY_BYTES];
        for (bytes, word) in out.chunks_exact_mut(8).zip(&words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        out
    }

    /// An unknown message is an error, which the conductor reports as ours.
    pub(super) fn receive(from: &mut impl Read) -> std::io::Result<Self> {
        let mut raw = [0; REPLY_BYTES];
        from.read_exact(&mut raw)?;
        let mut words = [0; REPLY_WORDS];
        for (word, bytes) in words.iter_mut().zip(raw.chunks_exact(8)) {
            *word = little_endian(bytes);
        }
        let news = News::decode(&words[2..]).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Self {
            player: words[0] as usize,
            replica: words[1] as usize,
            news,
        })
    }
}

impl News {
    fn encode(&self, out: &mut [u64]) {
        match self {
            Self::Born(step) => out[..2].copy_from_slice(&[0, *step as u64]),
            Self::Unfit(what, errno) => {
                out[..3].copy_from_slice(&[1, *what as u64, from_i32(errno.0)]);
            }
            Self::Forked(step, pid) => {
                out[..3].copy_from_slice(&[2, *step as u64, from_i32(*pid)]);
            }
            Self::Done(step, seen) => {
                out[..2].copy_from_slice(&[3, *step as u64]);
                observation::encode(seen, &mut out[2..]);
            }
            Self::Lacks(line) => {
                out[0] = 5;
                observation::encode_line(line, &mut out[1..]);
            }
            Self::Panicked(line) => {
                out[0] = 6;
                observation::encode_line(line, &mut out[1..]);
            }
            Self::Fault(code, address) => {
                out[..4].copy_from_slice(&[4, 0, from_i32(*code), *address]);
            }
        }
    }

    fn decode(words: &[u64]) -> Option<Self> {
        Some(match words[0] {
            0 => Self::Born(words[1] as usize),
            1 => {
                let what = Unfit::ALL
                    .into_iter()
                    .find(|what| *what as u64 == words[1])?;
                Self::Unfit(what, Errno(to_i32(words[2])))
            }
            2 => Self::Forked(words[1] as usize, to_i32(words[2])),
            3 => Self::Done(words[1] as usize, observation::decode(&words[2..])?),
            4 => Self::Fault(to_i32(words[2]), words[3]),
            5 => Self::Lacks(observation::decode_line(&words[1..])),
            6 => Self::Panicked(observation::decode_line(&words[1..])),
            _ => return None,
        })
    }
}
