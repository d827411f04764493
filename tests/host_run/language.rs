//! What the language promises, where a shipped scenario cannot show it: that wrong claims
//! fail, that every case starts afresh, that cases can be chosen.

use super::{output, scratch, shmproof};

/// Runs a scenario of these actors and this script, with further head fields in `head`.
fn play(name: &str, head: &str, script: &str, args: &[&str]) -> (i32, String, String) {
    let file = scratch(&format!("{name}.ron"));
    let text = format!("Scenario(summary: \"s\", {head}, script: [{script}])");
    std::fs::write(&file, text).expect("written");
    let args = [&["run", "--scenarios", file.to_str().expect("UTF-8")], args].concat();
    output(shmproof(&args))
}

const GET: &str = "shmget(key: IPC_PRIVATE, size: Pages(1), mode: 0o600, as: \"s\", expect: Ok)";
const RMID: &str = "shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";

#[track_caller]
fn check(result: &(i32, String, String), code: i32, words: &[&str]) {
    let (seen, out, err) = result;
    assert_eq!(*seen, code, "{out}{err}");
    for words in words {
        assert!(
            out.contains(words) || err.contains(words),
            "{words} in {out}{err}"
        );
    }
}

pub(super) fn a_claim_that_does_not_hold_fails_in_its_first_round() {
    let script = |claim: &str| {
        format!(
            "Repeat(times: 3, script: [Together(turns: [By(\"r\", [shmget(key: Unique(\"k\"), \
             size: Pages(1), flags: [IPC_CREAT, IPC_EXCL], mode: 0o600, as: \"s\", \
             expect: OneOf([Ok, Err(EEXIST)]))])], claims: [{claim}]), By(\"o\", [{RMID}])])"
        )
    };
    let actors = "actors: [(name: \"r\", count: 4), (name: \"o\")]";
    let good = "Exactly(1, \"shmget\", Ok), AtLeast(3, \"shmget\", Err(EEXIST)), AtMost(1, \"shmget\", Ok)";
    check(&play("claims", actors, &script(good), &[]), 0, &[]);
    for (claim, words) in [
        ("Exactly(2, \"shmget\", Ok)", "expected  exactly 2"),
        (
            "AtLeast(4, \"shmget\", Err(EEXIST))",
            "expected  at least 4",
        ),
        ("AtMost(0, \"shmget\", Ok)", "expected  exactly 0"),
    ] {
        let seen = play("wrong_claim", actors, &script(claim), &["--seed", "0x5eed"]);
        check(
            &seen,
            1,
            &[words, "(in round 1)", "--seed 0x5eed wrong_claim"],
        );
    }
}

pub(super) fn every_case_starts_from_the_same_state() {
    // The first shmid of a namespace is 0, and its limits are the default ones.
    let head =
        "requires: [OwnNamespace], for_each: [Axis(\"n\", [1, 2, 3])], actors: [(name: \"a\")]";
    let script = format!(
        "By(\"a\", [shmget(key: IPC_PRIVATE, size: Each(\"n\"), as: \"s\", expect: Id(0)), \
         sysctl(name: \"kernel.shmmni\", expect: Value(4096)), \
         sysctl(name: \"kernel.shmmni\", write: \"7\", expect: Ok), {RMID}])"
    );
    let seen = play("afresh", head, &script, &[]);
    if seen.0 != 4 {
        check(&seen, 0, &["12 steps in 3 cases"]);
    }
}

pub(super) fn a_reader_whose_writer_stops_early_does_not_return() {
    let script = |passes: u32| {
        format!(
            "By(\"w\", [{GET}, shmat(seg: \"s\", as: \"out\", expect: Ok)]), \
             By(\"r\", [shmat(seg: \"s\", as: \"in\", expect: Ok)]), \
             Together(turns: [By(\"w\", [produce(map: \"out\", passes: {passes}, expect: Ok)]), \
             By(\"r\", [consume(map: \"in\", passes: 3, expect: Ok)])]), By(\"w\", [{RMID}])"
        )
    };
    let actors = "actors: [(name: \"w\"), (name: \"r\")]";
    check(&play("stream", actors, &script(3), &[]), 0, &[]);
    let seen = play("stops", actors, &script(2), &["--step-timeout", "1"]);
    check(
        &seen,
        1,
        &["consume(map: \"in\", passes: 3)", "did not return in 1 s"],
    );
}

pub(super) fn a_reader_sees_words_that_are_not_its_writers() {
    let script = format!(
        "By(\"w\", [{GET}, shmat(seg: \"s\", as: \"out\", expect: Ok), \
         store(map: \"out\", data: Pattern(3), expect: Ok), \
         consume(map: \"out\", passes: 3, expect: Ok), {RMID}])"
    );
    let seen = play("foreign", "actors: [(name: \"w\")]", &script, &[]);
    check(&seen, 1, &["where", "should be"]);
}

pub(super) fn the_reason_of_a_death_must_be_the_one_that_is_named() {
    let script = |reason: &str| {
        format!(
            "By(\"a\", [{GET}, shmat(seg: \"s\", flags: [SHM_RDONLY], as: \"m\", expect: Ok), {RMID}, \
             store(map: \"m\", data: Text(\"x\"), expect: Killed({reason}))])"
        )
    };
    let actors = "actors: [(name: \"a\")]";
    for good in ["SIGSEGV", "SEGV_ACCERR"] {
        check(&play("dies", actors, &script(good), &[]), 0, &[]);
    }
    let seen = play("dies_otherwise", actors, &script("SEGV_MAPERR"), &[]);
    check(
        &seen,
        1,
        &[
            "expected  killed by SEGV_MAPERR",
            "observed  killed by SEGV_ACCERR",
        ],
    );
}

pub(super) fn cases_are_chosen_by_number_and_by_value() {
    let count = |case: &str| {
        let (code, out, err) = output(shmproof(&["run", case]));
        assert_eq!(code, 0, "{out}{err}");
        let words = out.lines().last().unwrap_or_default().to_owned();
        let cases = words.split(" in ").nth(1).unwrap_or_default().to_owned();
        cases.split_whitespace().next().map(str::to_owned)
    };
    assert_eq!(count("forked_pairs/7").as_deref(), Some("1"));
    assert_eq!(count("forked_pairs/size=Pages(1)").as_deref(), Some("8"));
    assert_eq!(
        count("forked_pairs/size=Pages(1) get=[SHM_NORESERVE] crowd=4").as_deref(),
        Some("2")
    );
    let (code, _, err) = output(shmproof(&["run", "forked_pairs/25"]));
    assert_eq!(code, 2);
    assert!(
        err.contains(
            "forked_pairs has no case \"25\"; it has 24, the last is forked_pairs/24: size=KiB(68)"
        ),
        "{err}"
    );
}

pub(super) fn steps_are_shown_as_they_are_taken() {
    let (code, _, err) = output(shmproof(&["run", "-v", "hello"]));
    assert_eq!(code, 0);
    let lines: Vec<&str> = err.lines().collect();
    let at = |words: &str| lines.iter().position(|line| line.contains(words));
    assert!(at("hello  shmget(").expect("shown") < at("hello  shmat(").expect("shown"));
    assert!(at("→ completed").expect("shown") < at("pass   hello").expect("shown"));
    // A step is shown as it counts, also one that finds by its key what another actor made.
    let (code, _, err) = output(shmproof(&[
        "run",
        "-v",
        "capabilities",
        "new_segment_fields",
    ]));
    assert_eq!(code, 0, "{err}");
    assert!(!err.to_lowercase().contains("fail"), "{err}");
}
