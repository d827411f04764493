//! What is seen on a board whose run does not go on.

use super::shell::{quoted, said};
use super::ssh::Ssh;
use super::survey::PATIENCE;
use crate::watch::console::meaning;

/// Tells what each process of the run, which has its directory, waits for, as far as the user may
/// see that: its state, its system call and the functions of the kernel in which it sleeps
/// (proc(5)). What the kernel said last is looked at as well.
const SCRIPT: &str = r#"there=
for dir in /proc/[0-9]*; do
    [ "$dir/cwd" -ef "$place" ] || continue
    there=yes
    read -r name <"$dir/comm"
    state=$(while read -r key value; do [ "$key" = State: ] && echo "$value"; done <"$dir/status")
    call=$(cat "$dir/syscall")
    say sees "process ${dir#/proc/}, $name: ${state:-?}; syscall ${call:-?}"
    while read -r frame; do say sees "    ${frame#*] }"; done <"$dir/stack"
done 2>/dev/null
[ -n "$there" ] || say sees 'no process of the run'
dmesg 2>/dev/null | tail -n 60 | while read -r line; do say log "${line#*] }"; done"#;

/// What is to be told of a run in this directory, line by line.
pub(super) fn lines(ssh: &Ssh, place: &str) -> Vec<String> {
    let script = format!("place={}\n{SCRIPT}", quoted(place));
    let answer = match ssh.ask(&script, None, PATIENCE) {
        Ok(answer) => answer,
        Err(why) => return vec![format!("the board does not answer any more: {why}")],
    };
    let complains = |line: &&str| meaning(line).is_some();
    let told = |line: &str| {
        let seen = line.strip_prefix("sees ");
        let seen = seen.or_else(|| line.strip_prefix("log ").filter(complains));
        Some(format!("on the board: {}", seen?))
    };
    answer
        .output
        .lines()
        .filter_map(said)
        .filter_map(told)
        .collect()
}
