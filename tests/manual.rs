//! What the manuals show is what the program reads.

use shmproof::scenario::coverage::{ROWS, text};
use shmproof::scenario::{Scenario, embedded};
use std::collections::BTreeSet;

/// Reads every block of RON in a text.
fn check(file: &str, manual: &str, expect: usize) {
    let mut blocks = 0;
    for block in manual.split("```ron\n").skip(1) {
        let text = block.split("```").next().expect("a block ends").to_owned();
        if let Err(problems) = Scenario::parse(file, text) {
            let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
            panic!("block {blocks}:\n{}", all.join("\n"));
        }
        blocks += 1;
    }
    assert_eq!(blocks, expect, "{file}");
}

#[test]
fn every_block_of_the_manuals_is_a_good_scenario() {
    check(
        "scenarios/README.md",
        include_str!("../scenarios/README.md"),
        4,
    );
    check("README.md", include_str!("../README.md"), 1);
}

#[test]
fn every_scenario_is_built_in() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let entries = std::fs::read_dir(directory).expect("readable");
    let names = entries.map(|entry| entry.expect("readable").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    let files = names.filter(|name| name.ends_with(".ron"));
    let files: BTreeSet<_> = files.map(|name| format!("scenarios/{name}")).collect();
    let built_in: BTreeSet<_> = embedded().into_iter().map(|(file, _)| file).collect();
    assert_eq!(built_in, files);
}

#[test]
fn every_scenario_that_is_shipped_is_good() {
    for (file, text) in embedded() {
        if let Err(problems) = Scenario::parse(&file, text) {
            let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"));
        }
    }
}

#[test]
fn every_row_is_covered_or_says_why_not() {
    let covers = |(file, text): (String, String)| match Scenario::parse(&file, text) {
        Ok(scenario) => scenario.covers,
        Err(problems) => panic!("{file}: {}", problems[0]),
    };
    let covered: BTreeSet<String> = embedded().into_iter().flat_map(covers).collect();
    for row in ROWS {
        let said = text(row).1;
        assert_eq!(covered.contains(*row), said.is_none(), "{row}: {said:?}");
    }
}

/// A step is one line in a report, and a file is read in a terminal.
#[test]
fn lines_of_scenarios_have_at_most_120_columns() {
    for (file, text) in embedded() {
        for (number, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            assert!(columns <= 120, "{file}:{}: {columns} columns", number + 1);
        }
    }
}
