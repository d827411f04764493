//! Input that is too large, too deep, or no text at all ends in a clear word.

use shmproof::scenario::{Problem, Scenario};
use std::path::PathBuf;
use std::process::{Command, Output};

/// A scenario with this script.
fn script(turns: &str) -> String {
    format!("Scenario(summary: \"s\", actors: [(name: \"a\")], script: [{turns}])")
}

fn problems(text: impl AsRef<str>) -> Vec<Problem> {
    Scenario::parse("x.ron", text.as_ref())
        .err()
        .unwrap_or_default()
}

/// The only problem of a text has these words.
#[track_caller]
fn check(text: String, words: &str) {
    let found = problems(text);
    let messages: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(messages, [words]);
    assert!(
        found[0].to_string().len() < 4096,
        "it is short enough to be read"
    );
}

#[test]
fn a_file_of_ten_megabytes_is_too_large() {
    let text = "x".repeat(10 << 20);
    check(
        format!("Scenario(summary: \"{text}\")"),
        "a scenario has at most 1 MiB; split it",
    );
}

#[test]
fn nesting_of_any_depth_ends_in_one_problem() {
    for (open, close) in [
        ("[", "]"),
        ("Some(", ")"),
        ("Not(", ")"),
        ("(", ")"),
        ("/*", "*/"),
    ] {
        for times in [200, 100_000] {
            let nested = format!("{}{}", open.repeat(times), close.repeat(times));
            let found = problems(format!("Scenario(summary: {nested})"));
            assert_eq!(found.len(), 1, "{times} times {open}");
            let found = problems(open.repeat(times));
            assert_eq!(found.len(), 1, "{times} times {open}, never closed");
        }
    }
    let (open, close) = ("Repeat(times: 1, script: [", "])");
    for times in [20, 100, 20_000] {
        let loops = format!("{}{}", open.repeat(times), close.repeat(times));
        assert_eq!(problems(script(&loops)).len(), 1, "{times} loops");
    }
    let nots = format!("{}Root{}", "Not(".repeat(100_000), ")".repeat(100_000));
    let step = format!(
        "shmdt(at: Anywhere, expect: Depends(on: [(when: {nots}, because: \"x\", expect: Ok)], otherwise: Ok))"
    );
    check(
        script(&format!("By(\"a\", [{step}])")),
        "nested too deep; flatten it",
    );
}

#[test]
fn numbers_of_ten_thousand_digits_do_not_fit() {
    let digits = "9".repeat(10_000);
    let large = "the number does not fit here; write a smaller one";
    for size in [digits.clone(), format!("Bytes({digits})")] {
        let step = format!("shmget(key: IPC_PRIVATE, size: {size}, expect: Err(EINVAL))");
        check(script(&format!("By(\"a\", [{step}])")), large);
    }
    let step = format!("shmget(key: Raw(-{digits}), size: 0, expect: Err(EINVAL))");
    check(
        script(&format!("By(\"a\", [{step}])")),
        "a negative number does not fit here; write one from 0",
    );
}

#[test]
fn one_line_of_a_megabyte_is_shown_in_part() {
    let step = "shmdt(at: Anywhere, expect: Err(EINVAL)),";
    let steps = step.repeat((1 << 20) / step.len() - 10);
    assert_eq!(problems(script(&format!("By(\"a\", [{steps}])"))), []);
    check(
        script(&format!(
            "By(\"a\", [{steps} shmdt(at: Nowhere, expect: Ok)])"
        )),
        "`Nowhere` is no address; did you mean `Anywhere`?",
    );
}

#[test]
fn a_megabyte_of_broken_steps_is_told_up_to_a_limit() {
    let lines = ["shmdt(at: Nowhere, expect: Ok),\n", "nonsense(),\n"];
    for line in lines {
        let steps = line.repeat((1 << 20) / line.len() - 10);
        let found = problems(script(&format!("By(\"a\", [{steps}])")));
        assert_eq!(found.len(), 200, "{line}");
    }
    let turns = "By(\"b\", [exit()]),".repeat(50_000);
    assert_eq!(problems(script(&turns)).len(), 200);
    let turns = "Bye(),".repeat(80_000);
    assert_eq!(problems(script(&turns)).len(), 200);
}

/// What one part of a file costs must not grow with the size of the others.
#[test]
fn a_megabyte_of_anything_is_read() {
    let lookups = "shmdt(map: \"m\", expect: Ok),\n".repeat(15_000);
    let broken = format!(
        "shmat(seg: {}, as: \"m\", expect: Ok)",
        "[Ok],".repeat(80_000)
    );
    assert_eq!(
        problems(script(&format!("By(\"a\", [{broken},\n{lookups}])"))).len(),
        1
    );

    let binds = (0..12_000).map(|n| {
        format!(
            "shmget(key: Unique(\"{n}\"), size: 1, flags: [IPC_CREAT], as: \"{n}\", expect: Ok),\n"
        )
    });
    let found = problems(script(&format!(
        "By(\"a\", [{}])",
        binds.collect::<String>()
    )));
    assert_eq!(found.len(), 200, "nobody removes them");

    let forks = (0..25_000).map(|n| format!("fork(child: \"{n}\", expect: Ok),\n"));
    let found = problems(script(&format!(
        "By(\"a\", [{}])",
        forks.collect::<String>()
    )));
    assert_eq!(found.len(), 200);

    let comment = "// words and words and words\n".repeat(20_000);
    let steps = "tick(),".repeat(50_000);
    let text = format!("{comment}{}", script(&format!("By(\"a\", [{steps}])")));
    assert_eq!(problems(text), []);

    let actors = "(name: \"a\"),".repeat(80_000);
    let text =
        format!("Scenario(summary: \"s\", actors: [{actors}], script: [By(\"a\", [exit()])])");
    check(text, "a scenario has at most 256 actors; split it");

    let covers = "\"GET-99\",".repeat(80_000);
    let text = format!(
        "Scenario(summary: \"s\", covers: [{covers}], actors: [(name: \"a\")], script: [By(\"a\", [exit()])])"
    );
    assert_eq!(problems(text).len(), 200);
}

/// Axes that come to this many rows, used by one step.
fn rows(doublings: usize, lines: &str) -> String {
    let axes: String = (0..doublings)
        .map(|n| format!("Axis(\"a{n}\", [0, 1]),"))
        .collect();
    let uses: String = (0..doublings)
        .map(|n| format!("shmget(key: IPC_PRIVATE, size: Each(\"a{n}\"), expect: Err(EINVAL)),"))
        .collect();
    format!(
        "Scenario(summary: \"s\", for_each: [{axes}], actors: [(name: \"a\")], script: [By(\"a\", [{uses}{lines}])])"
    )
}

#[test]
fn lists_come_to_as_many_steps_as_are_allowed() {
    let with = |lines: usize| {
        let steps = "tick(),".repeat(2_000);
        let (lists, lines) = (format!("[List(\"l\", [], [{steps}])]"), "[],".repeat(lines));
        let script = script(&format!("By(\"a\", [Do(\"l\", [{lines}])])"));
        script.replace("actors:", &format!("lists: {lists}, actors:"))
    };
    assert_eq!(problems(with(2)), []);
    let long = format!(
        "shmget(key: Unique(\"{}\"), size: 1, expect: Err(ENOENT))",
        "k".repeat(900_000)
    );
    let text = script(&format!("By(\"a\", [Do(\"l\", [{}])])", "[],".repeat(30)));
    let text = text.replace(
        "actors:",
        &format!("lists: [List(\"l\", [], [{long}])], actors:"),
    );
    check(text, "the lists come to too many steps; split the scenario");
    let lists: String = (0..1000)
        .map(|n| format!("List(\"l{n}\", [], [tick()]),"))
        .collect();
    let text = script("By(\"a\", [tick()])");
    let text = text.replace("actors:", &format!("lists: [{lists}], actors:"));
    check(text, "more than 64 lists or parameters; split the scenario");
    check(
        with(51),
        "the lists come to too many steps; split the scenario",
    );
}

#[test]
fn rows_are_as_many_as_are_allowed() {
    let scenario =
        Scenario::parse("x.ron", &rows(12, "")).unwrap_or_else(|found| panic!("{}", found[0]));
    assert_eq!(scenario.rows.len(), 4096);
    check(
        rows(13, ""),
        "the axes come to more than 4096 cases; split the scenario",
    );
    check(
        rows(12, &"tick(),".repeat(100)),
        "4096 cases of 112 steps are too many; split the scenario",
    );
    let spaces = " ".repeat(1 << 14);
    check(
        rows(12, &spaces),
        "4096 cases of 12 steps are too many; split the scenario",
    );
    let each_row_is_wrong = rows(12, "shmdt(at: Nowhere, expect: Ok)");
    check(
        each_row_is_wrong,
        "`Nowhere` is no address; did you mean `Anywhere`?",
    );
}

/// A fresh directory of this test.
fn directory(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("writable");
    directory
}

fn shmproof_check(path: &std::path::Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmproof"));
    command.arg("check").arg(path).output().expect("it runs")
}

#[track_caller]
fn check_refused(path: &std::path::Path, words: &str) {
    let output = shmproof_check(path);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(words), "{said}");
    assert!(said.contains(&path.display().to_string()), "{said}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let here = directory("unreadable");
    check_refused(&here, "");
    check_refused(&here.join("absent.ron"), "");
    let file = here.join("bytes.ron");
    std::fs::write(&file, b"Scenario(summary: \"\xff\xfe\")").expect("writable");
    check_refused(&file, "UTF-8");
    std::fs::write(&file, b"").expect("writable");
    check_refused(
        &file,
        "1:1: a scenario begins with `Scenario(`; write that first",
    );
    std::fs::write(&file, b"\0\0\0\0").expect("writable");
    check_refused(
        &file,
        "1:1: a scenario begins with `Scenario(`; write that first",
    );
    std::fs::write(&file, vec![b' '; 10 << 20]).expect("writable");
    check_refused(&file, "a scenario has at most 1 MiB; split it");
}
