//! Loads and stores, and sleep on a word of memory.

use super::Stage;
use crate::abi::{Errno, Field, Fields};
use crate::exec::known::Known;
use crate::exec::pattern;
use crate::observe::{Difference, Observation};
use crate::plan::{Door, Memory};
use crate::sys::stream::{self, Torn};
use crate::sys::{code, doors, gate};

/// What a poke stores.
const POKED: u8 = 0x5a;

impl Stage<'_> {
    pub(super) fn memory(
        &self,
        player: usize,
        step: usize,
        call: &Memory,
        known: &Known,
    ) -> Observation {
        match call {
            Memory::Store {
                place,
                fill,
                length,
            } => {
                pattern::store(known.address(place.map), place.offset, fill, *length);
                Observation::Stored
            }
            Memory::Load {
                place,
                against,
                length,
            } => {
                let address = known.address(place.map);
                Observation::Loaded(pattern::compare(address, place.offset, against, *length))
            }
            Memory::Execute(spot) => {
                let returned = code::call(known.spot(spot));
                let fields = Fields::default().with(Field::Returned, returned.into());
                Observation::told(fields)
            }
            Memory::Poke(spot, door) => self.poke(known.spot(spot), *door),
            Memory::ReadInto(spot) => stored(doors::read_into(known.spot(spot), POKED)),
            Memory::Peek(spot, door) => self.peek(known.spot(spot), *door),
            Memory::Produce(map, lanes, passes) => {
                let (lane, address, words) = self.lane(player, step, *map, *lanes, known);
                stream::produce(address, words, lane, *passes);
                Observation::Stored
            }
            Memory::Consume(map, lanes, passes) => {
                let (lane, address, words) = self.lane(player, step, *map, *lanes, known);
                let torn = stream::consume(address, words, lane, *passes);
                Observation::Loaded(torn.map(|torn| difference(lane, words, &torn)))
            }
            Memory::FutexWait(spot, value) => done(gate::wait_while(known.spot(spot), *value)),
            Memory::FutexWake(spot, count) => done(gate::wake(known.spot(spot), *count)),
        }
    }

    /// A byte, as the kernel stores it for us.
    fn poke(&self, to: usize, door: Door) -> Observation {
        stored(match door {
            Door::ProcMem => doors::write_through_proc_mem(to, POKED),
            Door::ProcessVm => doors::write_through_process_vm(to, POKED),
            Door::MapFile => self
                .behind(to as u64)
                .and_then(|behind| behind.write(to as u64, POKED)),
        })
    }

    /// A byte, as the kernel loads it for us.
    fn peek(&self, from: usize, door: Door) -> Observation {
        let read = match door {
            Door::ProcMem => doors::read_through_proc_mem(from),
            Door::ProcessVm => doors::read_through_process_vm(from),
            Door::MapFile => self
                .behind(from as u64)
                .and_then(|behind| behind.read(from as u64)),
        };
        match read {
            Ok(Some(byte)) => {
                Observation::told(Fields::default().with(Field::Returned, byte.into()))
            }
            Ok(None) => Observation::Absent,
            Err(errno) => Observation::Failed(errno),
        }
    }

    /// The part of a mapping that belongs to this player and its partner: number, address
    /// and words.
    fn lane(
        &self,
        player: usize,
        step: usize,
        map: usize,
        lanes: usize,
        known: &Known,
    ) -> (u32, usize, usize) {
        let (first, _) = self.case.actors[self.case.steps[step].actor];
        let lane = player - first;
        let words = (self.case.maps[map] as usize / 4 / lanes).max(1);
        let address = known.address(map) + lane * words * 4;
        (lane as u32, address, words)
    }
}

/// A word of a lane that is not what it must be.
fn difference(lane: u32, words: usize, torn: &Torn) -> Difference {
    let mut difference = Difference {
        offset: (lane as usize * words + torn.word) as u64 * 4,
        count: 4,
        seen: [0; 16],
        wanted: [0; 16],
    };
    difference.seen[..4].copy_from_slice(&torn.seen.to_be_bytes());
    difference.wanted[..4].copy_from_slice(&torn.wanted.to_be_bytes());
    difference
}

/// What came of the store of a byte by somebody else.
fn stored(written: Result<usize, Errno>) -> Observation {
    match written {
        Ok(1) => Observation::Stored,
        Ok(count) => Observation::Returned(count as i64),
        Err(errno) => Observation::Failed(errno),
    }
}

/// What came of something that returns nothing.
pub(super) fn done(result: Result<(), Errno>) -> Observation {
    match result {
        Ok(()) => Observation::Returned(0),
        Err(errno) => Observation::Failed(errno),
    }
}
