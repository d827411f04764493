//! The events of a run, put together: its scenarios, and what came of their cases.

use super::Ending;
use super::record::{Case, CaseTotals, Done, Event, Hello, Host, Scenario, Step};
use crate::verdict::{Outcome, RunVerdict, Verdict};

/// Everything that is known of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The target, if it said anything.
    pub hello: Option<Hello>,
    /// The scenarios that were begun.
    pub scenarios: Vec<Told>,
    /// The closing event, if it came.
    pub done: Option<Done>,
    /// How the run came to its end.
    pub ending: Ending,
    /// What booted the target, if we did.
    pub host: Option<Host>,
    /// The command that runs a scenario again, up to its name.
    pub rerun: String,
}

/// A scenario and what came of its cases.
#[derive(Clone, Debug)]
pub struct Told {
    /// As the target told it.
    pub scenario: Scenario,
    /// By the index of [`Scenario::cases`]; `None` where nothing was heard.
    pub cases: Vec<Option<Case>>,
}

impl Report {
    /// Puts the events of a run together.
    #[must_use]
    pub fn new(events: Vec<Event>, ending: Ending, rerun: &str) -> Self {
        let mut report = Self {
            hello: None,
            scenarios: Vec::new(),
            done: None,
            ending,
            host: None,
            rerun: rerun.to_owned(),
        };
        for event in events {
            report.absorb(event);
        }
        // The target itself may say that it did not come to its end.
        if let (
            Some(Done {
                broken: Some(why), ..
            }),
            Ending::Complete,
        ) = (&report.done, &report.ending)
        {
            report.ending = Ending::Broken(why.clone());
        }
        report
    }

    fn absorb(&mut self, event: Event) {
        match event {
            Event::Hello(hello) => self.hello = Some(hello),
            Event::Scenario(scenario) => {
                let cases = vec![None; scenario.cases.len()];
                self.scenarios.push(Told { scenario, cases });
            }
            Event::Case(case) => {
                // A case of a scenario that was never told can only be counted as missing.
                let told = self.scenarios.get_mut(case.scenario as usize);
                if let Some(slot) = told.and_then(|told| told.cases.get_mut(case.case as usize)) {
                    *slot = Some(case);
                }
            }
            // For those who watched; the case says it all once more.
            Event::Step(_) => {}
            Event::Done(done) => self.done = Some(done),
        }
    }

    /// Every case that was announced: its scenario, its row, and what came of it.
    pub fn cases(&self) -> impl Iterator<Item = (&Told, &str, Option<&Case>)> {
        self.scenarios.iter().flat_map(|told| {
            let rows = told.scenario.cases.iter().map(String::as_str);
            rows.zip(&told.cases)
                .map(move |(row, case)| (told, row, case.as_ref()))
        })
    }

    /// Warnings of the kernel that were not declared harmless.
    #[must_use]
    pub fn splats(&self) -> &[String] {
        self.host
            .as_ref()
            .map_or(&[], |host| host.splats.as_slice())
    }

    /// The one reason for which every case was skipped, where there is more than one case: nothing
    /// can be tested here, and there is no more to say.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        let mut reasons = self
            .cases()
            .map(|(_, _, case)| case.and_then(|case| case.skip.as_deref()));
        let first = reasons.next()??;
        let mut others = 0;
        let alike = reasons.all(|reason| {
            others += 1;
            reason == Some(first)
        });
        (alike && others > 0).then_some(first)
    }

    /// How many cases came to what.
    #[must_use]
    pub fn case_totals(&self) -> CaseTotals {
        let mut totals = CaseTotals {
            missing: self.untold(),
            ..CaseTotals::default()
        };
        for (told, _, case) in self.cases() {
            *totals.of(told.outcome(case)) += 1;
        }
        totals
    }

    /// Cases of scenarios that were never begun.
    fn untold(&self) -> usize {
        let planned = self.hello.as_ref().map_or(0, |hello| hello.cases as usize);
        planned.saturating_sub(self.cases().count())
    }

    /// What it came to.
    #[must_use]
    pub fn verdict(&self) -> RunVerdict {
        let cases = self.case_totals();
        let warned = !self.splats().is_empty();
        match &self.ending {
            Ending::Interrupted(_) => RunVerdict::Interrupted,
            Ending::Hung(_) => RunVerdict::Hung,
            Ending::Crashed(_) => RunVerdict::Crashed,
            Ending::Lost(_) => RunVerdict::Lost,
            Ending::NotStarted(_) => RunVerdict::NotStarted,
            // A kernel that complains may have broken us.
            Ending::Broken(_) if warned => RunVerdict::Crashed,
            Ending::Complete if warned => RunVerdict::Warned,
            Ending::Complete | Ending::Broken(_) if cases.fail > 0 => RunVerdict::Fail,
            Ending::Broken(_) => RunVerdict::Broken,
            Ending::Complete if cases.broken > 0 => RunVerdict::Broken,
            Ending::Complete if cases.missing > 0 => RunVerdict::Lost,
            Ending::Complete if cases.pass == 0 => RunVerdict::NothingRan,
            Ending::Complete => RunVerdict::Pass,
        }
    }
}

impl Told {
    /// What a case of this scenario came to. A record that does not say so of every step
    /// is no pass.
    #[must_use]
    pub fn outcome(&self, case: Option<&Case>) -> Outcome {
        let Some(case) = case else {
            return Outcome::Missing;
        };
        let whole = case.steps.len() == self.scenario.steps.len();
        if case.skip.is_some() {
            return Outcome::Skip;
        }
        if case.broken.is_some() || !whole {
            return Outcome::Broken;
        }
        match case.steps.iter().flatten().max() {
            Some(Verdict::Broken) => Outcome::Broken,
            Some(Verdict::Fail | Verdict::Blocked) => Outcome::Fail,
            Some(Verdict::Pass | Verdict::Skip) | None if case.leak.is_some() => Outcome::Fail,
            Some(Verdict::Pass) => Outcome::Pass,
            Some(Verdict::Skip) | None => Outcome::Broken,
        }
    }

    /// What the cases came to.
    pub fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.cases.iter().map(|case| self.outcome(case.as_ref()))
    }

    /// How a case is asked for: the scenario's name, and its number where there are several.
    #[must_use]
    pub fn case_name(&self, case: usize) -> String {
        let scenario = &self.scenario;
        match scenario.numbers.get(case) {
            Some(number) => format!("{}/{number}", scenario.name),
            None if scenario.cases.len() > 1 => format!("{}/{}", scenario.name, case + 1),
            None => scenario.name.clone(),
        }
    }

    /// The number of a case in its scenario, from 1.
    #[must_use]
    pub fn case_number(&self, case: usize) -> u64 {
        let own = self.scenario.numbers.get(case).copied();
        own.unwrap_or(case as u64 + 1)
    }

    /// The row of the table in which a step of a case counts.
    #[must_use]
    pub fn call<'t>(&'t self, case: Option<&'t Case>, step: usize) -> &'t str {
        let own = case.and_then(|case| case.calls.iter().find(|(at, _)| *at == step as u64));
        match own {
            Some((_, call)) => call,
            None => self.scenario.steps.get(step).map_or("?", |step| &step.call),
        }
    }

    /// A step in words: as the case has it, if that is known.
    #[must_use]
    pub fn text<'t>(&'t self, case: &'t Case, step: usize) -> &'t str {
        let detail = case.details.iter().find(|one| one.step == step as u64);
        match detail.and_then(|one| one.told.as_deref()) {
            Some(told) => told,
            None => self.scenario.steps.get(step).map_or("?", |step| &step.text),
        }
    }

    /// The steps of a case: the index of each in [`Scenario::steps`], and its verdict. One that
    /// nothing is said of is broken.
    pub fn steps<'t>(&'t self, case: &'t Case) -> impl Iterator<Item = (usize, &'t Step, Verdict)> {
        let said = case.steps.iter().copied();
        let verdicts = said.chain(std::iter::repeat(Some(Verdict::Broken)));
        let steps = self.scenario.steps.iter().enumerate().zip(verdicts);
        steps.filter_map(|((index, step), verdict)| Some((index, step, verdict?)))
    }
}
