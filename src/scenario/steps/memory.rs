//! Acts on memory: loads, stores, jumps, ways around its protection, and sleep on a word of it.

use super::{Expect, Work, syntax};
use crate::scenario::model::{Door, Fill, Memory, Size};
use crate::scenario::syntax::{Data, Memory as Written};

const STORE: &[&str] = &["Ok", "Killed", "OneOf", "Depends"];
const LOAD: &[&str] = &["Zeros", "Text", "Pattern", "Killed", "Depends"];
const JUMP: &[&str] = &["Returns", "Killed", "OneOf", "Depends"];
const POKE: &[&str] = &["Ok", "Err", "Killed", "OneOf", "Depends"];
const PEEK: &[&str] = &["Returns", "Absent", "Err", "OneOf", "Depends"];

/// The most passes over a lane: its words spend sixteen bits on them.
const MOST_PASSES: u32 = 0xffff;

impl Work<'_, '_> {
    pub(super) fn memory(&mut self, step: Written) -> Option<(Memory, Expect)> {
        Some(match step {
            Written::Store {
                map,
                offset,
                length,
                data,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let length = self.length(length)?;
                let store = Memory::Store(place, length, self.fill(data)?);
                (store, self.expect(&expect, STORE)?)
            }
            Written::Load {
                map,
                offset,
                length,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let load = Memory::Load(place, self.length(length)?);
                (load, self.expect(&expect, LOAD)?)
            }
            Written::Execute {
                map,
                offset,
                expect,
            } => {
                let jump = Memory::Execute(self.place(&map, offset)?);
                (jump, self.expect(&expect, JUMP)?)
            }
            Written::Poke {
                map,
                offset,
                through,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let poke = match self.door(through)? {
                    Some(door) => Memory::Poke(place, door),
                    None => Memory::ReadInto(place),
                };
                (poke, self.expect(&expect, POKE)?)
            }
            Written::Peek {
                map,
                offset,
                through,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let Some(door) = self.door(through)? else {
                    let message =
                        "read(2) fills memory; peek through `ProcMem`, `ProcessVm` or `MapFile`";
                    return self.wrong("ReadInto", message);
                };
                (Memory::Peek(place, door), self.expect(&expect, PEEK)?)
            }
            Written::Produce {
                map,
                passes,
                expect,
            } => {
                let map = self.map("map", &map)?;
                self.passes(passes)?;
                (Memory::Produce(map, passes), self.expect(&expect, STORE)?)
            }
            Written::Consume {
                map,
                passes,
                expect,
            } => {
                let map = self.map("map", &map)?;
                self.passes(passes)?;
                (Memory::Consume(map, passes), self.expect(&expect, STORE)?)
            }
            Written::FutexWait {
                map,
                offset,
                value,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                self.zero(Memory::FutexWait(place, value), &expect)?
            }
            Written::FutexWake {
                map,
                offset,
                count,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                if count == 0 {
                    return self.wrong("count", "to wake nobody proves nothing; write at least 1");
                }
                self.zero(Memory::FutexWake(place, count), &expect)?
            }
        })
    }

    /// The way past a protection; `None` is read(2).
    fn door(&mut self, through: syntax::Door) -> Option<Option<Door>> {
        Some(match through {
            syntax::Door::ProcMem => Some(Door::ProcMem),
            syntax::Door::ProcessVm => Some(Door::ProcessVm),
            syntax::Door::ReadInto => None,
            syntax::Door::MapFile => {
                self.map_files("MapFile")?;
                Some(Door::MapFile)
            }
        })
    }

    fn length(&mut self, length: Option<syntax::Quantity>) -> Option<Option<Size>> {
        match length {
            None => Some(None),
            Some(length) => self.size("length", length).map(Some),
        }
    }

    fn fill(&mut self, data: Data) -> Option<Fill> {
        Some(match data {
            Data::Zeros => Fill::Zeros,
            Data::Text(text) if text.is_empty() => {
                return self.wrong_in(
                    "data",
                    "Text",
                    "an empty text stores nothing; write at least a letter",
                );
            }
            Data::Text(text) => Fill::Text(text),
            Data::Pattern(seed) => Fill::Pattern(seed),
            Data::Code(number) => Fill::Code(number),
        })
    }

    fn passes(&mut self, passes: u32) -> Option<()> {
        if (1..=MOST_PASSES).contains(&passes) {
            return Some(());
        }
        let message = format!("a lane takes 1 to {MOST_PASSES} passes; change it");
        self.wrong("passes", message)
    }
}
