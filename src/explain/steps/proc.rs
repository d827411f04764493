//! Files in /proc, as what an actor does.

use crate::explain::names::Names;
use crate::explain::words::count;
use crate::scenario::Proc;

impl Names<'_> {
    pub(super) fn proc(self, step: &Proc) -> String {
        match step {
            Proc::WriteSysctl(name, value) => format!("writes {value:?} to the sysctl {name}"),
            Proc::ReadSysctl(name, label) => {
                format!("reads the sysctl {name}{}", self.keeps(*label))
            }
            Proc::SysvipcRow(seg, label) => format!(
                "looks for {} in /proc/sysvipc/shm{}",
                self.seg(*seg),
                self.keeps(*label)
            ),
            Proc::MapsRow(place, label) => format!(
                "looks for {} in /proc/self/maps{}",
                self.place(*place),
                self.keeps(*label)
            ),
            Proc::SmapsValue(place, field, label) => format!(
                "reads {field} of {} in /proc/self/smaps{}",
                self.place(*place),
                self.keeps(*label)
            ),
            Proc::Value(file, field, label, settles) => {
                let what = if field.is_empty() {
                    "the number"
                } else {
                    field
                };
                let again = if *settles {
                    " until it has settled"
                } else {
                    ""
                };
                format!("reads {what} in {file}{again}{}", self.keeps(*label))
            }
            Proc::Line(file, line) => format!("reads line {line} of {file}"),
            Proc::Pieces(file, length) => format!(
                "reads {file} whole, and again in pieces of {}, forwards and backwards",
                count(u64::from(*length), "byte")
            ),
        }
    }
}

/// What `Ok` means: behind "the kernel must".
pub(super) fn success(step: &Proc) -> &'static str {
    match step {
        Proc::Pieces(..) => "tell the same bytes each time",
        Proc::WriteSysctl(..)
        | Proc::ReadSysctl(..)
        | Proc::SysvipcRow(..)
        | Proc::MapsRow(..)
        | Proc::SmapsValue(..)
        | Proc::Value(..)
        | Proc::Line(..) => "return 0",
    }
}
