//! The pipeline on the target: plan, execute, judge, tell.
//!
//! A worker process does it, so that a crash in us costs neither the report nor
//! the machine. What it has to say comes out of a pipe, framed as on a serial
//! line: `run` collects the events, PID 1 passes the bytes on to the console.

mod fold;
mod load;

pub use crate::exec::Fault;
pub use load::{Selected, Unloadable, load, texts};

use crate::exec::{self, Isolation};
use crate::judge::{Verdict, judge};
use crate::plan::{Case, Facts, expand};
use crate::report::frame::Writer;
use crate::report::record::{self, Event};
use crate::scenario::Scenario;
use crate::sys::process::{self, Forked};
use crate::sys::{interrupt, machine, wait};
use std::io::{PipeReader, PipeWriter, Write};
use std::time::Duration;

/// How a suite is to be run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is made to fail.
    pub fault: Option<Fault>,
    /// How long a step may take before it counts as not returning.
    pub step_timeout: Duration,
    /// Whether the machine is ours (PID 1), so that nothing has to be kept apart.
    pub own_machine: bool,
}

/// A worker that runs the suite.
pub struct Worker {
    /// Its pid, to be reaped.
    pub pid: i32,
    /// Its frames, up to the end of the file.
    pub frames: PipeReader,
}

/// Forks the worker.
///
/// # Errors
///
/// When no pipe or process can be had.
pub fn start(scenarios: &[Scenario], settings: &Settings) -> std::io::Result<Worker> {
    let (frames, to) = std::io::pipe()?;
    match process::fork() {
        Err(errno) => Err(std::io::Error::from_raw_os_error(errno.0)),
        Ok(Forked::Parent(pid)) => Ok(Worker { pid, frames }),
        Ok(Forked::Child) => {
            drop(frames);
            // Not SIGKILL: asked to stop, the worker sweeps first.
            let _ = process::die_with_parent(libc::SIGTERM);
            interrupt::install_in_worker();
            wait::hold_signals();
            let told = Teller {
                frames: Writer::new(),
                to,
                events: 0,
                cases: 0,
            }
            .run(scenarios, settings);
            process::exit_now(i32::from(told.is_err()));
        }
    }
}

/// The worker's mouth.
struct Teller {
    frames: Writer,
    to: PipeWriter,
    events: u64,
    cases: u64,
}

impl Teller {
    /// Runs everything and tells it. An error means that nobody listens any more.
    fn run(mut self, scenarios: &[Scenario], settings: &Settings) -> std::io::Result<()> {
        let isolation = if settings.own_machine {
            Isolation::Machine
        } else {
            Isolation::enter()
        };
        let facts = exec::probe();
        log::info!("facts: {facts:?}");
        let planned: Vec<_> = scenarios
            .iter()
            .map(|one| (one, expand(one, &facts)))
            .collect();
        let cases = planned.iter().map(|(_, cases)| cases.len() as u64).sum();
        self.tell(&Event::Hello(hello(
            &facts,
            settings,
            &isolation,
            scenarios.len(),
            cases,
        )))?;
        let options = exec::Options {
            isolation,
            fault: settings.fault.clone(),
            step_timeout: settings.step_timeout,
        };
        for (index, (scenario, cases)) in planned.iter().enumerate() {
            self.tell(&Event::Scenario(fold::scenario(scenario, cases)))?;
            for (row, case) in cases.iter().enumerate() {
                let record = run_case(scenario, case, &options);
                let interrupted = interrupt::seen();
                let at = (index as u64, row as u64);
                self.tell(&Event::Case(record::Case {
                    scenario: at.0,
                    case: at.1,
                    ..record
                }))?;
                self.cases += 1;
                if interrupted {
                    return self.done(Some("interrupted".to_owned()));
                }
            }
        }
        self.done(None)
    }

    fn tell(&mut self, event: &Event) -> std::io::Result<()> {
        self.events += 1;
        self.to.write_all(self.frames.frame(event).as_bytes())
    }

    fn done(mut self, broken: Option<String>) -> std::io::Result<()> {
        let done = record::Done {
            events: self.events,
            cases: self.cases,
            broken,
        };
        self.tell(&Event::Done(done))
    }
}

fn run_case(scenario: &Scenario, case: &Case, options: &exec::Options) -> record::Case {
    if let Some(why) = &case.skip {
        return fold::skipped(case, why);
    }
    if let Some(why) = &case.flaw {
        return fold::broken(case, why);
    }
    log::info!("case {} {}", scenario.name, case.row);
    let passed = |step: usize, seen: &crate::observe::Observation| {
        judge(&case.steps[step].expect, seen) == Verdict::Pass
    };
    let trace = exec::run(case, options, &passed);
    fold::case(scenario, case, &trace)
}

fn hello(
    facts: &Facts,
    settings: &Settings,
    isolation: &Isolation,
    scenarios: usize,
    cases: u64,
) -> record::Hello {
    let [sysname, release, version, machine] = machine::uname();
    record::Hello {
        schema: record::SCHEMA,
        shmproof: env!("CARGO_PKG_VERSION").to_owned(),
        arch: facts.arch.to_owned(),
        kernel: record::Kernel {
            sysname,
            release,
            version,
            machine,
        },
        page_size: facts.page,
        cpus: machine::cpus(),
        free_kib: facts.free.unwrap_or(0) >> 10,
        uid: process::uid(),
        isolation: isolation.to_string(),
        inject: settings.fault.as_ref().map(ToString::to_string),
        scenarios: scenarios as u64,
        cases,
    }
}
