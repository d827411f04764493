//! What is wrong with a scenario is told with place and remedy: each `NAME.ron` in
//! `bad_scenarios/` is refused with exactly the words of `NAME.txt`.
//!
//! `UPDATE=1 cargo test --test bad_scenarios` writes the words anew; `git diff` reviews them.

use shmproof::scenario::{Problem, Scenario};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many there are: none is lost unnoticed.
const COUNT: usize = 310;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_scenarios")
}

/// The names of the files that end in this, without it.
fn names(end: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(directory()).expect("readable");
    let names = entries.map(|entry| entry.expect("readable").file_name());
    names
        .filter_map(|name| {
            let name = name.into_string().expect("UTF-8");
            name.strip_suffix(end).map(str::to_owned)
        })
        .collect()
}

/// The problems of a text, as `shmproof check` shows them.
fn shown(file: &str, text: &str) -> String {
    let problems = Scenario::parse(file, text).err().unwrap_or_default();
    problems
        .iter()
        .map(|problem: &Problem| format!("{problem}\n"))
        .collect()
}

#[test]
fn each_is_refused_in_its_words() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for name in names(".ron") {
        let text = directory().join(format!("{name}.ron"));
        let words = directory().join(format!("{name}.txt"));
        let found = shown(
            &format!("{name}.ron"),
            &fs::read_to_string(text).expect("UTF-8"),
        );
        if found.is_empty() {
            wrong.push(format!("{name}.ron is good\n"));
        } else if update {
            fs::write(&words, &found).expect("writable");
        } else if fs::read_to_string(&words).ok().as_ref() != Some(&found) {
            wrong.push(found);
        }
    }
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "UPDATE=1 accepts:\n{wrong}");
}

#[test]
fn none_is_lost() {
    let bad = names(".ron");
    assert_eq!(bad.len(), COUNT);
    assert_eq!(bad, names(".txt"), "texts and words");
}
