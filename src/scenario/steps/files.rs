//! Files of /proc as text.

use super::expects::ZERO;
use super::{Act, Expect, Work, World};
use crate::scenario::model::{Fill, LARGEST_PIECE, LONGEST_LINE, Requirement};
use crate::scenario::syntax::Step;

const LINE: &[&str] = &["Text", "Absent", "Err", "OneOf", "Depends"];

/// The files that change only when a segment, or its like, of our namespace does.
const OWN_FILES: &str = "/proc/sysvipc/";

impl Work<'_, '_> {
    pub(super) fn file_as_text(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::ProcLine { file, line, expect } => {
                self.of_proc(&file)?;
                if line == 0 {
                    return self.wrong("line", "lines are counted from 1; write the first so");
                }
                let expect = self.expect(&expect, LINE)?;
                self.one_line(&expect)?;
                Some((Act::World(World::ProcLine(file, line)), expect))
            }
            Step::ProcPieces {
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
                Some((Act::World(World::ProcPieces(file, length)), expect))
            }
            _ => unreachable!("this reads no file as text"),
        }
    }

    /// Keeps to files of /proc.
    pub(super) fn of_proc(&mut self, file: &str) -> Option<()> {
        if file.starts_with("/proc/") && !file.contains("..") {
            return Some(());
        }
        let quoted = format!("\"{file}\"");
        self.wrong(&quoted, "only files of /proc are read; name one")
    }

    /// Keeps a text to what one line can be.
    fn one_line(&mut self, expect: &Expect) -> Option<()> {
        let is = |flaw: &dyn Fn(&str) -> bool| {
            expect.any(&|one| matches!(one, Expect::Bytes(Fill::Text(text)) if flaw(text)))
        };
        if is(&|text| text.contains('\n')) {
            let message = "a line holds no end of a line; leave it out, or read the next line";
            return self.wrong_behind("expect", "Text", message);
        }
        if is(&|text| text.len() > LONGEST_LINE) {
            let message = format!("a line is compared up to {LONGEST_LINE} bytes; shorten it");
            return self.wrong_behind("expect", "Text", message);
        }
        Some(())
    }

    /// Keeps to what nobody changes between two readings.
    fn holds_still(&mut self, file: &str) -> Option<()> {
        let requires = &self.checker.requires;
        let alone = [Requirement::OwnNamespace, Requirement::OwnMachine];
        let message = if !file.starts_with(OWN_FILES) {
            format!("`{file}` may change between two readings; read one of {OWN_FILES}")
        } else if !alone.iter().any(|one| requires.contains(one)) {
            format!("others change `{file}` meanwhile; add `requires: [OwnNamespace]`")
        } else if self.checker.racing || self.checker.crowd > 1 {
            format!("others of the cast change `{file}` meanwhile; read it alone")
        } else {
            return Some(());
        };
        self.wrong(&format!("\"{file}\""), message)
    }
}
