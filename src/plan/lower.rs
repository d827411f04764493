//! Play × target → case.

use super::facts::Facts;
use super::needs::needs;
use super::skip;
use super::{Call, Case, Expect, Is, Player, Spot, Step};
use crate::abi::{Field, number};
use crate::scenario::{self, Act, At, Command, Finds, Key, Place, Play, Relation, Size, World};

/// What a play comes to on this target.
#[must_use]
pub fn case(play: &Play, facts: &Facts) -> Case {
    let lower = Lower { play, facts };
    let steps: Vec<Step> = play
        .steps
        .iter()
        .zip(needs(play))
        .map(|(step, needs)| Step {
            actor: step.actor,
            call: lower.call(&step.act, &step.expect),
            expect: lower.expect(&step.act, &step.expect),
            needs,
        })
        .collect();
    let (players, actors) = players(play, facts);
    let (unique_keys, raw_keys) = keys(play);
    let mut sysctls: Vec<String> = Vec::new();
    for step in &play.steps {
        if let Act::World(World::WriteSysctl(name, _)) = &step.act {
            sysctls.push(name.clone());
        }
    }
    Case {
        skip: skip::skip(play, facts),
        flaw: skip::flaw(play, facts, &steps),
        crowd: play.crowd as usize,
        players,
        actors,
        objects: play.objects.len(),
        maps: play
            .maps
            .iter()
            .map(|map| lower.bytes(map.length))
            .collect(),
        labels: play.labels.len(),
        unique_keys,
        raw_keys,
        sysctls,
        groups: play
            .steps
            .iter()
            .any(|step| matches!(step.act, Act::World(World::Cgroup(_)))),
        sets_clock: play.steps.iter().any(|step| match step.act {
            Act::World(World::SetClock(_)) => true,
            Act::World(World::Tick) => facts.own_machine,
            _ => false,
        }),
        index_bits: facts.index_bits,
        shares_locks: facts.shares_locks(),
        steps,
        blocks: play.blocks.clone(),
        loops: play.loops.clone(),
        units: facts.units,
    }
}

/// The processes of the cast, and where those of each actor begin.
fn players(play: &Play, facts: &Facts) -> (Vec<Player>, Vec<(usize, usize)>) {
    let (mut players, mut actors) = (Vec::new(), Vec::new());
    for actor in &play.actors {
        actors.push((players.len(), actor.count as usize));
        for _ in 0..actor.count {
            players.push(Player {
                name: actor.name.clone(),
                user: facts.user(&actor.user),
                forked: actor.born.is_some(),
            });
        }
    }
    (players, actors)
}

/// How many keys are unique to the case, and which are fixed.
fn keys(play: &Play) -> (usize, Vec<i32>) {
    let (mut unique, mut raw) = (0, Vec::new());
    for step in &play.steps {
        if let Act::Shmget(call) = &step.act {
            match call.key {
                Key::Unique(n) => unique = unique.max(n + 1),
                Key::Raw(n) => raw.push(n),
                Key::Private => {}
            }
        }
        for (_, relation) in step.expect.relations() {
            if let Relation::KeyOf(Key::Unique(n)) = relation {
                unique = unique.max(n + 1);
            }
        }
    }
    raw.sort_unstable();
    raw.dedup();
    (unique, raw)
}

/// What turns a step of the play into one of the case.
struct Lower<'a> {
    play: &'a Play,
    facts: &'a Facts,
}

impl Lower<'_> {
    /// Bytes; a size that the target has not is as large as can be, and the case is skipped.
    fn bytes(&self, size: Size) -> u64 {
        size.bytes(&self.facts.units).unwrap_or(u64::MAX)
    }

    fn spot(&self, place: Place) -> Spot {
        Spot {
            map: place.map,
            offset: self.bytes(place.offset),
        }
    }

    /// How many bytes a fill covers from `place` on.
    fn span(&self, place: Place, length: Option<Size>, fill: &scenario::Fill) -> u64 {
        if let Some(length) = length {
            return self.bytes(length);
        }
        match fill {
            scenario::Fill::Text(text) => text.len() as u64,
            scenario::Fill::Code(_) => 16,
            scenario::Fill::Zeros | scenario::Fill::Pattern(_) => {
                let length = self.bytes(self.play.maps[place.map].length);
                length.saturating_sub(self.bytes(place.offset))
            }
        }
    }

    fn call(&self, act: &Act, expect: &scenario::Expect) -> Call {
        match act {
            Act::Shmget(call) => Call::Shmget {
                key: call.key,
                size: self.bytes(call.size),
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
            Act::Shmat(call) => Call::Shmat {
                seg: call.seg,
                at: call.at,
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
            Act::Shmdt {
                target,
                entry,
                thread,
            } => Call::Shmdt {
                target: *target,
                entry: *entry,
                thread: *thread,
            },
            Act::Shmctl(call) => Call::Shmctl {
                seg: call.seg,
                cmd: call.cmd,
                buf: call.buf,
                label: call.label,
                entry: call.entry,
                thread: call.thread,
            },
            Act::Ipc(ipc) => Call::Ipc(*ipc),
            Act::World(world) => Call::World(world.clone()),
            Act::Fork(child) => Call::Fork(*child),
            Act::Exit => Call::Exit,
            Act::Kill(whom, signal) => Call::Kill(*whom, *signal),
            Act::Claim(steps, counts) => {
                let asked = steps.first().map(|first| &self.play.steps[*first].act);
                let counts = asked.map_or(Expect::Zero, |act| self.expect(act, counts));
                Call::Claim(steps.clone(), Box::new(counts))
            }
            _ => self.touch(act, expect),
        }
    }

    fn touch(&self, act: &Act, expect: &scenario::Expect) -> Call {
        match act {
            Act::Write(place, length, fill) => Call::Store {
                place: self.spot(*place),
                length: self.span(*place, *length, fill),
                fill: fill.clone(),
            },
            Act::Read(place, length) => {
                let against = self.compared(expect);
                Call::Load {
                    place: self.spot(*place),
                    length: self.span(*place, *length, &against),
                    against,
                }
            }
            Act::Execute(place) => Call::Execute(self.spot(*place)),
            Act::Poke(place, door) => Call::Poke(self.spot(*place), *door),
            Act::Peek(place, door) => Call::Peek(self.spot(*place), *door),
            Act::Produce(map, passes) => Call::Produce(*map, self.lanes(*map), *passes),
            Act::Consume(map, passes) => Call::Consume(*map, self.lanes(*map), *passes),
            _ => unreachable!("this touches no memory"),
        }
    }

    /// What a load is compared with; one that must kill is compared with zeros.
    fn compared(&self, expect: &scenario::Expect) -> scenario::Fill {
        match self.chosen(expect) {
            scenario::Expect::Bytes(fill) => fill.clone(),
            _ => scenario::Fill::Zeros,
        }
    }

    /// How many lanes a mapping has: one for each process that writes to it.
    fn lanes(&self, map: usize) -> usize {
        let object = self.play.maps[map].object;
        let same = |other: usize| {
            other == map || object.is_some() && self.play.maps[other].object == object
        };
        let writers = self.play.steps.iter().filter_map(|step| match step.act {
            Act::Produce(other, _) | Act::Consume(other, _) if same(other) => {
                Some(self.play.actors[step.actor].count as usize)
            }
            _ => None,
        });
        writers.max().unwrap_or(1)
    }

    /// The form of an expectation that holds on this target.
    fn chosen<'e>(&self, expect: &'e scenario::Expect) -> &'e scenario::Expect {
        match expect {
            scenario::Expect::Depends(on, otherwise) => {
                let branch = on.iter().find(|branch| self.facts.meets(&branch.when));
                self.chosen(branch.map_or(otherwise, |branch| &branch.expect))
            }
            other => other,
        }
    }

    fn expect(&self, act: &Act, expect: &scenario::Expect) -> Expect {
        match self.chosen(expect) {
            scenario::Expect::Ok => self.success(act),
            scenario::Expect::Err(errno) => Expect::Fails(*errno),
            scenario::Expect::OneOf(all) => {
                Expect::OneOf(all.iter().map(|one| self.expect(act, one)).collect())
            }
            scenario::Expect::Depends(..) => unreachable!("chosen above"),
            scenario::Expect::Fields(fields) => self.fields(act, fields),
            scenario::Expect::Absent => Expect::Absent,
            scenario::Expect::Bytes(fill) => Expect::Saw(fill.clone()),
            scenario::Expect::Killed(death) => Expect::Killed(*death),
            scenario::Expect::Count(fewest, most) => Expect::Count(*fewest, *most),
        }
    }

    /// What `Ok` means for a call: more than "no error".
    fn success(&self, act: &Act) -> Expect {
        match act {
            Act::Shmget(call) => match call.finds {
                Finds::New(_) | Finds::Nothing => Expect::NewId,
                Finds::Known(_) => Expect::SameId,
                Finds::Either(_) => Expect::AnyId,
            },
            Act::Shmat(call) => match call.at {
                At::Anywhere => Expect::AddressMultipleOf(self.facts.units.page),
                _ if call.flags & number::SHM_RND != 0 => {
                    Expect::AddressRoundedTo(self.facts.units.shmlba)
                }
                _ => Expect::AddressAsAsked,
            },
            Act::World(World::Map { at, .. } | World::Remap { to: at, .. }) => match at {
                At::Anywhere => Expect::AddressMultipleOf(self.facts.units.page),
                _ => Expect::AddressAsAsked,
            },
            Act::Write(..) | Act::Poke(..) | Act::Produce(..) => Expect::Stored,
            Act::Consume(..) => Expect::Saw(scenario::Fill::Zeros),
            Act::Fork(_) => Expect::Child,
            Act::Exit => Expect::Exits,
            Act::Kill(_, signal) => Expect::Killed(crate::abi::Death::by(*signal, None)),
            Act::World(World::Exec) => Expect::Replaced,
            Act::World(World::Tick) => Expect::Ticked,
            Act::World(World::ProcPieces(..)) => Expect::SameAgain,
            // SHM_STAT returns a shmid, IPC_INFO an index: what must it be? Not an error.
            Act::Shmctl(call) if returns_a_number(call.cmd) => {
                Expect::Fields(vec![(Field::Returned, Is::AtLeast(0))], vec![])
            }
            _ => Expect::Zero,
        }
    }

    fn fields(&self, act: &Act, fields: &[(Field, scenario::Is)]) -> Expect {
        let mut relations = Vec::new();
        let mut lowered: Vec<(Field, Is)> = fields
            .iter()
            .map(|(field, is)| {
                let is = match is {
                    scenario::Is::Number(n) => Is::Number(narrow(*field, *n)),
                    scenario::Is::Size(size) => Is::Number(self.bytes(*size)),
                    scenario::Is::AtLeast(n) => Is::AtLeast(*n),
                    scenario::Is::AtMost(n) => Is::AtMost(*n),
                    scenario::Is::Not(n) => Is::Not(*n),
                    scenario::Is::To(relation) => {
                        relations.push((*field, *relation));
                        match relation {
                            Relation::Now => Is::Now,
                            Relation::Near(.., within) => Is::Near(*relation, *within),
                            Relation::After(_) => Is::Above(*relation),
                            _ => Is::Equal(*relation),
                        }
                    }
                };
                (*field, is)
            })
            .collect();
        // A command that returns 0 does so besides filling the buffer.
        let zero = matches!(act, Act::Shmctl(call) if !returns_a_number(call.cmd));
        if zero && fields.iter().all(|(field, _)| *field != Field::Returned) {
            lowered.push((Field::Returned, Is::Number(0)));
        }
        Expect::Fields(lowered, relations)
    }
}

/// Whether a command of shmctl returns a shmid or an index instead of 0.
fn returns_a_number(cmd: Command) -> bool {
    match cmd {
        Command::Stat(cmd) => cmd != number::IPC_STAT,
        Command::Info | Command::Usage => true,
        // As a number, with or without IPC_64.
        Command::Plain(cmd) => matches!(
            cmd & !IPC_64,
            number::IPC_INFO | number::SHM_INFO | number::SHM_STAT | number::SHM_STAT_ANY
        ),
        Command::Set { .. } => false,
    }
}

/// The bit of a command that asks for the current layout (include/uapi/linux/ipc.h).
const IPC_64: i32 = 0x100;

/// A number as its field has it: ids of 32 bits, the rest of 64.
fn narrow(field: Field, n: u64) -> u64 {
    match field {
        Field::Uid | Field::Gid | Field::Cuid | Field::Cgid | Field::Key => u64::from(n as u32),
        _ => n,
    }
}
