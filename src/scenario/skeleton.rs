//! The frame of a file: its head and its turns, every value and step still a place in the
//! text. It is the same for all rows.

use super::problem::Problem;
use super::read::read_borrowed;
use super::rows::{Row, rows};
use super::source::{Source, trivia};
use super::syntax::{Outline, Turn};
use ron::value::RawValue;
use std::ops::Range;

/// The longest file that is read, in bytes.
const LONGEST_FILE: usize = 1 << 20;

/// Where a value stands in the file, comments in front of it included.
pub(super) type Spot = Range<usize>;

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
    pub(super) rows: Vec<Row>,
}

/// A part of the script.
pub(super) enum Passage {
    By {
        name: Spot,
        steps: Vec<Spot>,
    },
    Together {
        turns: Vec<Self>,
        claims: Vec<Spot>,
    },
    Repeat {
        times: Option<Spot>,
        seconds: Option<Spot>,
        script: Vec<Self>,
    },
}

impl Passage {
    /// The first step in it.
    pub(super) fn first(&self) -> Option<&Spot> {
        match self {
            Self::By { steps, .. } => steps.first(),
            Self::Together { turns, .. } => turns.iter().find_map(Self::first),
            Self::Repeat { script, .. } => script.iter().find_map(Self::first),
        }
    }
}

impl Skeleton {
    /// Reads the frame.
    ///
    /// # Errors
    ///
    /// The first problem, which leaves nothing to go on with.
    pub(super) fn read(source: Source<'_>) -> Result<Self, Problem> {
        if source.text.len() > LONGEST_FILE {
            let message = "a scenario has at most 1 MiB; split it";
            return Err(source.problem(0, message));
        }
        let outline: Outline<'_> = read_borrowed(source, 0..source.text.len())?;
        let spot = |raw: &RawValue| spot(source, raw);
        let for_each = outline.for_each.map(spot);
        Ok(Self {
            summary: spot(outline.summary),
            covers: outline.covers.map(spot),
            refs: outline.refs.map(spot),
            requires: outline.requires.map(spot),
            crowd: outline.crowd.map(spot),
            entry: outline.entry.map(spot),
            actors: spot(outline.actors),
            script: passages(source, &outline.script),
            rows: rows(source, for_each.clone())?,
            for_each,
        })
    }
}

fn passages(source: Source<'_>, turns: &[Turn<'_>]) -> Vec<Passage> {
    let spot = |raw: &&RawValue| spot(source, raw);
    let passage = |turn: &Turn<'_>| match turn {
        Turn::By(name, steps) => Passage::By {
            name: spot(name),
            steps: steps.iter().map(spot).collect(),
        },
        Turn::Together { turns, claims } => Passage::Together {
            turns: passages(source, turns),
            claims: claims.iter().map(spot).collect(),
        },
        Turn::Repeat {
            times,
            seconds,
            script,
        } => Passage::Repeat {
            times: times.as_ref().map(spot),
            seconds: seconds.as_ref().map(spot),
            script: passages(source, script),
        },
    };
    turns.iter().map(passage).collect()
}

/// Where a raw value stands, without the white space and comments in front of it.
fn spot(source: Source<'_>, raw: &RawValue) -> Spot {
    let text = raw.get_ron();
    let text = text[trivia(text)..].trim_end();
    let start = source.offset_of(text);
    start..start + text.len()
}
