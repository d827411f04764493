//! Asks the target what planning must know of it.

use crate::plan::Facts;
use crate::sys::process::{self, Death, Forked};
use crate::sys::{credentials, machine, shm};

/// The facts of the machine that we run on.
#[must_use]
pub fn probe() -> Facts {
    let page = machine::page_size();
    let [_, release, ..] = machine::uname();
    Facts {
        page,
        shmlba: shm::shmlba(page),
        largest_size: usize::MAX as u64,
        arch: std::env::consts::ARCH,
        root: process::uid() == 0 && can_become_others(),
        kernel: version(&release),
        free: machine::free_memory(),
        sysvipc: shm::configured(),
    }
}

/// Whether a child of ours can become another user: root of a container may lack that.
fn can_become_others() -> bool {
    match process::fork() {
        Ok(Forked::Child) => {
            let other = credentials::become_user(OTHER_USER);
            process::exit_now(i32::from(other.is_err()));
        }
        Ok(Forked::Parent(pid)) => process::reap(pid, true) == Some((pid, Death::Exited(0))),
        Err(_) => false,
    }
}

/// Any id but 0; a user namespace that maps a range maps this one.
const OTHER_USER: u32 = 1000;

/// Major and minor of a release such as `6.1.0-41-armmp`; zeros where it has none.
fn version(release: &str) -> (u32, u32) {
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_release_has_a_version() {
        assert_eq!(version("6.1.0-41-armmp"), (6, 1));
        assert_eq!(version("5.10-rc3"), (5, 10));
        assert_eq!(version("weird"), (0, 0));
    }
}
