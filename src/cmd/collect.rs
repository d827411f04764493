//! `shmproof collect`: the report of a run whose frames somebody else caught, in the log of a
//! serial console or from a pipe.

use super::Failure;
use super::boot::harmless;
use super::output::{Output, Progress, say};
use crate::cli::Said;
use crate::report::record::{Event, Host};
use crate::report::{Ending, Report};
use crate::sys::interrupt;
use crate::watch::{Limits, Progress as Watched, Watch, log as captured};
use std::io::Read;
use std::time::Instant;

/// Reads the log and reports.
pub(super) fn collect(said: &Said) -> Result<u8, Failure> {
    let output = Output::from(said)?;
    let [name] = said.operands.as_slice() else {
        return Err(Failure::usage(
            "collect takes one LOG, or `-` for standard input",
        ));
    };
    let mut watch = Watch::new(Limits::default(), harmless(said)?, Instant::now());
    let mut progress = output.progress();
    let stopped = if name == "-" {
        listen(&mut watch, &mut progress)?
    } else {
        let log = std::fs::read(name)
            .map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        let run = chosen(said, name, &log)?;
        take(&mut watch, run, &mut progress);
        false
    };
    let ending = end(&mut watch, name, stopped, &mut progress);
    let host = host(name, &mut watch);
    let mut report = Report::new(watch.events, ending, "shmproof run");
    report.host = Some(host);
    Ok(output.finish(&report))
}

/// The run of the log that is asked for.
fn chosen<'l>(said: &Said, name: &str, log: &'l [u8]) -> Result<&'l [u8], Failure> {
    let runs = captured::runs(log);
    let last = runs.len();
    let number: usize = said.number("run", last).map_err(Failure::usage)?;
    if last > 1 && said.value("run").is_none() {
        say(&format!(
            "{name} holds {last} runs; this is the last, --run NUMBER takes another"
        ));
    }
    let index = number.checked_sub(1);
    let run = index.and_then(|index| runs.get(index)).copied();
    run.ok_or_else(|| Failure::usage(format!("{name} holds {last} runs, and no run {number}")))
}

fn take(watch: &mut Watch, bytes: &[u8], progress: &mut Progress) -> Option<Ending> {
    watch.push(bytes, Instant::now(), &mut |what| tell(progress, &what))
}

/// Listens to standard input until the run is over. True if the user has stopped us.
fn listen(watch: &mut Watch, progress: &mut Progress) -> Result<bool, Failure> {
    interrupt::install();
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = std::io::stdin().lock().read(&mut bytes);
        if interrupt::seen() {
            return Ok(true);
        }
        match read {
            Ok(0) => return Ok(false),
            Ok(count) => {
                if take(watch, &bytes[..count], progress).is_some() {
                    return Ok(false);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::infrastructure(format!(
                    "cannot read standard input: {error}"
                )));
            }
        }
    }
}

/// The ending that all of what came tells of.
fn end(watch: &mut Watch, name: &str, stopped: bool, progress: &mut Progress) -> Ending {
    let told = watch.finish(Instant::now(), &mut |what| tell(progress, &what));
    told.unwrap_or_else(|| {
        if stopped {
            return watch.stopped();
        }
        if watch.events.is_empty() {
            return Ending::NotStarted(format!(
                "{name} holds no frame of a run; catch the whole console of \
                 `shmproof run --format frames`, or of shmproof as /init"
            ));
        }
        Ending::Lost(format!("{name} ends {}", watch.place()))
    })
}

/// How the report comes from a log, in which nothing but the cases has a time.
fn host(name: &str, watch: &mut Watch) -> Host {
    let cases = watch.events.iter().map(|event| match event {
        Event::Case(case) => case.us,
        _ => 0,
    });
    let seconds = cases.sum::<u64>() as f64 / 1e6;
    Host {
        guest: name.to_owned(),
        seconds,
        run_seconds: seconds,
        splats: std::mem::take(&mut watch.splats),
        console_tail: std::mem::take(&mut watch.tail).into(),
        ..Host::default()
    }
}

fn tell(progress: &mut Progress, what: &Watched<'_>) {
    match what {
        Watched::Console(line) => log::info!("console: {line}"),
        Watched::Event(event) => progress.event(event),
        Watched::Damaged(why) => say(&format!("damaged frame: {why}")),
    }
}
