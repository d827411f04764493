//! Where in its plan a run stands.

use crate::report::record::{Event, Scenario};

/// Where a run that said this much stands, in words that follow "in mid-run, ".
pub(super) fn place(events: &[Event]) -> String {
    if events.is_empty() {
        return "before its first event".to_owned();
    }
    let scenarios = events.iter().filter(|event| matches!(event, Event::Scenario(_))).count() as u64;
    let Some(scenario) = events.iter().rev().find_map(|event| if let Event::Scenario(s) = event { Some(s) } else { None })
    else {
        return "before its first scenario".to_owned();
    };
    let ended = |index: u64| {
        events.iter().any(|event| matches!(event, Event::Case(case) if case.scenario + 1 == scenarios && case.case == index))
    };
    match (0..scenario.cases.len() as u64).find(|index| !ended(*index)) {
        Some(index) => case(scenario, index),
        None => format!("after scenario `{}`", scenario.name),
    }
}

fn case(scenario: &Scenario, index: u64) -> String {
    let row = usize::try_from(index).ok().and_then(|index| scenario.cases.get(index)).map_or("", String::as_str);
    let row = if row.is_empty() { String::new() } else { format!(" ({row})") };
    format!("in scenario `{}`, case {} of {}{row}", scenario.name, index + 1, scenario.cases.len())
}
