//! What became of a board.

use crate::deploy::Address;
use crate::deploy::session::Outcome;
use crate::report::Report;
use crate::report::record::{Event, Host};
use crate::watch::Watch;

/// A board and its report.
pub(super) struct Board {
    pub(super) address: Address,
    /// What it is: `armv7l Linux 6.1.0`.
    pub(super) about: String,
    pub(super) report: Report,
}

impl Board {
    pub(super) fn new(address: Address, outcome: Outcome, rerun: &str) -> Self {
        let host = record(&address, &outcome);
        let mut report = Report::new(outcome.events, outcome.ending, rerun);
        report.host = Some(host);
        Self {
            address,
            about: outcome.board,
            report,
        }
    }
}

/// How a report comes from a board.
fn record(address: &Address, outcome: &Outcome) -> Host {
    Host {
        guest: address.name.clone(),
        seconds: outcome.seconds,
        run_seconds: outcome.run_seconds,
        command: vec!["ssh".to_owned(), address.destination.clone()],
        splats: outcome.splats.clone(),
        console_tail: outcome.tail.clone(),
        ..Host::default()
    }
}

/// The same of a log with this name, in which nothing but the cases has a time.
pub(in crate::cmd) fn host(name: &str, watch: &mut Watch) -> Host {
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
