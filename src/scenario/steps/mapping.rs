//! Steps that change what is mapped, or ask about it.

use super::expects::ZERO;
use super::{Expect, Work, syntax};
use crate::scenario::model::{At, Map, Mapping, Range, Requirement, Size};
use crate::scenario::syntax::Mapping as Written;

const POLICY: &[&str] = &["Policy", "Err", "Depends"];
const NODE: &[&str] = &["Value", "Err", "Depends"];

/// PROT_READ | PROT_WRITE
const READ_WRITE: i32 = 3;

impl Work<'_, '_> {
    pub(super) fn mapping(&mut self, step: Written) -> Option<(Mapping, Expect)> {
        match step {
            Written::Mmap {
                at,
                of,
                length,
                prot,
                binds,
                expect,
            } => {
                let at = self.at("at", at.as_ref())?;
                let of = match of {
                    None => None,
                    Some(of) => {
                        self.map_files("of")?;
                        Some(self.map("of", &of)?)
                    }
                };
                let length = self.size("length", length)?;
                let prot = prot.map_or(READ_WRITE, |prot| Self::bits(prot.iter().map(|one| one.0)));
                let expect = self.expect(&expect, ZERO)?;
                let binds = self.bind_memory(&binds, length)?;
                let maps = &mut self.scope.cast.maps;
                maps[binds].object = of.and_then(|of| maps[of].object);
                let map = Mapping::Map {
                    at,
                    of,
                    length,
                    prot,
                    binds,
                };
                Some((map, expect))
            }
            Written::Fsync { map, expect } => {
                let map = self.map("map", &map)?;
                self.map_files("fsync")?;
                self.zero(Mapping::Fsync(map), &expect)
            }
            Written::Ftruncate {
                map,
                length,
                expect,
            } => {
                let map = self.map("map", &map)?;
                let length = self.size("length", length)?;
                self.map_files("ftruncate")?;
                self.zero(Mapping::Ftruncate(map, length), &expect)
            }
            Written::Mprotect {
                map,
                offset,
                length,
                prot,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                let prot = Self::bits(prot.iter().map(|one| one.0));
                self.zero(Mapping::Protect(range, prot), &expect)
            }
            Written::Munmap {
                map,
                offset,
                length,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                self.zero(Mapping::Unmap(range), &expect)
            }
            Written::Mseal {
                map,
                offset,
                length,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                self.zero(Mapping::Seal(range), &expect)
            }
            Written::Mremap {
                map,
                offset,
                length,
                to_length,
                flags,
                to,
                binds,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                let to_length = self.size("to_length", to_length)?;
                let to = self.at("to", to.as_ref())?;
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.remap((range, to_length, flags, to), binds.as_deref(), &expect)
            }
            Written::Madvise {
                map,
                offset,
                length,
                advice,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                self.zero(Mapping::Advise(range, advice.0), &expect)
            }
            Written::Msync {
                map,
                offset,
                length,
                flags,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.zero(Mapping::Sync(range, flags), &expect)
            }
            Written::Mbind {
                map,
                offset,
                length,
                mode,
                nodes,
                expect,
            } => {
                let range = self.range(&map, offset, length)?;
                let nodes = self.nodes(&nodes)?;
                self.zero(Mapping::Bind(range, mode.0, nodes), &expect)
            }
            Written::GetMempolicy {
                map,
                offset,
                flags,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let node = !flags.is_empty();
                let expect = self.expect(&expect, if node { NODE } else { POLICY })?;
                Some((Mapping::GetPolicy(place, node), expect))
            }
            Written::RemapFilePages {
                map,
                offset,
                length,
                pgoff,
                expect,
            } => {
                let range = self.range(&map, offset, Some(length))?;
                self.zero(Mapping::RemapFilePages(range, pgoff), &expect)
            }
            Written::Mlockall { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.zero(Mapping::LockAll(flags), &expect)
            }
            Written::Munlockall { expect } => self.zero(Mapping::UnlockAll, &expect),
            Written::Personality { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.zero(Mapping::SetPersonality(flags), &expect)
            }
            Written::Sbrk { grow, expect } => {
                let grow = self.size("grow", grow)?;
                self.zero(Mapping::Grow(grow), &expect)
            }
        }
    }

    fn remap(
        &mut self,
        (range, length, flags, to): (Range, Size, i32, At),
        binds: Option<&str>,
        expect: &syntax::Expect,
    ) -> Option<(Mapping, Expect)> {
        if to != At::Anywhere && flags & 2 == 0 {
            return self.wrong("to", "only MREMAP_FIXED looks at `to:`; add it to `flags`");
        }
        let expect = self.expect(expect, ZERO)?;
        if binds.is_some() && !expect.may_succeed() {
            return self.wrong("as", "a failed mremap maps nothing; remove `as:`");
        }
        let binds = match binds {
            None => None,
            Some(name) => {
                let object = self.scope.cast.maps[range.place.map].object;
                let map = self.bind_memory(name, length)?;
                self.scope.cast.maps[map].object = object;
                Some(map)
            }
        };
        let remap = Mapping::Remap {
            range,
            length,
            flags,
            to,
            binds,
        };
        Some((remap, expect))
    }

    /// Keeps the files behind mappings to scenarios that say that they open them.
    pub(super) fn map_files(&mut self, word: &str) -> Option<()> {
        if self.scope.requires.contains(&Requirement::MapFiles) {
            return Some(());
        }
        self.wrong(
            word,
            "not everybody may open the file behind a mapping; add `requires: [MapFiles]`",
        )
    }

    /// Nodes as a mask.
    fn nodes(&mut self, nodes: &[u32]) -> Option<u64> {
        if nodes.iter().any(|node| *node > 63) {
            return self.wrong(
                "nodes",
                "nodes have the numbers 0 to 63 here; name one of those",
            );
        }
        Some(nodes.iter().fold(0, |mask, node| mask | 1 << node))
    }

    /// A mapping of no segment gets a name.
    fn bind_memory(&mut self, name: &str, length: Size) -> Option<usize> {
        self.fresh_map(name)?;
        let map = Map {
            object: None,
            length,
            born: self.index,
        };
        Some(self.scope.cast.map(name, self.actor, map))
    }
}
