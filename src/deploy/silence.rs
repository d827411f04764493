//! What is seen on a board whose run does not go on.

use super::shell::said;
use super::ssh::Ssh;
use super::survey::PATIENCE;

/// Tells what each process of the firmware waits for, as far as the user may see that: its state,
/// its system call and the function of the kernel in which it sleeps (proc(5)).
const SCRIPT: &str = r#"there=
for dir in /proc/[0-9]*; do
    read -r name <"$dir/comm" && [ "$name" = shmproof ] || continue
    there=yes
    state=$(while read -r key value; do [ "$key" = State: ] && echo "$value"; done <"$dir/status")
    call=$(cat "$dir/syscall"); wchan=$(cat "$dir/wchan")
    say sees "process ${dir#/proc/}: ${state:-?}; syscall ${call:-?}; in ${wchan:-?}"
    while read -r frame; do say sees "    ${frame#*] }"; done <"$dir/stack"
done 2>/dev/null
[ -n "$there" ] || say sees 'no process of the firmware'
dmesg 2>/dev/null | tail -n 5 | while read -r line; do say sees "log: $line"; done
say end"#;

/// What is to be told of it, line by line.
pub(super) fn lines(ssh: &Ssh) -> Vec<String> {
    let answer = match ssh.ask(SCRIPT, None, PATIENCE) {
        Ok(answer) => answer,
        Err(why) => return vec![format!("the board does not answer any more: {why}")],
    };
    let seen = answer.output.lines().filter_map(said);
    let seen = seen.filter_map(|line| line.strip_prefix("sees "));
    seen.map(|line| format!("on the board: {line}")).collect()
}
