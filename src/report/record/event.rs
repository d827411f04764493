//! An event is read in one go: `ev` stands first in it and tells what the rest is. What serde
//! derives would keep the rest until it has seen all of it.

use super::Event;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Tagged)
    }
}

struct Tagged;

impl<'de> Visitor<'de> for Tagged {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event, which begins with `ev`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        const KNOWN: &[&str] = &["hello", "scenario", "step", "case", "done"];
        if map.next_key::<String>()?.as_deref() != Some("ev") {
            return Err(A::Error::missing_field("ev"));
        }
        let tag: String = map.next_value()?;
        let rest = MapAccessDeserializer::new(map);
        match tag.as_str() {
            "hello" => Deserialize::deserialize(rest).map(Event::Hello),
            "scenario" => Deserialize::deserialize(rest).map(Event::Scenario),
            "step" => Deserialize::deserialize(rest).map(Event::Step),
            "case" => Deserialize::deserialize(rest).map(Event::Case),
            "done" => Deserialize::deserialize(rest).map(Event::Done),
            other => Err(A::Error::unknown_variant(other, KNOWN)),
        }
    }
}
