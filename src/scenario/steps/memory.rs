//! Acts on memory: loads, stores, jumps, and ways around its protection.

use super::{Act, Expect, Work, syntax};
use crate::scenario::model::{Door, Fill, Size};
use crate::scenario::syntax::{Data, Step};

const STORE: &[&str] = &["Ok", "Killed", "OneOf", "Depends"];
const LOAD: &[&str] = &["Zeros", "Text", "Pattern", "Killed", "Depends"];
const JUMP: &[&str] = &["Returns", "Killed", "OneOf", "Depends"];
const POKE: &[&str] = &["Ok", "Err", "Killed", "OneOf", "Depends"];
const PEEK: &[&str] = &["Returns", "Absent", "Err", "OneOf", "Depends"];

/// The most passes over a lane: its words spend sixteen bits on them.
const MOST_PASSES: u32 = 0xffff;

impl Work<'_, '_> {
    pub(super) fn touch(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Write {
                map,
                at,
                length,
                data,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let length = self.length(length)?;
                let fill = self.fill(data)?;
                Some((
                    Act::Write(place, length, fill),
                    self.expect(&expect, STORE)?,
                ))
            }
            Step::Read {
                map,
                at,
                length,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let length = self.length(length)?;
                Some((Act::Read(place, length), self.expect(&expect, LOAD)?))
            }
            Step::Execute { map, at, expect } => {
                let place = self.place(&map, at)?;
                Some((Act::Execute(place), self.expect(&expect, JUMP)?))
            }
            Step::Poke {
                map,
                at,
                through,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let door = self.door(through)?;
                Some((Act::Poke(place, door), self.expect(&expect, POKE)?))
            }
            Step::Peek {
                map,
                at,
                through,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let door = self.door(through)?;
                if door == Door::ReadInto {
                    let message =
                        "read(2) fills memory; peek through `ProcMem`, `ProcessVm` or `MapFile`";
                    return self.wrong("ReadInto", message);
                }
                Some((Act::Peek(place, door), self.expect(&expect, PEEK)?))
            }
            Step::Produce {
                map,
                passes,
                expect,
            } => {
                let map = self.map(&map)?;
                self.passes(passes)?;
                Some((Act::Produce(map, passes), self.expect(&expect, STORE)?))
            }
            Step::Consume {
                map,
                passes,
                expect,
            } => {
                let map = self.map(&map)?;
                self.passes(passes)?;
                Some((Act::Consume(map, passes), self.expect(&expect, STORE)?))
            }
            _ => unreachable!("this is no act on memory"),
        }
    }

    fn door(&mut self, through: syntax::Door) -> Option<Door> {
        Some(match through {
            syntax::Door::ProcMem => Door::ProcMem,
            syntax::Door::ProcessVm => Door::ProcessVm,
            syntax::Door::ReadInto => Door::ReadInto,
            syntax::Door::MapFile => {
                self.map_files("MapFile")?;
                Door::MapFile
            }
        })
    }

    fn length(&mut self, length: Option<syntax::Quantity>) -> Option<Option<Size>> {
        match length {
            None => Some(None),
            Some(length) => self.size(length).map(Some),
        }
    }

    fn fill(&mut self, data: Data) -> Option<Fill> {
        Some(match data {
            Data::Zeros => Fill::Zeros,
            Data::Text(text) if text.is_empty() => {
                return self.wrong(
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
