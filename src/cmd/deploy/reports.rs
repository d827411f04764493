//! The reports of boards, as files and on standard output.

use super::board::Board;
use super::table;
use crate::cli::Said;
use crate::cmd::Failure;
use crate::cmd::output::{self, print};
use crate::deploy::Address;
use crate::report::Format;
use crate::verdict::RunVerdict;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// Where reports go.
pub(super) struct Reports {
    formats: Vec<(&'static str, Format)>,
    out: Option<PathBuf>,
    /// `out` is a directory.
    several: bool,
}

impl Reports {
    pub(super) fn from(said: &Said, addresses: &[Address]) -> Result<Self, Failure> {
        let mut formats = Vec::new();
        for name in said.all("format") {
            let format = output::format(name)?;
            let known = Format::NAMES.iter().find(|(_, known)| *known == format);
            formats.extend(known.copied());
        }
        if formats.is_empty() {
            formats.push(("text", Format::Text));
        }
        let out = said.value("out").map(PathBuf::from);
        let several = addresses.len() > 1
            || formats.len() > 1
            || out.as_ref().is_some_and(|out| out.is_dir());
        let machine = formats.iter().any(|(_, format)| *format != Format::Text);
        if out.is_none() && several && machine {
            return Err(Failure::usage(
                "several reports need a directory; add --out DIRECTORY",
            ));
        }
        if let Some(out) = &out {
            prepare(out, several)?;
            told_apart(addresses)?;
        }
        Ok(Self {
            formats,
            out,
            several,
        })
    }

    /// Writes and prints all; returns the worst of what came of it. A report that did not arrive
    /// is no success.
    pub(super) fn finish(&self, boards: &[Board]) -> RunVerdict {
        let mut arrived = true;
        for board in boards {
            arrived &= self.write(board);
        }
        match boards {
            [one] if self.out.is_none() => {
                arrived &= print(&self.formats[0].1.render(&one.report));
            }
            [one] => arrived &= print(&Format::Text.render(&one.report)),
            all => arrived &= print(&table::render(all)),
        }
        let verdicts = boards.iter().map(|board| board.report.verdict());
        output::arrived(RunVerdict::worst(verdicts), arrived)
    }

    /// The files of one board.
    fn write(&self, board: &Board) -> bool {
        let Some(out) = &self.out else { return true };
        let mut written = true;
        for (name, format) in &self.formats {
            let path = if self.several {
                out.join(format!("{}.{}", board.address.file_name(), extension(name)))
            } else {
                out.clone()
            };
            written &= output::write(&path.to_string_lossy(), &format.render(&board.report));
        }
        written
    }
}

/// Makes sure, before a run that may take long, that there is a place for its report.
fn prepare(out: &Path, several: bool) -> Result<(), Failure> {
    let name = out.display();
    if several && out.exists() && !out.is_dir() {
        return Err(Failure::usage(format!(
            "--out {name} is a file, and several reports need a directory; name another"
        )));
    }
    let there = out.exists();
    let tried = if several {
        std::fs::create_dir_all(out)
    } else {
        let file = OpenOptions::new().append(true).create(true).open(out);
        file.map(drop)
    };
    if !several && !there && tried.is_ok() {
        let _ = std::fs::remove_file(out);
    }
    tried.map_err(|error| {
        Failure::usage(format!(
            "cannot write to --out {name}: {error}; name another"
        ))
    })
}

/// Every board needs a file of its own.
fn told_apart(addresses: &[Address]) -> Result<(), Failure> {
    let mut files = BTreeMap::new();
    for address in addresses {
        let name = &address.name;
        if let Some(other) = files.insert(address.file_name(), name) {
            return Err(Failure::usage(format!(
                "the reports of {other} and {name} would have the same name; \
                 deploy them one after the other, each with another --out"
            )));
        }
    }
    Ok(())
}

fn extension(format: &str) -> &str {
    match format {
        "text" => "txt",
        "junit" => "xml",
        other => other,
    }
}
