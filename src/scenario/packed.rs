//! The plays of a scenario that is built in, each unpacked when it is asked for.

use super::model::{Play, Step, Written};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// The plays of a scenario, each to be unpacked when it is asked for.
pub(super) struct Packed {
    /// The steps as the file has them, by their numbers.
    pub(super) steps: Vec<InFile>,
    /// For each row its steps, and what else there is of the play in postcard's form.
    pub(super) rows: Vec<(Vec<InRow>, &'static [u8])>,
    pub(super) pools: Rc<Pools<'static>>,
}

/// What scenarios are made of.
#[derive(Deserialize, Serialize)]
pub(super) struct Pools<'a> {
    #[serde(borrow)]
    pub(super) comments: Vec<&'a str>,
    /// The texts of steps.
    pub(super) texts: Vec<&'a str>,
    /// What else there is of a step, in postcard's form.
    pub(super) steps: Vec<&'a [u8]>,
}

/// A step as the file has it: its line, and the numbers of its comment and text.
#[derive(Clone, Copy, Default)]
pub(super) struct InFile {
    pub(super) line: i32,
    pub(super) comment: i32,
    pub(super) text: i32,
}

/// A step of a row: its number, and that of what else there is of it in the pool.
#[derive(Clone, Copy, Default)]
pub(super) struct InRow {
    pub(super) written: i32,
    pub(super) step: i32,
}

impl Packed {
    /// The play of a row.
    pub(super) fn play(&self, row: usize) -> Play {
        let (steps, rest) = &self.rows[row];
        let mut play: Play = postcard::from_bytes(rest).expect("what `pack` has made");
        play.steps = steps.iter().map(|step| self.step(*step)).collect();
        play
    }

    fn step(&self, InRow { written, step }: InRow) -> Step {
        let InFile {
            line,
            comment,
            text,
        } = self.steps[written as usize];
        let step: Step =
            postcard::from_bytes(self.pools.steps[step as usize]).expect("what `pack` has made");
        Step {
            written: Written {
                line: line as usize,
                comment: self.pools.comments[comment as usize].into(),
                text: self.pools.texts[text as usize].into(),
            },
            number: written as usize,
            ..step
        }
    }
}
