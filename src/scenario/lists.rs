//! Steps that are taken in several places: a list has parameters, and a `Do` stands for its steps
//! with their values, once for each line of them.

use super::problem::{Problem, nearest};
use super::read::read_borrowed;
use super::rows::{fitting, name, table_line};
use super::source::Source;
use super::spot::{Spot, spot};
use super::syntax::{Do, List, Raw};
use std::ops::Range;
use std::rc::Rc;

/// The most steps that all lists of a file may come to together.
const MOST_STEPS: usize = 100_000;

/// A step of a turn, and where it comes from if it is that of a list.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) spot: Spot,
    pub(super) given: Option<Rc<Given>>,
    /// Whether it is a `Do` that has a problem.
    pub(super) unread: bool,
}

/// What the parameters of a list are for once.
pub(super) struct Given {
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
    /// How many steps they came to so far.
    steps: usize,
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

impl Lists {
    /// Reads them, as far as they can be read. `axes` have names of their own.
    pub(super) fn new(
        source: Source<'_>,
        raw: Option<Spot>,
        axes: &[(String, usize)],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut lists = Self::default();
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
        for List::List(word, parameters, steps) in read_borrowed::<Vec<List<'_>>>(source, raw)? {
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
    ) -> Vec<Place> {
        match self.places(source, item.clone()) {
            Ok(places) => places,
            Err(problem) => {
                problems.extend(problem);
                vec![Place {
                    spot: item,
                    given: None,
                    unread: true,
                }]
            }
        }
    }

    /// The same. What is wrong with a `Do` is told, unless it is that of a list with a problem.
    fn places(&mut self, source: Source<'_>, item: Spot) -> Result<Vec<Place>, Option<Problem>> {
        if !is_do(&source.text[item.clone()]) {
            let place = Place {
                spot: item,
                given: None,
                unread: false,
            };
            return Ok(vec![place]);
        }
        let Do::Do(word, lines) = read_borrowed(source, item.clone())?;
        let at = spot(source, word);
        let word: String = read_borrowed(source, at.clone())?;
        let names = self.all.iter().map(|list| list.name.0.as_str());
        let near = nearest(&word, names).map(ToOwned::to_owned);
        let Some(list) = self.all.iter_mut().find(|list| list.name.0 == word) else {
            if self.partial {
                return Err(None);
            }
            let advice = near.map_or_else(
                || format!("add `List(\"{word}\", […], […])` to `lists`"),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no list of steps is named `{word}`; {advice}");
            return Err(Some(source.problem(at.start, message)));
        };
        list.used = true;
        if lines.is_empty() {
            let message = "nothing is done without a line of values; write one in `[` and `]`";
            return Err(Some(source.problem(at.start, message)));
        }
        self.steps = self
            .steps
            .saturating_add(list.steps.len().saturating_mul(lines.len()));
        if self.steps > MOST_STEPS {
            let message = "the lists come to too many steps; split the scenario";
            return Err(Some(source.problem(at.start, message)));
        }
        let mut places = Vec::new();
        for line in lines {
            let line = spot(source, line);
            let start = line.start;
            let values = table_line(source, line, list.parameters.len())?;
            for value in &values {
                fitting(source, value)?;
            }
            let names = list.parameters.iter().map(|(name, _)| name.clone());
            let given = Rc::new(Given {
                by: item.clone(),
                line: start,
                values: names.zip(values).collect(),
            });
            places.extend(list.steps.iter().map(|spot| Place {
                spot: spot.clone(),
                given: Some(Rc::clone(&given)),
                unread: false,
            }));
        }
        Ok(places)
    }

    /// Lists that nothing does, and parameters, of which `used` are asked for.
    pub(super) fn idle(&self, source: Source<'_>, used: impl Fn(&str) -> bool) -> Vec<Problem> {
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
            for (word, at) in list.parameters.iter().filter(|(word, _)| !used(word)) {
                let message = format!(
                    "no step of the list asks for `{word}`; write `Each(\"{word}\")` or remove it"
                );
                problems.push(source.problem(*at, message));
            }
        }
        problems
    }
}
