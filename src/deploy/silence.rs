//! What is seen on a board whose run does not go on, and what its kernel complained of.

use super::shell::{quoted, said};
use super::ssh::Ssh;
use super::survey::PATIENCE;
use crate::watch::console::{Meaning, meaning};

/// Says what the kernel's log ends with.
pub(super) const LOG: &str = r#"dmesg 2>/dev/null | tail -n 60 |
while read -r line; do say log "${line#*] }"; done"#;

/// Tells what each process of the run, which has its directory, waits for, as far as the user may
/// see that: its state, its system call and the functions of the kernel in which it sleeps
/// (proc(5)).
const SCRIPT: &str = r#"there=
for dir in /proc/[0-9]*; do
    [ "$dir/cwd" -ef "$place" ] || continue
    there=yes
    name=; read -r name <"$dir/comm"
    state=$(while read -r key value; do [ "$key" = State: ] && echo "$value"; done <"$dir/status")
    call=$(cat "$dir/syscall")
    say sees "process ${dir#/proc/}, ${name:-?}: ${state:-?}; syscall ${call:-?}"
    while read -r frame; do say sees "    ${frame#*] }"; done <"$dir/stack"
done 2>/dev/null
[ -n "$there" ] || say sees 'no process of the run'"#;

/// What is to be told of a run in this directory, line by line.
pub(super) fn lines(ssh: &Ssh, place: &str) -> Vec<String> {
    let script = format!("place={}\n{SCRIPT}\n{LOG}", quoted(place));
    let answer = match ssh.ask(&script, None, PATIENCE) {
        Ok(answer) => answer,
        Err(why) => return vec![format!("the board does not answer any more: {why}")],
    };
    let said: Vec<String> = answer
        .output
        .lines()
        .filter_map(said)
        .map(String::from)
        .collect();
    let seen = said.iter().filter_map(|line| line.strip_prefix("sees "));
    let lines = seen.chain(complaint(&said));
    lines.map(|line| format!("on the board: {line}")).collect()
}

/// The kernel's last complaint in what [`LOG`] said; older ones may be from before the run.
pub(super) fn complaint(said: &[String]) -> Option<&str> {
    let is_splat = |line: &&str| matches!(meaning(line), Some(Meaning::Crash | Meaning::Splat));
    let mut log = said.iter().filter_map(|line| line.strip_prefix("log "));
    log.rfind(is_splat)
}
