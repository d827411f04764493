//! What a scenario says, in English sentences, for those who do not read RON; and which
//! scenarios there are.
//!
//! [`case`] tells one case of a scenario: its head, then its script, turn by turn. Every
//! form of the model is matched by name, so that what is new cannot go untold.

mod condition;
mod expect;
mod flags;
mod head;
pub mod list;
mod names;
mod script;
mod steps;
mod user;
mod words;
mod wrap;

use crate::scenario::{Play, Scenario};

/// Tells the case with this row number, from 0, and the play that it comes to.
#[must_use]
pub fn case(scenario: &Scenario, row: usize, play: &Play) -> String {
    let mut page = wrap::Page::default();
    head::opening(&mut page, scenario, row, play);
    script::script(&mut page, scenario, play);
    head::closing(&mut page, scenario);
    page.text
}
