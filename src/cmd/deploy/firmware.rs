//! The firmware for a target: the user's choice, or what a builder makes.

use crate::cli::Said;
use crate::cmd::Failure;
use crate::cmd::output::say;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
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
    let output = Command::new(builder)
        .args(["--quiet", target])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {builder}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let from = said.lines().count().saturating_sub(10);
        let last: Vec<&str> = said.lines().skip(from).collect();
        return Err(format!(
            "no firmware for {target}: {builder} ended with {}:\n{}",
            output.status,
            last.join("\n")
        ));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let path = said.lines().next_back().unwrap_or_default().trim();
    Ok(PathBuf::from(path))
}
