//! What `list` and `explain` print, and what they refuse.

use super::{output, scratch, shmproof};
use serde_json::Value;
use std::process::Stdio;

#[track_caller]
fn good(args: &[&str]) -> String {
    let (code, out, err) = output(shmproof(args));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    out
}

#[track_caller]
fn check_bad(args: &[&str], expect: &str) {
    let (code, out, err) = output(shmproof(args));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains(expect), "{err}");
}

pub(super) fn a_list_has_a_line_a_scenario_and_a_line_a_case() {
    let out = good(&["list", "hello", "forked_pairs"]);
    assert!(
        out.contains("hello            1 case   a message left in shared memory is read back\n"),
        "{out}"
    );
    assert_eq!(out.lines().count(), 2);
    let out = good(&["list", "--cases", "forked_pairs"]);
    assert_eq!(out.lines().count(), 25);
    assert!(
        out.contains("    forked_pairs/1  size=Bytes(1) get=[] attach=[] crowd=1\n"),
        "{out}"
    );
}

/// A scenario of this test's own, which covers two rows.
fn covering(name: &str) -> String {
    let file = scratch(name);
    let text = "Scenario(summary: \"s\", covers: [\"DT-02\", \"DT-05\"], actors: [(name: \"a\")],\n\
        script: [By(\"a\", [\nshmdt(at: Anywhere, expect: Err(EINVAL))])])";
    std::fs::write(&file, text).expect("written");
    file.to_str().expect("UTF-8").to_owned()
}

pub(super) fn rows_are_told_with_what_covers_them() {
    let file = covering("rows.ron");
    let out = good(&["list", "--rows", "--scenarios", &file]);
    let expect = "  DT-05    The address NULL is EINVAL, if nothing is attached there.\n           \
                  rows\n! DT-06    ";
    assert!(out.contains(expect), "{out}");
    assert!(out.contains("\nDT: 2 of 19 covered\n! DT-01    "), "{out}");
    assert!(out.ends_with("all: 2 of 203 covered\n"), "{out}");
}

pub(super) fn programs_are_told_everything_in_one_document() {
    let file = covering("document.ron");
    let args = ["list", "--format", "json", "--scenarios", &file];
    let document: Value = serde_json::from_str(&good(&args)).expect("JSON");
    let scenario = &document["scenarios"][0];
    assert_eq!(scenario["name"], "document");
    assert_eq!(scenario["file"], file.as_str());
    assert_eq!(scenario["covers"][1], "DT-05");
    assert_eq!(scenario["cases"][0]["number"], 1);
    assert_eq!(document["rows"]["DT-02"][0], "document");
    assert_eq!(
        document["rows"].as_object().map(serde_json::Map::len),
        Some(203)
    );
    assert_eq!(
        document["texts"]["DT-04"],
        "A second detach of the same address is EINVAL."
    );
    assert!(document["reasons"]["DT-18"].is_string());
    let built_in: Value = serde_json::from_str(&good(&["list", "--format", "json"])).expect("JSON");
    assert!(built_in["scenarios"][0].get("file").is_none());
}

pub(super) fn the_case_that_is_named_is_told() {
    let out = good(&["explain", "forked_pairs"]);
    assert!(
        out.contains("This is case 1: size=Bytes(1) get=[] attach=[] crowd=1;"),
        "{out}"
    );
    let out = good(&["explain", "forked_pairs/3"]);
    assert!(
        out.contains("This is case 3: size=Bytes(1) get=[] attach=[SHM_RND]"),
        "{out}"
    );
    let out = good(&["explain", "forked_pairs/size=Pages(1) crowd=4"]);
    assert!(out.contains("creates a private segment of 1 page"), "{out}");
    // The only scenario of a file needs no name.
    let out = good(&["explain", "--scenarios", &covering("only.ron")]);
    assert!(
        out.contains("    3  a tries to detach what is attached at NULL;"),
        "{out}"
    );
}

pub(super) fn every_scenario_can_be_told() {
    let document: Value = serde_json::from_str(&good(&["list", "--format", "json"])).expect("JSON");
    let all = document["scenarios"].as_array().expect("scenarios");
    let names: Vec<&str> = all.iter().filter_map(|one| one["name"].as_str()).collect();
    let out = good(&[&["explain"], &names[..]].concat());
    for name in names {
        assert!(out.contains(&format!("{name}: ")), "{name}");
    }
}

pub(super) fn what_is_unknown_is_told_with_what_is_known() {
    for command in ["list", "explain"] {
        check_bad(
            &[command, "helo"],
            "there is no scenario \"helo\"; did you mean \"hello\"?",
        );
        check_bad(&[command, "hello/9"], "hello has no case \"9\"; it has 1");
        check_bad(
            &[command, "--scenarios", "/nowhere"],
            "cannot read the scenarios in /nowhere",
        );
    }
    check_bad(&["explain"], "name the scenario to explain; known are: ");
    check_bad(
        &["list", "--format", "xml"],
        "there is no format \"xml\"; known are: text, json",
    );
}

pub(super) fn a_reader_that_goes_away_is_no_failure_but_a_full_disk_is() {
    for args in [&["list"][..], &["explain", "hello"]] {
        let mut child = shmproof(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let mut command = shmproof(args);
        command.stdout(full).stderr(Stdio::null());
        assert_eq!(command.status().expect("it starts").code(), Some(3));
    }
}
