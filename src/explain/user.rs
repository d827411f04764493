//! Whom a process becomes, in which steps or from the start.

use super::flags::capabilities;
use super::names::Names;
use super::words::{count, list};
use crate::scenario::{Actor, User};

impl Names<'_> {
    /// The sentence that introduces an actor.
    pub(super) fn introduce(self, actor: &Actor) -> String {
        let name = &actor.name;
        if let Some(born) = actor.born {
            let step = &self.0.steps[born];
            let (line, parent) = (step.written.line, self.actor(step.actor));
            return format!("{name} is born when {parent} forks on line {line}.");
        }
        let user = user(&actor.user);
        if actor.count == 1 {
            return format!("{name} is a process {user}.");
        }
        let processes = count(u64::from(actor.count), "process");
        format!("{name} stands for {processes} {user}, which take the same steps side by side.")
    }
}

fn user(user: &User) -> String {
    let mut words = match (user.uid, user.gid) {
        _ if user.unused.is_some() => {
            let number = user.unused.unwrap_or_default();
            format!("of a user that no other process has (number {number})")
        }
        (None, None) => "of the user who starts the run".to_owned(),
        (Some(uid), None) => format!("of user {uid}"),
        (None, Some(gid)) => format!("of the user who starts the run, in group {gid}"),
        (Some(uid), Some(gid)) => format!("of user {uid} and group {gid}"),
    };
    if !user.groups.is_empty() {
        let s = if user.groups.len() == 1 { "" } else { "s" };
        words.push_str(&format!(", also in group{s} {}", numbers(&user.groups)));
    }
    if let Some(mask) = user.caps {
        words.push_str(&format!(", with {}", capabilities(mask)));
    }
    words
}

/// Ids in a row.
pub(super) fn numbers(ids: &[u32]) -> String {
    let words: Vec<String> = ids.iter().map(ToString::to_string).collect();
    list(&words, "and")
}

/// Real, effective and saved id, as far as they are set.
pub(super) fn ids(ids: [Option<u32>; 3], kind: &str) -> String {
    let names = ["real", "effective", "saved"];
    let set: Vec<String> = names
        .iter()
        .zip(ids)
        .filter_map(|(name, id)| Some(format!("{name} {kind} id {}", id?)))
        .collect();
    if set.is_empty() {
        return format!("the {kind} ids that it has");
    }
    list(&set, "and")
}
