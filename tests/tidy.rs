//! The rules of the house, as tests: who may use whom, where `unsafe` is
//! written, how long a file may be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    ("deploy", &["abi", "image", "report", "sys", "verdict", "watch"]),
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

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(directory).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found
}

/// The stage that a file belongs to: the first folder below src, or the file itself.
fn stage(path: &Path) -> String {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("below src");
    let first = inside
        .components()
        .next()
        .expect("a file")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// What the code of a file refers to by `crate::`, tests and comments left out.
fn uses(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| {
            line.match_indices("crate::")
                .map(|(at, _)| &line[at + 7..])
                .collect::<Vec<_>>()
        })
        .flat_map(|rest| {
            let names = rest
                .strip_prefix('{')
                .map_or(rest, |list| list.split('}').next().unwrap_or(list));
            let list = rest.starts_with('{');
            let take = if list { usize::MAX } else { 1 };
            names
                .split(", ")
                .take(take)
                .map(first_word)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn modules_use_only_what_the_layers_allow() {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    for (path, text) in sources() {
        let stage = stage(&path);
        let allowed = layers
            .get(stage.as_str())
            .unwrap_or_else(|| panic!("{stage} is in no layer"));
        for used in uses(&text) {
            assert!(
                used == stage || allowed.contains(&used.as_str()),
                "{}: {stage} may not use {used}",
                path.display()
            );
        }
    }
}

#[test]
fn a_use_is_seen_in_every_form() {
    assert_eq!(
        uses("use crate::plan::Case;\nlet x = crate::sys::y();"),
        ["plan", "sys"]
    );
    assert_eq!(uses("use crate::{exec, judge::judge};"), ["exec", "judge"]);
    assert_eq!(uses("// crate::boot\n"), [""; 0]);
}

#[test]
fn unsafe_is_written_in_sys_only() {
    for (path, text) in sources() {
        let inside = stage(&path) == "sys";
        let written = text.lines().any(|line| {
            let code = line.split("//").next().unwrap_or_default();
            code.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == "unsafe")
        });
        assert!(
            inside || !written,
            "{}: unsafe outside of src/sys",
            path.display()
        );
        if inside && written {
            assert!(
                text.contains("# Safety"),
                "{}: no `# Safety` section",
                path.display()
            );
        }
    }
}

#[test]
fn serde_derives_stand_where_they_are_allowed() {
    for (path, text) in sources() {
        let derives = text.lines().any(|line| {
            line.trim_start().starts_with("#[derive(")
                && (line.contains("Serialize") || line.contains("Deserialize"))
        });
        let allowed = [
            "/scenario/syntax/",
            "/report/record",
            "/abi/",
            "/verdict.rs",
        ];
        let here = path.to_string_lossy().into_owned();
        assert!(
            !derives || allowed.iter().any(|place| here.contains(place)),
            "{here}: a serde derive outside of the formats"
        );
    }
}

#[test]
fn files_have_one_purpose() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", path.display());
        assert!(
            text.starts_with("//!"),
            "{}: does not say what it is for",
            path.display()
        );
    }
}

#[test]
fn nothing_sleeps() {
    for (path, text) in sources() {
        assert!(!text.contains("sleep("), "{}: sleeps", path.display());
    }
}
