//! The report for machines: [`Document`] as JSON.

use super::record::{Case, CaseDocument, Document, SCHEMA, ScenarioDocument, StepDocument};
use super::{Report, Told, totals};
use std::borrow::Cow;

pub(super) fn render(report: &Report) -> String {
    let json = serde_json::to_string_pretty(&document(report));
    json.expect("a document is made of strings, numbers and lists") + "\n"
}

fn document(report: &Report) -> Document<'_> {
    let verdict = report.verdict();
    Document {
        schema: SCHEMA,
        verdict,
        exit_code: verdict.exit_code(),
        ending: report.ending.why().map(Cow::from),
        target: report.hello.as_ref().map(Cow::Borrowed),
        host: report.host.as_ref().map(Cow::Borrowed),
        totals: totals(report),
        cases: report.case_totals(),
        scenarios: report.scenarios.iter().map(scenario).collect(),
    }
}

fn scenario(told: &Told) -> ScenarioDocument<'_> {
    let rows = told.scenario.cases.iter().zip(&told.cases).enumerate();
    ScenarioDocument {
        name: (&told.scenario.name).into(),
        summary: (&told.scenario.summary).into(),
        cases: rows
            .map(|(index, (row, case))| CaseDocument {
                number: told.case_number(index),
                ..case_document(told, row, case.as_ref())
            })
            .collect(),
    }
}

fn case_document<'r>(told: &'r Told, row: &'r str, case: Option<&'r Case>) -> CaseDocument<'r> {
    let outcome = told.outcome(case);
    let Some(case) = case else {
        return CaseDocument {
            number: 0,
            row: row.into(),
            outcome,
            us: 0,
            why: None,
            steps: Vec::new(),
        };
    };
    let why = [&case.skip, &case.broken, &case.leak]
        .into_iter()
        .find_map(|why| why.as_deref());
    let steps = told.steps(case).map(|(index, step, verdict)| {
        let detail = case
            .details
            .iter()
            .find(|detail| detail.step as usize == index);
        StepDocument {
            line: step.line,
            actor: (&step.actor).into(),
            call: told.call(Some(case), index).into(),
            text: told.text(case, index).into(),
            verdict,
            expected: detail.map(|detail| Cow::from(&detail.expected)),
            observed: detail.map(|detail| Cow::from(&detail.observed)),
        }
    });
    CaseDocument {
        number: 0,
        row: row.into(),
        outcome,
        us: case.us,
        why: why.map(Cow::from),
        steps: steps.collect(),
    }
}
