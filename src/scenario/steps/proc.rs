//! Files of /proc: numbers in them, rows, text, and sysctls.

use super::expects::ZERO;
use super::{Expect, Tells, Work};
use crate::scenario::model::{LARGEST_PIECE, LONGEST_LINE, Proc, Requirement};
use crate::scenario::problem::nearest;
use crate::scenario::syntax::{self, Proc as Written};

const VALUE: &[&str] = &["Value", "Err", "Depends"];
const ROW: &[&str] = &["Row", "Absent", "Depends"];
const MAPPING: &[&str] = &["Mapping", "Absent", "Depends"];
const LINE: &[&str] = &["Text", "Absent", "Err", "OneOf", "Depends"];

/// The sysctls that an IPC namespace has of its own.
pub(in crate::scenario) const PRIVATE_SYSCTLS: [&str; 5] = [
    "kernel.shmmax",
    "kernel.shmall",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
    "kernel.shm_next_id",
];

/// The files that change only when a segment, or its like, of our namespace does.
const OWN_FILES: &str = "/proc/sysvipc/";

impl Work<'_, '_> {
    pub(super) fn proc(&mut self, step: Written) -> Option<(Proc, Expect)> {
        match step {
            Written::Sysctl {
                name,
                write: Some(value),
                binds: None,
                expect,
            } => {
                self.sysctl_name(&name)?;
                self.sysctl_is_ours(&name)?;
                self.zero(Proc::WriteSysctl(name, value), &expect)
            }
            Written::Sysctl {
                name,
                write: None,
                binds,
                expect,
            } => {
                self.sysctl_name(&name)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                Some((Proc::ReadSysctl(name, label), expect))
            }
            Written::Sysctl {
                write: Some(_),
                binds: Some(_),
                ..
            } => self.wrong("as", "a write tells nothing to keep; remove `as:`"),
            Written::SysvipcRow {
                seg,
                id,
                binds,
                expect,
            } => {
                let seg = self.seg(seg.as_deref(), id.as_ref())?;
                let expect = self.expect(&expect, ROW)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Row)?;
                Some((Proc::SysvipcRow(seg, label), expect))
            }
            Written::MapsRow {
                map,
                offset,
                binds,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let expect = self.expect(&expect, MAPPING)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Mapping)?;
                Some((Proc::MapsRow(place, label), expect))
            }
            Written::Value {
                file,
                field,
                settles,
                binds,
                expect,
            } => {
                self.of_proc(&file)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                Some((Proc::Value(file, field, label, settles), expect))
            }
            Written::Line { file, line, expect } => {
                self.of_proc(&file)?;
                if line == 0 {
                    return self.wrong("line", "lines are counted from 1; write the first so");
                }
                expect.each(&mut |one| self.one_line(one));
                let expect = self.expect(&expect, LINE)?;
                Some((Proc::Line(file, line), expect))
            }
            Written::Pieces {
                file,
                length,
                expect,
            } => {
                self.of_proc(&file)?;
                self.holds_still(&file)?;
                if !(1..=LARGEST_PIECE).contains(&length) {
                    let message = format!("a piece has 1 to {LARGEST_PIECE} bytes; change it");
                    return self.wrong("length", message);
                }
                let expect = self.expect(&expect, ZERO)?;
                Some((Proc::Pieces(file, length), expect))
            }
            Written::SmapsValue {
                map,
                offset,
                field,
                binds,
                expect,
            } => {
                let place = self.place(&map, offset)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                Some((Proc::SmapsValue(place, field, label), expect))
            }
        }
    }

    fn sysctl_name(&mut self, name: &str) -> Option<()> {
        let known = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.contains('.') && !name.contains("..") && name.chars().all(known) {
            return Some(());
        }
        let quoted = format!("\"{name}\"");
        self.wrong_in(
            "name",
            &quoted,
            "a sysctl is named like `kernel.shmmax`; write it so",
        )
    }

    /// Keeps to the sysctls of our namespace, where the machine is not ours.
    fn sysctl_is_ours(&mut self, name: &str) -> Option<()> {
        let ours = PRIVATE_SYSCTLS.contains(&name);
        if ours || self.scope.requires.contains(&Requirement::OwnMachine) {
            return Some(());
        }
        let advice = nearest(name, PRIVATE_SYSCTLS).map_or_else(
            || "add `requires: [OwnMachine]`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{name}` is the whole machine's; {advice}");
        self.wrong_in("name", &format!("\"{name}\""), message)
    }

    /// Keeps to files of /proc.
    fn of_proc(&mut self, file: &str) -> Option<()> {
        if file.starts_with("/proc/") && !file.contains("..") {
            return Some(());
        }
        let quoted = format!("\"{file}\"");
        self.wrong_in("file", &quoted, "only files of /proc are read; name one")
    }

    /// Keeps a text to what one line can be.
    fn one_line(&mut self, expect: &syntax::Expect) {
        let syntax::Result::Text(text) = &expect.result else {
            return;
        };
        let message = if text.contains('\n') {
            "a line holds no end of a line; leave it out, or read the next line".to_owned()
        } else if text.len() > LONGEST_LINE {
            format!("a line is compared up to {LONGEST_LINE} bytes; shorten it")
        } else {
            return;
        };
        self.wrong_at::<()>(&expect.at, "Text", message);
    }

    /// Keeps to what nobody changes between two readings.
    fn holds_still(&mut self, file: &str) -> Option<()> {
        let requires = &self.scope.requires;
        let alone = [Requirement::OwnNamespace, Requirement::OwnMachine];
        let message = if !file.starts_with(OWN_FILES) {
            format!("`{file}` may change between two readings; read one of {OWN_FILES}")
        } else if !alone.iter().any(|one| requires.contains(one)) {
            format!("others change `{file}` meanwhile; add `requires: [OwnNamespace]`")
        } else if self.scope.racing || self.scope.crowd > 1 {
            format!("others of the cast change `{file}` meanwhile; read it alone")
        } else {
            return Some(());
        };
        self.wrong_in("file", &format!("\"{file}\""), message)
    }
}
