//! Cases that wait for the clock, played side by side with the rest.
//!
//! Each has a process and an IPC namespace of its own, so none sees another. What it came to
//! waits in a pipe until its turn in the report.

use super::{Selection, one};
use crate::exec::{self, Isolation};
use crate::judge::Verdict;
use crate::plan::{self, Call, Case, Clock, Facts};
use crate::report::record;
use crate::scenario::Play;
use crate::sys::interrupt;
use crate::sys::process::{self, Forked};
use crate::sys::wait::{self, Wake};
use std::collections::BTreeMap;
use std::io::{PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// The most that are played at once. A small board has room for a few processes only.
const MOST: usize = 8;

/// How long a case that is given up may take to sweep.
const SWEEPING: Duration = Duration::from_secs(5);

/// How often we look whether we are to stop.
const GLANCE: Duration = Duration::from_secs(1);

/// The cases under way, by scenario and row.
#[derive(Default)]
pub(super) struct Aside(BTreeMap<(usize, usize), (i32, PipeReader, usize)>);

impl Aside {
    /// Starts all of the selected cases that wait, up to a few. None where they would share a
    /// namespace, and none where nothing waits: on a machine that is ours, whose clock is set.
    pub(super) fn start(scenarios: &[Selection], facts: &Facts, options: &exec::Options) -> Self {
        let mut aside = Self::default();
        let apart = facts.own_namespace && options.isolation != Isolation::Machine;
        let all = scenarios.iter().enumerate();
        for (index, selection) in all.filter(|(_, one)| apart && one.scenario.may_wait) {
            for row in &selection.rows {
                let play = selection.scenario.play(*row);
                let case = plan::case(&play, facts);
                if aside.0.len() < MOST && waits(&case) {
                    let options = one::options(options, &selection.scenario.name, *row);
                    aside.fork((index, *row), &play, &case, &options);
                }
            }
        }
        aside
    }

    /// Plays a case in a child. Where none can be had it is played in its turn.
    fn fork(&mut self, key: (usize, usize), play: &Play, case: &Case, options: &exec::Options) {
        let Ok((from, mut to)) = std::io::pipe() else {
            return;
        };
        let worker = process::pid();
        match process::fork() {
            Ok(Forked::Parent(pid)) => {
                self.0.insert(key, (pid, from, case.steps.len()));
            }
            Ok(Forked::Child) => {
                // As a worker of its own: asked to stop, it sweeps first.
                let tied = process::die_with_parent(libc::SIGTERM);
                if tied.is_ok() && process::parent() == worker {
                    let record = one::case(play, case, options, &mut |_, _, _| {});
                    let json = serde_json::to_string(&record).unwrap_or_default();
                    // Who does not listen any more has gone, and so do we.
                    let _ = to.write_all(json.as_bytes());
                }
                process::exit_now(0);
            }
            Err(errno) => log::warn!("not side by side: {errno}"),
        }
    }

    /// What a case came to, if it was played here.
    pub(super) fn take(&mut self, key: (usize, usize)) -> Option<record::Case> {
        let (pid, mut from, steps) = self.0.remove(&key)?;
        let mut json = Vec::new();
        let told = read(&mut from, &mut json)
            .then(|| serde_json::from_slice(&json).ok())
            .flatten();
        if told.is_none() {
            process::kill(pid, libc::SIGTERM);
        }
        Some(told.unwrap_or_else(|| lost(steps)))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for (pid, ..) in self.0.values() {
            process::kill(*pid, libc::SIGTERM);
        }
        // They sweep; one that cannot is left to the kernel, which ends it with us.
        let deadline = Instant::now() + SWEEPING;
        for (_, from, _) in self.0.values_mut() {
            let mut some = [0; 4096];
            while wait::wait(from.as_fd(), deadline) != Wake::Deadline
                && !matches!(from.read(&mut some), Ok(0) | Err(_))
            {}
        }
    }
}

/// Whether a case is going to wait for the clock.
fn waits(case: &Case) -> bool {
    let ticks = |call: &Call| matches!(call, Call::Clock(Clock::Tick));
    case.skip.is_none() && case.steps.iter().any(|step| ticks(&step.call))
}

/// Reads to the end, which comes when all that could write have gone. False if we are asked to
/// stop before.
fn read(from: &mut PipeReader, all: &mut Vec<u8>) -> bool {
    let mut some = [0; 4096];
    loop {
        match wait::wait(from.as_fd(), Instant::now() + GLANCE) {
            Wake::Readable => match from.read(&mut some) {
                Ok(0) | Err(_) => return true,
                Ok(count) => all.extend_from_slice(&some[..count]),
            },
            Wake::Signal | Wake::Deadline if interrupt::seen() => return false,
            Wake::Signal | Wake::Deadline => {}
        }
    }
}

/// The record of a case whose process has died.
fn lost(steps: usize) -> record::Case {
    record::Case {
        steps: vec![Some(Verdict::Broken); steps],
        broken: Some("the process that played it side by side has died".to_owned()),
        ..record::Case::default()
    }
}
