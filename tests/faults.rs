//! The faults that `scripts/mutants.sh` puts into a kernel say what they are.

use std::path::{Path, PathBuf};

/// The rows of a report's table that a fault can be blamed on.
const CALLS: &[&str] = &[
    "shmget",
    "shmat",
    "shmdt",
    "shmctl",
    "load/store",
    "proc",
    "mappings",
    "process",
    "sysctl",
    "namespaces",
];

/// The classes, and how many faults each has: none is lost unnoticed.
const CLASSES: &[(&str, usize)] = &[
    ("attachments", 10),
    ("counts", 6),
    ("edge of a range", 27),
    ("errors", 7),
    ("failed call", 15),
    ("fields", 25),
    ("keys and ids", 14),
    ("limits", 13),
    ("namespaces", 28),
    ("permissions", 30),
    ("removal", 6),
    ("times", 9),
];

fn faults() -> Vec<(PathBuf, String)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernels/faults");
    let files = std::fs::read_dir(home).expect("readable");
    files
        .map(|file| {
            let path = file.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            (path, text)
        })
        .collect()
}

/// What the opening comment says: the file, the call, the class, and what is wrong.
fn head(text: &str) -> Option<[&str; 4]> {
    let mut lines = text.lines();
    let mut field = |name: &str| {
        let rest = lines.next()?.strip_prefix("# ")?.strip_prefix(name)?;
        rest.strip_prefix(": ").filter(|value| !value.is_empty())
    };
    Some([
        field("file")?,
        field("call")?,
        field("class")?,
        field("wrong")?,
    ])
}

#[test]
fn every_fault_says_where_it_is_and_what_is_wrong() {
    for (path, text) in &faults() {
        let path = path.display();
        let Some([file, call, class, wrong]) = head(text) else {
            panic!("{path}: no file, call, class and wrong on top, in this order")
        };
        assert!(
            file.ends_with(".c") || file.ends_with(".h"),
            "{path}: {file} is no source"
        );
        assert!(CALLS.contains(&call), "{path}: no call {call}");
        let known = CLASSES.iter().any(|(one, _)| *one == class);
        assert!(known, "{path}: no class {class}");
        assert!(
            wrong.ends_with('.') && wrong.matches(". ").count() == 0,
            "{path}: not one sentence: {wrong}"
        );
    }
}

#[test]
fn every_fault_is_one_sed_command() {
    for (path, text) in faults() {
        let path = path.display();
        let commands = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(commands, 1, "{path}");
        assert!(text.ends_with('\n'), "{path}: its last line does not end");
    }
}

#[test]
fn every_class_has_faults() {
    let faults = faults();
    for (class, expect) in CLASSES {
        let count = faults
            .iter()
            .filter(|(_, text)| head(text).is_some_and(|[_, _, of, _]| of == *class))
            .count();
        assert_eq!(count, *expect, "{class}");
    }
}
