//! The pipeline on the target: plan, execute, judge, tell.
//!
//! A worker process does it, so that a crash in us costs neither the report nor
//! the machine. What it has to say comes out of a pipe, framed as on a serial
//! line: `run` collects the events, PID 1 passes the bytes on to the console.

mod aside;
mod built_in;
mod fold;
mod load;
mod one;
mod start;

pub use crate::exec::Fault;
pub use crate::exec::stand_in;
pub use built_in::built_in;
pub use load::{Selected, Selection, Text, Unloadable, load, texts};
pub use start::{normalise, too_small_to_start};

use crate::exec::{self, Isolation};
use crate::plan::{self, Facts};
use crate::report::frame::Writer;
use crate::report::record::{self, Event};
use crate::sys::gate::Ledger;
use crate::sys::process::{self, Forked};
use crate::sys::{clock, image, interrupt, machine, oom, wait};
use aside::Aside;
use fold::Planned;
use std::io::{PipeReader, PipeWriter, Write};
use std::rc::Rc;
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
    /// What decides about chance.
    pub seed: u64,
    /// What the rounds and seconds of every `Repeat` are multiplied by.
    pub effort: u64,
    /// Whether each step is told as it is taken.
    pub watch: bool,
}

/// A worker that runs the suite.
pub struct Worker {
    /// Its pid, to be reaped.
    pub pid: i32,
    /// Its frames, up to the end of the file.
    pub frames: PipeReader,
    ledger: Option<Ledger>,
}

impl Worker {
    /// Removes what a worker left that was killed where it had no namespace of its own.
    /// Otherwise it swept itself, or the kernel did.
    pub fn clean_up(&self) {
        if let Some(ledger) = &self.ledger {
            let removed = exec::sweep_after(&Isolation::None(String::new()), ledger);
            log::info!("{removed} segments removed behind the worker");
        }
    }
}

/// Forks the worker.
///
/// # Errors
///
/// When no pipe or process can be had.
pub fn start(scenarios: &[Selection], settings: &Settings) -> std::io::Result<Worker> {
    let (frames, to) = std::io::pipe()?;
    // An actor may be told to run our program once more.
    let kept = image::keep_own_executable();
    log::debug!("our own executable: {kept:?}");
    // Where there is no namespace, somebody must know whose segments are ours.
    let ledger = (!settings.own_machine)
        .then(Ledger::new)
        .and_then(Result::ok);
    let supervisor = process::pid();
    match process::fork() {
        Err(errno) => Err(std::io::Error::from_raw_os_error(errno.0)),
        Ok(Forked::Parent(pid)) => Ok(Worker {
            pid,
            frames,
            ledger,
        }),
        Ok(Forked::Child) => {
            drop(frames);
            // Not SIGKILL: asked to stop, the worker sweeps first.
            let _ = process::die_with_parent(libc::SIGTERM);
            interrupt::install_in_worker();
            if process::parent() != supervisor {
                process::exit_now(1);
            }
            wait::hold_signals();
            let told = Teller {
                frames: Writer::new(a_number()),
                to,
                events: 0,
                cases: 0,
            }
            .run(scenarios, settings, ledger);
            process::exit_now(i32::from(told.is_err()));
        }
    }
}

/// What tells this run from those before and behind it on a line, as far as 16 bits can.
fn a_number() -> u16 {
    let mixed = clock::monotonic_ns() ^ u64::from(process::pid().unsigned_abs());
    // Fibonacci hashing: the high bits depend on all.
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
}

/// How the cases of a run are played.
struct Run<'r> {
    facts: &'r Facts,
    options: &'r exec::Options,
    watch: bool,
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
    fn run(
        mut self,
        scenarios: &[Selection],
        settings: &Settings,
        ledger: Option<Ledger>,
    ) -> std::io::Result<()> {
        let isolation = if settings.own_machine {
            Isolation::Machine
        } else {
            Isolation::enter()
        };
        let facts = exec::probe(&isolation);
        log::info!("facts: {facts:?}");
        let hello = hello(&facts, settings, &isolation, scenarios);
        self.tell(&Event::Hello(hello))?;
        let options = exec::Options {
            isolation,
            own_namespace: facts.own_namespace,
            fault: settings.fault.clone(),
            step_timeout: settings.step_timeout,
            oom_kills: oom::kills(),
            seed: settings.seed,
            effort: settings.effort,
            ledger: ledger.map(Rc::new),
        };
        let mut aside = if settings.watch {
            // In the order of the file, so that it can be followed.
            Aside::default()
        } else {
            Aside::start(scenarios, &facts, &options)
        };
        for (index, selection) in scenarios.iter().enumerate() {
            let run = Run {
                facts: &facts,
                options: &options,
                watch: settings.watch,
            };
            let told = self.scenario(index, selection, &run, &mut aside)?;
            if let Some(why) = told {
                return self.done(Some(why));
            }
        }
        self.done(None)
    }

    /// Runs the selected cases of a scenario. Tells why the run must end, if it must.
    fn scenario(
        &mut self,
        index: usize,
        selection: &Selection,
        run: &Run<'_>,
        aside: &mut Aside,
    ) -> std::io::Result<Option<String>> {
        let Selection { scenario, rows } = selection;
        let Run {
            facts,
            options,
            watch,
        } = *run;
        let planned = |row: usize| {
            let play = scenario.play(row);
            (plan::case(&play, facts), play)
        };
        let first = planned(rows.first().copied().unwrap_or(0));
        let mut head = fold::scenario(scenario, &first, planned);
        if rows.len() < head.cases.len() {
            head.cases = rows.iter().map(|row| head.cases[*row].clone()).collect();
            head.numbers = rows.iter().map(|row| *row as u64 + 1).collect();
        }
        self.tell(&Event::Scenario(head.clone()))?;
        let mut first = Some(first);
        for (at, row) in rows.iter().enumerate() {
            let one = first.take().unwrap_or_else(|| planned(*row));
            let record = match aside.take((index, *row)) {
                Some(record) => record,
                None => {
                    let options = one::options(options, &scenario.name, *row);
                    self.case(at, &one, &options, watch)
                }
            };
            let interrupted = interrupt::seen();
            self.tell(&Event::Case(record::Case {
                scenario: index as u64,
                case: at as u64,
                ..fold::in_scenario(&head, &one, record)
            }))?;
            self.cases += 1;
            if interrupted {
                return Ok(Some("interrupted".to_owned()));
            }
        }
        Ok(None)
    }

    /// Runs a case here, and tells its steps as they are taken if somebody watches.
    fn case(
        &mut self,
        at: usize,
        (case, play): &Planned,
        options: &exec::Options,
        watch: bool,
    ) -> record::Case {
        one::case(play, case, options, &mut |step, player, seen| {
            if watch {
                // Who does not listen any more is found out by the case.
                let _ = self.tell(&Event::Step(record::Taken {
                    case: at as u64,
                    step: play.steps[step].number as u64,
                    told: play.steps[step].with_values.clone(),
                    actor: case.players[player].name.clone(),
                    verdict: fold::one(case, step, seen),
                    observed: crate::judge::observed(&case.steps[step].expect, seen),
                }));
            }
        })
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

fn hello(
    facts: &Facts,
    settings: &Settings,
    isolation: &Isolation,
    scenarios: &[Selection],
) -> record::Hello {
    let [sysname, release, version, machine] = machine::uname();
    record::Hello {
        schema: record::SCHEMA,
        shmproof: env!("CARGO_PKG_VERSION").to_owned(),
        arch: facts.arch.name().to_owned(),
        kernel: record::Kernel {
            sysname,
            release,
            version,
            machine,
        },
        page_size: facts.units.page,
        cpus: machine::cpus(),
        free_kib: facts.free.unwrap_or(0) >> 10,
        uid: process::uid(),
        isolation: isolation.to_string(),
        seed: settings.seed,
        inject: settings.fault.as_ref().map(ToString::to_string),
        scenarios: scenarios.len() as u64,
        cases: scenarios.iter().map(|one| one.rows.len() as u64).sum(),
    }
}
