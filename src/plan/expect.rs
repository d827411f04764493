//! What a step must come to, on this target.

use super::{Fill, Relation};
use crate::abi::{Death, Errno, Field};

/// What a step must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The call fails with this error.
    Fails(Errno),
    /// It returns a shmid of its own.
    NewId,
    /// It returns the shmid that the object has already.
    SameId,
    /// It returns a shmid, the object's if that has one: others are at it as well.
    AnyId,
    /// It returns an address that is a multiple of this.
    AddressMultipleOf(u64),
    /// It returns the address that was asked for.
    AddressAsAsked,
    /// It returns the address that was asked for, rounded down to a multiple of this.
    AddressRoundedTo(u64),
    /// It returns 0.
    Zero,
    /// It succeeds, and these numbers hold. The relations are those of the numbers that
    /// have one, in their order.
    Fields(Vec<(Field, Is)>, Vec<(Field, Relation)>),
    /// There is no such row.
    Absent,
    /// The store completes.
    Stored,
    /// The load completes and saw what it was compared with.
    Saw(Fill),
    /// What was read again is what was read before.
    SameAgain,
    /// The actor dies so.
    Killed(Death),
    /// A child lives.
    Child,
    /// The process lives on as another program.
    Replaced,
    /// The actor ends with exit status 0.
    Exits,
    /// The clock shows another second.
    Ticked,
    /// So many of the calls: fewest and most.
    Count(u32, u32),
    /// One of these.
    OneOf(Vec<Self>),
}

/// What a number must be. A relation's other side is found by its turn among the relations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// Just this; negative ones in two's complement.
    Number(u64),
    /// At least this, signed.
    AtLeast(i64),
    /// At most this, signed.
    AtMost(i64),
    /// Anything else, signed.
    Not(i64),
    /// The other side of the relation.
    Equal(Relation),
    /// The other side, give or take so much.
    Near(Relation, u64),
    /// More than the other side.
    Above(Relation),
    /// A time between the other side, at which the case began, and now.
    Now,
}

impl Expect {
    /// The numbers that are looked at.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let all: Vec<Field> = match self {
            Self::Fields(numbers, _) => numbers.iter().map(|(field, _)| *field).collect(),
            Self::OneOf(all) => all
                .iter()
                .flat_map(|one| one.fields().collect::<Vec<_>>())
                .collect(),
            _ => Vec::new(),
        };
        all.into_iter()
    }

    /// The relations that its numbers have.
    #[must_use]
    pub fn relations(&self) -> &[(Field, Relation)] {
        match self {
            Self::Fields(_, relations) => relations,
            Self::OneOf(all) => all
                .iter()
                .map(Self::relations)
                .find(|relations| !relations.is_empty())
                .unwrap_or_default(),
            _ => &[],
        }
    }
}
