//! Control groups that a case makes, and how nothing is left of them.
//!
//! Only where the machine is ours: there nobody else has mounted or made any.

use crate::abi::Errno;
use crate::sys::{cgroup, errno, process};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// What the names of ours begin with.
const OURS: &str = "shmproof.";

/// The root of the groups, by a path: /proc/self/fd leads into what is mounted nowhere.
struct Root(OwnedFd);

impl Root {
    fn open() -> io::Result<Self> {
        let root = cgroup::root().map_err(|errno| io::Error::from_raw_os_error(errno.0))?;
        Ok(Self(root))
    }

    fn path(&self, name: &str) -> String {
        format!("/proc/self/fd/{}/{name}", self.0.as_raw_fd())
    }
}

/// The controllers that groups can have: memory, cpuset and so on.
pub(super) fn controllers() -> String {
    let read = |root: Root| std::fs::read_to_string(root.path("cgroup.controllers"));
    Root::open().and_then(read).unwrap_or_default()
}

/// Moves this process into a group of its own.
pub(super) fn enter(set: &[(String, String)]) -> Result<Result<(), Errno>, Errno> {
    let raw = |error: io::Error| errno(&error);
    let root = Root::open().map_err(raw)?;
    let group = format!("{OURS}{}", process::pid());
    for (file, _) in set {
        let (controller, _) = file.split_once('.').unwrap_or((file, ""));
        let switch = format!("+{controller}");
        write(&root.path("cgroup.subtree_control"), &switch).map_err(raw)?;
    }
    match std::fs::create_dir(root.path(&group)) {
        // In a second step of the same process the group is there.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(raw)?,
    }
    for (file, value) in set {
        if let Err(error) = write(&root.path(&format!("{group}/{file}")), value) {
            return Ok(Err(raw(error)));
        }
    }
    write(&root.path(&format!("{group}/cgroup.procs")), "0").map_err(raw)?;
    Ok(Ok(()))
}

/// Removes all groups of ours, whose processes are gone. What could not be removed.
pub(super) fn sweep() -> Vec<String> {
    let Ok(root) = Root::open() else {
        return Vec::new();
    };
    let Ok(groups) = std::fs::read_dir(root.path("")) else {
        return vec!["control groups, which cannot be listed".to_owned()];
    };
    let names = groups.flatten().map(|group| group.file_name());
    let ours = names.filter_map(|name| name.into_string().ok());
    let left = ours
        .filter(|name| name.starts_with(OURS))
        .filter_map(|name| {
            let removed = std::fs::remove_dir(root.path(&name));
            removed
                .err()
                .map(|error| format!("the control group {name}: {error}"))
        })
        .collect();
    let enabled = std::fs::read_to_string(root.path("cgroup.subtree_control"));
    for controller in enabled.unwrap_or_default().split_whitespace() {
        // One that cannot be switched off is the root's again when the groups are gone.
        let _ = write(
            &root.path("cgroup.subtree_control"),
            &format!("-{controller}"),
        );
    }
    left
}

/// One write(2) to a file that is there.
fn write(path: &str, value: &str) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    io::Write::write_all(&mut file, value.as_bytes())
}
