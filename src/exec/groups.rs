//! What the control groups that we were started in leave us.
//!
//! Both versions, at the places where they are mounted by custom. A container may see its own
//! group as the root of the tree, so that is looked at when our path is not there.

use std::path::{Path, PathBuf};

/// Bytes that the tightest group above us leaves; `None` where none limits memory.
pub(super) fn memory_left() -> Option<u64> {
    left(
        "memory",
        &["memory.max", "memory.limit_in_bytes"],
        used_memory,
    )
}

/// What a group uses, but for pages of files, which the kernel takes back.
fn used_memory(group: &Path) -> Option<u64> {
    let used = number(&group.join("memory.current"))
        .or_else(|| number(&group.join("memory.usage_in_bytes")))?;
    let stat = std::fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let field = |name: &str| {
        let line = stat.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse::<u64>().ok()
    };
    let files = field("total_inactive_file ").or_else(|| field("inactive_file "));
    Some(used.saturating_sub(files.unwrap_or(0)))
}

/// The least that a group on the way from us to the root leaves of what it allows.
fn left(controller: &str, limits: &[&str], used: impl Fn(&Path) -> Option<u64>) -> Option<u64> {
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let groups = own.lines().flat_map(|line| groups_of(line, controller));
    let room = |group: PathBuf| {
        let limit = limits.iter().find_map(|file| number(&group.join(file)))?;
        Some(limit.saturating_sub(used(&group)?))
    };
    groups.filter_map(room).min()
}

/// The groups that a line of /proc/self/cgroup names, from ours up to the root.
fn groups_of(line: &str, controller: &str) -> Vec<PathBuf> {
    let mut parts = line.splitn(3, ':');
    let (_, controllers, path) = (parts.next(), parts.next(), parts.next());
    let roots: &[&str] = match controllers {
        Some("") => &["/sys/fs/cgroup", "/sys/fs/cgroup/unified"],
        Some(list) if list.split(',').any(|one| one == controller) => {
            return chain(&Path::new("/sys/fs/cgroup").join(controller), path);
        }
        _ => &[],
    };
    roots
        .iter()
        .flat_map(|root| chain(Path::new(root), path))
        .collect()
}

fn chain(root: &Path, path: Option<&str>) -> Vec<PathBuf> {
    let path = path.unwrap_or_default().trim_start_matches('/');
    let up = Path::new(path).ancestors();
    up.map(|one| root.join(one)).collect()
}

/// A limit that is a word, "max", is none.
fn number(file: &Path) -> Option<u64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::groups_of;
    use std::path::PathBuf;

    #[test]
    fn a_line_names_all_groups_up_to_the_root() {
        let paths = |all: &[&str]| all.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(
            groups_of("4:memory:/a/b", "memory"),
            paths(&[
                "/sys/fs/cgroup/memory/a/b",
                "/sys/fs/cgroup/memory/a",
                "/sys/fs/cgroup/memory/"
            ])
        );
        let unified = groups_of("0::/a", "memory");
        assert!(unified.contains(&PathBuf::from("/sys/fs/cgroup/a")));
        assert!(unified.contains(&PathBuf::from("/sys/fs/cgroup/unified/a")));
        assert!(groups_of("7:pids:/a", "memory").is_empty());
        assert!(groups_of("", "memory").is_empty());
    }
}
