//! A call with named arguments, read in two passes: which arguments there are, and then
//! each by its own type.
//!
//! What serde derives reads every argument of every form in place, in code of its own each
//! time, and twice; for forty forms that is a third of a firmware. Here a type is read in
//! one place, whoever has an argument of it.

use crate::scenario::raw::Raw;
use crate::scenario::ron_error::reword;
use crate::scenario::text::{Read, Text, Wrong};
use serde::de::{EnumAccess, Error, MapAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::ops::Range;

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
pub(super) struct Args<'t> {
    values: Vec<(Argument, Text<'t>)>,
}

/// Where an argument stands in the text of its step, in bytes.
#[derive(Clone)]
pub(in crate::scenario) struct Argument {
    pub(in crate::scenario) name: &'static str,
    /// Its name.
    pub(in crate::scenario) at: usize,
    pub(in crate::scenario) value: Range<usize>,
}

impl<'t> Args<'t> {
    /// The arguments of a form that `text` is, whose name stands there as `name`. Of their names
    /// it is told what is unknown, given twice or missing.
    pub(super) fn new(
        form: &Form,
        text: Text<'t>,
        name: &str,
        pairs: Pairs<'t>,
        wrong: &mut Vec<Wrong>,
    ) -> Self {
        let mut args = Self { values: Vec::new() };
        for (key, value) in pairs.0 {
            let known = form.takes.iter().find(|name| **name == key);
            let twice = args.given().any(|other| other == key);
            match known {
                Some(name) if !twice => {
                    let value = text.inside(value);
                    let argument = Argument {
                        name,
                        at: text.place_of(key),
                        value: value.range(),
                    };
                    args.values.push((argument, value));
                }
                Some(name) => wrong.push(text.wrong_at(key, given_twice(name))),
                None => wrong.push(text.wrong_at(key, unknown(form, key))),
            }
        }
        let needs = form.takes.iter().zip(form.must);
        for (missing, _) in needs.filter(|(_, must)| **must == "needed") {
            if args.given().all(|given| given != *missing) {
                wrong.push(text.wrong_at(name, lacks(form, missing)));
            }
        }
        args
    }

    /// The value of an argument that must be given; `None` if it is not, which was told, or has
    /// a problem, which is added to the others.
    pub(super) fn needed<T: Read>(&self, name: &str, wrong: &mut Vec<Wrong>) -> Option<T> {
        self.value(name, wrong)?
    }

    /// The value of an argument, or what its type stands for by itself.
    pub(super) fn optional<T: Read + Default>(
        &self,
        name: &str,
        wrong: &mut Vec<Wrong>,
    ) -> Option<T> {
        Some(self.value(name, wrong)?.unwrap_or_default())
    }

    fn value<T: Read>(&self, name: &str, wrong: &mut Vec<Wrong>) -> Option<Option<T>> {
        let Some((_, text)) = self.values.iter().find(|(given, _)| given.name == name) else {
            return Some(None);
        };
        T::read(*text, wrong).map(Some)
    }

    /// What was given, with the words.
    pub(super) fn given(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.values.iter().map(|(argument, _)| argument.name)
    }

    /// Where all of it stands.
    pub(super) fn places(self) -> Vec<Argument> {
        self.values
            .into_iter()
            .map(|(argument, _)| argument)
            .collect()
    }
}

fn unknown(form: &Form, key: &str) -> String {
    reword(&ron::Error::NoSuchStructField {
        expected: form.takes,
        found: key.to_owned(),
        outer: Some(form.name.to_owned()),
    })
}

fn given_twice(field: &'static str) -> String {
    reword(&ron::Error::DuplicateStructField { field, outer: None })
}

fn lacks(form: &Form, field: &'static str) -> String {
    let outer = Some(form.name.to_owned());
    reword(&ron::Error::MissingStructField { field, outer })
}

/// A word where it stands in the text.
struct Name<'t>(&'t str);

impl<'t> Deserialize<'t> for Name<'t> {
    fn deserialize<D: Deserializer<'t>>(from: D) -> Result<Self, D::Error> {
        struct Here;
        impl<'t> Visitor<'t> for Here {
            type Value = Name<'t>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Name<'t>, E> {
                Ok(Name(text))
            }
        }
        from.deserialize_identifier(Here)
    }
}

/// Names and values in brackets, whatever they are.
pub(super) struct Pairs<'t>(Vec<(&'t str, Raw<'t>)>);

impl<'de: 't, 't> Deserialize<'de> for Pairs<'t> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_struct("", &[], PairsVisitor)
    }
}

struct PairsVisitor;

impl<'t> Visitor<'t> for PairsVisitor {
    type Value = Pairs<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("named arguments")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Pairs<'t>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(Name(key)) = map.next_key()? {
            pairs.push((key, map.next_value()?));
        }
        Ok(Pairs(pairs))
    }
}

/// One of several forms: the word, which is one of `names`, and what stands behind it.
pub(super) struct Call<'t> {
    pub(super) word: &'t str,
    pub(super) pairs: Pairs<'t>,
}

/// Reads one of several forms.
pub(super) struct CallVisitor(pub(super) &'static [&'static str]);

impl<'t> Visitor<'t> for CallVisitor {
    type Value = Call<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step")
    }

    fn visit_enum<A: EnumAccess<'t>>(self, from: A) -> Result<Call<'t>, A::Error> {
        let (Name(word), rest) = from.variant()?;
        if !self.0.contains(&word) {
            return Err(A::Error::unknown_variant(word, self.0));
        }
        let pairs = rest.struct_variant(&[], PairsVisitor)?;
        Ok(Call { word, pairs })
    }
}
