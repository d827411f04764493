//! How scenarios are told, word for word. UPDATE=1 writes the texts anew; `git diff` shows
//! what has changed.

use shmproof::explain;
use shmproof::scenario::Scenario;
use std::path::Path;

/// Tells a case of a scenario and compares it with the text that is kept.
#[track_caller]
fn check(file: &str, row: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(file)).expect("readable");
    let scenario = Scenario::parse(file, &text).unwrap_or_else(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", problems.join("\n"))
    });
    let (name, told) = (
        &scenario.name,
        explain::case(&scenario, row, &scenario.play(row)),
    );
    let widest = told.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(96), "{widest:?} columns:\n{told}");
    let kept = root.join(format!("tests/explain/{name}.txt"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &told).expect("written");
    }
    let expect = std::fs::read_to_string(&kept).unwrap_or_default();
    assert_eq!(told, expect, "{name} is told in other words; see UPDATE=1");
}

#[test]
fn the_program_that_everyone_knows_is_told() {
    check("scenarios/hello.ron", 0);
}

#[test]
fn a_case_of_many_is_told_with_what_varies() {
    check("scenarios/forked_pairs.ron", 6);
}

#[test]
fn several_users_and_the_reasons_are_told() {
    check("scenarios/stranger.ron", 0);
}

#[test]
fn every_form_has_its_words() {
    check("tests/explain/everything.ron", 0);
}

#[test]
fn reading_a_file_in_pieces_is_told() {
    // Where a crowd is, as above, nobody may.
    check("scenarios/read_in_pieces.ron", 0);
}
