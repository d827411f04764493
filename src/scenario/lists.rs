//! Steps that are taken in several places: a list has parameters, and a `Do` stands for its steps
//! with their values, once for each line of them.

use super::limits::{MOST_STEPS, MOST_TEXT};
use super::problem::{Problem, nearest};
use super::raw::Raw;
use super::rows::{name, table_line};
use super::source::Source;
use super::spot::{Spot, spot};
use super::syntax::List;
use super::text::read_borrowed;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

/// The most lists of a file, and parameters of a list.
const MOST: usize = 64;

/// A step of a turn, and where it comes from if it is that of a list.
#[derive(Clone)]
pub(super) struct Taken {
    pub(super) spot: Spot,
    pub(super) given: Option<Rc<Given>>,
    /// Where the lists stand, if it is a `Do` that has a problem.
    pub(super) unread: Option<Spot>,
}

/// What the parameters of a list are for once.
pub(super) struct Given {
    /// The name of the list.
    pub(super) list: String,
    /// Where the `Do` stands.
    pub(super) by: Spot,
    /// Where its line of values stands, which is told from all others by it.
    pub(super) line: usize,
    pub(super) values: Vec<(String, Range<usize>)>,
}

/// The lists of a file.
#[derive(Default)]
pub(super) struct Lists {
    all: Vec<Known>,
    /// Where they stand.
    spot: Spot,
    /// How many steps they came to so far.
    steps: usize,
    /// How many bytes these have, with the values in their places.
    pub(super) bytes: usize,
    /// Whether there are more, which have a problem.
    partial: bool,
}

struct Known {
    name: (String, usize),
    parameters: Vec<(String, usize)>,
    steps: Vec<Spot>,
    used: bool,
}

/// Whether an item of a turn is a `Do`.
fn is_do(item: &str) -> bool {
    let rest = item.strip_prefix("Do").map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with('('))
}

/// How a parameter of a list is told from an axis, whose name has no space in it.
pub(super) fn asked(list: &str, parameter: &str) -> String {
    format!("{list} {parameter}")
}

impl Lists {
    /// Reads them, as far as they can be read. `axes` have names of their own.
    pub(super) fn new(
        source: Source<'_>,
        raw: Option<Spot>,
        axes: &[(String, usize)],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut lists = Self {
            spot: raw.clone().unwrap_or_default(),
            ..Self::default()
        };
        if let Some(problem) = raw.and_then(|raw| lists.read(source, raw, axes).err()) {
            problems.push(problem);
            lists.partial = true;
        }
        lists
    }

    fn read(
        &mut self,
        source: Source<'_>,
        raw: Spot,
        axes: &[(String, usize)],
    ) -> Result<(), Problem> {
        let spot = |raw: Raw<'_>| spot(source, raw);
        for item in read_borrowed::<Vec<Raw<'_>>>(source, raw)? {
            let item = spot(item);
            let at = item.start;
            let List::List(word, parameters, steps) = read_borrowed(source, item)? else {
                return Err(source.problem(at, "a `Do` is a step of a turn; write `List(…)` here"));
            };
            let known = Known {
                name: name(source, spot(word), "a list")?,
                parameters: parameters
                    .into_iter()
                    .map(|raw| name(source, spot(raw), "a parameter"))
                    .collect::<Result<_, _>>()?,
                steps: steps.into_iter().map(spot).collect(),
                used: false,
            };
            let (word, at) = &known.name;
            if self.all.len() == MOST || known.parameters.len() > MOST {
                let message = format!("more than {MOST} lists or parameters; split the scenario");
                return Err(source.problem(*at, message));
            }
            if self.all.iter().any(|list| list.name.0 == *word) {
                let message = format!("two lists are named `{word}`; rename one");
                return Err(source.problem(*at, message));
            }
            if let Some(step) = known
                .steps
                .iter()
                .find(|step| is_do(&source.text[(*step).clone()]))
            {
                let message = "a list does no other list; write its steps here";
                return Err(source.problem(step.start, message));
            }
            if known.steps.is_empty() {
                let message = format!("the list `{word}` has no step; give it one or remove it");
                return Err(source.problem(*at, message));
            }
            for (number, (word, at)) in known.parameters.iter().enumerate() {
                let before = &known.parameters[..number];
                if axes.iter().chain(before).any(|(other, _)| other == word) {
                    let message =
                        format!("an axis or a parameter is named `{word}` already; rename one");
                    return Err(source.problem(*at, message));
                }
            }
            self.all.push(known);
        }
        Ok(())
    }

    /// The steps that an item of a turn stands for: itself, or those of a list.
    pub(super) fn steps(
        &mut self,
        source: Source<'_>,
        item: Spot,
        problems: &mut Vec<Problem>,
    ) -> Vec<Taken> {
        match self.places(source, item.clone()) {
            Ok(places) => places,
            Err(problem) => {
                problems.extend(problem);
                vec![Taken {
                    spot: item,
                    given: None,
                    unread: Some(self.spot.clone()),
                }]
            }
        }
    }

    /// The same. What is wrong with a `Do` is told, unless it is that of a list with a problem.
    fn places(&mut self, source: Source<'_>, item: Spot) -> Result<Vec<Taken>, Option<Problem>> {
        if !is_do(&source.text[item.clone()]) {
            let place = Taken {
                spot: item,
                given: None,
                unread: None,
            };
            return Ok(vec![place]);
        }
        let List::Do(word, lines) = read_borrowed(source, item.clone())? else {
            let message = "a list is written in `lists`; write `Do(…)` here";
            return Err(Some(source.problem(item.start, message)));
        };
        let at = spot(source, word);
        let word: String = read_borrowed(source, at.clone())?;
        let Some(found) = self.all.iter().position(|list| list.name.0 == word) else {
            if self.partial {
                return Err(None);
            }
            let names = self.all.iter().map(|list| list.name.0.as_str());
            let advice = nearest(&word, names).map_or_else(
                || format!("add `List(\"{word}\", […], […])` to `lists`"),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no list of steps is named `{word}`; {advice}");
            return Err(Some(source.problem(at.start, message)));
        };
        let list = &mut self.all[found];
        list.used = true;
        if lines.is_empty() {
            let message = "nothing is done without a line of values; write one in `[` and `]`";
            return Err(Some(source.problem(at.start, message)));
        }
        let length: usize = list.steps.iter().map(|step| step.len()).sum();
        let written = length
            .saturating_add(item.len())
            .saturating_mul(lines.len());
        let bytes = self.bytes.saturating_add(written);
        let taken = list.steps.len().saturating_mul(lines.len());
        let steps = self.steps.saturating_add(taken);
        if steps > MOST_STEPS || bytes > MOST_TEXT {
            let message = "the lists come to too many steps; split the scenario";
            return Err(Some(source.problem(at.start, message)));
        }
        (self.steps, self.bytes) = (steps, bytes);
        let mut places = Vec::new();
        for line in lines {
            let line = spot(source, line);
            let start = line.start;
            let values = table_line(source, line, list.parameters.len())?;
            let names = list.parameters.iter().map(|(name, _)| name.clone());
            let given = Rc::new(Given {
                list: word.clone(),
                by: item.clone(),
                line: start,
                values: names.zip(values).collect(),
            });
            places.extend(list.steps.iter().map(|spot| Taken {
                spot: spot.clone(),
                given: Some(Rc::clone(&given)),
                unread: None,
            }));
        }
        Ok(places)
    }

    /// Lists that nothing does, and parameters, of which `used` are asked for by [`asked`].
    pub(super) fn idle(&self, source: Source<'_>, used: &BTreeSet<String>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for list in &self.all {
            if !list.used {
                let (word, at) = &list.name;
                let message = format!(
                    "nothing does the list `{word}`; write `Do(\"{word}\", […])` or remove it"
                );
                problems.push(source.problem(*at, message));
                continue;
            }
            let idle = |(word, _): &&(String, usize)| !used.contains(&asked(&list.name.0, word));
            for (word, at) in list.parameters.iter().filter(idle) {
                let message = format!(
                    "no step of the list asks for `{word}`; write `Each(\"{word}\")` or remove it"
                );
                problems.push(source.problem(*at, message));
            }
        }
        problems
    }
}
