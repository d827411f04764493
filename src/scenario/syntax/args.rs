//! A call with named arguments, read in two passes: which arguments there are, and then
//! each by its own type.
//!
//! What serde derives reads every argument of every form in place, in code of its own each
//! time, and twice; for forty forms that is a third of a firmware. Here a type is read in
//! one place, whoever has an argument of it.

use super::value::{raw_error, read};
use crate::scenario::read::SEVERAL;
use ron::value::RawValue;
use serde::de::{DeserializeOwned, EnumAccess, Error, MapAccess, VariantAccess, Visitor};
use std::fmt;

/// The arguments that a form takes.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The word that it is written with.
    pub(super) name: &'static str,
    /// All of them.
    pub(super) takes: &'static [&'static str],
    /// In the same order, `needed` or `optional`.
    pub(super) must: &'static [&'static str],
}

/// What was given.
pub(super) struct Args<'de>(Vec<(&'static str, &'de RawValue)>);

impl<'de> Args<'de> {
    /// The value of an argument that must be given; `None` if it has a problem, which is
    /// added to the others.
    pub(super) fn needed<T: DeserializeOwned>(
        &self,
        name: &str,
        problems: &mut Vec<String>,
    ) -> Option<T> {
        self.value(name, problems)?
    }

    /// The value of an argument, or what its type stands for by itself.
    pub(super) fn optional<T: DeserializeOwned + Default>(
        &self,
        name: &str,
        problems: &mut Vec<String>,
    ) -> Option<T> {
        Some(self.value(name, problems)?.unwrap_or_default())
    }

    fn value<T: DeserializeOwned>(
        &self,
        name: &str,
        problems: &mut Vec<String>,
    ) -> Option<Option<T>> {
        let Some((_, raw)) = self.0.iter().find(|(given, _)| *given == name) else {
            return Some(None);
        };
        let raw = raw.get_ron();
        let text = raw[crate::scenario::source::trivia(raw)..].trim_end();
        match read(text) {
            Ok(value) => Some(Some(value)),
            Err(error) => {
                problems.push(raw_error(text, &error));
                None
            }
        }
    }

    /// What was given, with the words.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// The problems of several arguments as one error.
pub(super) fn all<E: Error>(problems: &[String]) -> E {
    E::custom(problems.join(&String::from(SEVERAL)))
}

/// Reads the arguments of a form.
pub(super) struct ArgsVisitor(pub(super) Form);

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Args<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the arguments of `{}`", self.0.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Args<'de>, A::Error> {
        let form = self.0;
        let mut given: Vec<(&'static str, &'de RawValue)> = Vec::new();
        while let Some(crate::abi::Word(key)) = map.next_key()? {
            let Some(name) = form.takes.iter().find(|name| **name == key) else {
                return Err(A::Error::unknown_field(&key, form.takes));
            };
            if given.iter().any(|(other, _)| other == name) {
                return Err(A::Error::duplicate_field(name));
            }
            given.push((name, map.next_value()?));
        }
        let needs = form.takes.iter().zip(form.must);
        for (name, _) in needs.filter(|(_, must)| **must == "needed") {
            if given.iter().all(|(given, _)| given != name) {
                return Err(A::Error::missing_field(name));
            }
        }
        Ok(Args(given))
    }
}

/// Reads one of several forms.
pub(super) struct FormVisitor {
    pub(super) forms: &'static [Form],
    pub(super) names: &'static [&'static str],
}

impl<'de> Visitor<'de> for FormVisitor {
    type Value = (usize, Args<'de>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<Self::Value, A::Error> {
        let (crate::abi::Word(name), rest) = from.variant()?;
        let Some(at) = self.forms.iter().position(|form| form.name == name) else {
            return Err(A::Error::unknown_variant(&name, self.names));
        };
        let form = self.forms[at];
        let args = rest.struct_variant(form.takes, ArgsVisitor(form))?;
        Ok((at, args))
    }
}
