//! `shmproof collect`: the report of a run whose frames somebody else caught, in the log of a
//! serial console or from a pipe.

use super::Failure;
use super::boot::harmless;
use super::output::{Output, Progress, say};
use crate::cli::Said;
use crate::report::frame::{Item, Reader};
use crate::report::record::{Event, Host};
use crate::report::{Ending, Report};
use crate::sys::interrupt;
use crate::sys::wait::{Wake, wait};
use crate::verdict::RunVerdict;
use crate::watch::{Limits, Progress as Watched, Watch, log as captured};
use std::io::Read;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How long nothing may come behind a run before it is taken for the last of the line.
const SILENCE: Duration = Duration::from_secs(3);

/// Reads the log and reports.
pub(super) fn collect(said: &Said) -> Result<RunVerdict, Failure> {
    let output = Output::from(said)?;
    let [name] = said.operands.as_slice() else {
        return Err(Failure::usage(
            "collect takes one LOG, or `-` for standard input",
        ));
    };
    let harmless = harmless(said)?;
    let mut progress = output.progress();
    // Shown as it comes.
    let live = name == "-";
    let (name, log, stopped) = if live {
        let (log, stopped) = heard(&mut progress);
        ("standard input", log, stopped)
    } else {
        let log = std::fs::read(name)
            .map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        (name.as_str(), log, false)
    };
    let run = chosen(said, name, captured::runs(&log))?;
    let unread = run.iter().find_map(|item| match item {
        Item::Damaged(why) => Some(why.clone()),
        Item::Event { .. } | Item::Console(_) => None,
    });
    let now = Instant::now();
    let mut watch = Watch::new(Limits::default(), harmless, now);
    let mut show = |what: Watched<'_>| match what {
        Watched::Event(_) if live => {}
        what => tell(&mut progress, &what),
    };
    watch.replay(run, now, &mut show);
    let told = watch.finish(now, &mut show);
    let ending = told.unwrap_or_else(|| {
        if stopped {
            return watch.stopped();
        }
        if let (true, Some(why)) = (watch.events.is_empty(), unread) {
            return Ending::Lost(format!(
                "{name} holds frames that could not be read, of a firmware of another version \
                 or from a bad line: {why}"
            ));
        }
        if watch.events.is_empty() {
            return Ending::NotStarted(format!(
                "{name} holds no frame of a run; catch the whole console of \
                 `shmproof run --format frames`, or of shmproof as /init"
            ));
        }
        Ending::Lost(format!("{name} ends {}", watch.place()))
    });
    let host = host(name, &mut watch);
    let mut report = Report::new(watch.events, ending, "shmproof run");
    report.host = Some(host);
    Ok(output.finish(&report))
}

/// The run of the log that is asked for.
fn chosen(said: &Said, name: &str, mut runs: Vec<Vec<Item>>) -> Result<Vec<Item>, Failure> {
    let last = runs.len();
    let number: usize = said.number("run", last).map_err(Failure::usage)?;
    if last > 1 && said.value("run").is_none() {
        say(&format!(
            "{name} holds {last} runs; this is the last, --run NUMBER takes another"
        ));
    }
    if (1..=last).contains(&number) {
        return Ok(runs.swap_remove(number - 1));
    }
    let runs = if last == 1 { "run" } else { "runs" };
    Err(Failure::usage(format!(
        "{name} holds {last} {runs}, and no run {number}"
    )))
}

/// What comes on standard input until that ends or, since a serial line has no end, until
/// nothing more follows a run; and whether the user has stopped us.
fn heard(progress: &mut Progress) -> (Vec<u8>, bool) {
    interrupt::install();
    // Of what is shown meanwhile; the report is made of the whole.
    let mut reader = Reader::of_all();
    // The run that is over, and since when nothing of any has come.
    let (mut over, mut since) = (None, Instant::now());
    let (mut log, mut bytes) = (Vec::new(), vec![0; 1 << 16]);
    let mut from = std::io::stdin().lock();
    loop {
        if interrupt::seen() {
            return (log, true);
        }
        // A board may go on about other things.
        if over.is_some() && since.elapsed() >= SILENCE {
            return (log, false);
        }
        match wait(from.as_fd(), Instant::now() + SILENCE) {
            // The last line need not have ended.
            Wake::Deadline
                if captured::runs(&log)
                    .last()
                    .is_some_and(|run| captured::closed(run)) =>
            {
                return (log, false);
            }
            Wake::Deadline | Wake::Signal => continue,
            Wake::Readable => {}
        }
        let bytes = match from.read(&mut bytes) {
            Ok(0) => return (log, false),
            Ok(count) => &bytes[..count],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            // A terminal that is gone, say. What came before is not lost with it.
            Err(error) => {
                say(&format!("standard input ends with an error: {error}"));
                return (log, false);
            }
        };
        log.extend_from_slice(bytes);
        for item in reader.push(bytes) {
            if let Item::Event { run, event, .. } = item {
                progress.event(&event);
                since = Instant::now();
                if matches!(event, Event::Done(_)) {
                    over = Some(run);
                } else if over != Some(run) {
                    over = None;
                }
            }
        }
    }
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
