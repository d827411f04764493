//! Acts on memory, as what an actor does.

use crate::explain::names::{Names, fill};
use crate::explain::words::count;
use crate::scenario::{Door, Expect, Fill, Memory, Place, Size};

impl Names<'_> {
    pub(super) fn memory(self, step: &Memory, expect: &Expect) -> String {
        match step {
            Memory::Store(place, length, fill) => self.write(*place, *length, fill),
            Memory::Load(place, length) => self.read(*place, *length, expect),
            Memory::Execute(place) => format!("calls the code at {}", self.place(*place)),
            Memory::Poke(place, door) => {
                let door = match door {
                    Door::ProcMem => "through /proc/self/mem",
                    Door::ProcessVm => "by process_vm_writev(2) to itself",
                    Door::MapFile => "through the file in /proc/self/map_files",
                };
                format!("stores a byte at {} {door}", self.place(*place))
            }
            Memory::ReadInto(place) => {
                let place = self.place(*place);
                format!("stores a byte at {place} by read(2) from a pipe")
            }
            Memory::Peek(place, door) => {
                let door = match door {
                    Door::ProcMem => "through /proc/self/mem",
                    Door::ProcessVm => "by process_vm_readv(2) of itself",
                    Door::MapFile => "through the file in /proc/self/map_files",
                };
                format!("loads a byte at {} {door}", self.place(*place))
            }
            Memory::Produce(map, passes) => {
                let (map, passes) = (self.map(*map), count(u64::from(*passes), "pass"));
                format!("stores every word of its lane of {map} in {passes}, waiting for nobody")
            }
            Memory::Consume(map, passes) => {
                let map = self.map(*map);
                format!(
                    "loads a lane of {map} again and again until pass {passes} shows in every word"
                )
            }
            Memory::FutexWait(place, value) => {
                let place = self.place(*place);
                format!("sleeps on the word at {place} as long as it is {value}")
            }
            Memory::FutexWake(place, count) => {
                let place = self.place(*place);
                format!("wakes sleepers on the word at {place}, until {count} were there")
            }
        }
    }

    fn write(self, place: Place, length: Option<Size>, data: &Fill) -> String {
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

    fn read(self, place: Place, length: Option<Size>, expect: &Expect) -> String {
        let text = expect.any(&|one| matches!(one, Expect::Bytes(Fill::Text(_))));
        if text && length.is_none() {
            return format!("reads {}", self.place(place));
        }
        format!("reads {}", self.span(place, length))
    }
}

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: &Memory) -> &'static str {
    match step {
        Memory::Store(..) | Memory::Poke(..) | Memory::ReadInto(_) | Memory::Produce(..) => {
            "let it happen"
        }
        Memory::Load(..) => "show nothing but zeros",
        Memory::Execute(_) => "let the code return",
        Memory::Peek(..) => "show the byte",
        Memory::Consume(..) => "show no word older than one seen before it",
        Memory::FutexWait(..) | Memory::FutexWake(..) => "return 0",
    }
}
