//! The rules of the house, as tests: who may use whom, where `unsafe` is
//! written, how long a file may be.

mod paths;
mod source;
mod waiting;

use paths::{Modules, circles};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who may use whom.
const LAYERS: &[(&str, &[&str])] = &[
    ("abi", &[]),
    ("verdict", &[]),
    ("observe", &["abi"]),
    ("scenario", &["abi"]),
    ("plan", &["scenario", "abi"]),
    ("sys", &["abi"]),
    ("exec", &["plan", "sys", "observe", "abi"]),
    ("judge", &["plan", "observe", "abi", "verdict"]),
    ("report", &["verdict"]),
    ("explain", &["scenario", "abi"]),
    (
        "suite",
        &[
            "scenario", "plan", "exec", "judge", "observe", "report", "sys",
        ],
    ),
    ("compare", &["report", "verdict"]),
    ("image", &["abi"]),
    ("watch", &["report", "sys"]),
    ("boot", &["abi", "image", "report", "sys", "watch"]),
    (
        "deploy",
        &["abi", "image", "report", "sys", "verdict", "watch"],
    ),
    ("init", &["suite", "report", "sys", "cli"]),
    ("cli", &[]),
    (
        "cmd",
        &[
            "suite", "compare", "image", "boot", "report", "explain", "init", "cli", "sys",
            "verdict", "watch", "deploy",
        ],
    ),
    ("lib", &[]),
    ("main", &["cmd", "init", "suite"]),
];

/// Longer files have more than one purpose.
const LONGEST_FILE: usize = 400;

#[test]
fn modules_use_only_what_the_layers_allow() {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let files = source::compiled();
    let stages: BTreeMap<_, _> = files
        .iter()
        .map(|one| (one.name.as_str(), one.stage()))
        .collect();
    let mut wrong = BTreeSet::new();
    for (file, path) in Modules::of(files.iter().copied()).uses() {
        let stage = stages[file];
        let allowed = layers
            .get(stage)
            .unwrap_or_else(|| panic!("{stage} is in no layer"));
        let used = path.first().map_or("lib", String::as_str);
        if used != stage && !allowed.contains(&used) {
            wrong.insert(format!("{file}: {stage} may not use {used}\n"));
        }
    }
    assert!(
        wrong.is_empty(),
        "\n{}",
        wrong.into_iter().collect::<String>()
    );
}

#[test]
fn no_two_files_use_each_other() {
    let files = source::compiled();
    let modules = Modules::of(files.iter().copied());
    let imports = modules.imports();
    let found = circles(&imports);
    let shown = |circle: &Vec<&str>| {
        let within = |file: &str| {
            let used = imports[file].iter().filter(|used| circle.contains(*used));
            let used: Vec<_> = used.copied().collect();
            format!("  {file} uses {}\n", used.join(", "))
        };
        let lines: String = circle.iter().map(|file| within(file)).collect();
        format!("{circle:?}:\n{lines}")
    };
    let all: String = found.iter().map(shown).collect();
    assert!(found.is_empty(), "\n{all}");
}

#[test]
fn unsafe_is_written_in_sys_only() {
    for file in source::all() {
        let inside = file.stage() == "sys";
        let written = file.tokens.iter().any(|token| token == "unsafe");
        assert!(
            inside || !written,
            "{}: unsafe outside of src/sys",
            file.name
        );
        assert!(
            !written || file.text.contains("# Safety"),
            "{}: no `# Safety` section",
            file.name
        );
    }
}

#[test]
fn serde_derives_stand_where_they_are_allowed() {
    for file in source::all() {
        let derived = |at: usize| &file.tokens[at..source::closing(&file.tokens, at + 1)];
        let derives = (0..file.tokens.len()).any(|at| {
            file.tokens[at] == "derive"
                && derived(at)
                    .iter()
                    .any(|one| one == "Serialize" || one == "Deserialize")
        });
        let allowed = [
            "abi/",
            "scenario/syntax/",
            "scenario/model/",
            "scenario/document.rs",
            "scenario/pack",
            "verdict.rs",
            "report/record",
        ];
        assert!(
            !derives || allowed.iter().any(|place| file.name.starts_with(place)),
            "{}: a serde derive outside of the formats",
            file.name
        );
    }
}

#[test]
fn files_have_one_purpose() {
    for file in source::all() {
        let lines = file.text.lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", file.name);
        assert!(
            file.text.starts_with("//!"),
            "{}: does not say what it is for",
            file.name
        );
    }
}

/// Without cargo's own harness `#[test]` is nothing, and the test would never run.
#[test]
fn tests_of_other_runners_have_no_attribute() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("UTF-8");
    let own = manifest.split("[[test]]\nname = \"").skip(1);
    let own: BTreeSet<_> = own
        .filter_map(|one| one.split_once("\"\nharness = false"))
        .collect();
    assert!(!own.is_empty());
    for (name, _) in own {
        for file in source::below(&root.join("tests")) {
            let of_it = file.starts_with(root.join("tests").join(name))
                || file == root.join(format!("tests/{name}.rs"));
            let text = std::fs::read_to_string(&file).expect("UTF-8");
            assert!(
                !of_it || !text.contains("#[test]"),
                "{}: `#[test]`",
                file.display()
            );
        }
    }
}

#[test]
fn nothing_waits_but_for_an_event() {
    let files = source::compiled();
    let found: BTreeSet<(&str, &str)> = files
        .iter()
        .flat_map(|file| {
            waiting::ways(&file.code)
                .into_iter()
                .map(|way| (file.name.as_str(), way))
        })
        .collect();
    let allowed: BTreeSet<_> = waiting::ALLOWED
        .iter()
        .map(|(file, way, _)| (*file, *way))
        .collect();
    let new: Vec<_> = found.difference(&allowed).collect();
    let gone: Vec<_> = allowed.difference(&found).collect();
    assert!(new.is_empty(), "wait otherwise than for an event: {new:#?}");
    assert!(gone.is_empty(), "no longer so: {gone:#?}");
}
