//! Files in /proc, sysctls among them.

use super::Planned;
use crate::plan::environment::{GROUP, group};
use crate::plan::lower::Lower;
use crate::plan::needs::{Facet, Touch};
use crate::plan::{self, Expect, Facts};
use crate::scenario::{Proc, Step};

impl Lower<'_> {
    pub(in crate::plan) fn proc(&mut self, step: &Proc) -> plan::Proc {
        match step {
            Proc::WriteSysctl(name, value) => Proc::WriteSysctl(name.clone(), value.clone()),
            Proc::ReadSysctl(name, label) => Proc::ReadSysctl(name.clone(), *label),
            Proc::SysvipcRow(seg, label) => Proc::SysvipcRow(*seg, *label),
            Proc::MapsRow(place, label) => Proc::MapsRow(self.spot(*place), *label),
            Proc::SmapsValue(place, field, label) => {
                Proc::SmapsValue(self.spot(*place), field.clone(), *label)
            }
            Proc::Value(file, field, label, settles) => {
                Proc::Value(file.clone(), field.clone(), *label, *settles)
            }
            Proc::Line(file, line) => Proc::Line(file.clone(), *line),
            Proc::Pieces(file, length) => Proc::Pieces(file.clone(), *length),
        }
    }
}

impl Planned for Proc {
    fn success(&self, _: &Facts) -> Expect {
        match self {
            Self::Pieces(..) => Expect::SameAgain,
            Self::WriteSysctl(..)
            | Self::ReadSysctl(..)
            | Self::SysvipcRow(..)
            | Self::MapsRow(..)
            | Self::SmapsValue(..)
            | Self::Value(..)
            | Self::Line(..) => Expect::Zero,
        }
    }

    fn touches(&self, _: &Step, touch: &mut Touch<'_>) {
        match self {
            Self::WriteSysctl(..) => touch.changes(Facet::World),
            Self::ReadSysctl(_, label) => {
                if touch.sets_limits() {
                    touch.all_segments();
                }
                touch.keeps(*label);
            }
            Self::SysvipcRow(seg, label) => {
                if let Some(object) = touch.named(*seg) {
                    touch.looks(Facet::Attachments(object));
                }
                touch.keeps(*label);
            }
            Self::MapsRow(_, label) | Self::SmapsValue(_, _, label) => {
                touch.all_mappings();
                touch.keeps(*label);
            }
            Self::Value(_, _, label, _) => {
                touch.everything();
                touch.keeps(*label);
            }
            Self::Line(..) | Self::Pieces(..) => touch.everything(),
        }
    }

    fn calls(&self) -> &'static [&'static str] {
        &[]
    }

    fn lacks(&self, _: &Step, facts: &Facts) -> Option<String> {
        let file = |path: &str| {
            let whole = facts.proc_whole || path.starts_with("/proc/self/");
            (!whole).then(|| format!("needs {path}, which this mount of /proc leaves out"))
        };
        match self {
            Self::ReadSysctl(name, _) if !facts.proc_sys => Some(format!(
                "needs to read {name}, and there is no /proc/sys (CONFIG_SYSCTL, mounts)"
            )),
            Self::ReadSysctl(name, _) if name == GROUP => group(facts),
            Self::SysvipcRow(..) => file("/proc/sysvipc/shm"),
            Self::Value(path, ..) | Self::Line(path, _) | Self::Pieces(path, _) => file(path),
            Self::ReadSysctl(..)
            | Self::WriteSysctl(..)
            | Self::MapsRow(..)
            | Self::SmapsValue(..) => None,
        }
    }

    fn detaches(&self) -> bool {
        false
    }
}
