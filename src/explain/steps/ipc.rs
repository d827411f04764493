//! The four calls and ipc(2), as what an actor does.

use crate::abi::number;
use crate::explain::flags::{ATTACH, GET, and, with};
use crate::explain::names::{Names, entry, mode};
use crate::scenario::{
    At, Buf, Command, Expect, Finds, Ipc, Key, Multiplexed, Seg, Shmat, Shmctl, Shmget, Target,
};

/// Whether a step can only succeed. What may fail is tried.
fn certain(expect: &Expect) -> bool {
    !expect.any(&|one| matches!(one, Expect::Err(_)))
}

/// `creates` or `tries to create`.
fn verb(expect: &Expect, tries: &str, does: &str) -> String {
    if certain(expect) {
        does.to_owned()
    } else {
        format!("tries to {tries}")
    }
}

impl Names<'_> {
    /// What an actor does in the step with this index.
    pub(super) fn ipc(self, index: usize, step: &Ipc, expect: &Expect) -> String {
        match step {
            Ipc::Shmget(call) => self.shmget(index, call, expect),
            Ipc::Shmat(call) => self.shmat(call, expect),
            Ipc::Shmdt {
                target,
                entry: way,
                thread,
            } => format!("{}{}", self.shmdt(*target, expect), entry(*way, *thread)),
            Ipc::Shmctl(call) => self.shmctl(call, expect),
            Ipc::Multiplexed(call) => self.multiplexed(*call),
        }
    }

    fn shmget(self, step: usize, call: &Shmget, expect: &Expect) -> String {
        let size = call.size;
        let rights = format!(
            "mode {}{}",
            mode(call.mode),
            and(call.flags & !number::IPC_CREAT, GET)
        );
        let what = match call.key {
            Key::Private => {
                let does = verb(expect, "create", "creates");
                format!("{does} a private segment of {size} with {rights}")
            }
            key @ (Key::Unique(_) | Key::Raw(_)) => {
                let key = self.key(key);
                if call.flags & number::IPC_CREAT == 0 {
                    format!("looks for the segment under {key}, asking for {size} with {rights}")
                } else {
                    let does = match call.finds {
                        Finds::New(_) | Finds::Nothing => verb(expect, "create", "creates"),
                        Finds::Known(_) | Finds::Either(_) => {
                            verb(expect, "find or create", "finds or creates")
                        }
                    };
                    format!("{does} a segment of {size} under {key} with {rights}")
                }
            }
        };
        let named = self
            .bound(step)
            .map_or_else(String::new, |name| format!(", and calls it {name}"));
        format!("{what}{}{named}", entry(call.entry, call.thread))
    }

    fn shmat(self, call: &Shmat, expect: &Expect) -> String {
        let does = verb(expect, "attach", "attaches");
        let at = match call.at {
            At::Anywhere => String::new(),
            at => format!(" at {}", self.at(at)),
        };
        let flags = with(call.flags, ATTACH);
        let comma = if at.is_empty() || flags.is_empty() {
            ""
        } else {
            ","
        };
        let named = call.binds.map_or_else(String::new, |map| {
            format!(", and calls it {}", self.map(map))
        });
        let (seg, way) = (self.seg(call.seg), entry(call.entry, call.thread));
        format!("{does} {seg}{at}{comma}{flags}{way}{named}")
    }

    fn shmdt(self, target: Target, expect: &Expect) -> String {
        let what = match target {
            Target::Map(map) => self.map(map),
            Target::At(at) => format!("what is attached at {}", self.at(at)),
        };
        let does = verb(expect, "detach", "detaches");
        format!("{does} {what}")
    }

    fn shmctl(self, call: &Shmctl, expect: &Expect) -> String {
        let seg = self.seg(call.seg);
        let what = match call.cmd {
            Command::Stat(number::IPC_STAT) => format!("asks about {seg} by IPC_STAT"),
            Command::Stat(number::SHM_STAT) => {
                format!("asks about {} by SHM_STAT", self.index(call.seg))
            }
            Command::Stat(number::SHM_STAT_ANY) => {
                format!("asks about {} by SHM_STAT_ANY", self.index(call.seg))
            }
            Command::Stat(other) => format!("asks about {seg} by command {other}"),
            Command::Set {
                mode: bits,
                uid,
                gid,
            } => {
                let id = |kind: &str, id: Option<u32>| match id {
                    Some(id) => format!("{kind} {id}"),
                    None => format!("the caller's own {kind}"),
                };
                format!(
                    "{} {seg} to mode {}, {} and {} by IPC_SET",
                    verb(expect, "set", "sets"),
                    mode(bits),
                    id("user", uid),
                    id("group", gid)
                )
            }
            Command::Info => "asks for the limits by IPC_INFO".to_owned(),
            Command::Usage => "asks what all segments use together by SHM_INFO".to_owned(),
            Command::Plain(number::IPC_RMID) => {
                format!("{} {seg}", verb(expect, "remove", "removes"))
            }
            Command::Plain(number::SHM_LOCK) => {
                format!(
                    "{} {seg} in memory by SHM_LOCK",
                    verb(expect, "lock", "locks")
                )
            }
            Command::Plain(number::SHM_UNLOCK) => {
                format!("{} {seg} by SHM_UNLOCK", verb(expect, "unlock", "unlocks"))
            }
            Command::Plain(other) => format!("calls shmctl on {seg} with command number {other}"),
        };
        let buf = match call.buf {
            Buf::Good => String::new(),
            Buf::Bad => ", with a buffer at an address that is never mapped".to_owned(),
            Buf::Null => ", with NULL as its buffer".to_owned(),
            Buf::At(map) => format!(", with {} as its buffer", self.map(map)),
        };
        let way = entry(call.entry, call.thread);
        format!("{what}{buf}{way}{}", self.keeps(call.label))
    }

    fn multiplexed(self, ipc: Multiplexed) -> String {
        let (call, version) = (ipc.call & 0xffff, ipc.call >> 16);
        let version = match version {
            0 => String::new(),
            n => format!(" of version {n}"),
        };
        let first = match ipc.seg {
            Seg::Raw(number) => number.to_string(),
            seg => self.seg(seg),
        };
        let second = ipc.second;
        format!(
            "makes call {call}{version} of ipc(2) with the arguments {first} and {second}, and a \
             pointer that is never mapped"
        )
    }
}

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: &Ipc) -> &'static str {
    match step {
        Ipc::Shmget(call) => match call.finds {
            Finds::New(_) | Finds::Nothing => "return a new shmid",
            Finds::Known(_) => "return the shmid that the segment has",
            Finds::Either(_) => "return the one shmid of the segment",
        },
        Ipc::Shmat(call) => mapped(call.at, call.flags & number::SHM_RND != 0),
        Ipc::Shmdt { .. } | Ipc::Multiplexed(_) => "return 0",
        // SHM_STAT returns a shmid, IPC_INFO an index.
        Ipc::Shmctl(call) => match call.cmd {
            Command::Stat(number::IPC_STAT) | Command::Set { .. } | Command::Plain(_) => "return 0",
            Command::Stat(_) | Command::Info | Command::Usage => "return at least 0",
        },
    }
}

/// Where a mapping must lie.
pub(super) fn mapped(at: At, rounded: bool) -> &'static str {
    match at {
        At::Anywhere => "return an address, a multiple of the page size",
        _ if rounded => "return that address, rounded down to a multiple of SHMLBA",
        _ => "return just that address",
    }
}
