//! What the steps of a cast have brought to light so far: shmids and addresses.
//!
//! Conductor and actors each keep a copy. An order brings the conductor's, and
//! both note the same results in the same order.

use crate::observe::Observation;
use crate::plan::{Call, Seg};

/// The shmids of the objects and the addresses of the attachments, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    pub(super) shmids: Vec<Option<i32>>,
    /// A forked child has its attachments where its parent has them.
    pub(super) addresses: Vec<u64>,
}

impl Slots {
    pub(super) fn new(objects: usize, maps: usize) -> Self {
        Self {
            shmids: vec![None; objects],
            addresses: vec![0; maps],
        }
    }

    /// The number to pass for a segment. One that is not known is never valid: the step
    /// that asks for it needs the step that binds it, so this does not come to pass.
    pub(super) fn shmid(&self, seg: Seg) -> i32 {
        match seg {
            Seg::Raw(id) => id,
            Seg::Object(object) => self.shmids[object].unwrap_or(-1),
        }
    }

    /// Keeps what later steps build on, and completes the observation with what was known
    /// before.
    pub(super) fn note(&mut self, call: &Call, seen: Observation) -> Observation {
        match (call, seen) {
            (
                Call::Shmget {
                    object: Some(object),
                    ..
                },
                Observation::Id { id, .. },
            ) => {
                // A segment that is new has no other's shmid either.
                let other = self.shmids.contains(&Some(id)).then_some(id);
                let known = self.shmids[*object].or(other);
                self.shmids[*object].get_or_insert(id);
                Observation::Id { id, known }
            }
            (Call::Shmat { map: Some(map), .. }, Observation::Address { address, asked }) => {
                self.addresses[*map] = address;
                Observation::Address { address, asked }
            }
            (_, seen) => seen,
        }
    }

    /// As words of a message; their number is that of the slots.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        // No shmid is negative, so all ones are free to mean none.
        let shmids = self
            .shmids
            .iter()
            .map(|id| id.map_or(u64::MAX, |id| u64::from(id as u32)));
        shmids.chain(self.addresses.iter().copied())
    }

    /// The reverse of [`Self::words`].
    pub(super) fn set(&mut self, words: &[u64]) {
        let (shmids, addresses) = words.split_at(self.shmids.len());
        for (slot, word) in self.shmids.iter_mut().zip(shmids) {
            *slot = (*word != u64::MAX).then_some(*word as u32 as i32);
        }
        self.addresses.copy_from_slice(addresses);
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;
    use crate::observe::Observation::Id;
    use crate::plan::{Call, Key};

    #[test]
    fn a_shmid_that_another_object_has_is_not_new() {
        let get = |object| Call::Shmget {
            key: Key::Private,
            size: 1,
            flags: 0,
            object: Some(object),
        };
        let mut slots = Slots::new(2, 0);
        let seen = |id| Id { id, known: None };
        assert_eq!(slots.note(&get(0), seen(5)), seen(5));
        assert_eq!(
            slots.note(&get(1), seen(5)),
            Id {
                id: 5,
                known: Some(5)
            }
        );
        // Found again under its own key: known, as it must be.
        assert_eq!(
            slots.note(&get(0), seen(5)),
            Id {
                id: 5,
                known: Some(5)
            }
        );
    }
}
