//! What stands around the script: the claim and the rule, what is needed, what varies, who
//! acts; and at the end where all this is written.

use super::condition::requirement;
use super::names::Names;
use super::words::count;
use super::wrap::Page;
use crate::scenario::{Play, Scenario};

/// The width of the words at the left.
const LABEL: usize = 11;

/// Tells the claim, the rule, and what must be known before the script.
pub(super) fn opening(page: &mut Page, scenario: &Scenario, row: usize, play: &Play) {
    page.hang(&format!("{}: ", scenario.name), &scenario.summary);
    page.blank();
    if !scenario.rule.is_empty() {
        page.paragraph(2, &scenario.rule);
        page.blank();
    }
    needs(page, play);
    varies(page, scenario, row);
    for (number, actor) in play.actors.iter().enumerate() {
        let word = if number == 0 { "Actors" } else { "" };
        labelled(page, word, &Names(play).introduce(actor));
    }
    if play.crowd > 1 {
        let crowd = play.crowd;
        labelled(
            page,
            "",
            &format!("{crowd} such casts run side by side, each with segments of its own."),
        );
    }
}

/// Tells where the rule is written, and which known behaviours are asserted.
pub(super) fn closing(page: &mut Page, scenario: &Scenario) {
    if !scenario.refs.is_empty() || !scenario.covers.is_empty() {
        page.blank();
    }
    if !scenario.refs.is_empty() {
        labelled(page, "See", &format!("{}.", scenario.refs.join(", ")));
    }
    if !scenario.covers.is_empty() {
        labelled(page, "Covers", &format!("{}.", scenario.covers.join(", ")));
    }
}

fn labelled(page: &mut Page, word: &str, words: &str) {
    page.hang(&format!("{word:<LABEL$}"), words);
}

fn needs(page: &mut Page, play: &Play) {
    let needs: Vec<String> = play.requires.iter().map(requirement).collect();
    if !needs.is_empty() {
        labelled(page, "Needs", &format!("{}.", needs.join("; ")));
    }
}

/// The axes and their values, and which case is told here.
fn varies(page: &mut Page, scenario: &Scenario, row: usize) {
    let axes = &scenario.axes;
    if axes.is_empty() {
        labelled(page, "Varies", "nothing; this is the only case.");
        return;
    }
    let cases = scenario.rows.len();
    for (number, (name, values)) in axes.iter().enumerate() {
        let word = if number == 0 { "Varies" } else { "" };
        labelled(page, word, &format!("{name}: {}.", values.join(", ")));
    }
    let product: usize = axes.iter().map(|(_, values)| values.len()).product();
    let how = if product == cases && axes.len() > 1 {
        ", one for every combination of these"
    } else {
        ""
    };
    labelled(
        page,
        "Cases",
        &format!("{}{how}.", count(cases as u64, "case")),
    );
    let name = scenario.rows.get(row).map_or("", String::as_str);
    let others = match cases - 1 {
        0 => String::new(),
        1 => "; there is 1 other".to_owned(),
        n => format!("; there are {n} others"),
    };
    labelled(
        page,
        "",
        &format!("This is case {}: {name}{others}.", row + 1),
    );
}
