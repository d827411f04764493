//! Files in /proc, sysctls among them.

use super::{Failed, Stage};
use crate::exec::known::Known;
use crate::observe::Observation;
use crate::plan::Proc;

impl Stage<'_> {
    pub(super) fn proc(&self, step: &Proc, known: &Known) -> Result<Observation, Failed> {
        Ok(match step {
            Proc::WriteSysctl(name, value) => self.write_sysctl(name, value)?,
            Proc::ReadSysctl(name, _) => self.read_sysctl(name),
            Proc::SysvipcRow(seg, _) => self.sysvipc_row(known.shmid(*seg)),
            Proc::MapsRow(spot, _) => self.maps_row(known.spot(spot) as u64),
            Proc::SmapsValue(spot, field, _) => self.smaps_value(known.spot(spot) as u64, field),
            Proc::Value(file, field, ..) => self.proc_value(file, field),
            Proc::Line(file, line) => self.proc_line(file, *line),
            Proc::Pieces(file, length) => self.proc_pieces(file, *length),
        })
    }
}
