//! Scenarios as the firmware has them built in: read and checked when it is built, so that a
//! board has no text to read.
//!
//! What several have in common is packed once, into pools, and known by its number there. What
//! is alike stands together, as the packer looks back a short way only; and numbers are told by
//! what they differ from the one to be expected, which mostly is nothing.

use super::document::{Plays, Scenario};
use super::model::Play;
use super::packed::{InFile, InRow, Packed, Pools};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// All scenarios.
#[derive(Deserialize, Serialize)]
struct All<'a> {
    #[serde(borrow)]
    pools: Pools<'a>,
    #[serde(borrow)]
    scenarios: Vec<One<'a>>,
}

/// A scenario.
#[derive(Deserialize, Serialize)]
struct One<'a> {
    /// In postcard's form, without its rule.
    head: &'a [u8],
    /// The rule, by its number among the comments.
    rule: i32,
    /// The steps as the file has them, by their numbers.
    steps: Vec<[i32; 3]>,
    /// For each row its steps, and what else there is of the play in postcard's form.
    #[serde(borrow)]
    rows: Vec<(Vec<[i32; 2]>, &'a [u8])>,
}

/// The highest number that was told so far, of each pool.
#[derive(Default)]
struct Highest {
    comment: i32,
    text: i32,
    step: i32,
}

/// By how much a number is higher than the highest so far.
fn above(highest: &mut i32, number: i32) -> i32 {
    let more = number - *highest;
    *highest = number.max(*highest);
    more
}

/// The reverse of [`above`].
fn number(highest: &mut i32, more: i32) -> i32 {
    let number = *highest + more;
    *highest = number.max(*highest);
    number
}

/// Things by their numbers, each kept once.
struct Pool<T>(Vec<T>);

impl<T: PartialEq> Pool<T> {
    fn number(&mut self, thing: T) -> i32 {
        let known = self.0.iter().position(|known| *known == thing);
        let number = known.unwrap_or_else(|| {
            self.0.push(thing);
            self.0.len() - 1
        });
        i32::try_from(number).expect("few enough to be compiled in")
    }
}

/// Packs scenarios, for the build script.
///
/// # Errors
///
/// What postcard says.
pub fn pack(scenarios: &[Scenario]) -> postcard::Result<Vec<u8>> {
    let (mut comments, mut texts) = (Pool(Vec::new()), Pool(Vec::new()));
    let mut steps = Pool(Vec::new());
    let mut highest = Highest::default();
    let mut packed = Vec::new();
    for scenario in scenarios {
        let head = postcard::to_allocvec(scenario)?;
        let rule = comments.number(Rc::from(scenario.rule.as_str()));
        let rule = above(&mut highest.comment, rule);
        let mut in_file = vec![InFile::default(); scenario.steps];
        let mut rows = Vec::new();
        let mut before: Vec<InRow> = Vec::new();
        for row in 0..scenario.rows.len() {
            let mut play = Play::clone(&scenario.play(row));
            let mut here = Vec::new();
            for step in std::mem::take(&mut play.steps) {
                in_file[step.number] = InFile {
                    line: i32::try_from(step.written.line).expect("a file is short"),
                    comment: comments.number(Rc::clone(&step.written.comment)),
                    text: texts.number(Rc::clone(&step.written.text)),
                };
                here.push(InRow {
                    written: i32::try_from(step.number).expect("a file is short"),
                    step: steps.number(postcard::to_allocvec(&step)?),
                });
            }
            let told = here
                .iter()
                .enumerate()
                .map(|(at, one)| match before.get(at) {
                    Some(before) => [one.written - before.written, one.step - before.step],
                    None => [one.written - at as i32, above(&mut highest.step, one.step)],
                });
            rows.push((told.collect(), postcard::to_allocvec(&play)?));
            before = here;
        }
        let mut line = 0;
        let in_file: Vec<[i32; 3]> = in_file
            .iter()
            .map(|step| {
                [
                    step.line - std::mem::replace(&mut line, step.line),
                    above(&mut highest.comment, step.comment),
                    above(&mut highest.text, step.text),
                ]
            })
            .collect();
        packed.push((head, rule, in_file, rows));
    }
    let scenarios = packed.iter().map(|(head, rule, steps, rows)| One {
        head,
        rule: *rule,
        steps: steps.clone(),
        rows: rows
            .iter()
            .map(|(steps, rest): &(Vec<[i32; 2]>, Vec<u8>)| (steps.clone(), rest.as_slice()))
            .collect(),
    });
    postcard::to_allocvec(&All {
        scenarios: scenarios.collect(),
        pools: Pools {
            comments: comments.0.iter().map(AsRef::as_ref).collect(),
            texts: texts.0.iter().map(AsRef::as_ref).collect(),
            steps: steps.0.iter().map(Vec::as_slice).collect(),
        },
    })
}

/// The reverse of [`pack`].
///
/// # Errors
///
/// What postcard says.
pub fn unpack(packed: &'static [u8]) -> postcard::Result<Vec<Scenario>> {
    let All { pools, scenarios } = postcard::from_bytes(packed)?;
    let pools = Rc::new(pools);
    let mut highest = Highest::default();
    scenarios
        .into_iter()
        .map(|one| one.unpack(&pools, &mut highest))
        .collect()
}

impl One<'static> {
    fn unpack(
        self,
        pools: &Rc<Pools<'static>>,
        highest: &mut Highest,
    ) -> postcard::Result<Scenario> {
        let mut scenario: Scenario = postcard::from_bytes(self.head)?;
        let rule = number(&mut highest.comment, self.rule);
        scenario.rule = pools.comments[rule as usize].to_owned();
        let mut last = 0;
        let steps = self.steps.into_iter().map(|[line, comment, text]| {
            last += line;
            InFile {
                line: last,
                comment: number(&mut highest.comment, comment),
                text: number(&mut highest.text, text),
            }
        });
        let steps = steps.collect();
        let mut rows: Vec<(Vec<InRow>, &'static [u8])> = Vec::new();
        for (told, rest) in self.rows {
            let before = rows.last().map_or(&[][..], |(steps, _)| steps);
            let here = told.into_iter().enumerate();
            let here = here.map(|(at, [written, step])| match before.get(at) {
                Some(before) => InRow {
                    written: before.written + written,
                    step: before.step + step,
                },
                None => InRow {
                    written: at as i32 + written,
                    step: number(&mut highest.step, step),
                },
            });
            let here = here.collect();
            rows.push((here, rest));
        }
        scenario.plays = Plays::Packed(Packed {
            steps,
            rows,
            pools: Rc::clone(pools),
        });
        Ok(scenario)
    }
}
