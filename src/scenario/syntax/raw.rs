//! A value that is still text.

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// What `ron::value::RawValue` asks ron for. That type would read the text once more to see
/// whether it is RON, which ron has just done; all of a file's reading took twice as long.
const TOKEN: &str = "$ron::private::RawValue";

/// The text of a value, with the white space and comments that ron has passed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Raw<'a>(pub(in crate::scenario) &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_newtype_struct(TOKEN, Text).map(Self)
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = &'de str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<&'de str, E> {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Raw;
    use ron::value::RawValue;

    #[test]
    fn it_is_what_ron_would_have_found() {
        for text in [
            "[ f(a: 1) , /* c */ \"]\" // d\n ]",
            "[( [ ) ]",
            "[1 2]",
            "[]",
        ] {
            let ours = ron::from_str::<Vec<Raw<'_>>>(text);
            let theirs = ron::from_str::<Vec<&RawValue>>(text);
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let theirs: Vec<&str> = theirs.iter().map(|raw| raw.get_ron()).collect();
                    let ours: Vec<&str> = ours.iter().map(|raw| raw.0).collect();
                    assert_eq!(ours, theirs, "{text}");
                }
                (ours, theirs) => assert_eq!(ours.err(), theirs.err(), "{text}"),
            }
        }
    }
}
