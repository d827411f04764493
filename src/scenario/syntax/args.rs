//! A call with named arguments, read in two passes: which arguments there are, and then
//! each by its own type.
//!
//! What serde derives reads every argument of every form in place, in code of its own each
//! time, and twice; for forty forms that is a third of a firmware. Here a type is read in
//! one place, whoever has an argument of it.

use super::raw::Raw;
use super::value::{placed, raw_error, read};
use crate::scenario::read::{SEVERAL, reword};
use serde::de::{DeserializeOwned, EnumAccess, Error, MapAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};
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
#[derive(Default)]
pub(super) struct Args<'de> {
    values: Vec<(&'static str, &'de str)>,
    /// Of their names: what is unknown, given twice or missing.
    pub(super) problems: Vec<String>,
}

impl Args<'_> {
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
        let Some((_, raw)) = self.values.iter().find(|(given, _)| *given == name) else {
            return Some(None);
        };
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
        self.values.iter().map(|(name, _)| *name)
    }
}

/// The problems of several arguments as one error.
pub(super) fn all<E: Error>(problems: &[String]) -> E {
    E::custom(problems.join(&String::from(SEVERAL)))
}

/// A word where it stands in the text.
struct Name<'de>(&'de str);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Here;
        impl<'de> Visitor<'de> for Here {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(text))
            }
        }
        from.deserialize_identifier(Here)
    }
}

/// Reads the arguments of a form that stands where its name does, if it has one.
pub(super) struct ArgsVisitor<'de>(pub(super) Form, pub(super) Option<&'de str>);

impl<'de> Visitor<'de> for ArgsVisitor<'de> {
    type Value = Args<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the arguments of `{}`", self.0.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Args<'de>, A::Error> {
        let Self(form, name) = self;
        let mut args = Args::default();
        while let Some(Name(key)) = map.next_key()? {
            let value = map.next_value::<Raw<'_>>()?.0;
            let known = form.takes.iter().find(|name| **name == key);
            let twice = args.given().any(|other| other == key);
            match known {
                Some(name) if !twice => args.values.push((name, value)),
                Some(name) => args.problems.push(placed(key, &given_twice(name))),
                None => args.problems.push(placed(key, &unknown(form, key))),
            }
        }
        let needs = form.takes.iter().zip(form.must);
        for (missing, _) in needs.filter(|(_, must)| **must == "needed") {
            if args.given().all(|given| given != *missing) {
                let Some(name) = name else {
                    return Err(A::Error::missing_field(missing));
                };
                args.problems.push(placed(name, &lacks(form, missing)));
            }
        }
        Ok(args)
    }
}

fn unknown(form: Form, key: &str) -> String {
    reword(&ron::Error::NoSuchStructField {
        expected: form.takes,
        found: key.to_owned(),
        outer: Some(form.name.to_owned()),
    })
}

fn given_twice(field: &'static str) -> String {
    reword(&ron::Error::DuplicateStructField { field, outer: None })
}

fn lacks(form: Form, field: &'static str) -> String {
    let outer = Some(form.name.to_owned());
    reword(&ron::Error::MissingStructField { field, outer })
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
        let (Name(name), rest) = from.variant()?;
        let Some(at) = self.forms.iter().position(|form| form.name == name) else {
            return Err(A::Error::unknown_variant(name, self.names));
        };
        let form = self.forms[at];
        let args = rest.struct_variant(form.takes, ArgsVisitor(form, Some(name)))?;
        Ok((at, args))
    }
}
