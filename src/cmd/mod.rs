//! One thin function a subcommand: arguments in, pipeline calls, printing.

#[cfg(feature = "host")]
mod boot;
mod check;
#[cfg(feature = "host")]
mod collect;
#[cfg(feature = "host")]
mod compare;
#[cfg(feature = "host")]
mod deploy;
mod explain;
mod failure;
#[cfg(feature = "host")]
mod guests;
#[cfg(feature = "host")]
mod image;
mod list;
mod output;
mod run;

use crate::cli::{self, Asked};
use crate::verdict::RunVerdict;
use failure::Failure;
use std::ffi::OsString;

/// Runs a command line without the program's name; returns the exit code.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let result = match cli::parse(args) {
        Err(message) => Err(Failure::usage(message)),
        Ok(Asked::Print(text)) => {
            output::print(&text);
            Ok(RunVerdict::Pass)
        }
        Ok(Asked::Run(command, said)) => match command.name {
            "run" => run::run(&said),
            "check" => check::check(&said),
            "list" => list::list(&said),
            "explain" => explain::explain(&said),
            #[cfg(feature = "host")]
            "boot" => boot::boot(&said),
            #[cfg(feature = "host")]
            "deploy" => deploy::deploy(&said),
            #[cfg(feature = "host")]
            "collect" => collect::collect(&said),
            #[cfg(feature = "host")]
            "compare" => compare::compare(&said),
            #[cfg(feature = "host")]
            "image" => image::image(&said),
            #[cfg(feature = "host")]
            "guests" => guests::guests(&said),
            other => unreachable!("cli knows no command {other}"),
        },
    };
    match result {
        Ok(verdict) => verdict.exit_code(),
        Err(failure) => {
            output::say(&format!("shmproof: {}", failure.message.trim_end()));
            failure.code
        }
    }
}
