//! The runs that a captured console log holds.

use super::console::{Meaning, meaning};
use crate::report::frame::{Item, Reader};
use crate::report::record::Event;

/// What a log holds, run by run, each with all that comes up to the next. The whole log where
/// no run shows.
///
/// What comes in front of a run's first event is about the run before. Where that first event
/// was lost, it may be about either. Behind a whole run, frames that cannot be read are those
/// of another, and so is a boot that crashed.
#[must_use]
pub fn runs(log: &[u8]) -> Vec<Vec<Item>> {
    let mut reader = Reader::of_all();
    let mut items = reader.push(log);
    items.extend(reader.finish());

    let mut runs: Vec<(u16, Vec<Item>)> = Vec::new();
    let mut last: Option<usize> = None;
    let mut between: Vec<Item> = Vec::new();
    for item in items {
        let Item::Event { run, seq, .. } = item else {
            between.push(item);
            continue;
        };
        let known = runs.iter().position(|(known, _)| *known == run);
        let at = known.unwrap_or(runs.len());
        if known.is_none() {
            runs.push((run, Vec::new()));
        }
        if last != Some(at) {
            if let Some(last) = last {
                runs[last].1.extend(between.iter().cloned());
            }
            if seq == 0 {
                between.clear();
            }
        }
        last = Some(at);
        runs[at].1.append(&mut between);
        insert(&mut runs[at].1, item, seq);
    }
    let mut runs: Vec<Vec<Item>> = runs.into_iter().map(|(_, items)| items).collect();
    if let Some(last) = last {
        let own = if closed(&runs[last]) {
            unread(&between)
        } else {
            None
        };
        let behind = own.map(|at| between.split_off(at));
        runs[last].append(&mut between);
        runs.extend(behind);
    } else {
        runs.push(between);
    }
    runs
}

/// Whether the closing event of a run has come.
#[must_use]
pub fn closed(run: &[Item]) -> bool {
    let is_done = |item: &Item| {
        matches!(
            item,
            Item::Event {
                event: Event::Done(_),
                ..
            }
        )
    };
    run.iter().any(is_done)
}

/// Puts an event where it belongs: the first of two copies may have been damaged.
fn insert(run: &mut Vec<Item>, event: Item, seq: u64) {
    let later = |item: &Item| matches!(item, Item::Event { seq: other, .. } if *other > seq);
    let at = run.iter().position(later).unwrap_or(run.len());
    run.insert(at, event);
}

/// Where a run begins of which nothing could be read.
fn unread(items: &[Item]) -> Option<usize> {
    let is = |item: &Item, meant: Meaning| match item {
        Item::Console(line) => meaning(line) == Some(meant),
        Item::Event { .. } | Item::Damaged(_) => false,
    };
    let boot = items.iter().rposition(|item| is(item, Meaning::Boot));
    let crashed = boot.filter(|at| {
        let crash = |item| is(item, Meaning::Crash) || is(item, Meaning::EndOfPanic);
        items[*at..].iter().any(crash)
    });
    let damaged = items
        .iter()
        .position(|item| matches!(item, Item::Damaged(_)));
    damaged.or(crashed)
}

#[cfg(test)]
mod tests {
    use super::runs;
    use crate::report::frame::{Item, Writer};
    use crate::report::record::{Case, Done, Event};

    /// The frames of a run of so many cases, with a closing one.
    fn run(run: u16, cases: u64) -> Vec<String> {
        let mut writer = Writer::new(run);
        let case = |case| {
            Event::Case(Case {
                case,
                ..Case::default()
            })
        };
        let mut all: Vec<String> = (0..cases).map(|at| writer.frame(&case(at))).collect();
        let done = Done {
            events: cases,
            cases,
            broken: None,
        };
        all.push(writer.frame(&Event::Done(done)));
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
        let (one, two) = (run(1, 2).concat(), run(2, 2).concat());
        assert_eq!(told("boot\n"), ["boot"]);
        assert_eq!(told(""), [""]);
        assert_eq!(told(&format!("boot\n{one}x\n")), ["0 1 2 x"]);
        assert_eq!(told(&format!("{one}x\n{two}y")), ["0 1 2 x", "0 1 2 y"]);
        // Without newlines, and with carriage returns alone.
        let both = format!("{one}{two}");
        assert_eq!(told(&both.replace('\n', "")), ["0 1 2", "0 1 2"]);
        assert_eq!(told(&both.replace('\n', "\r")), ["0 1 2", "0 1 2"]);
    }

    #[test]
    fn pieces_of_two_runs_are_not_taken_for_one() {
        let (one, two) = (run(1, 3), run(2, 3));
        let log = |parts: &[&[String]]| parts.concat().concat();
        assert_eq!(told(&log(&[&one[..2], &two[2..]])), ["0 1", "2 3"]);
        assert_eq!(told(&log(&[&one[..2], &two])), ["0 1", "0 1 2 3"]);
        assert_eq!(told(&log(&[&one, &two[..1]])), ["0 1 2 3", "0"]);
        // What is there of the first event of the second.
        let lost = format!("{}x\n{}", one.concat(), two[1..].concat());
        assert_eq!(told(&lost), ["0 1 2 3 x", "x 1 2 3"]);
    }

    #[test]
    fn what_cannot_be_read_behind_a_run_is_another() {
        let one = run(1, 1).concat();
        let other = one.replace("0001:", "");
        assert_eq!(
            told(&format!("{one}x\n{other}")),
            ["0 1 x", "damaged damaged"]
        );
        let boot = "Linux version 6.1";
        assert_eq!(told(&format!("{one}{boot}\n")), [format!("0 1 {boot}")]);
        let panic = "Kernel panic - not syncing: x";
        let died = format!("{one}x\n{boot}\n{panic}\n");
        assert_eq!(told(&died), ["0 1 x".to_owned(), format!("{boot} {panic}")]);
    }

    #[test]
    fn what_a_terminal_tells_twice_is_told_once() {
        let one = run(1, 3);
        let order = [0, 1, 0, 2, 1, 3, 2, 3];
        let echoed: Vec<String> = order.iter().map(|at| one[*at].clone()).collect();
        assert_eq!(told(&echoed.concat()), ["0 1 2 3"]);
        // The first of the two is damaged.
        let echoed = echoed.concat().replacen("000002", "000092", 1);
        assert_eq!(told(&echoed), ["0 1 damaged 2 3"]);
    }
}
