//! What is mapped, where, and how.

use super::ipc::address;
use super::memory::done;
use super::{Failed, Stage};
use crate::abi::{Field, Fields};
use crate::exec::known::Known;
use crate::observe::Observation;
use crate::plan::{At, Entry, Mapping, Span};
use crate::sys::{mapping, policy};
use std::os::fd::AsFd;

impl Stage<'_> {
    pub(super) fn mapping(&self, step: &Mapping, known: &Known) -> Result<Observation, Failed> {
        let part = |span: &Span| (known.spot(&span.spot), span.length as usize);
        Ok(match step {
            Mapping::Map {
                at,
                of,
                length,
                prot,
                ..
            } => {
                let length = *length as usize;
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
            Mapping::Fsync(map) => {
                let behind = self.behind(known.address(*map) as u64);
                done(behind.and_then(|behind| behind.fsync()))
            }
            Mapping::Ftruncate(map, length) => {
                let behind = self.behind(known.address(*map) as u64);
                done(behind.and_then(|behind| behind.ftruncate(*length)))
            }
            Mapping::Protect(span, prot) => {
                let (start, length) = part(span);
                done(mapping::mprotect(start, length, *prot))
            }
            Mapping::Unmap(span) => {
                let (start, length) = part(span);
                done(mapping::munmap(start, length))
            }
            Mapping::Seal(span) => {
                let (start, length) = part(span);
                done(mapping::mseal(start, length))
            }
            Mapping::Remap {
                range,
                length,
                flags,
                to,
                ..
            } => {
                let (start, old) = part(range);
                let new = *length as usize;
                let asked = self.asked(*to, new, known)?;
                address(mapping::mremap(start, old, new, *flags, asked), asked)
            }
            Mapping::Advise(span, advice) => {
                let (start, length) = part(span);
                done(mapping::madvise(start, length, *advice))
            }
            Mapping::Sync(span, flags) => {
                let (start, length) = part(span);
                done(mapping::msync(start, length, *flags))
            }
            Mapping::Bind(span, mode, nodes) => {
                let (start, length) = part(span);
                done(policy::mbind(start, length, *mode, *nodes))
            }
            Mapping::GetPolicy(spot, node) => policy_of(known.spot(spot), *node),
            Mapping::RemapFilePages(span, pgoff) => {
                let (start, length) = part(span);
                done(mapping::remap_file_pages(start, length, *pgoff as usize))
            }
            Mapping::LockAll(flags) => done(mapping::mlockall(*flags)),
            Mapping::UnlockAll => done(mapping::munlockall()),
            Mapping::SetPersonality(flags) => done(mapping::personality(*flags)),
            Mapping::Grow(grow) => done(mapping::sbrk(*grow as isize).map(drop)),
        })
    }

    fn asked(&self, at: At, length: usize, known: &Known) -> Result<usize, Failed> {
        self.caller().address(at, length, Entry::Direct, known)
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
