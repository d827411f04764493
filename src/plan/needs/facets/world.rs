//! The same of the world around shared memory.

use super::{Facet, Touch};
use crate::scenario::{Range, World};

impl Touch<'_> {
    pub(super) fn world(&mut self, world: &World) {
        match world {
            World::Exec => {
                self.everything_attached();
                self.changes(Facet::Life(self.actor));
            }
            World::SetUser(..)
            | World::SetGroup(_)
            | World::SetGroups(_)
            | World::SetCapabilities(_)
            | World::SetLimit(..)
            | World::LockAll(_)
            | World::UnlockAll
            | World::SetPersonality(_)
            | World::Cgroup(_)
            | World::Unshare(_) => self.changes(Facet::Identity(self.actor)),
            World::JoinNamespace(of, _) => {
                self.looks(Facet::Identity(*of));
                self.changes(Facet::Identity(self.actor));
            }
            World::Grow(_) => self.all_mappings(),
            World::Clone(_) | World::Tick => {}
            World::Map { at, of, binds, .. } => {
                self.address(*at, true);
                if let Some(of) = of {
                    self.looks(Facet::Mapping(*of));
                }
                self.changes(Facet::Mapping(*binds));
            }
            World::Fsync(map) => self.looks(Facet::Mapping(*map)),
            World::Ftruncate(map, _) => {
                self.looks(Facet::Mapping(*map));
                self.stores(*map);
            }
            World::Protect(range, _) | World::Unmap(range) | World::Advise(range, _) => {
                self.range(range);
                self.stores(range.place.map);
            }
            // It attaches anew, which a removed segment may not live to see (ipc/shm.c: shm_mmap).
            World::RemapFilePages(range, _) => {
                self.range(range);
                if let Some(object) = self.play.maps[range.place.map].object {
                    self.alive(object);
                }
                self.stores(range.place.map);
            }
            World::Sync(range, _) => self.looks(Facet::Mapping(range.place.map)),
            World::Bind(range, ..) => {
                self.looks(Facet::Mapping(range.place.map));
                self.changes(self.policy(range.place.map));
            }
            World::GetPolicy(place, _) => {
                self.looks(Facet::Mapping(place.map));
                self.looks(self.policy(place.map));
            }
            World::Remap {
                range, to, binds, ..
            } => {
                self.range(range);
                self.address(*to, true);
                if let Some(map) = binds {
                    self.changes(Facet::Mapping(*map));
                }
            }
            World::WriteSysctl(..) | World::SetClock(_) => self.changes(Facet::World),
            World::ReadSysctl(_, label) => {
                if self.sets_limits() {
                    self.all_segments();
                }
                self.keeps(*label);
            }
            World::ProcValue(_, _, label, _) => {
                self.everything();
                self.keeps(*label);
            }
            World::ProcLine(..) | World::ProcPieces(..) => self.everything(),
            World::SysvipcRow(seg, label) => {
                if let Some(object) = self.named(*seg) {
                    self.looks(Facet::Attachments(object));
                }
                self.keeps(*label);
            }
            World::FutexWait(place, _) | World::FutexWake(place, _) => self.loads(place.map),
            World::MapsRow(_, label) | World::SmapsValue(_, _, label) => {
                self.all_mappings();
                self.keeps(*label);
            }
        }
    }

    /// A file of /proc may tell of anything.
    fn everything(&mut self) {
        self.all_segments();
        self.all_mappings();
        for object in 0..self.play.objects.len() {
            self.looks(Facet::Contents(object));
        }
    }

    fn range(&mut self, range: &Range) {
        self.looks(Facet::Mapping(range.place.map));
        self.remaps(range.place.map);
    }

    /// A policy is that of the segment, or of private memory.
    fn policy(&self, map: usize) -> Facet {
        let object = self.play.maps[map].object;
        object.map_or(Facet::Mapping(map), Facet::Policy)
    }

    fn keeps(&mut self, label: Option<usize>) {
        if let Some(label) = label {
            self.changes(Facet::Label(label));
        }
    }
}
