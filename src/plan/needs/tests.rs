//! What each step rests on.

use super::needs;
use crate::scenario::Scenario;

/// The needs of each step of a script, by the text of the calls.
#[track_caller]
fn check(script: &str, expect: &[&[usize]]) {
    let text = format!(
        "Scenario(summary: \"t\", requires: [Root], actors: [(name: \"a\")], script: [By(\"a\", [{script}])])"
    );
    let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
    let play = scenario.play(0);
    assert_eq!(needs(&play), expect);
}

const GET: &str = "shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok)";
const AT: &str = "shmat(seg: \"s\", as: \"m\", expect: Ok)";
const RMID: &str = "shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)";

#[test]
fn removal_needs_the_segment_but_no_attachment() {
    check(&format!("{GET}, {AT}, {RMID}"), &[&[], &[0], &[0]]);
}

#[test]
fn nattch_needs_every_attach_and_detach() {
    let stat = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(nattch: 0))";
    check(
        &format!("{GET}, {AT}, shmdt(map: \"m\", expect: Ok), {stat}, {RMID}"),
        &[&[], &[0], &[1], &[0, 1, 2], &[0]],
    );
}

#[test]
fn a_mode_does_not_need_the_attachments() {
    let stat = "shmctl(seg: \"s\", cmd: IPC_STAT, expect: Stat(mode: 0))";
    check(
        &format!("{GET}, {AT}, {stat}, {RMID}"),
        &[&[], &[0], &[0], &[0]],
    );
}

#[test]
fn what_is_read_needs_what_was_written() {
    check(
        &format!(
            "{GET}, {AT}, store(map: \"m\", data: Text(\"x\"), expect: Ok), \
             load(map: \"m\", expect: Text(\"x\")), {RMID}"
        ),
        &[&[], &[0], &[1], &[1, 2], &[0]],
    );
}

#[test]
fn a_name_needs_the_step_that_bound_it() {
    let key = |more: &str| format!("shmget(key: Unique(\"k\"), size: Pages(1), {more})");
    let create = key("flags: [IPC_CREAT], as: \"s\", expect: Ok");
    let find = key("as: \"t\", expect: Ok");
    check(
        &format!("{create}, {find}, shmat(seg: \"t\", expect: Ok), {RMID}"),
        &[&[], &[0], &[0, 1], &[0]],
    );
}

#[test]
fn a_removed_segment_is_there_as_long_as_it_is_attached() {
    check(
        &format!("{GET}, {AT}, {RMID}, shmat(seg: \"s\", expect: Err(EINVAL))"),
        &[&[], &[0], &[0], &[0, 1, 2]],
    );
}

#[test]
fn what_is_compared_needs_what_was_kept() {
    let stat = |more: &str| format!("shmctl(seg: \"s\", cmd: IPC_STAT, {more})");
    let keep = stat("as: \"before\", expect: Ok");
    let compare = stat("expect: Stat(ctime: Same(\"before\"))");
    check(
        &format!("{GET}, {keep}, {compare}, {RMID}"),
        &[&[], &[0], &[0, 1], &[0]],
    );
}

#[test]
fn who_acts_needs_to_be_who_it_became() {
    check(
        &format!("{GET}, setresuid(euid: 1, expect: Ok), {RMID}"),
        &[&[], &[], &[0, 1]],
    );
}

#[test]
fn turns_that_race_do_not_need_each_other() {
    let get = "shmget(key: Unique(\"k\"), size: Pages(1), flags: [IPC_CREAT, IPC_EXCL], \
               expect: OneOf([Ok, Err(EEXIST)])";
    let text = format!(
        "Scenario(summary: \"t\", actors: [(name: \"a\"), (name: \"b\")], script: [\
         Together(turns: [By(\"a\", [{get}, as: \"s\")]), By(\"b\", [{get})])], \
         claims: [Exactly(1, \"shmget\", Ok)]), By(\"a\", [{RMID}])])"
    );
    let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
    let play = scenario.play(0);
    // The claim can always be asked; the removal needs both who may have made the segment.
    assert_eq!(needs(&play), [vec![], vec![], vec![], vec![0, 1]]);
}
