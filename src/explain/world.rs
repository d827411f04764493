//! The world around shared memory, as what an actor does.

use super::flags::{capabilities, lock, moving, namespaces, personality, protection, sync};
use super::names::Names;
use super::process::{ids, numbers};
use crate::abi::{Advice, Policy, Resource};
use crate::scenario::{At, World};

impl Names<'_> {
    pub(super) fn world(self, world: &World) -> String {
        match world {
            World::Exec => {
                "executes the program anew, which then only waits for its end".to_owned()
            }
            World::SetUser(all, keep) => {
                let keep = if *keep {
                    ", keeping its capabilities"
                } else {
                    ""
                };
                format!("takes {}{keep}", ids(*all, "user"))
            }
            World::SetGroup(all) => format!("takes {}", ids(*all, "group")),
            World::SetGroups(all) => match all.as_slice() {
                [] => "gives up all supplementary groups".to_owned(),
                all => format!("sets its supplementary groups to {}", numbers(all)),
            },
            World::SetCapabilities(mask) => {
                format!("keeps {} and gives up the rest", capabilities(*mask))
            }
            World::SetLimit(resource, size) => {
                format!("sets both limits of {} to {size}", Resource(*resource))
            }
            World::Grow(size) => format!("grows its break by {size}"),
            World::Unshare(flags) => format!("leaves its namespaces ({})", namespaces(*flags)),
            World::JoinNamespace(whom, flags) => format!(
                "joins the namespaces of {} ({})",
                self.actor(*whom),
                namespaces(*flags)
            ),
            World::Clone(flags) => format!(
                "clones a child in new namespaces ({}), which ends at once",
                namespaces(*flags)
            ),
            World::Cgroup(set) => {
                let set: Vec<_> = set
                    .iter()
                    .map(|(file, value)| format!("{file} {value}"))
                    .collect();
                format!("moves into a control group with {}", set.join(" and "))
            }
            World::LockAll(flags) => format!("locks all its memory ({})", lock(*flags)),
            World::UnlockAll => "unlocks all its memory".to_owned(),
            World::SetPersonality(flags) => {
                format!("adds {} to its personality", personality(*flags))
            }
            World::Tick => "waits for the clock's next second".to_owned(),
            World::SetClock(seconds) => {
                format!("sets the wall clock to {seconds} seconds after 1970")
            }
            World::Map { .. }
            | World::Fsync(_)
            | World::Ftruncate(..)
            | World::Protect(..)
            | World::Unmap(_)
            | World::Remap { .. }
            | World::Advise(..)
            | World::Sync(..)
            | World::Bind(..)
            | World::GetPolicy(..)
            | World::RemapFilePages(..) => self.mapping(world),
            World::WriteSysctl(..)
            | World::ReadSysctl(..)
            | World::SysvipcRow(..)
            | World::MapsRow(..)
            | World::SmapsValue(..)
            | World::ProcLine(..)
            | World::ProcPieces(..)
            | World::ProcValue(..) => self.file(world),
            World::FutexWait(place, value) => format!(
                "sleeps on the word at {} as long as it is {value}",
                self.place(*place)
            ),
            World::FutexWake(place, count) => format!(
                "wakes sleepers on the word at {}, until {count} were there",
                self.place(*place)
            ),
        }
    }

    fn mapping(self, world: &World) -> String {
        match world {
            World::Map {
                at,
                of,
                length,
                prot,
                binds,
            } => {
                let of = of.map_or_else(
                    || "private memory".to_owned(),
                    |of| format!("the file behind {}, shared,", self.map(of)),
                );
                format!(
                    "maps {length} of {of}{} with {}, and calls it {}",
                    self.wherever(*at),
                    protection(*prot),
                    self.map(*binds)
                )
            }
            World::Fsync(map) => {
                format!("has the file behind {} written by fsync(2)", self.map(*map))
            }
            World::Ftruncate(map, length) => format!(
                "cuts the file behind {} to {length} by ftruncate(2)",
                self.map(*map)
            ),
            World::Protect(range, prot) => {
                format!(
                    "sets the protection of {} to {}",
                    self.range(*range),
                    protection(*prot)
                )
            }
            World::Unmap(range) => format!("unmaps {} by munmap(2)", self.range(*range)),
            World::Remap {
                range,
                length,
                flags,
                to,
                binds,
            } => {
                let named = binds.map_or_else(String::new, |map| {
                    format!(", and calls it {}", self.map(map))
                });
                format!(
                    "remaps {} to a length of {length}{}{}{named}",
                    self.range(*range),
                    self.wherever(*to),
                    moving(*flags)
                )
            }
            World::Advise(range, advice) => {
                format!("advises {} of {}", Advice(*advice), self.range(*range))
            }
            World::Sync(range, flags) => format!(
                "writes {} to what is behind it by msync(2) ({})",
                self.range(*range),
                sync(*flags)
            ),
            World::Bind(range, mode, nodes) => format!(
                "sets the policy of {} to {}{}",
                self.range(*range),
                Policy(*mode),
                nodes_of(*nodes)
            ),
            World::GetPolicy(place, true) => {
                format!(
                    "asks for the node of {} by get_mempolicy(2)",
                    self.place(*place)
                )
            }
            World::GetPolicy(place, false) => {
                format!(
                    "asks for the policy of {} by get_mempolicy(2)",
                    self.place(*place)
                )
            }
            World::RemapFilePages(range, page) => format!(
                "lets {} show the pages from page {page} on, by remap_file_pages(2)",
                self.range(*range)
            ),
            other => unreachable!("{other:?} is no mapping"),
        }
    }

    fn file(self, world: &World) -> String {
        match world {
            World::WriteSysctl(name, value) => format!("writes {value:?} to the sysctl {name}"),
            World::ReadSysctl(name, label) => {
                format!("reads the sysctl {name}{}", self.keeps(*label))
            }
            World::SysvipcRow(seg, label) => format!(
                "looks for {} in /proc/sysvipc/shm{}",
                self.seg(*seg),
                self.keeps(*label)
            ),
            World::MapsRow(place, label) => format!(
                "looks for {} in /proc/self/maps{}",
                self.place(*place),
                self.keeps(*label)
            ),
            World::SmapsValue(place, field, label) => format!(
                "reads {field} of {} in /proc/self/smaps{}",
                self.place(*place),
                self.keeps(*label)
            ),
            World::ProcValue(file, field, label, settles) => {
                let what = if field.is_empty() {
                    "the number"
                } else {
                    field
                };
                let again = if *settles {
                    " until it has settled"
                } else {
                    ""
                };
                format!("reads {what} in {file}{again}{}", self.keeps(*label))
            }
            World::ProcLine(file, line) => format!("reads line {line} of {file}"),
            World::ProcPieces(file, length) => format!(
                "reads {file} whole, and again in pieces of {}, forwards and backwards",
                super::names::count(u64::from(*length), "byte")
            ),
            other => unreachable!("{other:?} reads or writes no file"),
        }
    }

    /// ` at an address`, unless the kernel chooses it.
    fn wherever(self, at: At) -> String {
        match at {
            At::Anywhere => String::new(),
            at => format!(" at {}", self.at(at)),
        }
    }
}

/// ` of node 0 and node 1`, if any.
fn nodes_of(mask: u64) -> String {
    let nodes = (0..64).filter(|node| mask >> node & 1 == 1);
    let nodes: Vec<_> = nodes.map(|node| format!("node {node}")).collect();
    if nodes.is_empty() {
        return String::new();
    }
    format!(" of {}", nodes.join(" and "))
}
