//! What is wrong with a scenario is told with place and remedy, all at once.

use super::{EMBEDDED, Problem, parse};

const HEAD: &str = r#"Scenario(summary: "s", actors: [(name: "a"), (name: "b")], script: ["#;
const GET: &str = r#"shmget(key: IPC_PRIVATE, size: Pages(1), as: "s", expect: Ok)"#;
const AT: &str = r#"shmat(seg: "s", as: "m", expect: Ok)"#;
const RMID: &str = r#"shmctl(seg: "s", cmd: IPC_RMID, expect: Ok)"#;

fn problems(text: &str) -> Vec<Problem> {
    parse("x.ron", text).err().unwrap_or_default()
}

/// The messages that a whole file brings, each with its line and column.
#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let found: Vec<_> = problems(text)
        .iter()
        .map(|one| format!("{}:{}: {}", one.line, one.column, one.message))
        .collect();
    assert_eq!(found, expect);
}

/// The messages that steps of `a` bring; line 2 is the first of them.
#[track_caller]
fn check_steps(steps: &[&str], expect: &[&str]) {
    let text = format!(
        "{HEAD} By(\"a\", [\n{},\n]), By(\"b\", [shmdt(at: Anywhere, expect: Err(EINVAL))])])",
        steps.join(",\n")
    );
    check(&text, expect);
}

#[test]
fn every_scenario_that_is_shipped_is_good() {
    for (file, text) in EMBEDDED {
        if let Err(problems) = parse(file, text) {
            panic!("{}", problems[0]);
        }
    }
}

#[test]
fn a_problem_points_at_its_place() {
    let text = "Scenario(\n  summary: \"s\",\n\tactors: [(nam: \"a\")],\n  script: [],\n)";
    let shown: Vec<_> = problems(text).iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "x.ron:3:12: `actor` has no field `nam`; did you mean `name`?\n    \tactors: [(nam: \"a\")],\n    \t          ^"
        ]
    );
}

#[test]
fn misspelt_words_are_recognised() {
    check_steps(
        &[
            GET,
            r#"shmget(key: IPC_PRIVATE, size: Pages(1), flags: [IPC_CREATE], expect: Ok)"#,
            RMID,
        ],
        &["3:50: `IPC_CREATE` is no shmget flag; did you mean `IPC_CREAT`?"],
    );
    check_steps(
        &[r#"shm_dt(map: "m", expect: Ok)"#],
        &["2:1: `shm_dt` is no step; did you mean `shmdt`?"],
    );
    check_steps(
        &[
            GET,
            r#"shmctl(seg: "s", cmd: IPC_STAT, expect: Stat(natch: 1))"#,
            RMID,
        ],
        &["3:46: `Stat` has no field `natch`; did you mean `nattch`?"],
    );
    check_steps(
        &[r#"shmdt(at: Anywhere, expect: Err(EINVALID))"#],
        &["2:33: `EINVALID` is no error number; did you mean `EINVAL`?"],
    );
    check_steps(
        &[r#"shmdt(at: Anywhere, expect: Err(22))"#],
        &[
            "2:33: expected a word here, such as `Bytes(4096)` for a size or `EINVAL` for an error; write the symbolic name",
        ],
    );
}

#[test]
fn a_step_says_what_it_expects() {
    check_steps(
        &[r#"shmdt(at: Anywhere)"#],
        &["2:1: `shmdt` says no `expect:`; add what the kernel must do, such as `expect: Ok`"],
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let text = r#"Scenario(
    summary: "",
    requires: [Rot],
    for_each: (crowd: [0]),
    actors: [(name: "a"), (name: "a")],
    script: [
        By("a", [shmdt(at: Anywhere, expect: Err(EINVL))]),
        By("nobody", [exit()]),
    ],
)"#;
    check(
        text,
        &[
            "2:14: the summary is a claim in one line; write what is true if this passes",
            "3:16: `Rot` is no requirement; did you mean `Root`?",
            "4:15: a crowd is a number from 1 to 64; change it",
            "5:13: two actors are named `a`; rename one",
            "7:50: `EINVL` is no error number; did you mean `EINVAL`?",
            "8:9: nobody is named `nobody` yet; known here: `a`, `a`",
        ],
    );
}

#[test]
fn names_are_bound_before_they_are_used() {
    check_steps(
        &[r#"shmat(seg: "s", expect: Ok)"#],
        &["2:12: no segment is bound to `s` yet; bind it by `as: \"s\"` in a shmget"],
    );
    check_steps(
        &[r#"read(map: "m", expect: Zeros)"#],
        &["2:11: nothing is attached as `m` yet; bind it by `as: \"m\"` in a shmat"],
    );
    check_steps(
        &[GET, GET, RMID],
        &["3:42: `s` is bound already; choose another name"],
    );
}

#[test]
fn a_name_that_only_a_misspelt_step_binds_is_not_reported_twice() {
    check_steps(
        &[
            r#"shmget(key: IPC_PRIVATE, size: Page(1), as: "s", expect: Ok)"#,
            AT,
            RMID,
        ],
        &["2:32: `Page` is no size; did you mean `Pages`?"],
    );
}

#[test]
fn memory_belongs_to_a_process() {
    let text = format!(
        "{HEAD}\nBy(\"a\", [{GET}, {AT}]), By(\"b\", [\nread(map: \"m\", expect: Zeros)]), By(\"a\", [{RMID}])])"
    );
    check(
        &text,
        &[
            "3:11: `b` never had `m`, another process attached it; let `b` attach it itself, or be forked after the shmat",
        ],
    );
}

#[test]
fn the_dead_do_not_act() {
    check_steps(
        &["exit()", r#"shmdt(at: Anywhere, expect: Err(EINVAL))"#],
        &["3:1: `a` has left by `exit()`; let another actor take this step"],
    );
    check_steps(
        &[
            GET,
            AT,
            RMID,
            r#"write(map: "m", data: Text("x"), expect: Killed(SIGSEGV))"#,
            "exit()",
        ],
        &["6:1: `a` was killed, as an earlier step expects; let another actor take this step"],
    );
}

#[test]
fn a_segment_is_removed_by_somebody() {
    check_steps(
        &[GET],
        &["2:1: nobody removes this segment; add a `shmctl(…, cmd: IPC_RMID, expect: Ok)`"],
    );
    check_steps(
        &[r#"shmget(key: IPC_PRIVATE, size: Pages(1), expect: Ok)"#],
        &["2:1: this creates a segment that has no name; bind it by `as: \"…\"`"],
    );
}

#[test]
fn what_asserts_nothing_is_refused() {
    check_steps(
        &[
            GET,
            r#"shmctl(seg: "s", cmd: IPC_STAT, expect: Stat())"#,
            RMID,
        ],
        &["3:41: `Stat()` without a field asserts nothing; name one, such as `nattch: 0`"],
    );
    check(
        "Scenario(summary: \"s\", actors: [], script: [])",
        &["1:1: the script has no step; a scenario without one proves nothing"],
    );
}

#[test]
fn axes_are_used_and_known() {
    check_steps(
        &[r#"shmget(key: IPC_PRIVATE, size: Each, as: "s", expect: Ok)"#],
        &["2:32: `Each` has no axis; add `for_each: (size: […])`"],
    );
    let text = format!(
        "Scenario(summary: \"s\", for_each: (size: [Bytes(1)], attach: []), actors: [(name: \"a\")], script: [By(\"a\", [{GET}, {RMID}])])"
    );
    check(
        &text,
        &[
            "1:34: the axis `attach` is empty; give it a value or remove it",
            "1:34: no step uses the axis `size`; write `Each` in one or remove it",
        ],
    );
}

#[test]
fn a_crowd_shares_no_key_by_accident() {
    let text = "Scenario(summary: \"s\", for_each: (crowd: [1, 2]), actors: [(name: \"a\")], script: [By(\"a\", [\n\
        shmget(key: Raw(7), size: Pages(1), flags: [IPC_CREAT], as: \"s\", expect: Ok), shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])";
    check(
        text,
        &["2:13: a crowd would share the key 7; write `Unique(\"…\")` or `IPC_PRIVATE`"],
    );
}

#[test]
fn turns_alternate() {
    let text = format!("{HEAD} By(\"a\", [{GET}]),\nBy(\"a\", [{RMID}]), By(\"b\", [exit()])])");
    check(&text, &["2:1: two turns in a row by `a`; make them one"]);
}

#[test]
fn users_need_root() {
    let text = "Scenario(summary: \"s\", actors: [(name: \"a\", user: Nobody)], script: [By(\"a\", [exit()])])";
    check(
        text,
        &["1:32: `a` changes its user; add `requires: [Root]`"],
    );
}

#[test]
fn files_that_are_no_scenario_end_in_one_clear_message() {
    check(
        "",
        &["1:1: expected `Scenario(`, found nothing; begin the file with it"],
    );
    check(
        "Scenario(summary: \"s\"",
        &["1:22: the file ends too early; close what is still open"],
    );
    check(
        "Scenari(summary: \"s\")",
        &["1:1: expected `Scenario(`, found `Scenari`; rename it"],
    );
    check(
        "Scenario(summary: \"s\", actors: [], script: []) x",
        &["1:47: something follows the scenario; remove it"],
    );
}

/// No input may bring us down: mutations of good files end in problems or pass.
#[test]
fn damaged_files_never_panic() {
    let mut random = 0x1234_5678_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for (file, text) in EMBEDDED {
        for _ in 0..300 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=next() % 4 {
                let at = next() % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = b" ()[]\",:0aZ/"[next() % 12],
                    1 if bytes.len() > 1 => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for problem in problems_of(file, &text) {
                assert!(problem.line >= 1 && problem.column >= 1);
            }
        }
    }
}

fn problems_of(file: &str, text: &str) -> Vec<Problem> {
    parse(file, text).err().unwrap_or_default()
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = format!("Scenario(summary: {}", "[".repeat(100_000));
    assert_eq!(problems(&deep).len(), 1);
    let long = format!("Scenario(summary: \"{}\")", "x".repeat(10 << 20));
    assert_eq!(problems(&long).len(), 1);
    let number = r#"shmget(key: Raw(99999999999), size: Bytes(1), as: "s", expect: Ok)"#;
    check_steps(
        &[number],
        &["2:17: the number does not fit here; write a smaller one"],
    );
}

#[test]
fn the_example_of_the_manual_is_good() {
    let manual = include_str!("../../scenarios/README.md");
    let mut blocks = 0;
    for block in manual.split("```ron\n").skip(1) {
        let text = block.split("```").next().expect("a block ends");
        if let Err(problems) = parse("scenarios/README.md", text) {
            panic!("{}", problems[0]);
        }
        blocks += 1;
    }
    assert!(blocks > 0);
}
