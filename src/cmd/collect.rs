//! `shmproof collect`: the report of a run whose frames somebody else caught, in the log of a
//! serial console or from a pipe.

use super::boot::harmless;
use super::output::{Output, Progress, say};
use super::{Failure, deploy};
use crate::cli::Said;
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
    let ending = if name == "-" {
        listen(&mut watch, &mut progress)?
    } else {
        let log = std::fs::read(name)
            .map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        let run = chosen(said, name, &log)?;
        take(&mut watch, run, &mut progress)
    };
    let ending = ending.unwrap_or_else(|| end(&mut watch, name, &mut progress));
    let host = deploy::host(name, &mut watch);
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

/// Listens to standard input until the run is over.
fn listen(watch: &mut Watch, progress: &mut Progress) -> Result<Option<Ending>, Failure> {
    interrupt::install();
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = std::io::stdin().lock().read(&mut bytes);
        if interrupt::seen() {
            let place = watch.place();
            return Ok(Some(Ending::Interrupted(format!(
                "stopped by a signal {place}"
            ))));
        }
        match read {
            Ok(0) => return Ok(None),
            Ok(count) => {
                let ending = take(watch, &bytes[..count], progress);
                if ending.is_some() {
                    return Ok(ending);
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

/// The ending of a log that does not close.
fn end(watch: &mut Watch, name: &str, progress: &mut Progress) -> Ending {
    let told = watch.finish(Instant::now(), &mut |what| tell(progress, &what));
    told.unwrap_or_else(|| {
        if watch.events.is_empty() {
            return Ending::NotStarted(format!(
                "{name} holds no frame of a run; catch the whole console of \
                 `shmproof run --format frames`, or of shmproof as /init"
            ));
        }
        Ending::Lost(format!("{name} ends {}", watch.place()))
    })
}

fn tell(progress: &mut Progress, what: &Watched<'_>) {
    match what {
        Watched::Console(line) => log::info!("console: {line}"),
        Watched::Event(event) => progress.event(event),
        Watched::Damaged(why) => say(&format!("damaged frame: {why}")),
    }
}
