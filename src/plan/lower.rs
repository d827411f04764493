//! Scenario × target → cases.

use super::facts::Facts;
use super::matrix::{Row, rows};
use super::needs::needs;
use super::{Actor, At, Call, Case, Expect, Fill, Key, Place, Seg, StatFields, Step, Target};
use crate::abi::number;
use crate::scenario::{
    self, Act, Amount, Ctl, Finds, Flags, Requirement, Ret, Scenario, Seen, Touch,
};

/// Left for the kernel and everybody else when a case asks for memory.
const RESERVE: u64 = 4 << 20;

/// Room that a process of the cast takes: page tables, stack, kernel structures.
const PROCESS: u64 = 192 << 10;

/// The cases of a scenario on this target, in the order they are to run.
#[must_use]
pub fn expand(scenario: &Scenario, facts: &Facts) -> Vec<Case> {
    let needs = needs(scenario);
    rows(&scenario.axes)
        .iter()
        .map(|row| case(scenario, facts, row, &needs))
        .collect()
}

fn case(scenario: &Scenario, facts: &Facts, row: &Row<'_>, needs: &[Vec<usize>]) -> Case {
    let lower = Lower {
        scenario,
        facts,
        row,
    };
    let steps = scenario.steps.iter().zip(needs).map(|(step, needs)| {
        let (call, expect) = lower.act(&step.act);
        Step {
            actor: step.actor,
            call,
            expect,
            needs: needs.clone(),
        }
    });
    let mut keys = (0, vec![]);
    for step in &scenario.steps {
        match step.act {
            Act::Shmget(scenario::Shmget {
                key: Key::Unique(n),
                ..
            }) => keys.0 = keys.0.max(n + 1),
            Act::Shmget(scenario::Shmget {
                key: Key::Raw(n), ..
            }) => keys.1.push(n),
            _ => {}
        }
    }
    let (unique_keys, mut raw_keys) = keys;
    raw_keys.sort_unstable();
    raw_keys.dedup();
    Case {
        row: row.name(),
        skip: lower.skip(),
        flaw: lower.flaw(),
        crowd: row.crowd.unwrap_or(1) as usize,
        actors: scenario
            .actors
            .iter()
            .map(|actor| Actor {
                name: actor.name.clone(),
                user: actor.user,
                forked: actor.born.is_some(),
            })
            .collect(),
        objects: scenario.objects.len(),
        maps: scenario.maps.len(),
        unique_keys,
        raw_keys,
        steps: steps.collect(),
    }
}

/// What turns a step of the model into one of this case.
struct Lower<'a> {
    scenario: &'a Scenario,
    facts: &'a Facts,
    row: &'a Row<'a>,
}

impl Lower<'_> {
    /// Bytes; a size beyond 64 bits is clamped, and [`Self::skip`] reports it.
    fn bytes(&self, amount: Amount) -> u64 {
        let size = match amount {
            Amount::Fixed(size) => Some(size),
            Amount::Each => self.row.size,
        };
        size.and_then(|size| size.bytes(self.facts.page))
            .unwrap_or(u64::MAX)
    }

    fn flags(&self, flags: Flags, axis: Option<&scenario::FlagSet>) -> i32 {
        flags.bits
            | if flags.each {
                axis.map_or(0, |set| set.bits)
            } else {
                0
            }
    }

    /// Bytes of the segment behind an attachment.
    fn mapped(&self, map: usize) -> u64 {
        self.bytes(self.scenario.objects[self.scenario.maps[map].object].size)
    }

    fn act(&self, act: &Act) -> (Call, Expect) {
        match act {
            Act::Shmget(call) => self.shmget(call),
            Act::Shmat(call) => self.shmat(call),
            Act::Shmdt(target, ret) => {
                let target = match target {
                    scenario::Target::Map(map) => Target::Map(*map),
                    scenario::Target::At(at) => Target::At(*at),
                };
                (Call::Shmdt(target), zero(*ret))
            }
            Act::Shmctl(call) => {
                let expect = match &call.expect {
                    Ctl::Ok => Expect::Zero,
                    Ctl::Err(errno) => Expect::Fails(*errno),
                    Ctl::Stat(stat) => Expect::Stat(self.stat(stat)),
                };
                (
                    Call::Shmctl {
                        seg: seg(call.seg),
                        cmd: call.cmd,
                        good_buffer: call.good_buffer,
                    },
                    expect,
                )
            }
            Act::Write(place, fill, touch) => {
                let length = self.span(*place, fill);
                let expect = match touch {
                    Touch::Ok => Expect::Stored,
                    Touch::Killed(signal) => Expect::Killed(*signal),
                };
                (
                    Call::Store {
                        place: *place,
                        fill: fill.clone(),
                        length,
                    },
                    expect,
                )
            }
            Act::Read(place, seen) => {
                let (against, expect) = match seen {
                    Seen::Bytes(fill) => (fill.clone(), Expect::Saw(fill.clone())),
                    Seen::Killed(signal) => (Fill::Zeros, Expect::Killed(*signal)),
                };
                (
                    Call::Load {
                        place: *place,
                        length: self.span(*place, &against),
                        against,
                    },
                    expect,
                )
            }
            Act::Fork(child, _) => (Call::Fork(*child), Expect::Child),
            Act::Exit => (Call::Exit, Expect::Exits),
        }
    }

    fn shmget(&self, call: &scenario::Shmget) -> (Call, Expect) {
        let (object, expect) = match (call.expect, call.finds) {
            (Ret::Err(errno), _) => (None, Expect::Fails(errno)),
            (Ret::Ok, Finds::New(object)) => (Some(object), Expect::NewId),
            (Ret::Ok, Finds::Known(object)) => (Some(object), Expect::SameId),
            // check.rs makes every success a new or a known one.
            (Ret::Ok, Finds::Nothing) => (None, Expect::NewId),
        };
        // Nine bits, see check.rs.
        let mode = (call.mode & 0o777) as i32;
        let flags = self.flags(call.flags, self.row.get) | mode;
        (
            Call::Shmget {
                key: call.key,
                size: self.bytes(call.size),
                flags,
                object,
            },
            expect,
        )
    }

    fn shmat(&self, call: &scenario::Shmat) -> (Call, Expect) {
        let flags = self.flags(call.flags, self.row.attach);
        let expect = match (call.expect, call.at) {
            (Ret::Err(errno), _) => Expect::Fails(errno),
            (Ret::Ok, At::Anywhere) => Expect::AddressMultipleOf(self.facts.page),
            (Ret::Ok, _) if flags & number::SHM_RND != 0 => {
                Expect::AddressRoundedTo(self.facts.shmlba)
            }
            (Ret::Ok, _) => Expect::AddressAsAsked,
        };
        let length = match call.seg {
            scenario::Seg::Bound { object, .. } => self.bytes(self.scenario.objects[object].size),
            scenario::Seg::Raw(_) => self.facts.page,
        };
        (
            Call::Shmat {
                seg: seg(call.seg),
                at: call.at,
                flags,
                map: call.binds,
                length,
            },
            expect,
        )
    }

    fn stat(&self, stat: &scenario::Stat) -> StatFields {
        StatFields {
            segsz: stat.segsz.map(|amount| self.bytes(amount)),
            mode: stat.mode,
            nattch: stat.nattch,
            uid: stat.uid,
            gid: stat.gid,
            cuid: stat.cuid,
            cgid: stat.cgid,
        }
    }

    /// How many bytes a fill covers from `place` on.
    fn span(&self, place: Place, fill: &Fill) -> u64 {
        match fill {
            Fill::Text(text) => text.len() as u64,
            Fill::Zeros | Fill::Pattern(_) => self.mapped(place.map).saturating_sub(place.offset),
        }
    }

    /// Why this case cannot be run here.
    fn skip(&self) -> Option<String> {
        if !self.facts.sysvipc {
            return Some(
                "needs System V IPC; the kernel answers ENOSYS: CONFIG_SYSVIPC is not set"
                    .to_owned(),
            );
        }
        self.scenario
            .requires
            .iter()
            .find_map(|need| self.unmet(need))
            .or_else(|| self.memory())
    }

    /// A load or store beyond the end of its segment, or of nothing, which would pass
    /// whatever the kernel does.
    fn flaw(&self) -> Option<String> {
        self.scenario.steps.iter().find_map(|step| {
            let (place, span) = match &step.act {
                Act::Write(place, fill, _) => (*place, self.span(*place, fill)),
                Act::Read(place, Seen::Bytes(fill)) => (*place, self.span(*place, fill)),
                _ => return None,
            };
            let size = self.mapped(place.map);
            let inside = span > 0
                && place
                    .offset
                    .checked_add(span)
                    .is_some_and(|end| end <= size);
            (!inside).then(|| {
                let (line, at) = (step.line, place.offset);
                format!(
                    "line {line}: {span} bytes at offset {at} do not lie in a segment of {size}"
                )
            })
        })
    }

    fn unmet(&self, need: &Requirement) -> Option<String> {
        let facts = self.facts;
        match need {
            Requirement::Root if facts.root => None,
            Requirement::Root => Some("needs root, to become other users".to_owned()),
            Requirement::Kernel(major, minor) => {
                let (here, sub) = facts.kernel;
                ((here, sub) < (*major, *minor))
                    .then(|| format!("needs Linux {major}.{minor}, this is {here}.{sub}"))
            }
            Requirement::Arch(list) => (!list.contains(&facts.arch)).then(|| {
                format!(
                    "needs the ABI {}, this is {}",
                    list.join(" or "),
                    facts.arch
                )
            }),
        }
    }

    fn memory(&self) -> Option<String> {
        let crowd = u64::from(self.row.crowd.unwrap_or(1));
        let segments =
            (0..self.scenario.objects.len()).filter(|object| self.touches_all_of(*object));
        let sizes = segments.map(|object| self.bytes(self.scenario.objects[object].size));
        let bytes = sizes.fold(0, u64::saturating_add);
        if self
            .scenario
            .objects
            .iter()
            .any(|object| self.bytes(object.size) > self.facts.largest_size)
        {
            return Some("a size of this row does not fit the size_t of this ABI".to_owned());
        }
        let cast = PROCESS * self.scenario.actors.len() as u64;
        let need = bytes.saturating_add(cast).saturating_mul(crowd);
        let free = self.facts.free?;
        (need.saturating_add(RESERVE) > free).then(|| {
            format!(
                "needs {} KiB of memory, {} KiB are free",
                need >> 10,
                free >> 10
            )
        })
    }

    fn touches_all_of(&self, object: usize) -> bool {
        self.scenario.steps.iter().any(|step| match &step.act {
            Act::Write(place, Fill::Pattern(_) | Fill::Zeros, _)
            | Act::Read(place, Seen::Bytes(Fill::Pattern(_) | Fill::Zeros)) => {
                self.scenario.maps[place.map].object == object
            }
            _ => false,
        })
    }
}

fn seg(seg: scenario::Seg) -> Seg {
    match seg {
        scenario::Seg::Bound { object, .. } => Seg::Object(object),
        scenario::Seg::Raw(id) => Seg::Raw(id),
    }
}

fn zero(ret: Ret) -> Expect {
    match ret {
        Ret::Ok => Expect::Zero,
        Ret::Err(errno) => Expect::Fails(errno),
    }
}
