//! `shmproof run`: the scenarios against the kernel that we stand on.

use super::Failure;
use super::output::{Output, Progress, print, put};
use crate::cli::Said;
use crate::report::frame::{Item, Reader, closing};
use crate::report::record::Event;
use crate::report::{Ending, Report};
use crate::suite::{self, Fault, Selected, Settings, Worker};
use crate::sys::interrupt;
use crate::sys::process::{self, Death};
use crate::sys::wait::{Wake, is_cut, wait};
use crate::verdict::RunVerdict;
use std::io::Read;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How often we look whether anybody still listens, or wants us to stop.
const GLANCE: Duration = Duration::from_secs(1);

/// Runs the suite in a worker and reports.
pub(super) fn run(said: &Said) -> Result<RunVerdict, Failure> {
    suite::normalise();
    if let Some(why) = suite::too_small_to_start() {
        return Err(Failure::infrastructure(why));
    }
    let output = match said.value("format") {
        Some("frames") if said.has("out") => {
            return Err(Failure::usage(
                "frames go to standard output; redirect that instead of --out",
            ));
        }
        Some("frames") => None,
        _ => Some(Output::from(said)?),
    };
    let selected = selected(said);
    let settings = settings(said).map_err(Failure::usage)?;
    let scenarios = suite::load(&selected).map_err(|why| Failure::usage(why.to_string()))?;
    interrupt::install();
    let worker = suite::start(&scenarios, &settings)
        .map_err(|error| Failure::infrastructure(format!("cannot start: {error}")))?;
    let mut progress = output.as_ref().map(Output::progress);
    let (events, ending) = collect(worker, progress.as_mut());
    let report = Report::new(events, ending, &rerun(said));
    Ok(output.map_or_else(|| report.verdict(), |output| output.finish(&report)))
}

/// Which scenarios are asked for.
pub(super) fn selected(said: &Said) -> Selected {
    Selected {
        from: said.value("scenarios").map(ToOwned::to_owned),
        names: said.operands.clone(),
    }
}

/// How they are to be run on a machine that others use as well.
pub(super) fn settings(said: &Said) -> Result<Settings, String> {
    Ok(Settings {
        fault: said.value("inject").map(Fault::parse).transpose()?,
        step_timeout: said.step_timeout()?,
        own_machine: false,
        seed: said.seed()?,
        effort: said.effort()?,
        watch: said.has("verbose"),
    })
}

/// The flags that decide what a run does, for the command that does it again.
pub(super) const DECISIVE: [&str; 3] = ["scenarios", "inject", "effort"];

/// The command that runs a scenario again.
fn rerun(said: &Said) -> String {
    let mut command = "shmproof run".to_owned();
    for flag in DECISIVE {
        if let Some(value) = said.value(flag) {
            command.push_str(&format!(" --{flag} {value}"));
        }
    }
    command
}

/// Listens to the worker until it has ended. Without `progress` its frames are passed on, to
/// somebody at the other end of a line.
fn collect(mut worker: Worker, mut progress: Option<&mut Progress>) -> (Vec<Event>, Ending) {
    let mut reader = Reader::new();
    let mut events = Vec::new();
    let mut bytes = vec![0; 1 << 16];
    let mut stopping = false;
    let on_a_line = progress.is_none();
    let mut arrives = true;
    loop {
        let cut = on_a_line && (!arrives || is_cut(std::io::stdout().as_fd()));
        if (cut || interrupt::seen()) && !stopping {
            stopping = true;
            process::kill(worker.pid, libc::SIGTERM);
        }
        if wait(worker.frames.as_fd(), Instant::now() + GLANCE) != Wake::Readable {
            continue;
        }
        let items = match worker.frames.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                let bytes = &bytes[..count];
                if on_a_line && arrives {
                    arrives = put(bytes);
                }
                reader.push(bytes)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for item in items {
            if let Item::Event { event, .. } = item {
                if let Some(progress) = &mut progress {
                    progress.event(&event);
                }
                events.push(event);
            }
        }
        // Not the end of the file: an actor that nothing can kill would keep the pipe open.
        if matches!(events.last(), Some(Event::Done(_))) {
            break;
        }
    }
    let death = process::reap(worker.pid, true);
    if matches!(death, Some((_, Death::Killed(_)))) {
        worker.clean_up();
    }
    let done = matches!(events.last(), Some(Event::Done(_)));
    let ending = match death {
        _ if !arrives => Ending::Lost("standard output takes no more frames".to_owned()),
        _ if stopping => Ending::Interrupted("stopped on request".to_owned()),
        _ if done && reader.missing().is_empty() => Ending::Complete,
        Some((_, Death::Killed(signal))) => Ending::Broken(format!(
            "our worker was killed by {signal} before it was done"
        )),
        _ => Ending::Broken("our worker ended before it was done".to_owned()),
    };
    if let (true, false, Ending::Broken(why) | Ending::Interrupted(why)) =
        (on_a_line, done, &ending)
    {
        print(&closing(reader.run().unwrap_or(0), &events, why));
    }
    (events, ending)
}
