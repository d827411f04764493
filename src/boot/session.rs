//! One run in QEMU, from its start to the verdict on how it ended.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use super::qemu::{self, Config};
use crate::report::ending::Ending;
use crate::report::record::Event;
use crate::sys;
use crate::watch::process::{Exit, Next, Process};
use crate::watch::{Limits, Progress, Watch};

/// What the caller may ask of a run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How long things may take.
    pub limits: Limits,
    /// Where the whole console goes, byte for byte.
    pub console_log: Option<PathBuf>,
    /// Parts of kernel warnings that are to be let pass.
    pub harmless: Vec<String>,
}

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Every event that arrived, in order.
    pub events: Vec<Event>,
    /// The last lines of the console, or those around a crash.
    pub tail: Vec<String>,
    /// Warnings of the kernel that were not declared harmless, each with its place in the run.
    pub splats: Vec<String>,
    /// How the guest's instructions were run, and why so.
    pub accel: String,
    /// What `qemu --version` says on its first line.
    pub qemu_version: String,
    /// From the start of QEMU to the last event, or to the ending, in seconds.
    pub seconds: f64,
    /// From the first event to the last, in seconds.
    pub run_seconds: f64,
    /// QEMU's command line.
    pub command: Vec<String>,
}

/// Boots, listens, and stops the guest as soon as it has said everything.
pub fn run(config: &Config, options: &Options, progress: &mut dyn FnMut(Progress<'_>)) -> Outcome {
    sys::interrupt::install();
    let command = qemu::command(config);
    let qemu_version = version(&command[0]);
    let started = Instant::now();
    let mut seconds = 0.0;
    let mut watch = Watch::new(options.limits, options.harmless.clone(), started);

    let begun = open_log(options).and_then(|log| {
        let mut line = Command::new(&command[0]);
        line.args(&command[1..]);
        let process = Process::start(line);
        process
            .map(|process| (log, process))
            .map_err(|error| not_started(config, &command[0], &error))
    });
    let ending = match begun {
        Err(why) => Ending::NotStarted(why),
        Ok((log, mut process)) => {
            log::info!("{}", command.join(" "));
            let ending = listen(&mut process, log, &mut watch, progress);
            // The clock stops here, before QEMU is stopped as well.
            seconds = started.elapsed().as_secs_f64();
            ending
        }
    };
    Outcome {
        ending,
        run_seconds: watch.span().as_secs_f64(),
        events: watch.events,
        tail: watch.tail.into(),
        splats: watch.splats,
        accel: config.accel.text.clone(),
        qemu_version,
        seconds,
        command,
    }
}

/// Listens until the run is over.
fn listen(
    process: &mut Process,
    mut log: Option<File>,
    watch: &mut Watch,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Ending {
    loop {
        let next = process.next_unless_stopped(watch.deadline());
        let now = Instant::now();
        let ending = match next {
            Next::Bytes(bytes) => {
                keep(&mut log, &bytes);
                watch.push(&bytes, now, progress)
            }
            Next::Silence => None,
            Next::Stopped => Some(watch.stopped()),
            Next::End => {
                let ending = watch.finish(now, progress);
                Some(ending.unwrap_or_else(|| ended(watch, &process.exit())))
            }
        };
        if let Some(ending) = ending.or_else(|| watch.overdue(now)) {
            return ending;
        }
    }
}

/// The ending of a run whose QEMU has ended by itself.
fn ended(watch: &Watch, exit: &Exit) -> Ending {
    match (watch.events.is_empty(), exit.code == Some(0)) {
        (true, true) => Ending::NotStarted(format!(
            "the guest never reached our init: it reset or powered off, and QEMU {}",
            exit.text
        )),
        (true, false) => Ending::NotStarted(format!("QEMU {}", exit.text)),
        (false, true) => Ending::Crashed(format!(
            "the guest reset or powered off in mid-run, {}",
            watch.place()
        )),
        (false, false) => Ending::Lost(format!(
            "QEMU itself failed in mid-run, {}: it {}",
            watch.place(),
            exit.text
        )),
    }
}

/// Writes to the log, as long as that works.
fn keep(log: &mut Option<File>, bytes: &[u8]) {
    if let Some(file) = log
        && let Err(error) = file.write_all(bytes)
    {
        log::warn!("the rest of the console is not written to its file: {error}");
        *log = None;
    }
}

fn open_log(options: &Options) -> Result<Option<File>, String> {
    let Some(path) = &options.console_log else {
        return Ok(None);
    };
    File::create(path)
        .map(Some)
        .map_err(|error| format!("cannot write the console to {}: {error}", path.display()))
}

/// Why QEMU could not be run, and what to do about it.
fn not_started(config: &Config, program: &str, error: &io::Error) -> String {
    let advice = if error.kind() == io::ErrorKind::NotFound {
        format!(
            "; on Debian, apt-get install --no-install-recommends {}",
            config.guest.qemu_package
        )
    } else {
        String::new()
    };
    format!("cannot run {program}: {error}{advice}")
}

/// The first line of `qemu --version`, or why there is none.
fn version(program: &str) -> String {
    match Command::new(program).arg("--version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or("unknown")
            .to_owned(),
        Err(error) => format!("unknown: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Watch, ended};
    use crate::report::ending::Ending;
    use crate::report::frame::Writer;
    use crate::report::record::{Event, Hello};
    use crate::watch::process::Exit;
    use std::time::Instant;

    #[track_caller]
    fn check(events: &[Event], code: Option<i32>, expect: &Ending) {
        let now = Instant::now();
        let mut watch = Watch::new(Limits::default(), Vec::new(), now);
        let mut writer = Writer::new(0);
        for event in events {
            let frame = writer.frame(event);
            assert_eq!(watch.push(frame.as_bytes(), now, &mut |_| {}), None);
        }
        let text = format!("ended with {code:?}");
        let exit = Exit {
            code,
            text,
            complaints: String::new(),
        };
        assert_eq!(ended(&watch, &exit), *expect);
    }

    #[test]
    fn the_end_of_qemu_is_an_ending() {
        let run = [Event::Hello(Hello::default())];
        let text = "the guest reset or powered off in mid-run, before the first scenario";
        check(&run, Some(0), &Ending::Crashed(text.to_owned()));
        let text = "QEMU itself failed in mid-run, before the first scenario: it ended with None";
        check(&run, None, &Ending::Lost(text.to_owned()));
        let text = "QEMU ended with Some(1)";
        check(&[], Some(1), &Ending::NotStarted(text.to_owned()));
        let text = "the guest never reached our init: it reset or powered off, and QEMU ended with Some(0)";
        check(&[], Some(0), &Ending::NotStarted(text.to_owned()));
    }
}
