//! What is mapped, where, and how, as what an actor does.

use super::ipc::mapped;
use crate::abi::{Advice, Policy};
use crate::explain::flags::{lock, moving, personality, protection, sync};
use crate::explain::names::Names;
use crate::scenario::{At, Mapping};

impl Names<'_> {
    pub(super) fn mapping(self, step: &Mapping) -> String {
        match step {
            Mapping::Map {
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
            Mapping::Fsync(map) => {
                format!("has the file behind {} written by fsync(2)", self.map(*map))
            }
            Mapping::Ftruncate(map, length) => format!(
                "cuts the file behind {} to {length} by ftruncate(2)",
                self.map(*map)
            ),
            Mapping::Protect(range, prot) => {
                format!(
                    "sets the protection of {} to {}",
                    self.range(*range),
                    protection(*prot)
                )
            }
            Mapping::Unmap(range) => format!("unmaps {} by munmap(2)", self.range(*range)),
            Mapping::Seal(range) => format!("seals {} by mseal(2)", self.range(*range)),
            Mapping::Remap {
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
            Mapping::Advise(range, advice) => {
                format!("advises {} of {}", Advice(*advice), self.range(*range))
            }
            Mapping::Sync(range, flags) => format!(
                "writes {} to what is behind it by msync(2) ({})",
                self.range(*range),
                sync(*flags)
            ),
            Mapping::Bind(range, mode, nodes) => format!(
                "sets the policy of {} to {}{}",
                self.range(*range),
                Policy(*mode),
                nodes_of(*nodes)
            ),
            Mapping::GetPolicy(place, true) => {
                format!(
                    "asks for the node of {} by get_mempolicy(2)",
                    self.place(*place)
                )
            }
            Mapping::GetPolicy(place, false) => {
                format!(
                    "asks for the policy of {} by get_mempolicy(2)",
                    self.place(*place)
                )
            }
            Mapping::RemapFilePages(range, page) => format!(
                "lets {} show the pages from page {page} on, by remap_file_pages(2)",
                self.range(*range)
            ),
            Mapping::LockAll(flags) => format!("locks all its memory ({})", lock(*flags)),
            Mapping::UnlockAll => "unlocks all its memory".to_owned(),
            Mapping::SetPersonality(flags) => {
                format!("adds {} to its personality", personality(*flags))
            }
            Mapping::Grow(size) => format!("grows its break by {size}"),
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

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: &Mapping) -> &'static str {
    match step {
        Mapping::Map { at, .. } | Mapping::Remap { to: at, .. } => mapped(*at, false),
        Mapping::Fsync(_)
        | Mapping::Ftruncate(..)
        | Mapping::Protect(..)
        | Mapping::Unmap(_)
        | Mapping::Seal(_)
        | Mapping::Advise(..)
        | Mapping::Sync(..)
        | Mapping::Bind(..)
        | Mapping::GetPolicy(..)
        | Mapping::RemapFilePages(..)
        | Mapping::LockAll(_)
        | Mapping::UnlockAll
        | Mapping::SetPersonality(_)
        | Mapping::Grow(_) => "return 0",
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
