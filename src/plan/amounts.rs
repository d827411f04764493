//! The sizes and addresses that a step gives to the kernel.

use crate::scenario::{Act, At, Range, Size, Target, World};

/// The sizes of a step, and the address that it asks for.
pub(super) fn of(act: &Act) -> (Vec<Size>, Option<At>) {
    match act {
        Act::Shmget(call) => (vec![call.size], None),
        Act::Shmat(call) => (inside(call.at), Some(call.at)),
        Act::Shmdt { target, .. } => match target {
            Target::Map(_) => (vec![], None),
            Target::At(at) => (inside(*at), Some(*at)),
        },
        Act::Write(place, length, _) | Act::Read(place, length) => {
            (length.iter().copied().chain([place.offset]).collect(), None)
        }
        Act::Execute(place) | Act::Poke(place, _) | Act::Peek(place, _) => {
            (vec![place.offset], None)
        }
        Act::World(world) => of_world(world),
        Act::Shmctl(_)
        | Act::Ipc(_)
        | Act::Produce(..)
        | Act::Consume(..)
        | Act::Fork(_)
        | Act::Exit
        | Act::Kill(..)
        | Act::Claim(..) => (vec![], None),
    }
}

fn of_world(world: &World) -> (Vec<Size>, Option<At>) {
    let range = |range: &Range| -> Vec<Size> {
        let length = range.length.iter().copied();
        length.chain([range.place.offset]).collect()
    };
    match world {
        World::Map { at, length, .. } => ([vec![*length], inside(*at)].concat(), Some(*at)),
        World::Protect(part, _)
        | World::Bind(part, ..)
        | World::Unmap(part)
        | World::Advise(part, _)
        | World::Sync(part, _)
        | World::RemapFilePages(part, _) => (range(part), None),
        World::Remap {
            range: part,
            length,
            to,
            ..
        } => (
            [range(part), vec![*length], inside(*to)].concat(),
            Some(*to),
        ),
        World::Ftruncate(_, length) => (vec![*length], None),
        World::Grow(grow) => (vec![*grow], None),
        World::MapsRow(place, _)
        | World::GetPolicy(place, _)
        | World::SmapsValue(place, ..)
        | World::FutexWait(place, _)
        | World::FutexWake(place, _) => (vec![place.offset], None),
        // A limit has 64 bits everywhere (prlimit64).
        _ => (vec![], None),
    }
}

fn inside(at: At) -> Vec<Size> {
    match at {
        At::Inside(_, offset) => vec![offset],
        _ => vec![],
    }
}
