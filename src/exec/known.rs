//! What the steps of a cast have brought to light so far: shmids, addresses, pids, answers.
//!
//! Conductor and actors each keep a copy. An order brings the conductor's, and
//! both note the same results in the same order.

use crate::abi::{Field, Fields};
use crate::observe::{MOST_RELATIONS, Observation, window_word};
use crate::plan::{Call, Case, Clock, Ipc, Key, Relation, Seg, Spot};

/// What is known, by the indices of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) shmids: Vec<Option<i32>>,
    /// How many of a shmid's low bits are its index.
    pub(super) index_bits: u32,
    /// A forked child has its mappings where its parent has them.
    pub(super) addresses: Vec<Option<u64>>,
    /// By player.
    pub(super) pids: Vec<Option<i32>>,
    pub(super) labels: Vec<Option<Fields>>,
    /// The second in which the case or the present round of a loop began, or the clock was set.
    pub(super) start: i64,
}

/// What the observer adds of its own.
#[derive(Clone, Copy)]
pub(super) struct Observer<'o> {
    /// The keys of its replica that nobody else has.
    pub(super) keys: &'o [i32],
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// The second in which it observed.
    pub(super) now: i64,
}

impl Known {
    pub(super) fn new(case: &Case) -> Self {
        Self {
            shmids: vec![None; case.objects],
            index_bits: case.index_bits,
            addresses: vec![None; case.maps.len()],
            pids: vec![None; case.players.len()],
            labels: vec![None; case.labels],
            start: 0,
        }
    }

    /// The number to pass for a segment. One that is not known is never valid: the step
    /// that asks for it needs the step that binds it, so this does not come to pass.
    pub(super) fn shmid(&self, seg: Seg) -> i32 {
        let of = |object: usize| self.shmids[object].unwrap_or(-1);
        match seg {
            Seg::Raw(id) => id,
            Seg::Bound { object, .. } => of(object),
            Seg::IndexOf { object, .. } => of(object) & self.index(),
            // One sequence number more.
            Seg::Stale { object, .. } => of(object).wrapping_add(self.index() + 1) & i32::MAX,
            Seg::Unused => self.index() - 1,
        }
    }

    /// The largest index, and the mask of its bits.
    fn index(&self) -> i32 {
        (1 << self.index_bits) - 1
    }

    /// Where a mapping is. 0 stands for one that is not known, as above.
    pub(super) fn address(&self, map: usize) -> usize {
        self.addresses[map].unwrap_or(0) as usize
    }

    /// The address of a place in a mapping.
    pub(super) fn spot(&self, spot: &Spot) -> usize {
        self.address(spot.map).wrapping_add(spot.offset as usize)
    }

    /// Keeps what later steps build on, and completes the observation with what was known
    /// before.
    pub(super) fn note(&mut self, call: &Call, seen: Observation) -> Observation {
        if let (Some(label), Observation::Told { fields, .. }) = (call.label(), &seen) {
            self.labels[label] = Some(*fields);
        }
        match (call, seen) {
            (
                Call::Ipc(Ipc::Shmget {
                    object: Some(object),
                    ..
                }),
                Observation::Id { id, against, .. },
            ) => {
                // A segment that is new has no other's shmid either.
                let other = self.shmids.contains(&Some(id)).then_some(id);
                let known = self.shmids[*object].or(other);
                self.shmids[*object].get_or_insert(id);
                Observation::Id { id, known, against }
            }
            (Call::Clock(Clock::Set(to)), Observation::Returned(0)) => {
                // What is now begins here.
                self.start = *to;
                Observation::Returned(0)
            }
            (_, Observation::Address { address, asked }) => {
                if let Some(map) = call.binds() {
                    self.addresses[map] = Some(address);
                }
                Observation::Address { address, asked }
            }
            (_, seen) => seen,
        }
    }

    /// The other sides of the relations of an expectation.
    pub(super) fn against(
        &self,
        relations: &[(Field, Relation)],
        observer: &Observer<'_>,
        first: impl Fn(usize) -> usize,
    ) -> [u64; MOST_RELATIONS] {
        let mut against = [0; MOST_RELATIONS];
        for (slot, (field, relation)) in against.iter_mut().zip(relations) {
            let shmid = |object: usize| self.shmids[object].unwrap_or(-1);
            *slot = match *relation {
                Relation::PidOf(actor) => self.pids[first(actor)].map_or(0, |pid| pid as u64),
                Relation::IdOf(object) => shmid(object) as u64,
                Relation::IndexOf(object) => (shmid(object) & self.index()) as u64,
                Relation::KeyOf(key) => u64::from(observer.key(key) as u32),
                Relation::Mine => match field {
                    Field::Gid | Field::Cgid => observer.gid.into(),
                    _ => observer.uid.into(),
                },
                Relation::Now => window_word(self.start, observer.now),
                Relation::Same(label, more) | Relation::Near(label, more, _) => {
                    self.kept(label, *field).wrapping_add_signed(more)
                }
                Relation::After(label) => self.kept(label, *field),
            };
        }
        against
    }

    /// What an answer in the old layout means, where its times are compared with others: it has the
    /// lower 32 bits of each (ipc/shm.c: copy_shmid_to_user), and of all times that end so, the one
    /// next to now is meant. 0 says that there was none. A number that the script gives is compared
    /// with what was told.
    pub(super) fn widened(fields: Fields, relations: &[(Field, Relation)], now: i64) -> Fields {
        relations.iter().fold(fields, |fields, (field, _)| {
            let told = fields.get(*field);
            if told == 0 || !field.is_time() {
                return fields;
            }
            let away = (told as i32).wrapping_sub(now as i32);
            fields.with(*field, (now + i64::from(away)) as u64)
        })
    }

    /// What a label holds for a field; the number of a file stands for any.
    fn kept(&self, label: usize, field: Field) -> u64 {
        let fields = self.labels[label].unwrap_or_default();
        match fields.get(field) {
            0 => fields.get(Field::Value),
            number => number,
        }
    }

    /// Takes over what another copy knows of the results of these calls, and we do not.
    pub(super) fn merge<'c>(&mut self, other: &Self, calls: impl Iterator<Item = &'c Call>) {
        for call in calls {
            if let Call::Ipc(Ipc::Shmget {
                object: Some(object),
                ..
            }) = call
            {
                self.shmids[*object] = self.shmids[*object].or(other.shmids[*object]);
            }
            if let Some(map) = call.binds() {
                self.addresses[map] = other.addresses[map].or(self.addresses[map]);
            }
            if let Some(label) = call.label() {
                self.labels[label] = other.labels[label].or(self.labels[label]);
            }
        }
    }

    /// Forgets the results of these calls, which are made once more.
    pub(super) fn forget<'c>(&mut self, calls: impl Iterator<Item = &'c Call>) {
        for call in calls {
            if let Call::Ipc(Ipc::Shmget {
                object: Some(object),
                ..
            }) = call
            {
                self.shmids[*object] = None;
            }
            if let Some(map) = call.binds() {
                self.addresses[map] = None;
            }
            if let Some(label) = call.label() {
                self.labels[label] = None;
            }
        }
    }

    /// As words of a message; their number is the same throughout a case.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> + '_ {
        // No shmid and no pid is negative, so all ones are free to mean none; no mapping
        // is at the end of the address space.
        let numbers = self.shmids.iter().chain(&self.pids);
        let numbers = numbers.map(|id| id.map_or(u64::MAX, |id| u64::from(id as u32)));
        let addresses = self.addresses.iter().map(|one| one.unwrap_or(u64::MAX));
        let labels = self.labels.iter().flat_map(|one| {
            let fields = one.unwrap_or_default();
            let words: Vec<u64> = fields.words().to_vec();
            std::iter::once(u64::from(one.is_some())).chain(words)
        });
        let start = std::iter::once(self.start as u64);
        numbers.chain(addresses).chain(labels).chain(start)
    }

    /// The reverse of [`Self::words`].
    pub(super) fn set(&mut self, words: &[u64]) {
        let mut words = words.iter().copied();
        let mut next = || words.next().unwrap_or(u64::MAX);
        let number = |word: u64| (word != u64::MAX).then_some(word as u32 as i32);
        for slot in self.shmids.iter_mut().chain(&mut self.pids) {
            *slot = number(next());
        }
        for slot in &mut self.addresses {
            *slot = Some(next()).filter(|word| *word != u64::MAX);
        }
        for slot in &mut self.labels {
            let is_there = next() == 1;
            let mut fields = [0; Field::ALL.len()];
            fields.fill_with(&mut next);
            *slot = is_there.then(|| Fields::from_words(&fields));
        }
        self.start = next() as i64;
    }
}

impl Observer<'_> {
    /// The number of a key.
    pub(super) fn key(&self, key: Key) -> i32 {
        match key {
            Key::Private => 0,
            Key::Raw(key) => key,
            Key::Unique(number) => self.keys[number],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Observer};
    use crate::abi::{Field, Fields};
    use crate::observe::{Observation, window};
    use crate::plan::{Call, Clock, Entry, Ipc, Key, Relation, Seg};

    fn known() -> Known {
        Known {
            shmids: vec![None; 2],
            index_bits: 15,
            addresses: vec![Some(0), None],
            pids: vec![Some(7)],
            labels: vec![Some(Fields::default().with(Field::Ctime, 90)), None],
            start: 100,
        }
    }

    #[test]
    fn a_shmid_that_another_object_has_is_not_new() {
        let get = |object| {
            Call::Ipc(Ipc::Shmget {
                key: Key::Private,
                size: 1,
                flags: 0,
                object: Some(object),
                entry: Entry::Direct,
                thread: false,
            })
        };
        let mut known = known();
        let mut note = |object, id| match known.note(&get(object), Observation::id(id)) {
            Observation::Id { known, .. } => known,
            other => panic!("{other:?}"),
        };
        assert_eq!(note(0, 5), None);
        assert_eq!(note(1, 5), Some(5));
        // Found again under its own key: known, as it must be.
        assert_eq!(note(0, 5), Some(5));
    }

    #[test]
    fn a_shmid_has_an_index_and_a_successor() {
        let mut known = known();
        known.shmids[0] = Some(0x8003);
        let (object, by) = (0, 0);
        assert_eq!(known.shmid(Seg::IndexOf { object, by }), 3);
        assert_eq!(known.shmid(Seg::Stale { object, by }), 0x1_0003);
        known.index_bits = 24;
        assert_eq!(known.shmid(Seg::IndexOf { object, by }), 0x8003);
        assert_eq!(known.shmid(Seg::Stale { object, by }), 0x100_8003);
    }

    #[test]
    fn relations_are_looked_up() {
        let observer = Observer {
            keys: &[77],
            uid: 1000,
            gid: 2000,
            now: 105,
        };
        let relations = [
            (Field::Cpid, Relation::PidOf(0)),
            (Field::Key, Relation::KeyOf(Key::Unique(0))),
            (Field::Gid, Relation::Mine),
            (Field::Ctime, Relation::Same(0, 2)),
            (Field::Ctime, Relation::Now),
        ];
        let against = known().against(&relations, &observer, |actor| actor);
        assert_eq!(against[..4], [7, 77, 2000, 92]);
        assert_eq!(window(against[4]), (100, 5));
    }

    #[test]
    fn a_time_of_32_bits_is_the_one_next_to_now() {
        let relations = [(Field::Ctime, Relation::Now), (Field::Mode, Relation::Mine)];
        for now in [
            1_700_000_000_i64,
            (1 << 31) + 3,
            (1 << 32) + 3,
            8_000_000_000,
        ] {
            for before in [0, 1, 5, 1000] {
                let told = i64::from((now - before) as i32) as u64;
                let fields = Fields::default()
                    .with(Field::Ctime, told)
                    .with(Field::Atime, told)
                    .with(Field::Mode, 0o600);
                let meant = Known::widened(fields, &relations, now);
                assert_eq!(meant.get(Field::Ctime), (now - before) as u64);
                // Nothing is compared with these.
                assert_eq!(meant.get(Field::Atime), told);
                assert_eq!(meant.get(Field::Mode), 0o600);
            }
            let none = Known::widened(Fields::default(), &relations, now);
            assert_eq!(none, Fields::default());
        }
    }

    #[test]
    fn now_begins_where_the_clock_was_set() {
        let mut known = known();
        let set = Call::Clock(Clock::Set(1 << 33));
        known.note(&set, Observation::Failed(crate::abi::Errno(22)));
        assert_eq!(known.start, 100);
        known.note(&set, Observation::Returned(0));
        assert_eq!(known.start, 1 << 33);
    }

    #[test]
    fn it_survives_as_words() {
        let known = known();
        let words: Vec<u64> = known.words().collect();
        let mut other = Known {
            shmids: vec![Some(1); 2],
            index_bits: 15,
            addresses: vec![None; 2],
            pids: vec![None],
            labels: vec![None, Some(Fields::default())],
            start: 0,
        };
        other.set(&words);
        assert_eq!(other, known);
    }
}
