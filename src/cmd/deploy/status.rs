//! What goes on at the boards: everything of one, a line of each where there are several.

use crate::cmd::output::{Progress, say};
use crate::deploy::Address;
use crate::deploy::session::News;
use crate::report::Report;
use crate::report::record::Event;
use crate::watch::Progress as Watched;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

/// The terminal, which all boards share.
pub(super) struct Status(Mutex<Shown>);

struct Shown {
    names: Vec<String>,
    /// What each is at.
    lines: Vec<String>,
    /// How many scenarios each has begun, and of how many.
    counts: Vec<(u64, u64)>,
    /// Of the one board, where there is one.
    progress: Option<Progress>,
    /// The lines are drawn anew in their place.
    live: bool,
    drawn: bool,
}

impl Status {
    pub(super) fn new(addresses: &[Address], verbose: bool) -> Self {
        let names: Vec<String> = addresses.iter().map(|one| one.name.clone()).collect();
        let several = names.len() > 1;
        Self(Mutex::new(Shown {
            lines: vec!["connecting".to_owned(); names.len()],
            counts: vec![(0, 0); names.len()],
            progress: (!several).then(|| Progress::new(verbose)),
            live: several && std::io::stderr().is_terminal(),
            drawn: false,
            names,
        }))
    }

    /// Something has happened at a board.
    pub(super) fn tell(&self, board: usize, news: &News<'_>) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Says(what) => shown.says(board, what),
            News::Run(Watched::Console(line)) => log::info!("{}: {line}", shown.names[board]),
            News::Run(Watched::Damaged(why)) => shown.says(board, &format!("damaged frame: {why}")),
            News::Run(Watched::Event(event)) => shown.event(board, event),
        }
    }

    /// A board has come to its end.
    pub(super) fn over(&self, board: usize, report: &Report) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.progress.is_none() {
            let summary = report.summary();
            shown.says(board, report.ending.why().unwrap_or(&summary));
        }
    }
}

impl Shown {
    fn says(&mut self, board: usize, what: &str) {
        what.clone_into(&mut self.lines[board]);
        if self.live {
            self.draw();
        } else {
            say(&format!("{}: {what}", self.names[board]));
        }
    }

    fn event(&mut self, board: usize, event: &Event) {
        if let Some(progress) = &mut self.progress {
            progress.event(event);
            return;
        }
        match event {
            Event::Hello(hello) => self.counts[board].1 = hello.scenarios,
            Event::Scenario(scenario) => {
                let (begun, all) = &mut self.counts[board];
                *begun += 1;
                self.lines[board] = format!("{begun} of {all}: {}", scenario.name);
            }
            Event::Step(_) | Event::Case(_) | Event::Done(_) => return,
        }
        if self.live {
            self.draw();
        }
    }

    /// Draws all lines, over those that were drawn before.
    fn draw(&mut self) {
        let mut text = String::new();
        if std::mem::replace(&mut self.drawn, true) {
            text.push_str(&format!("\x1b[{}A", self.names.len()));
        }
        let width = self.names.iter().map(|name| name.chars().count()).max();
        for (name, line) in self.names.iter().zip(&self.lines) {
            let line: String = format!("{name:<0$}  {line}", width.unwrap_or(0));
            // A line that the terminal breaks would put the others out of place.
            let line: String = line.chars().take(COLUMNS).collect();
            text.push_str(&format!("\r\x1b[K{line}\n"));
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// As wide as a terminal is at the least.
const COLUMNS: usize = 79;
