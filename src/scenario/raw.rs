//! A value that is still text.

use ron::value::RawValue;
use serde::{Deserialize, Deserializer};

/// The text of a value, with the white space and comments that ron has passed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Raw<'a>(pub(in crate::scenario) &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(from).map(|raw| Self(raw.get_ron()))
    }
}
