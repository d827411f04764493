//! What became of a board.

use crate::deploy::Address;
use crate::deploy::session::Outcome;
use crate::report::Report;
use crate::report::record::Host;

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
