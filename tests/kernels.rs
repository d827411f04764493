//! The fragments of kernel configurations that scripts/kernel-build.sh lays over its base.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const ARCHES: [&str; 3] = ["arm", "arm64", "x86_64"];
const RELEASES: [&str; 2] = ["6.1", "6.12"];

/// How many fragments there are: none is lost unnoticed.
const COUNT: usize = 31;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernels")
}

fn text(name: &str) -> String {
    let path = directory().join(format!("{name}.config"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all fragments, without the bases.
fn fragments() -> Vec<String> {
    let files = std::fs::read_dir(directory()).expect("readable");
    let mut names: Vec<_> = files
        .map(|file| file.expect("readable").file_name())
        .map(|name| name.into_string().expect("UTF-8"))
        .filter_map(|name| name.strip_suffix(".config").map(str::to_owned))
        .filter(|name| name != "base" && !name.starts_with("base-"))
        .collect();
    names.sort();
    assert_eq!(names.len(), COUNT, "{names:?}");
    names
}

/// The lines before the first empty one, without their marks.
fn comment(text: &str) -> Vec<&str> {
    let lines = text.lines().take_while(|line| !line.is_empty());
    lines
        .map(|line| line.trim_start_matches('#').trim())
        .collect()
}

/// The words behind `FIELD:` in the opening comment.
fn told<'a>(text: &'a str, field: &str) -> Option<Vec<&'a str>> {
    let line = comment(text)
        .into_iter()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.split_whitespace().collect())
}

/// What is asked of each option: its value, or nothing where it is to be off.
fn options(text: &str) -> BTreeMap<&str, Option<&str>> {
    let lines = text.lines().filter_map(|line| {
        let off = line
            .strip_prefix("# ")
            .and_then(|line| line.strip_suffix(" is not set"));
        match off {
            Some(option) => Some((option, None)),
            None => line
                .split_once('=')
                .map(|(option, value)| (option, Some(value))),
        }
    });
    lines
        .filter(|(option, _)| option.starts_with("CONFIG_"))
        .collect()
}

#[test]
fn every_fragment_says_what_it_is_for() {
    for name in fragments() {
        let text = text(&name);
        assert!(text.starts_with("# "), "{name}: no opening comment");
        let arches = told(&text, "Arches").unwrap_or_else(|| panic!("{name}: no Arches"));
        assert!(
            !arches.is_empty() && arches.iter().all(|one| ARCHES.contains(one)),
            "{name}: {arches:?}"
        );
        let releases = told(&text, "Releases").unwrap_or_else(|| RELEASES.to_vec());
        assert!(
            releases.iter().all(|one| RELEASES.contains(one)),
            "{name}: {releases:?}"
        );
        let skips = told(&text, "Skips").unwrap_or_else(|| panic!("{name}: no Skips"));
        let fits = |one: &&str| one.starts_with("CONFIG_");
        assert!(
            skips == ["nothing"] || (!skips.is_empty() && skips.iter().all(fits)),
            "{name}: {skips:?}"
        );
    }
}

/// A fragment that asks for what the base is already would be one more pass of the base.
#[test]
fn every_fragment_changes_the_base() {
    let base = text("base");
    for name in fragments() {
        let text = text(&name);
        for arch in told(&text, "Arches").expect("told") {
            let own = self::text(&format!("base-{arch}"));
            let mut before = options(&base);
            before.extend(options(&own));
            let changed = options(&text)
                .iter()
                .any(|(option, value)| before.get(option).copied().flatten() != *value);
            assert!(changed, "{name} is the base on {arch}");
        }
    }
}

#[test]
fn the_script_lists_what_suits_a_release_and_an_architecture() {
    for (release, arch) in [("6.1", "arm"), ("6.1", "arm64"), ("6.12", "x86_64")] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/kernel-build.sh");
        let listed = std::process::Command::new(script)
            .args(["--release", release, "--arch", arch, "--list"])
            .output()
            .expect("it starts");
        assert!(listed.status.success(), "{listed:?}");
        let listed = String::from_utf8(listed.stdout).expect("UTF-8");
        let suits = |name: &String| {
            let text = text(name);
            let has =
                |field: &str, one: &str| told(&text, field).is_none_or(|all| all.contains(&one));
            has("Arches", arch) && has("Releases", release)
        };
        let mut expect = vec!["base".to_owned()];
        expect.extend(fragments().into_iter().filter(suits));
        let mut listed: Vec<_> = listed.lines().collect();
        assert_eq!(listed.first(), Some(&"base"));
        listed.sort_unstable();
        expect.sort();
        assert_eq!(listed, expect);
    }
}
