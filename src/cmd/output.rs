//! What every command that runs scenarios prints: progress while it runs, the
//! report at its end.

use super::Failure;
use crate::cli::Said;
use crate::report::record::{self, Event};
use crate::report::{Format, Report, Told};
use crate::verdict::{Outcome, RunVerdict, Verdict};
use std::io::Write;
use std::time::Instant;

/// Where the report goes, and in which form.
pub(super) struct Output {
    format: Format,
    file: Option<String>,
    verbose: bool,
}

impl Output {
    pub(super) fn from(said: &Said) -> Result<Self, Failure> {
        let format = said.value("format").map_or(Ok(Format::Text), format)?;
        let file = said.value("out").map(ToOwned::to_owned);
        Ok(Self {
            format,
            file,
            verbose: said.has("verbose"),
        })
    }

    pub(super) fn progress(&self) -> Progress {
        Progress::new(self.verbose)
    }

    /// Prints the report; returns what came of it. The verdict reaches the terminal even if
    /// the file cannot be written; a report that did not arrive is no success.
    pub(super) fn finish(&self, report: &Report) -> RunVerdict {
        let verdict = report.verdict();
        let Some(file) = &self.file else {
            let shown = print(&self.format.render(report));
            return arrived(verdict, shown);
        };
        let shown = print(&Format::Text.render(report));
        let written = write(file, &self.format.render(report));
        arrived(verdict, shown && written)
    }
}

/// Writes a report, and says so; false if that failed.
pub(super) fn write(file: &str, text: &str) -> bool {
    match std::fs::write(file, text) {
        Ok(()) => {
            say(&format!("report: {file}"));
            true
        }
        Err(error) => {
            say(&format!(
                "shmproof: cannot write the report to {file}: {error}; name another --out"
            ));
            false
        }
    }
}

/// The format of that name.
pub(super) fn format(name: &str) -> Result<Format, Failure> {
    let mut all = Format::NAMES.iter();
    let found = all.find(|(known, _)| *known == name);
    found.map(|(_, format)| *format).ok_or_else(|| {
        let known = Format::NAMES.map(|(known, _)| known).join(", ");
        Failure::usage(format!("there is no format {name:?}; known are: {known}"))
    })
}

/// What a command came to. Nothing is a pass that nobody could read.
pub(super) fn arrived(verdict: RunVerdict, shown: bool) -> RunVerdict {
    if verdict == RunVerdict::Pass && !shown {
        RunVerdict::Broken
    } else {
        verdict
    }
}

/// Prints to standard output; false if that failed. A reader that went away on purpose is
/// no failure.
pub(super) fn print(text: &str) -> bool {
    put(text.as_bytes())
}

/// The same with bytes.
pub(super) fn put(bytes: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => true,
        Err(error) => {
            say(&format!(
                "shmproof: cannot write to standard output: {error}"
            ));
            false
        }
    }
}

/// Prints a line to standard error, in one write: it may be a slow console.
pub(super) fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Tells on standard error what is going on: a line a scenario.
pub(super) struct Progress {
    begun: Option<Told>,
    /// The case whose steps are being shown.
    shown: Option<u64>,
    verbose: bool,
    start: Instant,
    held: Held,
}

/// Lines that are kept back as long as every case is skipped for one reason. If it stays so,
/// the verdict tells the reason once, and nothing else is to be said.
#[derive(Default)]
struct Held {
    reason: Option<String>,
    lines: Vec<String>,
    /// Whether a case was something else.
    over: bool,
}

impl Held {
    /// Keeps the line of a scenario, or says it, and all before it.
    fn take(&mut self, told: &Told, line: String) {
        let reasons = told
            .cases
            .iter()
            .map(|case| case.as_ref().and_then(|case| case.skip.as_deref()));
        for reason in reasons {
            let known = self
                .reason
                .get_or_insert_with(|| reason.unwrap_or_default().to_owned());
            self.over |= reason != Some(known.as_str());
        }
        self.lines.push(line);
        if self.over {
            self.release();
        }
    }

    fn release(&mut self) {
        for line in std::mem::take(&mut self.lines) {
            say(&line);
        }
    }

    /// Nothing more comes: a single line is no repetition.
    fn end(&mut self) {
        if self.lines.len() == 1 {
            self.release();
        }
    }
}

impl Progress {
    pub(super) fn new(verbose: bool) -> Self {
        Self {
            begun: None,
            shown: None,
            verbose,
            start: Instant::now(),
            held: Held::default(),
        }
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Hello(hello) => self.hello(hello),
            Event::Scenario(scenario) => {
                self.finish();
                let cases = vec![None; scenario.cases.len()];
                self.begun = Some(Told {
                    scenario: scenario.clone(),
                    cases,
                });
            }
            Event::Step(taken) => self.step(taken),
            Event::Case(case) => self.case(case),
            Event::Done(_) => {
                self.finish();
                self.held.end();
            }
        }
    }

    fn hello(&self, hello: &record::Hello) {
        let kernel = &hello.kernel;
        say(&format!(
            "{} {} {}: {} CPUs, {} KiB free, pages of {}, uid {}, seed {:#x}, isolation: {}",
            kernel.sysname,
            kernel.release,
            kernel.machine,
            hello.cpus,
            hello.free_kib,
            hello.page_size,
            hello.uid,
            hello.seed,
            hello.isolation
        ));
        if let Some(fault) = &hello.inject {
            say(&format!("injected: {fault}"));
        }
        log::info!("first event after {:?}", self.start.elapsed());
    }

    fn case(&mut self, case: &record::Case) {
        let Some(told) = &mut self.begun else { return };
        if let Some(slot) = told.cases.get_mut(case.case as usize) {
            *slot = Some(case.clone());
        }
        if self.verbose {
            untaken(told, case);
        }
        self.shown = None;
    }

    /// A step that was taken just now.
    fn step(&mut self, taken: &record::Taken) {
        let Some(told) = &self.begun else { return };
        if self.shown != Some(taken.case) {
            self.shown = Some(taken.case);
            let row = told.scenario.cases.get(taken.case as usize);
            let name = told.case_name(taken.case as usize);
            say(&format!(
                "       {name}  {}",
                row.map_or("", String::as_str)
            ));
        }
        let Some(step) = told.scenario.steps.get(taken.step as usize) else {
            return;
        };
        let (word, actor) = (word(taken.verdict), &taken.actor);
        let text = taken.told.as_ref().unwrap_or(&step.text);
        say(&format!(
            "  {word:<8}{:>4}  {actor}  {text}  → {}",
            step.line, taken.observed
        ));
    }

    /// The line of a scenario that is over.
    fn finish(&mut self) {
        let Some(told) = self.begun.take() else {
            return;
        };
        let word = match told.outcomes().max() {
            Some(Outcome::Missing) => "LOST",
            Some(Outcome::Broken) => "BROKEN",
            Some(Outcome::Fail) => "FAIL",
            Some(Outcome::Pass) => "pass",
            Some(Outcome::Skip) | None => "skip",
        };
        let us: u64 = told.cases.iter().flatten().map(|case| case.us).sum();
        let cases = told.cases.len();
        let line = format!(
            "{word:<6} {:<20} {cases:>3} case{} {:>6}.{} ms  {}",
            told.scenario.name,
            if cases == 1 { " " } else { "s" },
            us / 1000,
            us / 100 % 10,
            told.scenario.summary
        );
        self.held.take(&told, line);
    }
}

/// The steps that nobody took.
fn untaken(told: &Told, case: &record::Case) {
    for (_, step, verdict) in told.steps(case) {
        let untaken = match verdict {
            Verdict::Blocked | Verdict::Skip => case.skip.is_none(),
            Verdict::Pass | Verdict::Fail | Verdict::Broken => false,
        };
        if untaken {
            say(&format!(
                "  {:<8}{:>4}  {}  {}",
                word(verdict),
                step.line,
                step.actor,
                step.text
            ));
        }
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Blocked => "blocked",
        Verdict::Skip => "skip",
        Verdict::Broken => "BROKEN",
    }
}
