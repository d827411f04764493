//! Where in its plan a run stands.

use crate::report::record::{Event, Scenario};

/// Where a run that said this much stands, in words that follow "crashed", "reset" or "hung".
pub(super) fn place(events: &[Event]) -> String {
    if events.is_empty() {
        return "before the first event".to_owned();
    }
    if matches!(events.last(), Some(Event::Done(_))) {
        return "behind the last event".to_owned();
    }
    let mut scenarios = events
        .iter()
        .enumerate()
        .filter_map(|(at, event)| match event {
            Event::Scenario(scenario) => Some((at, scenario)),
            Event::Hello(_) | Event::Step(_) | Event::Case(_) | Event::Done(_) => None,
        });
    let Some((at, scenario)) = scenarios.next_back() else {
        return "before the first scenario".to_owned();
    };
    let ended = |index: &u64| {
        let is_it = |event: &Event| matches!(event, Event::Case(case) if case.case == *index);
        events[at..].iter().any(is_it)
    };
    match (0..scenario.cases.len() as u64).find(|index| !ended(index)) {
        Some(index) => case(scenario, index),
        None => format!("after scenario `{}`", scenario.name),
    }
}

fn case(scenario: &Scenario, index: u64) -> String {
    let row = usize::try_from(index)
        .ok()
        .and_then(|index| scenario.cases.get(index));
    let row = row
        .filter(|row| !row.is_empty())
        .map_or(String::new(), |row| format!(" ({row})"));
    let count = scenario.cases.len();
    format!(
        "in scenario `{}`, case {} of {count}{row}",
        scenario.name,
        index + 1
    )
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::report::record::{Case, Event, Hello, Scenario};

    fn scenario(name: &str, rows: &[&str]) -> Event {
        let cases = rows.iter().map(|row| (*row).to_owned()).collect();
        Event::Scenario(Scenario {
            name: name.to_owned(),
            cases,
            ..Scenario::default()
        })
    }

    fn case(scenario: u64, case: u64) -> Event {
        Event::Case(Case {
            scenario,
            case,
            ..Case::default()
        })
    }

    #[test]
    fn the_case_in_progress_is_the_first_without_its_event() {
        let mut events = Vec::new();
        assert_eq!(place(&events), "before the first event");
        events.push(Event::Hello(Hello::default()));
        assert_eq!(place(&events), "before the first scenario");
        events.push(scenario("attach", &[""]));
        assert_eq!(place(&events), "in scenario `attach`, case 1 of 1");
        events.push(case(0, 0));
        assert_eq!(place(&events), "after scenario `attach`");
        events.push(scenario("limits", &["size: 0", "size: 1"]));
        assert_eq!(
            place(&events),
            "in scenario `limits`, case 1 of 2 (size: 0)"
        );
        events.push(case(1, 0));
        assert_eq!(
            place(&events),
            "in scenario `limits`, case 2 of 2 (size: 1)"
        );
    }
}
