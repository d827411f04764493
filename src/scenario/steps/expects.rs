//! Expectations: which of them a step can have, and what they refer to.

use super::{Expect, Is, syntax};
use super::{Where, Work};
use crate::abi::{Field, Policy};
use crate::scenario::configs::config;
use crate::scenario::model::{Branch, Condition, Fill, Key, Relation, Size};
use crate::scenario::syntax::{Asks, Condition as Asked, Expect as Written, Result, Word};

/// What a call that returns 0, an address or a child can come to.
pub(super) const ZERO: &[&str] = &["Ok", "Err", "OneOf", "Depends"];

/// The most numbers that one expectation compares with what only the run brings to light.
pub(crate) const MOST_RELATIONS: usize = 16;

/// A field that an expectation tells of.
struct Told<'t> {
    /// Its word in the structure; empty where it is the only answer.
    name: &'t str,
    field: Field,
    /// Where what it must be stands.
    at: &'t Where,
}

impl Work<'_, '_> {
    /// A step that returns 0, or an address.
    pub(super) fn zero<A>(&mut self, act: A, expect: &syntax::Expect) -> Option<(A, Expect)> {
        Some((act, self.expect(expect, ZERO)?))
    }

    /// The model of an expectation that must be one of these forms.
    pub(super) fn expect(&mut self, written: &Written, forms: &[&str]) -> Option<Expect> {
        let expect = self.form(written, forms)?;
        if expect.relations().len() > MOST_RELATIONS {
            let message = format!("more than {MOST_RELATIONS} relations in one step; split it");
            return self.wrong("expect", message);
        }
        if expect.may_kill() {
            self.ends("was killed, as an earlier step expects");
        }
        Some(expect)
    }

    fn form(&mut self, written: &Written, forms: &[&str]) -> Option<Expect> {
        let Written { result, at } = written;
        let kind = syntax::kind_of_result(result);
        if !forms.contains(&kind) {
            let verb = self.verb().to_owned();
            let known = forms.join("`, `");
            let one_of = if forms.len() == 1 { "" } else { "one of " };
            let message = format!("`{kind}` is no result of this {verb}; write {one_of}`{known}`");
            return self.wrong_at(at, kind, message);
        }
        Some(match result {
            Result::Ok => Expect::Ok,
            Result::Err(errno) => Expect::Err(*errno),
            Result::OneOf(all) if all.len() < 2 => {
                let message = "one of fewer than two is no choice; name another";
                return self.wrong_at(at, kind, message);
            }
            Result::OneOf(all) => {
                let all: Option<Vec<_>> = all.iter().map(|one| self.form(one, forms)).collect();
                let all = all?;
                let related = all.iter().filter(|one| !one.relations().is_empty());
                if related.count() > 1 {
                    let message = "only one alternative may compare with what the run brings to \
                                   light; split the step";
                    return self.wrong_at(at, kind, message);
                }
                Expect::OneOf(all)
            }
            Result::Depends { on, .. } if on.is_empty() => {
                let message = "it depends on nothing; add a branch to `on`";
                return self.wrong_at(at, kind, message);
            }
            Result::Depends { on, otherwise } => self.depends(on, otherwise, forms)?,
            Result::Id(is) => Expect::Fields(vec![self.field("", Field::Returned, is)?]),
            Result::Returns(is) => Expect::Fields(vec![self.field("", Field::Returned, is)?]),
            Result::Value(is) => Expect::Fields(vec![self.field("", Field::Value, is)?]),
            Result::Stat(fields) => self.fields(written, fields.given())?,
            Result::Info(fields) => self.fields(written, fields.given())?,
            Result::ShmInfo(fields) => self.fields(written, fields.given())?,
            Result::Row(fields) => self.fields(written, fields.given())?,
            Result::Mapping(fields) => self.fields(written, fields.given())?,
            Result::Policy(fields) => self.fields(written, fields.given())?,
            Result::Absent => Expect::Absent,
            Result::Zeros => Expect::Bytes(Fill::Zeros),
            Result::Text(text) if text.is_empty() => {
                let message = "an empty text asserts nothing; write at least a letter";
                return self.wrong_at(at, "\"\"", message);
            }
            Result::Text(text) => Expect::Bytes(Fill::Text(text.clone())),
            Result::Pattern(seed) => Expect::Bytes(Fill::Pattern(*seed)),
            Result::Killed(death) => Expect::Killed(*death),
        })
    }

    fn depends(
        &mut self,
        on: &[syntax::Branch],
        otherwise: &Written,
        forms: &[&str],
    ) -> Option<Expect> {
        let mut branches = Vec::new();
        for branch in on {
            let because = &branch.because;
            if because.value.trim().is_empty() {
                let message = "a difference between targets has a source; name the commit or file";
                return self.wrong_at(&because.at, "", message);
            }
            branches.push(Branch {
                when: self.condition(&branch.when)?,
                because: because.value.clone(),
                expect: self.form(&branch.expect, forms)?,
            });
        }
        Some(Expect::Depends(
            branches,
            Box::new(self.form(otherwise, forms)?),
        ))
    }

    fn condition(&mut self, asked: &Asked) -> Option<Condition> {
        let Asked { asks, at } = asked;
        let mut all = |list: &[Asked]| -> Option<Vec<Condition>> {
            list.iter().map(|one| self.condition(one)).collect()
        };
        Some(match asks {
            Asks::All(list) | Asks::Any(list) if list.is_empty() => {
                let message = "a condition of nothing tells nothing; name one";
                return self.wrong_at(at, "", message);
            }
            Asks::Arch(list) if list.is_empty() => {
                let message = "no target has no architecture; name one";
                return self.wrong_at(at, "", message);
            }
            Asks::All(list) => Condition::All(all(list)?),
            Asks::Any(list) => Condition::Any(all(list)?),
            Asks::Since(major, minor) => Condition::Since(*major, *minor),
            Asks::Before(major, minor) => Condition::Before(*major, *minor),
            Asks::Arch(list) => Condition::Arch(list.clone()),
            Asks::Native => Condition::Native,
            Asks::Compat => Condition::Compat,
            Asks::Root => Condition::Root,
            Asks::PageSize(size) => Condition::PageSize(*size),
            Asks::IndexBits(bits) => Condition::IndexBits(*bits),
            Asks::Not(one) => Condition::Not(Box::new(self.condition(one)?)),
            Asks::Config(option) => match config(option) {
                Ok(option) => Condition::Config(option),
                Err(message) => return self.wrong_at(at, &format!("\"{option}\""), message),
            },
        })
    }

    fn fields(&mut self, written: &Written, given: &[syntax::Given]) -> Option<Expect> {
        if given.is_empty() {
            let kind = syntax::kind_of_result(&written.result);
            let message = format!("`{kind}()` without a field asserts nothing; name one");
            return self.wrong_at(&written.at, kind, message);
        }
        let fields: Option<Vec<_>> = given
            .iter()
            .map(|(word, field, is)| self.field(word, *field, is))
            .collect();
        Some(Expect::Fields(fields?))
    }

    /// A field by its word in the structure; without one where it is the only answer.
    fn field(&mut self, word: &str, field: Field, is: &syntax::Is) -> Option<(Field, Is)> {
        let told = self.relation(word, field, is)?;
        Some((field, told))
    }

    fn relation(&mut self, name: &str, field: Field, is: &syntax::Is) -> Option<Is> {
        let place = &is.at;
        let told = &Told {
            name,
            field,
            at: place,
        };
        let bytes = |n: u64, unit: u64| Is::Size(Size::Bytes(n.saturating_mul(unit)));
        Some(match &is.word {
            Word::Raw(n) => Is::Number(*n as u64),
            Word::Bytes(n) => bytes(*n, 1),
            Word::KiB(n) => bytes(*n, 1 << 10),
            Word::MiB(n) => bytes(*n, 1 << 20),
            Word::GiB(n) => bytes(*n, 1 << 30),
            Word::Pages(n) => Is::Size(Size::Pages(*n, 0)),
            Word::PagesAnd(n, more) => Is::Size(Size::Pages(*n, *more)),
            Word::HugePages(n) => Is::Size(Size::HugePages(*n, 0)),
            Word::HugePagesAnd(n, more) => Is::Size(Size::HugePages(*n, *more)),
            Word::Shmlba(n) => Is::Size(Size::Shmlba(*n)),
            Word::AtLeast(n) => Is::AtLeast(*n),
            Word::AtMost(n) => Is::AtMost(*n),
            Word::Not(n) => Is::Not(*n),
            Word::Private => self.about(told, "IPC_PRIVATE", &[Field::Key], Is::Number(0))?,
            Word::MpolDefault => self.policy(told, "MPOL_DEFAULT")?,
            Word::MpolPreferred => self.policy(told, "MPOL_PREFERRED")?,
            Word::MpolBind => self.policy(told, "MPOL_BIND")?,
            Word::MpolInterleave => self.policy(told, "MPOL_INTERLEAVE")?,
            Word::MpolLocal => self.policy(told, "MPOL_LOCAL")?,
            Word::Unique(key) => {
                let key = Key::Unique(self.scope.cast.unique_key(key));
                let is = Is::To(Relation::KeyOf(key));
                self.about(told, "Unique", &[Field::Key], is)?
            }
            Word::PidOf(name) => {
                self.sees_pids(place)?;
                let is = Is::To(Relation::PidOf(self.person(place, name)?));
                self.about(told, "PidOf", &[Field::Cpid, Field::Lpid], is)?
            }
            Word::IdOf(name) => Is::To(Relation::IdOf(self.segment(place, name)?.0)),
            Word::IndexOf(name) => Is::To(Relation::IndexOf(self.segment(place, name)?.0)),
            Word::Mine => {
                const IDS: &[Field] = &[Field::Uid, Field::Gid, Field::Cuid, Field::Cgid];
                self.about(told, "Mine", IDS, Is::To(Relation::Mine))?
            }
            Word::Now => {
                const TIMES: &[Field] = &[Field::Atime, Field::Dtime, Field::Ctime];
                self.about(told, "Now", TIMES, Is::To(Relation::Now))?
            }
            Word::Same(label) => Is::To(Relation::Same(self.known_label(told, label)?, 0)),
            Word::More(label, n) => {
                let n = i64::try_from(*n).unwrap_or(i64::MAX);
                Is::To(Relation::Same(self.known_label(told, label)?, n))
            }
            Word::Less(label, n) => {
                let n = i64::try_from(*n).unwrap_or(i64::MAX);
                Is::To(Relation::Same(self.known_label(told, label)?, -n))
            }
            Word::Near(label, more, within) => {
                let more = i64::try_from(*more).unwrap_or(i64::MAX);
                Is::To(Relation::Near(
                    self.known_label(told, label)?,
                    more,
                    *within,
                ))
            }
            Word::After(label) => Is::To(Relation::After(self.known_label(told, label)?)),
            Word::Text(text) => {
                let fits = text.len() == 4 && text.is_ascii();
                if !fits {
                    return self.wrong_at(
                        place,
                        "Text",
                        "permissions are four letters, such as `rw-s`",
                    );
                }
                let letters = text.bytes().rev().fold(0, |n, b| n << 8 | u64::from(b));
                self.about(told, "Text", &[Field::Perms], Is::Number(letters))?
            }
        })
    }

    /// A policy by its name, which stands for a mode and nothing else.
    fn policy(&mut self, told: &Told<'_>, word: &str) -> Option<Is> {
        let number = Policy::from_name(word).map_or(0, |policy| policy.0);
        self.about(told, word, &[Field::Policy], Is::Number(number as u64))
    }

    /// Keeps a word to the fields that it says something about.
    fn about(&mut self, told: &Told<'_>, word: &str, fields: &[Field], is: Is) -> Option<Is> {
        if fields.contains(&told.field) {
            return Some(is);
        }
        let known: Vec<_> = fields.iter().map(|one| one.name()).collect();
        let known = known.join("`, `");
        let name = if told.name.is_empty() {
            told.field.name()
        } else {
            told.name
        };
        let message = format!("`{word}` says nothing about `{name}`; it is for `{known}`");
        self.wrong_at(told.at, word, message)
    }

    fn known_label(&mut self, told: &Told<'_>, name: &str) -> Option<usize> {
        let quoted = format!("\"{name}\"");
        let labels = &self.scope.cast.labels;
        if let Some(label) = labels.find(name) {
            let tells = self.scope.cast.tells.get(&label);
            if tells.is_some_and(|tells| tells.includes(told.field)) {
                return Some(label);
            }
            let field = told.field.name();
            let message =
                format!("`{name}` keeps no `{field}`; compare with an answer that has it");
            return self.wrong_at(told.at, &quoted, message);
        }
        if self.scope.excused(name) {
            return None;
        }
        let near = crate::scenario::problem::nearest(name, labels.words.iter().map(String::as_str));
        let advice = near.map_or_else(
            || format!("keep an answer by `as: \"{name}\"` in an earlier step"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("nothing is kept as `{name}` yet; {advice}");
        self.wrong_at(told.at, &quoted, message)
    }
}
