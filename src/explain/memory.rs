//! Acts on memory, as what an actor does.

use super::names::{Names, count, fill};
use crate::scenario::{Door, Expect, Fill, Place, Size};

impl Names<'_> {
    pub(super) fn write(self, place: Place, length: Option<Size>, data: &Fill) -> String {
        let what = fill(data);
        match (data, length) {
            // A text, or code, is as long as it is.
            (Fill::Text(_) | Fill::Code(_), None) => {
                format!("writes {what} to {}", self.place(place))
            }
            (Fill::Zeros | Fill::Pattern(_), _) | (_, Some(_)) => {
                format!("fills {} with {what}", self.span(place, length))
            }
        }
    }

    pub(super) fn read(self, place: Place, length: Option<Size>, expect: &Expect) -> String {
        let text = expect.any(&|one| matches!(one, Expect::Bytes(Fill::Text(_))));
        if text && length.is_none() {
            return format!("reads {}", self.place(place));
        }
        format!("reads {}", self.span(place, length))
    }

    pub(super) fn execute(self, place: Place) -> String {
        format!("calls the code at {}", self.place(place))
    }

    pub(super) fn poke(self, place: Place, door: Door) -> String {
        let door = match door {
            Door::ProcMem => "through /proc/self/mem",
            Door::ProcessVm => "by process_vm_writev(2) to itself",
            Door::ReadInto => "by read(2) from a pipe",
            Door::MapFile => "through the file in /proc/self/map_files",
        };
        format!("stores a byte at {} {door}", self.place(place))
    }

    pub(super) fn peek(self, place: Place, door: Door) -> String {
        let door = match door {
            Door::ProcMem => "through /proc/self/mem",
            Door::ProcessVm => "by process_vm_readv(2) of itself",
            Door::ReadInto => "by write(2) to a pipe",
            Door::MapFile => "through the file in /proc/self/map_files",
        };
        format!("loads a byte at {} {door}", self.place(place))
    }

    pub(super) fn produce(self, map: usize, passes: u32) -> String {
        let passes = count(u64::from(passes), "pass");
        let map = self.map(map);
        format!("stores every word of its lane of {map} in {passes}, waiting for nobody")
    }

    pub(super) fn consume(self, map: usize, passes: u32) -> String {
        let map = self.map(map);
        format!("loads a lane of {map} again and again until pass {passes} shows in every word")
    }
}
