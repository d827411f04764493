//! Loads and stores, and sleep on a word of memory.

use super::Planned;
use crate::abi::Resource;
use crate::plan::environment::limit_of;
use crate::plan::lower::Lower;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{self, Expect, Facts};
use crate::scenario::{self, Act, Door, Fill, Memory, Place, Size, Step};

/// The most bytes that code takes.
const CODE: u64 = 16;

impl Lower<'_> {
    pub(in crate::plan) fn memory(
        &mut self,
        step: &Memory,
        expect: &scenario::Expect,
    ) -> plan::Memory {
        use plan::Memory as To;
        match step {
            Memory::Store(place, length, fill) => To::Store {
                length: self.covered(*place, *length, fill),
                place: self.spot(*place),
                fill: fill.clone(),
            },
            Memory::Load(place, length) => {
                let against = self.compared(expect);
                To::Load {
                    length: self.covered(*place, *length, &against),
                    place: self.spot(*place),
                    against,
                }
            }
            Memory::Execute(place) => To::Execute(self.spot(*place)),
            Memory::Poke(place, door) => To::Poke(self.spot(*place), *door),
            Memory::ReadInto(place) => To::ReadInto(self.spot(*place)),
            Memory::Peek(place, door) => To::Peek(self.spot(*place), *door),
            Memory::Produce(map, passes) => To::Produce(*map, self.lanes(*map), *passes),
            Memory::Consume(map, passes) => To::Consume(*map, self.lanes(*map), *passes),
            Memory::FutexWait(place, value) => To::FutexWait(self.spot(*place), *value),
            Memory::FutexWake(place, count) => To::FutexWake(self.spot(*place), *count),
        }
    }

    /// How many bytes a fill covers from `place` on.
    fn covered(&mut self, place: Place, length: Option<Size>, fill: &Fill) -> u64 {
        if let Some(length) = length {
            return self.size(length);
        }
        match fill {
            Fill::Text(text) => text.len() as u64,
            Fill::Code(_) => CODE,
            Fill::Zeros | Fill::Pattern(_) => {
                let length = self.bytes(self.play.maps[place.map].length);
                length.saturating_sub(self.bytes(place.offset))
            }
        }
    }

    /// What a load is compared with; one that must kill is compared with zeros.
    fn compared(&self, expect: &scenario::Expect) -> Fill {
        match self.chosen(expect) {
            scenario::Expect::Bytes(fill) => fill.clone(),
            _ => Fill::Zeros,
        }
    }

    /// How many lanes a mapping has: one for each process that writes to it.
    fn lanes(&self, map: usize) -> usize {
        let object = self.play.maps[map].object;
        let same = |other: usize| {
            other == map || object.is_some() && self.play.maps[other].object == object
        };
        let writers = self.play.steps.iter().filter_map(|step| match step.act {
            Act::Memory(Memory::Produce(other, _) | Memory::Consume(other, _)) if same(other) => {
                Some(self.play.actors[step.actor].count as usize)
            }
            _ => None,
        });
        writers.max().unwrap_or(1)
    }
}

impl Planned for Memory {
    fn success(&self, _: &Facts) -> Expect {
        match self {
            Self::Store(..) | Self::Poke(..) | Self::ReadInto(_) | Self::Produce(..) => {
                Expect::Stored
            }
            Self::Consume(..) => Expect::Saw(Fill::Zeros),
            Self::Load(..)
            | Self::Execute(_)
            | Self::Peek(..)
            | Self::FutexWait(..)
            | Self::FutexWake(..) => Expect::Zero,
        }
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::Store(place, ..) | Self::Poke(place, _) | Self::ReadInto(place) => {
                touch.looks(Facet::Mapping(place.map));
                touch.stores(place.map);
            }
            Self::Produce(map, _) => {
                touch.looks(Facet::Mapping(*map));
                touch.stores(*map);
            }
            Self::Load(place, _)
            | Self::Execute(place)
            | Self::Peek(place, _)
            | Self::FutexWait(place, _)
            | Self::FutexWake(place, _) => touch.loads(place.map),
            Self::Consume(map, _) => touch.loads(*map),
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Poke(_, Door::ProcessVm) => &["process_vm_writev"],
            Self::Peek(_, Door::ProcessVm) => &["process_vm_readv"],
            Self::FutexWait(..) | Self::FutexWake(..) => &["futex"],
            Self::Poke(_, Door::ProcMem | Door::MapFile)
            | Self::Peek(_, Door::ProcMem | Door::MapFile)
            | Self::Store(..)
            | Self::Load(..)
            | Self::Execute(_)
            | Self::ReadInto(_)
            | Self::Produce(..)
            | Self::Consume(..) => &[],
        }
    }

    fn lacks(&self, _: &Step, facts: &Facts) -> Option<String> {
        match self {
            Self::Poke(_, Door::MapFile) => writes_files(facts),
            Self::Poke(_, Door::ProcMem) => (!facts.proc_mem).then(|| {
                "needs to write to /proc/self/mem, which may not be opened for that".to_owned()
            }),
            Self::Poke(_, Door::ProcessVm)
            | Self::Store(..)
            | Self::Load(..)
            | Self::Execute(_)
            | Self::ReadInto(_)
            | Self::Peek(..)
            | Self::Produce(..)
            | Self::Consume(..)
            | Self::FutexWait(..)
            | Self::FutexWake(..) => None,
        }
    }

    fn detaches(&self) -> bool {
        false
    }
}

/// Why the file behind a segment cannot be written to, if so.
pub(super) fn writes_files(facts: &Facts) -> Option<String> {
    limit_of(facts, Resource::FILE_SIZE)?;
    let why = "needs to write to the file behind a segment, which RLIMIT_FSIZE forbids (CAP_SYS_RESOURCE)";
    Some(why.to_owned())
}
