//! What the manuals show is what the program reads.

use shmproof::scenario::Scenario;
use shmproof::scenario::coverage::{ROWS, text};
use shmproof::suite;
use std::collections::BTreeSet;

/// Reads every block of RON in a text.
fn check(file: &str, manual: &str, expect: usize) {
    let mut blocks = 0;
    for block in manual.split("```ron\n").skip(1) {
        let text = block.split("```").next().expect("a block ends").to_owned();
        if let Err(problems) = Scenario::parse(file, &text) {
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
        5,
    );
    check("README.md", include_str!("../README.md"), 1);
}

/// Every scenario that is shipped, as its file has it.
fn shipped() -> Vec<Scenario> {
    let texts = suite::texts("scenarios").unwrap_or_else(|why| panic!("{why}"));
    let read = |(file, text): (String, String)| match Scenario::parse(&file, &text) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{}", problems[0]),
    };
    texts.into_iter().map(read).collect()
}

/// All that there is to know of a scenario.
fn told(scenario: &Scenario) -> String {
    let Scenario {
        name,
        summary,
        rule,
        refs,
        covers,
        file,
        rows,
        axes,
        may_wait,
        ..
    } = scenario;
    let mut told =
        format!("{name} {file} {summary} {rule} {refs:?} {covers:?} {axes:?} {may_wait}\n");
    for (row, name) in rows.iter().enumerate() {
        told.push_str(&format!("{name} {:#?}\n", scenario.play(row)));
    }
    told
}

#[test]
fn what_is_built_in_is_what_the_files_say() {
    let (built_in, files) = (suite::built_in(), shipped());
    let names = |all: &[Scenario]| all.iter().map(|one| one.file.clone()).collect::<Vec<_>>();
    assert_eq!(names(&built_in), names(&files));
    for (built_in, file) in built_in.iter().zip(&files) {
        let (built_in, file) = (told(built_in), told(file));
        let differs = built_in
            .lines()
            .zip(file.lines())
            .find(|(one, other)| one != other);
        assert!(built_in == file, "{differs:?}");
    }
}

#[test]
fn every_row_is_covered_or_says_why_not() {
    let covered: BTreeSet<String> = shipped().into_iter().flat_map(|one| one.covers).collect();
    for row in ROWS {
        let said = text(row).1;
        assert_eq!(covered.contains(*row), said.is_none(), "{row}: {said:?}");
    }
}

/// A step is one line in a report, and a file is read in a terminal.
#[test]
fn lines_of_scenarios_have_at_most_120_columns() {
    for (file, text) in suite::texts("scenarios").unwrap_or_else(|why| panic!("{why}")) {
        for (number, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            assert!(columns <= 120, "{file}:{}: {columns} columns", number + 1);
        }
    }
}
