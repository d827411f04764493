//! The world around shared memory.

use super::call::address;
use super::touch::done;
use super::{Caller, Failed, Stage};
use crate::abi::{Errno, Field, Fields};
use crate::exec::cgroup;
use crate::exec::known::Known;
use crate::exec::wire::Unfit;
use crate::observe::Observation;
use crate::plan::{At, Entry, Place, Range, World};
use crate::sys::{clock, credentials, gate, limits, mapping, namespace, policy};
use std::os::fd::AsFd;

impl Stage<'_> {
    pub(super) fn world(&self, world: &World, known: &Known) -> Result<Observation, Failed> {
        Ok(match world {
            World::SetUser([ruid, euid, suid], keep) => {
                let kept = credentials::keep_capabilities(*keep);
                done(kept.and_then(|()| credentials::setresuid(*ruid, *euid, *suid)))
            }
            World::SetGroup([rgid, egid, sgid]) => {
                done(credentials::setresgid(*rgid, *egid, *sgid))
            }
            World::SetGroups(groups) => done(credentials::setgroups(groups)),
            World::Cgroup(set) => {
                let moved = cgroup::enter(set).map_err(|errno| (Unfit::Cgroup, errno))?;
                done(moved)
            }
            World::SetCapabilities(mask) => done(credentials::capset(*mask)),
            World::SetLimit(resource, limit) => {
                // The planner skips cases whose limit does not fit.
                let limit = limit.bytes(&self.case.units);
                let limit = limit.ok_or((Unfit::Limit, Errno(libc::EOVERFLOW)))?;
                done(limits::set_limit(*resource, limit, limit))
            }
            World::LockAll(flags) => done(mapping::mlockall(*flags)),
            World::UnlockAll => done(mapping::munlockall()),
            World::SetPersonality(flags) => done(mapping::personality(*flags)),
            World::Unshare(flags) => done(namespace::unshare(*flags)),
            World::JoinNamespace(of, flags) => {
                let (first, _) = self.case.actors[*of];
                let pid = known.pids[first].unwrap_or(0);
                done(namespace::setns_of(pid, *flags))
            }
            World::Clone(flags) => done(namespace::clone_flags_refused(*flags)),
            World::Tick => {
                // Nobody else looks at the clock of a machine that is ours, and it is put back.
                if !self.isolation.is_machine() || clock::begin_next_second().is_err() {
                    clock::until_next_second();
                }
                Observation::Ticked
            }
            World::SetClock(seconds) => done(clock::set_realtime(*seconds, 0)),
            World::WriteSysctl(name, value) => self.write_sysctl(name, value)?,
            World::ReadSysctl(name, _) => self.read_sysctl(name),
            World::ProcValue(file, field, ..) => self.proc_value(file, field),
            World::ProcLine(file, line) => self.proc_line(file, *line),
            World::ProcPieces(file, length) => self.proc_pieces(file, *length),
            World::SmapsValue(place, field, _) => self.smaps_value(self.spot(place, known), field),
            World::FutexWait(place, value) => {
                done(gate::wait_while(self.spot(place, known) as usize, *value))
            }
            World::FutexWake(place, count) => {
                done(gate::wake(self.spot(place, known) as usize, *count))
            }
            World::SysvipcRow(seg, _) => self.sysvipc_row(known.shmid(*seg)),
            World::MapsRow(place, _) => self.maps_row(self.spot(place, known)),
            World::Exec => unreachable!("an actor does this itself"),
            _ => self.mapping(world, known)?,
        })
    }

    fn mapping(&self, world: &World, known: &Known) -> Result<Observation, Failed> {
        let units = &self.case.units;
        let bytes = |size: &crate::plan::Size| size.bytes(units).unwrap_or(0) as usize;
        Ok(match world {
            World::Map {
                at,
                of,
                length,
                prot,
                ..
            } => {
                let length = bytes(length);
                let asked = self.asked(*at, length, known)?;
                let fixed = (*at != At::Anywhere).then_some(asked);
                let mapped = match of {
                    None => mapping::mmap(fixed, length, *prot),
                    Some(of) => self.behind(known.address(*of) as u64).and_then(|behind| {
                        let file = behind.open(prot & libc::PROT_WRITE != 0)?;
                        mapping::mmap_file(fixed, length, *prot, file.as_fd())
                    }),
                };
                address(mapped, asked)
            }
            World::Fsync(map) => {
                let behind = self.behind(known.address(*map) as u64);
                done(behind.and_then(|behind| behind.fsync()))
            }
            World::Ftruncate(map, length) => {
                let behind = self.behind(known.address(*map) as u64);
                done(behind.and_then(|behind| behind.ftruncate(bytes(length) as u64)))
            }
            World::Protect(range, prot) => {
                let (start, length) = self.range(range, known);
                done(mapping::mprotect(start, length, *prot))
            }
            World::Unmap(range) => {
                let (start, length) = self.range(range, known);
                done(mapping::munmap(start, length))
            }
            World::Advise(range, advice) => {
                let (start, length) = self.range(range, known);
                done(mapping::madvise(start, length, *advice))
            }
            World::Sync(range, flags) => {
                let (start, length) = self.range(range, known);
                done(mapping::msync(start, length, *flags))
            }
            World::Bind(range, mode, nodes) => {
                let (start, length) = self.range(range, known);
                done(policy::mbind(start, length, *mode, *nodes))
            }
            World::GetPolicy(place, node) => policy_of(self.spot(place, known) as usize, *node),
            World::RemapFilePages(range, pgoff) => {
                let (start, length) = self.range(range, known);
                done(mapping::remap_file_pages(start, length, *pgoff as usize))
            }
            World::Remap {
                range,
                length,
                flags,
                to,
                ..
            } => {
                let (start, old) = self.range(range, known);
                let new = bytes(length);
                let asked = self.asked(*to, new, known)?;
                address(mapping::mremap(start, old, new, *flags, asked), asked)
            }
            World::Grow(grow) => match mapping::sbrk(bytes(grow) as isize) {
                Ok(_) => Observation::Returned(0),
                Err(errno) => Observation::Failed(errno),
            },
            _ => unreachable!("this maps nothing"),
        })
    }

    /// The address of a place in a mapping.
    fn spot(&self, place: &Place, known: &Known) -> u64 {
        let offset = place.offset.bytes(&self.case.units).unwrap_or(0);
        (known.address(place.map) as u64).wrapping_add(offset)
    }

    fn asked(&self, at: At, length: usize, known: &Known) -> Result<usize, Failed> {
        let caller = Caller {
            case: self.case,
            ours: true,
            keys: self.keys,
        };
        caller.address(at, length, Entry::Direct, known)
    }

    /// Start and length of a part of a mapping; to its end, rounded up to whole pages,
    /// where no length is given.
    fn range(&self, range: &Range, known: &Known) -> (usize, usize) {
        let units = &self.case.units;
        let offset = range.place.offset.bytes(units).unwrap_or(0);
        let whole = self.case.maps[range.place.map].next_multiple_of(units.page);
        let length = match range.length {
            Some(length) => length.bytes(units).unwrap_or(0),
            None => whole.saturating_sub(offset),
        };
        let start = known.address(range.place.map).wrapping_add(offset as usize);
        (start, length as usize)
    }
}

/// The policy of an address, or the node of its page.
fn policy_of(address: usize, node: bool) -> Observation {
    let told = if node {
        let node = policy::node_of(address);
        node.map(|node| Fields::default().with(Field::Value, node as u64))
    } else {
        let policy = policy::policy_of(address);
        policy.map(|(mode, nodes)| {
            Fields::default()
                .with(Field::Policy, mode as u64)
                .with(Field::Nodes, nodes)
        })
    };
    told.map_or_else(Observation::Failed, Observation::told)
}
