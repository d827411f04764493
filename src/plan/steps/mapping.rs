//! What is mapped, where, and how.

use super::Planned;
use super::memory::writes_files;
use crate::abi::{EXECUTABLE, Protection};
use crate::plan::lower::Lower;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{self, Expect, Facts, Span};
use crate::scenario::{At, Mapping, Range, Step};

impl Lower<'_> {
    pub(in crate::plan) fn mapping(&mut self, step: &Mapping) -> plan::Mapping {
        match *step {
            Mapping::Map {
                at,
                of,
                length,
                prot,
                binds,
            } => Mapping::Map {
                length: self.size(length),
                at: self.at(at),
                of,
                prot,
                binds,
            },
            Mapping::Fsync(map) => Mapping::Fsync(map),
            Mapping::Ftruncate(map, length) => Mapping::Ftruncate(map, self.size(length)),
            Mapping::Protect(range, prot) => Mapping::Protect(self.span(range), prot),
            Mapping::Unmap(range) => Mapping::Unmap(self.span(range)),
            Mapping::Seal(range) => Mapping::Seal(self.span(range)),
            Mapping::Remap {
                range,
                length,
                flags,
                to,
                binds,
            } => Mapping::Remap {
                range: self.span(range),
                length: self.size(length),
                to: self.at(to),
                flags,
                binds,
            },
            Mapping::Advise(range, advice) => Mapping::Advise(self.span(range), advice),
            Mapping::Sync(range, flags) => Mapping::Sync(self.span(range), flags),
            Mapping::Bind(range, mode, nodes) => Mapping::Bind(self.span(range), mode, nodes),
            Mapping::GetPolicy(place, node) => Mapping::GetPolicy(self.spot(place), node),
            Mapping::RemapFilePages(range, page) => Mapping::RemapFilePages(self.span(range), page),
            Mapping::LockAll(flags) => Mapping::LockAll(flags),
            Mapping::UnlockAll => Mapping::UnlockAll,
            Mapping::SetPersonality(flags) => Mapping::SetPersonality(flags),
            Mapping::Grow(grow) => Mapping::Grow(self.size(grow)),
        }
    }

    /// A part of a mapping; to its end, rounded up to whole pages, where no length is given.
    fn span(&mut self, range: Range) -> Span {
        let given = range.length.map(|length| self.size(length));
        let spot = self.spot(range.place);
        let whole = self.bytes(self.play.maps[spot.map].length);
        let whole = whole.checked_next_multiple_of(self.facts.units.page);
        let rest = whole.unwrap_or(u64::MAX).saturating_sub(spot.offset);
        Span {
            spot,
            length: given.unwrap_or(rest),
        }
    }
}

impl Planned for Mapping {
    fn success(&self, facts: &Facts) -> Expect {
        match self {
            Self::Map { at, .. } | Self::Remap { to: at, .. } => match at {
                At::Anywhere => Expect::AddressMultipleOf(facts.units.page),
                _ => Expect::AddressAsAsked,
            },
            Self::Fsync(_)
            | Self::Ftruncate(..)
            | Self::Protect(..)
            | Self::Unmap(_)
            | Self::Seal(_)
            | Self::Advise(..)
            | Self::Sync(..)
            | Self::Bind(..)
            | Self::GetPolicy(..)
            | Self::RemapFilePages(..)
            | Self::LockAll(_)
            | Self::UnlockAll
            | Self::SetPersonality(_)
            | Self::Grow(_) => Expect::Zero,
        }
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::Map { at, of, binds, .. } => {
                touch.address(*at, true);
                if let Some(of) = of {
                    touch.looks(Facet::Mapping(*of));
                }
                touch.changes(Facet::Mapping(*binds));
            }
            Self::Fsync(map) => touch.looks(Facet::Mapping(*map)),
            Self::Ftruncate(map, _) => {
                touch.looks(Facet::Mapping(*map));
                touch.stores(*map);
            }
            Self::Protect(range, _) | Self::Unmap(range) | Self::Advise(range, _) => {
                touch.range(range);
                touch.stores(range.place.map);
            }
            // What is sealed in part is cut, and counts for more.
            Self::Seal(range) => touch.range(range),
            // It attaches anew, which a removed segment may not live to see (ipc/shm.c: shm_mmap).
            Self::RemapFilePages(range, _) => {
                touch.range(range);
                if let Some(object) = touch.play.maps[range.place.map].object {
                    touch.alive(object);
                }
                touch.stores(range.place.map);
            }
            Self::Sync(range, _) => touch.looks(Facet::Mapping(range.place.map)),
            Self::Bind(range, ..) => {
                touch.looks(Facet::Mapping(range.place.map));
                touch.changes(touch.policy(range.place.map));
            }
            Self::GetPolicy(place, _) => {
                touch.looks(Facet::Mapping(place.map));
                touch.looks(touch.policy(place.map));
            }
            Self::Remap {
                range, to, binds, ..
            } => {
                touch.range(range);
                touch.address(*to, true);
                if let Some(map) = binds {
                    touch.changes(Facet::Mapping(*map));
                }
            }
            Self::LockAll(_) | Self::UnlockAll | Self::SetPersonality(_) => {
                touch.changes(Facet::Identity(touch.actor));
            }
            Self::Grow(_) => touch.all_mappings(),
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Protect(_, prot) if prot & Protection::EXEC.0 != 0 => &["mprotect", EXECUTABLE],
            Self::Protect(..) => &["mprotect"],
            // The one flag that scenarios set adds PROT_EXEC.
            Self::SetPersonality(_) => &[EXECUTABLE],
            Self::Unmap(_) => &["munmap"],
            Self::Seal(_) => &["mseal"],
            Self::Remap { .. } => &["mremap"],
            Self::Advise(..) => &["madvise"],
            Self::Bind(..) => &["mbind"],
            Self::GetPolicy(..) => &["get_mempolicy"],
            Self::RemapFilePages(..) => &["remap_file_pages"],
            Self::LockAll(_) => &["mlockall"],
            Self::UnlockAll => &["munlockall"],
            Self::Map { .. }
            | Self::Fsync(_)
            | Self::Ftruncate(..)
            | Self::Sync(..)
            | Self::Grow(_) => &[],
        }
    }

    fn lacks(&self, _: &Step, facts: &Facts) -> Option<String> {
        match self {
            Self::Ftruncate(..) => writes_files(facts),
            Self::Map { .. }
            | Self::Fsync(_)
            | Self::Protect(..)
            | Self::Unmap(_)
            | Self::Seal(_)
            | Self::Remap { .. }
            | Self::Advise(..)
            | Self::Sync(..)
            | Self::Bind(..)
            | Self::GetPolicy(..)
            | Self::RemapFilePages(..)
            | Self::LockAll(_)
            | Self::UnlockAll
            | Self::SetPersonality(_)
            | Self::Grow(_) => None,
        }
    }

    fn detaches(&self) -> bool {
        match self {
            Self::Map { .. } | Self::Unmap(_) | Self::Remap { .. } | Self::RemapFilePages(..) => {
                true
            }
            Self::Fsync(_)
            | Self::Ftruncate(..)
            | Self::Protect(..)
            | Self::Seal(_)
            | Self::Advise(..)
            | Self::Sync(..)
            | Self::Bind(..)
            | Self::GetPolicy(..)
            | Self::LockAll(_)
            | Self::UnlockAll
            | Self::SetPersonality(_)
            | Self::Grow(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Call, Facts, Mapping, case};
    use crate::scenario::Scenario;

    /// Offset and length of an munmap of a segment of 5000 bytes, where pages have 4096.
    #[track_caller]
    fn check(range: &str, expect: (u64, u64)) {
        let text = format!(
            "Scenario(summary: \"t\", actors: [(name: \"a\")], script: [By(\"a\", [\
             shmget(key: IPC_PRIVATE, size: 5000, as: \"s\", expect: Ok), \
             shmat(seg: \"s\", as: \"m\", expect: Ok), munmap(map: \"m\", {range} expect: Ok), \
             shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])"
        );
        let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(0);
        let case = case(&play, &Facts::sample());
        let Call::Mapping(Mapping::Unmap(span)) = &case.steps[2].call else {
            panic!("{:?}", case.steps[2].call);
        };
        assert_eq!((span.spot.offset, span.length), expect);
    }

    #[test]
    fn a_part_without_a_length_goes_to_the_end_of_the_last_page() {
        check("", (0, 8192));
        check("offset: Pages(1),", (4096, 4096));
        check("offset: Pages(3),", (12288, 0));
        check("offset: PagesAnd(1, -1), length: KiB(1),", (4095, 1024));
    }
}
