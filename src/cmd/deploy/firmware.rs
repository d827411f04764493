//! The firmware for a target: the user's choice, or what a builder makes.

use crate::cli::Said;
use crate::cmd::Failure;
use crate::cmd::output::say;
use crate::image::firmware_arch;
use crate::watch::process::{self, Patience, Unanswered};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Where firmware comes from.
pub(super) struct Firmware {
    chosen: Option<PathBuf>,
    builder: Option<String>,
    /// What was asked for before: several boards have one target, and it is made once.
    made: Mutex<BTreeMap<String, Result<PathBuf, String>>>,
}

impl Firmware {
    pub(super) fn from(said: &Said) -> Result<Self, Failure> {
        let chosen = said.value("firmware").map(PathBuf::from);
        let builder = said.value("builder").map(ToOwned::to_owned);
        if chosen.is_none() && builder.is_none() {
            return Err(Failure::usage(
                "--firmware is missing; scripts/deploy.sh finds or builds the one for the board",
            ));
        }
        if let Some(chosen) = &chosen {
            let bytes = std::fs::read(chosen).map_err(|error| format!("cannot be read: {error}"));
            let known = bytes.and_then(|bytes| firmware_arch(&bytes));
            known.map_err(|what| {
                Failure::infrastructure(format!("firmware {} {what}", chosen.display()))
            })?;
        }
        Ok(Self {
            chosen,
            builder,
            made: Mutex::default(),
        })
    }

    /// The file for a target.
    pub(super) fn of(&self, target: &str) -> Result<PathBuf, String> {
        if let Some(chosen) = &self.chosen {
            return Ok(chosen.clone());
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let build = || build(self.builder.as_deref().unwrap_or_default(), target);
        made.entry(target.to_owned()).or_insert_with(build).clone()
    }
}

fn build(builder: &str, target: &str) -> Result<PathBuf, String> {
    say(&format!("firmware for {target} (minutes the first time)"));
    let mut command = Command::new(builder);
    command.args(["--quiet", target]);
    let answer = process::answer(command, None, Patience::Endless).map_err(|why| match why {
        Unanswered::NotRun(error) => format!("cannot run {builder}: {error}"),
        Unanswered::Overdue(_) | Unanswered::Stopped => format!("{builder} was stopped"),
    })?;
    if !answer.succeeded() {
        let said = &answer.exit.complaints;
        let from = said.lines().count().saturating_sub(10);
        let last: Vec<&str> = said.lines().skip(from).collect();
        let how = answer.exit.text.lines().next().unwrap_or_default();
        let how = how.split(": ").next().unwrap_or_default();
        return Err(format!(
            "no firmware for {target}: {builder} {how}:\n{}",
            last.join("\n")
        ));
    }
    let path = answer.output.lines().next_back().unwrap_or_default();
    Ok(PathBuf::from(path.trim()))
}
