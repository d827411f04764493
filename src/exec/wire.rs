//! The messages between conductor and actors: a fixed number of words each, so
//! that a write to a pipe is atomic and neither side allocates around a call.

use super::slots::Slots;
use crate::abi::{Errno, Shmid, Signal};
use crate::observe::{Difference, Observation};
use std::io::{Read, Write};

/// Tells an actor to take some steps, one after the other, as long as they do what the
/// script builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Index of the first step in the case.
    pub(super) first: usize,
    /// Index of the one after the last.
    pub(super) end: usize,
    /// What is known so far.
    pub(super) slots: Slots,
}

/// What an actor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Who, index of the cast.
    pub(super) actor: usize,
    /// In which replica of it.
    pub(super) replica: usize,
    /// What there is to say.
    pub(super) news: News,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The actor lives and waits for orders; the step of the fork that bore it, or
    /// [`FROM_THE_START`].
    Born(usize),
    /// It cannot do its part; which preparation failed, and how.
    Unfit(Unfit, Errno),
    /// The parent of a new actor: the step, and the child's pid.
    Forked(usize, i32),
    /// This step came to this.
    Done(usize, Observation),
}

/// No step: the actor lives from the start of the case.
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
}

const REPLY_WORDS: usize = 15;

impl Order {
    /// One write, which a pipe keeps whole up to 4096 bytes.
    pub(super) fn send(&self, to: &mut impl Write) -> std::io::Result<()> {
        let words = [self.first as u64, self.end as u64]
            .into_iter()
            .chain(self.slots.words());
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
        self.first = buffer.words[0] as usize;
        self.end = buffer.words[1] as usize;
        self.slots.set(&buffer.words[2..]);
        Ok(())
    }
}

/// Room for an order, so that receiving one allocates nothing.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    words: Vec<u64>,
}

impl Buffer {
    pub(super) fn new(slots: &Slots) -> Self {
        let words = 2 + slots.words().count();
        Self {
            bytes: vec![0; words * 8],
            words: vec![0; words],
        }
    }
}

impl Reply {
    pub(super) fn send(&self, to: &mut impl Write) -> std::io::Result<()> {
        let mut words = [0_u64; REPLY_WORDS];
        words[0] = self.actor as u64;
        words[1] = self.replica as u64;
        words[2..].copy_from_slice(&self.news.encode());
        to.write_all(&bytes::<REPLY_WORDS, { REPLY_WORDS * 8 }>(&words))
    }

    /// An unknown message is an error, which the conductor reports as ours.
    pub(super) fn receive(from: &mut impl Read) -> std::io::Result<Self> {
        let words = words::<REPLY_WORDS, { REPLY_WORDS * 8 }>(from)?;
        let news = News::decode(&words[2..]).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Self {
            actor: words[0] as usize,
            replica: words[1] as usize,
            news,
        })
    }
}

impl News {
    fn encode(&self) -> [u64; REPLY_WORDS - 2] {
        let mut out = [0; REPLY_WORDS - 2];
        match self {
            Self::Born(step) => out[..2].copy_from_slice(&[0, *step as u64]),
            Self::Unfit(what, errno) => {
                out[..3].copy_from_slice(&[1, *what as u64, from_i32(errno.0)]);
            }
            Self::Forked(step, pid) => {
                out[..3].copy_from_slice(&[2, *step as u64, from_i32(*pid)]);
            }
            Self::Done(step, observation) => {
                out[..2].copy_from_slice(&[3, *step as u64]);
                encode(observation, &mut out[2..]);
            }
        }
        out
    }

    fn decode(words: &[u64]) -> Option<Self> {
        Some(match words[0] {
            0 => Self::Born(words[1] as usize),
            1 => {
                let all = [Unfit::User, Unfit::Inject, Unfit::Address, Unfit::Prepare];
                let what = all.into_iter().find(|what| *what as u64 == words[1])?;
                Self::Unfit(what, Errno(to_i32(words[2])))
            }
            2 => Self::Forked(words[1] as usize, to_i32(words[2])),
            3 => Self::Done(words[1] as usize, decode(&words[2..])?),
            _ => return None,
        })
    }
}

/// What an actor can see itself; deaths and time-outs are seen by the conductor.
fn encode(observation: &Observation, out: &mut [u64]) {
    use Observation as O;
    match observation {
        O::Id { id, .. } => out[..2].copy_from_slice(&[0, from_i32(*id)]),
        O::Address { address, asked } => out[..3].copy_from_slice(&[1, *address, *asked]),
        O::Returned(value) => out[..2].copy_from_slice(&[2, *value as u64]),
        O::Failed(errno) => out[..2].copy_from_slice(&[3, from_i32(errno.0)]),
        O::Stat(value, seen) => out[..9].copy_from_slice(&[
            4,
            *value as u64,
            seen.segsz,
            seen.mode.into(),
            seen.nattch,
            seen.uid.into(),
            seen.gid.into(),
            seen.cuid.into(),
            seen.cgid.into(),
        ]),
        O::Stored => out[0] = 5,
        O::Loaded(None) => out[0] = 6,
        O::Loaded(Some(difference)) => {
            out[..3].copy_from_slice(&[7, difference.offset, difference.count as u64]);
            out[3..5].copy_from_slice(&pair(&difference.seen));
            out[5..7].copy_from_slice(&pair(&difference.wanted));
        }
        O::Exited(status) => out[..2].copy_from_slice(&[8, from_i32(*status)]),
        O::Killed(Signal(signal)) => out[..2].copy_from_slice(&[9, from_i32(*signal)]),
        O::Forked | O::DeadBefore(_) | O::TimedOut(_) | O::Lost(_) => out[0] = u64::MAX,
    }
}

fn decode(words: &[u64]) -> Option<Observation> {
    use Observation as O;
    Some(match words[0] {
        0 => O::Id {
            id: to_i32(words[1]),
            known: None,
        },
        1 => O::Address {
            address: words[1],
            asked: words[2],
        },
        2 => O::Returned(words[1] as i64),
        3 => O::Failed(Errno(to_i32(words[1]))),
        4 => O::Stat(
            words[1] as i64,
            Shmid {
                segsz: words[2],
                mode: words[3] as u32,
                nattch: words[4],
                uid: words[5] as u32,
                gid: words[6] as u32,
                cuid: words[7] as u32,
                cgid: words[8] as u32,
            },
        ),
        5 => O::Stored,
        6 => O::Loaded(None),
        7 => O::Loaded(Some(Difference {
            offset: words[1],
            count: words[2].min(16) as usize,
            seen: unpair(&words[3..5]),
            wanted: unpair(&words[5..7]),
        })),
        8 => O::Exited(to_i32(words[1])),
        9 => O::Killed(Signal(to_i32(words[1]))),
        _ => return None,
    })
}

fn pair(bytes: &[u8; 16]) -> [u64; 2] {
    let word = u128::from_le_bytes(*bytes);
    [word as u64, (word >> 64) as u64]
}

fn unpair(words: &[u64]) -> [u8; 16] {
    (u128::from(words[0]) | u128::from(words[1]) << 64).to_le_bytes()
}

fn from_i32(value: i32) -> u64 {
    u64::from(value as u32)
}

fn to_i32(word: u64) -> i32 {
    word as u32 as i32
}

fn bytes<const WORDS: usize, const BYTES: usize>(words: &[u64; WORDS]) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    for (at, word) in words.iter().enumerate() {
        out[at * 8..at * 8 + 8].copy_from_slice(&word.to_le_bytes());
    }
    out
}

fn words<const WORDS: usize, const BYTES: usize>(
    from: &mut impl Read,
) -> std::io::Result<[u64; WORDS]> {
    let mut raw = [0; BYTES];
    from.read_exact(&mut raw)?;
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(raw.chunks_exact(8)) {
        *word = little_endian(bytes);
    }
    Ok(words)
}

fn little_endian(bytes: &[u8]) -> u64 {
    let from_top = bytes.iter().rev();
    from_top.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Buffer, News, Order, Reply, Slots, Unfit};
    use crate::abi::{Errno, Shmid, Signal};
    use crate::observe::{Difference, Observation as O};

    #[track_caller]
    fn check(news: News) {
        let reply = Reply {
            actor: 3,
            replica: 5,
            news,
        };
        let mut pipe = Vec::new();
        reply.send(&mut pipe).expect("memory");
        assert_eq!(Reply::receive(&mut &pipe[..]).expect("whole"), reply);
    }

    #[test]
    fn every_reply_survives_the_pipe() {
        check(News::Born(3));
        check(News::Unfit(Unfit::Inject, Errno(22)));
        check(News::Forked(2, 4711));
        let shmid = Shmid {
            segsz: 1 << 40,
            mode: 0o3600,
            nattch: 2,
            uid: u32::MAX,
            gid: 1,
            cuid: 2,
            cgid: 3,
        };
        let difference = Difference {
            offset: 1 << 33,
            count: 16,
            seen: [0xa5; 16],
            wanted: *b"0123456789abcdef",
        };
        for observation in [
            O::Id {
                id: -1,
                known: None,
            },
            O::Address {
                address: 0xb6f0_0000_0000,
                asked: 7,
            },
            O::Returned(-1),
            O::Failed(Errno(4095)),
            O::Stat(0, shmid),
            O::Stored,
            O::Loaded(None),
            O::Loaded(Some(difference)),
            O::Exited(0),
            O::Killed(Signal(11)),
        ] {
            check(News::Done(7, observation));
        }
    }

    #[test]
    fn an_order_survives_the_pipe() {
        let slots = Slots {
            shmids: vec![None, Some(0), Some(i32::MAX)],
            addresses: vec![u64::MAX, 0],
        };
        let order = Order {
            first: 9,
            end: 12,
            slots,
        };
        let mut pipe = Vec::new();
        order.send(&mut pipe).expect("memory");
        let mut received = Order {
            first: 0,
            end: 0,
            slots: Slots::new(3, 2),
        };
        let mut buffer = Buffer::new(&received.slots);
        received
            .receive(&mut &pipe[..], &mut buffer)
            .expect("whole");
        assert_eq!(received, order);
    }
}
