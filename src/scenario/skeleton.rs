//! The frame of a file: its head and its turns, every value and step still a place in the
//! text. It is the same for all rows.

use super::problem::{ENOUGH_PROBLEMS, Problem};
use super::read::read_borrowed;
use super::row::Row;
use super::rows::rows;
use super::scan::{too_deep, unclosed};
use super::source::{Source, trivia};
use super::spot::{Spot, spot};
use super::syntax::{Outline, Raw, Turn};

/// The longest file that is read, in bytes.
const LONGEST_FILE: usize = 1 << 20;

/// How deep brackets are nested. ron looks ahead at each level, which takes its time.
const MOST_NESTED: usize = 32;

/// The frame of a file.
pub(super) struct Skeleton {
    pub(super) summary: Spot,
    pub(super) covers: Option<Spot>,
    pub(super) refs: Option<Spot>,
    pub(super) requires: Option<Spot>,
    pub(super) for_each: Option<Spot>,
    pub(super) crowd: Option<Spot>,
    pub(super) entry: Option<Spot>,
    pub(super) actors: Spot,
    pub(super) script: Vec<Passage>,
    /// Where the script begins.
    pub(super) script_at: usize,
    /// The axes, and where their names stand.
    pub(super) axes: Vec<(String, usize)>,
    pub(super) rows: Vec<Row>,
}

/// A part of the script.
pub(super) struct Passage {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) form: Form,
}

/// What a part of the script is.
pub(super) enum Form {
    By {
        name: Spot,
        steps: Vec<Spot>,
    },
    Together {
        turns: Vec<Passage>,
        claims: Vec<Spot>,
    },
    Repeat {
        times: Option<Spot>,
        seconds: Option<Spot>,
        script: Vec<Passage>,
    },
    /// Something that could not be read.
    Unread(Spot),
}

/// What a part of the script is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Script,
    Race,
    Loop,
}

impl Skeleton {
    /// Reads the frame, as far as it can be read, with the problems in it.
    ///
    /// # Errors
    ///
    /// The problem which leaves nothing to go on with.
    pub(super) fn read(source: Source<'_>) -> Result<(Self, Vec<Problem>), Problem> {
        if source.text.len() > LONGEST_FILE {
            let message = "a scenario has at most 1 MiB; split it";
            return Err(source.problem(0, message));
        }
        let start = trivia(source.text);
        let begins = |c: char| c.is_alphabetic() || c == '#';
        if !source.text[start..].starts_with(begins) {
            let message = "a scenario begins with `Scenario(`; write that first".to_owned();
            let endless = unclosed(source.text).filter(|_| start == source.text.len());
            let (at, message) = endless.unwrap_or((start, message));
            return Err(source.problem(at, message));
        }
        if let Some(at) = too_deep(source.text, MOST_NESTED) {
            return Err(source.problem(at, "nested too deep; flatten it"));
        }
        let outline: Outline<'_> =
            read_borrowed(source, 0..source.text.len()).map_err(|problem| {
                // An open bracket is noticed far behind it, and as something else.
                unclosed(source.text).map_or(problem, |(at, message)| source.problem(at, message))
            })?;
        let spot = |raw: Raw<'_>| spot(source, raw);
        let for_each = outline.for_each.map(spot);
        let mut problems = Vec::new();
        let (axes, rows) = rows(source, for_each.clone()).unwrap_or_else(|problem| {
            problems.push(problem);
            Default::default()
        });
        let script = match read_borrowed::<Vec<Raw<'_>>>(source, spot(outline.script)) {
            Ok(turns) => passages(source, &turns, Within::Script, &mut problems),
            Err(problem) => {
                problems.push(problem);
                Vec::new()
            }
        };
        let skeleton = Self {
            summary: spot(outline.summary),
            covers: outline.covers.map(spot),
            refs: outline.refs.map(spot),
            requires: outline.requires.map(spot),
            crowd: outline.crowd.map(spot),
            entry: outline.entry.map(spot),
            actors: spot(outline.actors),
            script,
            script_at: spot(outline.script).start,
            axes,
            rows,
            for_each,
        };
        Ok((skeleton, problems))
    }
}

fn passages(
    source: Source<'_>,
    turns: &[Raw<'_>],
    within: Within,
    problems: &mut Vec<Problem>,
) -> Vec<Passage> {
    let mut all = Vec::new();
    for raw in turns {
        if problems.len() >= ENOUGH_PROBLEMS {
            break;
        }
        let spot = spot(source, *raw);
        let form = form(source, spot.clone(), within, problems).unwrap_or_else(|problem| {
            problems.push(problem);
            Form::Unread(spot.clone())
        });
        let at = spot.start;
        all.push(Passage { at, form });
    }
    all
}

fn form(
    source: Source<'_>,
    place: Spot,
    within: Within,
    problems: &mut Vec<Problem>,
) -> Result<Form, Problem> {
    let at = place.start;
    let spot = |raw: Raw<'_>| spot(source, raw);
    let spots = |list: &[Raw<'_>]| list.iter().map(|raw| spot(*raw)).collect();
    Ok(match read_borrowed(source, place)? {
        Turn::By(name, steps) => Form::By {
            name: spot(name),
            steps: spots(&steps),
        },
        _ if within == Within::Race => {
            let message = "what is taken together are turns; write `By(…)` here";
            return Err(source.problem(at, message));
        }
        Turn::Together { turns, .. } if turns.is_empty() => {
            return Err(source.problem(at, "nobody is together here; add turns to `turns:`"));
        }
        Turn::Together { turns, claims } => Form::Together {
            turns: passages(source, &turns, Within::Race, problems),
            claims: spots(&claims),
        },
        Turn::Repeat { .. } if within == Within::Loop => {
            return Err(source.problem(at, "a Repeat inside of a Repeat; make them one"));
        }
        Turn::Repeat { script, .. } if script.is_empty() => {
            return Err(source.problem(at, "nothing is repeated; add turns to `script:`"));
        }
        Turn::Repeat {
            times,
            seconds,
            script,
        } => Form::Repeat {
            times: times.map(spot),
            seconds: seconds.map(spot),
            script: passages(source, &script, Within::Loop, problems),
        },
    })
}
