//! Play × target → case.

use super::facts::Facts;
use super::needs::needs;
use super::{At, Call, Case, Expect, Is, Player, Spot, Step, skip, steps};
use crate::abi::Field;
use crate::scenario::{
    self, Act, Clock, Credentials, Entry, Ipc, Key, Place, Play, Proc, Relation, Size,
};

/// What a play comes to on this target.
#[must_use]
pub fn case(play: &Play, facts: &Facts) -> Case {
    let mut lower = Lower {
        play,
        facts,
        most: 0,
        misfit: None,
    };
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
    let sysctls = play.steps.iter().filter_map(|step| match &step.act {
        Act::Proc(Proc::WriteSysctl(name, _)) => Some(name.clone()),
        _ => None,
    });
    Case {
        skip: skip::skip(play, facts, lower.misfit.as_deref()),
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
        sysctls: sysctls.collect(),
        groups: play
            .steps
            .iter()
            .any(|step| matches!(step.act, Act::Credentials(Credentials::Cgroup(_)))),
        sets_clock: play.steps.iter().any(|step| match step.act {
            Act::Clock(Clock::Set(_)) => true,
            Act::Clock(Clock::Tick) => facts.own_machine,
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
        if let Act::Ipc(Ipc::Shmget(call)) = &step.act {
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
pub(super) struct Lower<'a> {
    pub(super) play: &'a Play,
    pub(super) facts: &'a Facts,
    /// The largest size or address that the present step can pass.
    most: u64,
    /// Why a size or an address of a step cannot be passed; the first.
    misfit: Option<String>,
}

impl Lower<'_> {
    /// Bytes; a size that the target has not is as large as can be, and the case is skipped.
    pub(super) fn bytes(&self, size: Size) -> u64 {
        size.bytes(&self.facts.units).unwrap_or(u64::MAX)
    }

    /// The bytes of a size that a step passes to the kernel. One that this target has not is a
    /// misfit: cut to what it has, another call would be tested.
    pub(super) fn size(&mut self, size: Size) -> u64 {
        let units = &self.facts.units;
        let bytes = size.bytes(units);
        if bytes.is_none_or(|bytes| bytes > self.most) {
            self.misfit.get_or_insert_with(|| {
                let why = match (bytes, size) {
                    (None, Size::HugePages(..)) if units.huge == 0 => {
                        "needs huge pages, of which there are none"
                    }
                    (None, Size::ShmmaxPlus(_)) if units.shmmax == 0 => {
                        "needs to know kernel.shmmax"
                    }
                    _ => "a size of this row does not fit the size_t of this ABI",
                };
                why.to_owned()
            });
        }
        bytes.unwrap_or(u64::MAX)
    }

    pub(super) fn spot(&mut self, place: Place) -> Spot {
        Spot {
            map: place.map,
            offset: self.size(place.offset),
        }
    }

    /// An address that a step asks for.
    pub(super) fn at(&mut self, at: scenario::At) -> At {
        use scenario::At as Asked;
        match at {
            Asked::Anywhere => At::Anywhere,
            Asked::Aligned => At::Aligned,
            Asked::Unaligned => At::Unaligned,
            Asked::PageAligned => At::PageAligned,
            Asked::HugeAligned => At::HugeAligned,
            Asked::Freed(map) => At::Freed(map),
            Asked::Over(map) => At::Over(map),
            Asked::Inside(map, offset) => At::Inside(map, self.size(offset)),
            Asked::Page0 => At::Page0,
            Asked::BelowStack => At::BelowStack,
            Asked::AboveBreak => At::AboveBreak,
            Asked::LastPage => At::LastPage,
            Asked::PastEnd => At::PastEnd,
            Asked::Raw(address) => {
                if address > self.most {
                    let why = "an address of this row does not fit this ABI";
                    self.misfit.get_or_insert_with(|| why.to_owned());
                }
                At::Raw(address)
            }
        }
    }

    fn call(&mut self, act: &Act, expect: &scenario::Expect) -> Call {
        self.most = match skip::entry(act) {
            Entry::Int80 => u32::MAX.into(),
            Entry::Direct | Entry::Ipc | Entry::Old | Entry::Libc => self.facts.units.size_max,
        };
        match act {
            Act::Ipc(step) => Call::Ipc(self.ipc(step)),
            Act::Memory(step) => Call::Memory(self.memory(step, expect)),
            Act::Mapping(step) => Call::Mapping(self.mapping(step)),
            Act::Process(step) => Call::Process(*step),
            Act::Credentials(step) => Call::Credentials(self.credentials(step)),
            Act::Namespace(step) => Call::Namespace(*step),
            Act::Proc(step) => Call::Proc(self.proc(step)),
            Act::Clock(step) => Call::Clock(*step),
            Act::Claim(steps, counts) => {
                let asked = steps.first().map(|first| &self.play.steps[*first].act);
                let counts = asked.map_or(Expect::Zero, |act| self.expect(act, counts));
                Call::Claim(steps.clone(), Box::new(counts))
            }
        }
    }

    /// The form of an expectation that holds on this target.
    pub(super) fn chosen<'e>(&self, expect: &'e scenario::Expect) -> &'e scenario::Expect {
        match expect {
            scenario::Expect::Depends(on, otherwise) => {
                let branch = on.iter().find(|branch| self.facts.meets(&branch.when));
                self.chosen(branch.map_or(otherwise, |branch| &branch.expect))
            }
            other => other,
        }
    }

    fn expect(&self, act: &Act, expect: &scenario::Expect) -> Expect {
        match expect {
            scenario::Expect::Ok => steps::of(act).success(self.facts),
            scenario::Expect::Err(errno) => Expect::Fails(*errno),
            scenario::Expect::OneOf(all) => {
                Expect::OneOf(all.iter().map(|one| self.expect(act, one)).collect())
            }
            scenario::Expect::Depends(..) => self.expect(act, self.chosen(expect)),
            scenario::Expect::Fields(fields) => self.fields(act, fields),
            scenario::Expect::Absent => Expect::Absent,
            scenario::Expect::Bytes(fill) => Expect::Saw(fill.clone()),
            scenario::Expect::Killed(death) => Expect::Killed(*death),
            scenario::Expect::Count(fewest, most) => Expect::Count(*fewest, *most),
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
        let zero = matches!(act, Act::Ipc(Ipc::Shmctl(call)) if !steps::returns_a_number(call.cmd));
        if zero && fields.iter().all(|(field, _)| *field != Field::Returned) {
            lowered.push((Field::Returned, Is::Number(0)));
        }
        Expect::Fields(lowered, relations)
    }
}

/// A number as its field has it: ids of 32 bits, the rest of 64.
fn narrow(field: Field, n: u64) -> u64 {
    match field {
        Field::Uid | Field::Gid | Field::Cuid | Field::Cgid | Field::Key => u64::from(n as u32),
        _ => n,
    }
}
