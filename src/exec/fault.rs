//! `--inject`: one of the four calls fails, whatever the kernel would have said.

use crate::abi::Errno;
use crate::sys::seccomp::{self, Target};
use crate::sys::shm::{int80, nr};
use std::fmt;

/// A call that is made to fail, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    call: &'static str,
    errno: Errno,
}

/// By name: the number of the call, that in `ipc(2)`, and that of `int 0x80`.
const CALLS: [(&str, libc::c_long, u32, u32); 4] = [
    ("shmget", nr::SHMGET, 23, int80::nr::SHMGET),
    ("shmat", nr::SHMAT, 21, int80::nr::SHMAT),
    ("shmdt", nr::SHMDT, 22, int80::nr::SHMDT),
    ("shmctl", nr::SHMCTL, 24, int80::nr::SHMCTL),
];

impl Fault {
    /// Reads `CALL=ERRNO`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = "write CALL=ERRNO, such as shmat=ENOMEM";
        let (call, errno) = text
            .split_once('=')
            .ok_or(format!("{text:?} has no `=`; {form}"))?;
        let known = CALLS.iter().find(|(name, ..)| *name == call);
        let (call, ..) = known.ok_or(format!(
            "{call:?} is none of shmget, shmat, shmdt, shmctl; {form}"
        ))?;
        let errno = Errno::from_name(errno)
            .ok_or(format!("{errno:?} is no error number's name; {form}"))?;
        Ok(Self { call, errno })
    }

    /// Puts the fault in for this process and its children.
    pub(super) fn install(&self) -> Result<(), Errno> {
        let known = CALLS.iter().find(|(name, ..)| *name == self.call);
        let (_, number, ipc, int80) = known.expect("parse took the name from the same list");
        seccomp::fail(
            Target {
                number: *number as u32,
                ipc: *ipc,
                int80: *int80,
            },
            self.errno,
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.call, self.errno)
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn a_fault_reads_as_it_is_written() {
        assert_eq!(
            Fault::parse("shmat=ENOMEM").expect("good").to_string(),
            "shmat=ENOMEM"
        );
        for bad in ["shmat", "mmap=ENOMEM", "shmat=ENOMEMORY", "=", ""] {
            assert!(Fault::parse(bad).expect_err(bad).contains("shmat=ENOMEM"));
        }
    }
}
