//! The runs that a captured console log holds.

use crate::report::frame::{Item, Reader};
use crate::report::record::Event;
use std::collections::BTreeMap;

/// What a log holds, run by run, each with all that comes up to the next. The whole log where
/// no run shows.
///
/// A run has each number once, from 0 to its closing event, and they grow. Whatever else comes
/// begins another run, but for what a terminal tells twice. Where the first event of a run was
/// lost, all that is behind the run before belongs to it: a piece of that may be there.
#[must_use]
pub fn runs(log: &[u8]) -> Vec<Vec<Item>> {
    let mut reader = Reader::of_all();
    let mut items = reader.push(log);
    items.extend(reader.finish());

    let mut runs: Vec<Vec<Item>> = Vec::new();
    let mut run = Run::default();
    // Where it is not known yet whose they are.
    let mut between: Vec<Item> = Vec::new();
    for item in items {
        let Item::Event {
            seq,
            crc,
            ref event,
        } = item
        else {
            between.push(item);
            continue;
        };
        let begins = match run.takes(seq, crc) {
            Takes::Again => continue,
            Takes::Next => runs.is_empty(),
            Takes::Not => true,
        };
        if begins {
            if seq == 0 {
                // What a console says before the first run is about none.
                let rest = std::mem::take(&mut between);
                if let Some(before) = runs.last_mut() {
                    before.extend(rest);
                }
            }
            run = Run::default();
            runs.push(Vec::new());
        }
        run.seen.insert(seq, crc);
        run.closed |= matches!(event, Event::Done(_));
        if let Some(now) = runs.last_mut() {
            now.append(&mut between);
            now.push(item);
        }
    }
    match runs.last_mut() {
        Some(last) => last.append(&mut between),
        None => runs.push(between),
    }
    runs
}

/// What has been seen of a run: the checksums of its events, by their numbers.
#[derive(Default)]
struct Run {
    seen: BTreeMap<u64, u32>,
    closed: bool,
}

/// Whether an event belongs to a run.
enum Takes {
    /// As the next one.
    Next,
    /// It is there already.
    Again,
    /// It is another run's.
    Not,
}

impl Run {
    fn takes(&self, seq: u64, crc: u32) -> Takes {
        let last = self.seen.keys().next_back();
        match self.seen.get(&seq) {
            // An event 0 behind the last one is a new beginning, however like the old.
            Some(known) if *known == crc && !(self.closed && seq == 0) => Takes::Again,
            None if !self.closed && last.is_none_or(|last| seq > *last) => Takes::Next,
            _ => Takes::Not,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::runs;
    use crate::report::frame::{Item, Writer};
    use crate::report::record::{Case, Done, Event};

    /// The frames of a run: so many cases that took so long, and whether it closes.
    fn run(cases: u64, us: u64, closes: bool) -> Vec<String> {
        let mut writer = Writer::new();
        let case = |case| {
            Event::Case(Case {
                case,
                us,
                ..Case::default()
            })
        };
        let mut all: Vec<String> = (0..cases).map(|at| writer.frame(&case(at))).collect();
        if closes {
            let events = cases;
            all.push(writer.frame(&Event::Done(Done {
                events,
                cases,
                broken: None,
            })));
        }
        all
    }

    /// What each run of the log holds, in short.
    fn told(log: &str) -> Vec<String> {
        let item = |item: &Item| match item {
            Item::Event { seq, .. } => seq.to_string(),
            Item::Console(line) => line.clone(),
            Item::Damaged(_) => "damaged".to_owned(),
        };
        let line = |run: &Vec<Item>| run.iter().map(item).collect::<Vec<_>>().join(" ");
        runs(log.as_bytes()).iter().map(line).collect()
    }

    #[test]
    fn a_log_is_cut_where_runs_begin() {
        let (one, two) = (run(2, 1, true).concat(), run(2, 2, true).concat());
        assert_eq!(told("boot\n"), ["boot"]);
        assert_eq!(told(""), [""]);
        assert_eq!(told(&format!("boot\n{one}x\n")), ["0 1 2 x"]);
        assert_eq!(told(&format!("{one}x\n{two}y")), ["0 1 2 x", "0 1 2 y"]);
        assert_eq!(told(&format!("{one}{one}")), ["0 1 2", "0 1 2"]);
        // Without newlines, and with carriage returns alone.
        assert_eq!(
            told(&format!("{one}{two}").replace('\n', "")),
            ["0 1 2", "0 1 2"]
        );
        assert_eq!(
            told(&format!("{one}{two}").replace('\n', "\r")),
            ["0 1 2", "0 1 2"]
        );
    }

    #[test]
    fn a_run_that_is_cut_off_ends_where_another_begins() {
        let (one, cut) = (run(3, 1, true), run(3, 2, false));
        assert_eq!(
            told(&[&cut[..], &one].concat().concat()),
            ["0 1 2", "0 1 2 3"]
        );
        // The same first event, in a run that never came to its end.
        let again = [&one[..], &one[..1]].concat().concat();
        assert_eq!(told(&again), ["0 1 2 3", "0"]);
    }

    #[test]
    fn a_run_without_its_beginning_is_a_run() {
        let (one, two) = (run(2, 1, true), run(3, 2, true));
        let lost = format!("{}x\n{}", one.concat(), two[1..].concat());
        assert_eq!(told(&lost), ["0 1 2", "x 1 2 3"]);
        let cut = [&one[..2], &two[1..]].concat().concat();
        assert_eq!(told(&cut), ["0 1", "1 2 3"]);
    }

    #[test]
    fn what_a_terminal_tells_twice_is_told_once() {
        let one = run(3, 1, true);
        let order = [0, 1, 0, 2, 1, 3, 2, 3];
        let echoed: String = order.iter().map(|at| one[*at].as_str()).collect();
        assert_eq!(told(&echoed), ["0 1 2 3"]);
    }
}
