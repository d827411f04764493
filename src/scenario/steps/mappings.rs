//! Steps that change what is mapped.

use super::expects::ZERO;
use super::{Act, Expect, Work, World};
use crate::scenario::model::{At, Map, Requirement, Size};
use crate::scenario::syntax::Step;

impl Work<'_, '_> {
    pub(super) fn mappings(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Mmap { .. } => self.mmap(step),
            Step::Fsync { map, expect } => {
                let map = self.map(&map)?;
                self.map_files("fsync")?;
                self.world(World::Fsync(map), &expect)
            }
            Step::Ftruncate {
                map,
                length,
                expect,
            } => {
                let map = self.map(&map)?;
                let length = self.size(length)?;
                self.map_files("ftruncate")?;
                self.world(World::Ftruncate(map, length), &expect)
            }
            Step::Mprotect {
                map,
                at,
                length,
                prot,
                expect,
            } => {
                let range = self.range(&map, at, length)?;
                let prot = Self::bits(prot.iter().map(|one| one.0));
                self.world(World::Protect(range, prot), &expect)
            }
            Step::Munmap {
                map,
                at,
                length,
                expect,
            } => {
                let range = self.range(&map, at, length)?;
                self.world(World::Unmap(range), &expect)
            }
            Step::Madvise {
                map,
                at,
                length,
                advice,
                expect,
            } => {
                let range = self.range(&map, at, length)?;
                self.world(World::Advise(range, advice.0), &expect)
            }
            Step::Msync {
                map,
                at,
                length,
                flags,
                expect,
            } => {
                let range = self.range(&map, at, length)?;
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.world(World::Sync(range, flags), &expect)
            }
            Step::RemapFilePages {
                map,
                at,
                length,
                pgoff,
                expect,
            } => {
                let range = self.range(&map, at, Some(length))?;
                self.world(World::RemapFilePages(range, pgoff), &expect)
            }
            other => self.remap(other),
        }
    }

    fn mmap(&mut self, step: Step) -> Option<(Act, Expect)> {
        let Step::Mmap {
            at,
            of,
            length,
            prot,
            binds,
            expect,
        } = step
        else {
            unreachable!("this maps nothing new")
        };
        let at = self.at(at.as_ref())?;
        let of = match of {
            None => None,
            Some(of) => {
                self.map_files("of")?;
                Some(self.map(&of)?)
            }
        };
        let length = self.size(length)?;
        let read_write = crate::abi::Protection(3);
        let prot = prot.unwrap_or_else(|| vec![read_write]);
        let prot = Self::bits(prot.iter().map(|one| one.0));
        let expect = self.expect(&expect, ZERO)?;
        let binds = self.bind_memory(&binds, length)?;
        let maps = &mut self.checker.cast.maps;
        maps[binds].object = of.and_then(|of| maps[of].object);
        let world = World::Map {
            at,
            of,
            length,
            prot,
            binds,
        };
        Some((Act::World(world), expect))
    }

    /// Keeps the files behind mappings to scenarios that say that they open them.
    pub(super) fn map_files(&mut self, word: &str) -> Option<()> {
        if self.checker.requires.contains(&Requirement::MapFiles) {
            return Some(());
        }
        self.wrong(
            word,
            "not everybody may open the file behind a mapping; add `requires: [MapFiles]`",
        )
    }

    fn remap(&mut self, step: Step) -> Option<(Act, Expect)> {
        let Step::Mremap {
            map,
            at,
            length,
            to_length,
            flags,
            to,
            binds,
            expect,
        } = step
        else {
            unreachable!("this is no mapping")
        };
        let range = self.range(&map, at, length)?;
        let to_length = self.size(to_length)?;
        let to = self.at(to.as_ref())?;
        let flags = Self::bits(flags.iter().map(|flag| flag.0));
        if Self::is_fixed(to) && flags & 2 == 0 {
            return self.wrong("to", "only MREMAP_FIXED looks at `to:`; add it to `flags`");
        }
        let expect = self.expect(&expect, ZERO)?;
        if binds.is_some() && !expect.may_succeed() {
            return self.wrong("as", "a failed mremap maps nothing; remove `as:`");
        }
        let binds = match binds {
            None => None,
            Some(name) => {
                let object = self.checker.cast.maps[range.place.map].object;
                let map = self.bind_memory(&name, to_length)?;
                self.checker.cast.maps[map].object = object;
                Some(map)
            }
        };
        let world = World::Remap {
            range,
            length: to_length,
            flags,
            to: if flags & 2 == 0 { At::Anywhere } else { to },
            binds,
        };
        Some((Act::World(world), expect))
    }

    /// A mapping of no segment gets a name.
    fn bind_memory(&mut self, name: &str, length: Size) -> Option<usize> {
        self.fresh_map(name)?;
        let map = Map {
            object: None,
            length,
            born: self.index,
        };
        Some(self.checker.cast.map(name, self.actor, map))
    }

    /// Anywhere unless told otherwise.
    fn is_fixed(at: At) -> bool {
        at != At::Anywhere
    }
}
