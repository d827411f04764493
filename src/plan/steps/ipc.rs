//! The four calls, and ipc(2).

use super::{Planned, returns_a_number};
use crate::abi::{EXECUTABLE, Errno, Field, number};
use crate::plan::environment::{group, may_lock};
use crate::plan::lower::Lower;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{self, Expect, Facts, Is};
use crate::scenario::{
    self, Act, At, Buf, Command, Finds, Ipc, Key, Seg, Shmctl, Shmget, Step, Target,
};

impl Lower<'_> {
    pub(in crate::plan) fn ipc(&mut self, step: &Ipc) -> plan::Ipc {
        match step {
            Ipc::Shmget(call) => plan::Ipc::Shmget {
                key: call.key,
                size: self.size(call.size),
                // Nine bits, see the checker.
                flags: call.flags | (call.mode & 0o777) as i32,
                object: match call.finds {
                    Finds::New(object) | Finds::Known(object) | Finds::Either(object) => {
                        Some(object)
                    }
                    Finds::Nothing => None,
                },
                entry: call.entry,
                thread: call.thread,
            },
            Ipc::Shmat(call) => plan::Ipc::Shmat {
                seg: call.seg,
                at: self.at(call.at),
                flags: call.flags,
                map: call.binds,
                length: call
                    .seg
                    .object()
                    .map_or(self.facts.units.page, |(object, _)| {
                        self.bytes(self.play.objects[object].size)
                    }),
                entry: call.entry,
                thread: call.thread,
            },
            Ipc::Shmdt {
                target,
                entry,
                thread,
            } => plan::Ipc::Shmdt {
                target: match target {
                    Target::Map(map) => Target::Map(*map),
                    Target::At(at) => Target::At(self.at(*at)),
                },
                entry: *entry,
                thread: *thread,
            },
            Ipc::Shmctl(call) => plan::Ipc::Shmctl {
                seg: call.seg,
                cmd: call.cmd,
                buf: call.buf,
                label: call.label,
                entry: call.entry,
                thread: call.thread,
            },
            Ipc::Multiplexed(call) => plan::Ipc::Multiplexed(*call),
        }
    }
}

impl Planned for Ipc {
    fn success(&self, facts: &Facts) -> Expect {
        match self {
            Self::Shmget(call) => match call.finds {
                Finds::New(_) | Finds::Nothing => Expect::NewId,
                Finds::Known(_) => Expect::SameId,
                Finds::Either(_) => Expect::AnyId,
            },
            Self::Shmat(call) => match call.at {
                At::Anywhere => Expect::AddressMultipleOf(facts.units.page),
                _ if call.flags & number::SHM_RND != 0 => {
                    Expect::AddressRoundedTo(facts.units.shmlba)
                }
                _ => Expect::AddressAsAsked,
            },
            // SHM_STAT returns a shmid, IPC_INFO an index: what must it be? Not an error.
            Self::Shmctl(call) if returns_a_number(call.cmd) => {
                Expect::Fields(vec![(Field::Returned, Is::AtLeast(0))], vec![])
            }
            Self::Shmdt { .. } | Self::Shmctl(_) | Self::Multiplexed(_) => Expect::Zero,
        }
    }

    fn touches(&self, step: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::Shmget(call) => get(touch, call, step),
            Self::Shmat(call) => {
                touch.address(call.at, call.flags & number::SHM_REMAP != 0);
                match touch.named(call.seg) {
                    Some(object) => touch.changes(Facet::Attachments(object)),
                    None => touch.everything_attached(),
                }
                if let Some(map) = call.binds {
                    touch.changes(Facet::Mapping(map));
                }
            }
            Self::Shmdt { target, .. } => match target {
                Target::Map(map) => {
                    touch.looks(Facet::Mapping(*map));
                    touch.remaps(*map);
                }
                Target::At(at) => touch.address(*at, true),
            },
            Self::Shmctl(call) => control(touch, call),
            Self::Multiplexed(ipc) => {
                if let Some(object) = touch.named(ipc.seg) {
                    touch.changes(Facet::Attachments(object));
                }
            }
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Shmat(call) if call.flags & number::SHM_EXEC != 0 => &[EXECUTABLE],
            Self::Shmget(_)
            | Self::Shmat(_)
            | Self::Shmdt { .. }
            | Self::Shmctl(_)
            | Self::Multiplexed(_) => &[],
        }
    }

    fn lacks(&self, step: &Step, facts: &Facts) -> Option<String> {
        /// The same on every architecture (include/uapi/asm-generic/errno-base.h).
        const EPERM: Errno = Errno(1);
        let forbidden = step
            .expect
            .any(&|one| matches!(one, scenario::Expect::Err(EPERM)));
        match self {
            // Who may not have huge pages by capability has them by group, or not.
            Self::Shmget(call)
                if call.flags & number::SHM_HUGETLB != 0 && (forbidden || !may_lock(facts)) =>
            {
                group(facts)
            }
            Self::Shmat(call) if call.at == At::Page0 && forbidden => {
                let why = "needs vm.mmap_min_addr above 0 (CONFIG_DEFAULT_MMAP_MIN_ADDR)";
                (facts.min_address == Some(0)).then(|| why.to_owned())
            }
            Self::Shmctl(call) if matches!(call.cmd, Command::Set { .. }) && !facts.ids_mapped => {
                let why = "needs a user id that IPC_SET can name, ours is not mapped in this user namespace";
                Some(why.to_owned())
            }
            Self::Shmget(_)
            | Self::Shmat(_)
            | Self::Shmdt { .. }
            | Self::Shmctl(_)
            | Self::Multiplexed(_) => None,
        }
    }

    fn detaches(&self) -> bool {
        match self {
            Self::Shmat(call) => call.flags & number::SHM_REMAP != 0,
            Self::Shmdt { .. } => true,
            Self::Shmget(_) | Self::Shmctl(_) | Self::Multiplexed(_) => false,
        }
    }
}

/// What a shmget finds or makes, or that it does not.
fn get(touch: &mut Touch<'_>, call: &Shmget, step: &Step) {
    let exact = step
        .expect
        .any(&|one| matches!(one, scenario::Expect::Fields(_)));
    if exact || touch.sets_limits() {
        touch.all_segments();
    }
    // Whoever had the key before has it no more, or still.
    for other in &touch.play.steps {
        if let Act::Ipc(Ipc::Shmget(before)) = &other.act
            && let Finds::New(object) | Finds::Either(object) = before.finds
            && before.key == call.key
            && call.key != Key::Private
        {
            touch.looks(Facet::Existence(object));
        }
    }
    match call.finds {
        Finds::New(object) | Finds::Either(object) => {
            touch.changes(Facet::Existence(object));
            touch.changes(Facet::Rights(object));
            touch.changes(Facet::Attachments(object));
        }
        Finds::Known(object) => touch.alive(object),
        Finds::Nothing => {}
    }
}

fn control(touch: &mut Touch<'_>, call: &Shmctl) {
    if let Buf::At(map) = call.buf {
        touch.looks(Facet::Mapping(map));
        // The answer is written there; what no segment is has no contents of its own here.
        match touch.play.maps[map].object {
            Some(object) => touch.changes(Facet::Contents(object)),
            None => touch.changes(Facet::Mapping(map)),
        }
    }
    touch.keeps(call.label);
    if matches!(call.cmd, Command::Info | Command::Usage) {
        touch.all_segments();
    }
    let Some(object) = touch.named(call.seg) else {
        if let (Command::Plain(number::IPC_RMID), Seg::Raw(0..)) = (call.cmd, call.seg) {
            for object in 0..touch.play.objects.len() {
                touch.changes(Facet::Existence(object));
            }
        }
        return;
    };
    match call.cmd {
        Command::Plain(number::IPC_RMID) => touch.changes(Facet::Existence(object)),
        Command::Plain(number::SHM_LOCK | number::SHM_UNLOCK) | Command::Set { .. } => {
            touch.changes(Facet::Rights(object));
        }
        // Commands that only tell, and numbers that mean nothing, change nothing.
        Command::Plain(_) | Command::Stat(_) | Command::Info | Command::Usage => {}
    }
}
