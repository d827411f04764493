//! Kernel TAP version 1, Documentation/dev-tools/ktap.rst: scenario, case, step.

use super::record::{Case, CaseTotals};
use super::{Ending, Report, Told};
use crate::verdict::{Outcome, RunVerdict, Verdict};
use std::fmt::Write as _;

/// The whole run. Totals are worded as kselftest's `ksft_print_cnts` does.
pub(super) fn render(report: &Report) -> String {
    let planned = report
        .hello
        .as_ref()
        .map_or(0, |hello| hello.scenarios as usize);
    let planned = planned.max(report.scenarios.len());
    let mut out = String::from("KTAP version 1\n");
    if let Some(hello) = &report.hello {
        let kernel = &hello.kernel;
        let _ = writeln!(
            out,
            "# {} {} {}",
            kernel.sysname, kernel.release, kernel.machine
        );
    }
    let _ = writeln!(out, "1..{planned}");
    for (index, told) in report.scenarios.iter().enumerate() {
        scenario(&mut out, index + 1, told);
    }
    for index in report.scenarios.len()..planned {
        let _ = writeln!(
            out,
            "not ok {} scenario {} # ERROR never begun",
            index + 1,
            index + 1
        );
    }
    for splat in report.splats() {
        let _ = writeln!(out, "# kernel warning: {}", clean(splat));
    }
    let verdict = report.verdict();
    if verdict == RunVerdict::Warned {
        let _ = writeln!(out, "Bail out! the kernel printed warnings");
    }
    if report.ending != Ending::Complete {
        let _ = writeln!(out, "# {}", clean(&format!("{:?}", report.ending)));
        let _ = writeln!(out, "Bail out! exit code {}", verdict.exit_code());
    }
    let CaseTotals {
        pass,
        fail,
        skip,
        broken,
        missing,
    } = report.case_totals();
    let _ = writeln!(
        out,
        "# Totals: pass:{pass} fail:{fail} xfail:0 xpass:0 skip:{skip} error:{}",
        broken + missing
    );
    out
}

fn scenario(out: &mut String, number: usize, told: &Told) {
    let _ = writeln!(out, "  KTAP version 1\n  1..{}", told.cases.len());
    for (index, (row, slot)) in told.scenario.cases.iter().zip(&told.cases).enumerate() {
        let row = if row.is_empty() { "case" } else { row };
        if let Some(case) = slot
            && case.skip.is_none()
        {
            steps(out, told, case);
        }
        line(
            out,
            "  ",
            index + 1,
            row,
            told.outcome(slot.as_ref()),
            slot.as_ref(),
        );
    }
    // A failure of the kernel is told before one of ours.
    let worst = told.outcomes().max_by_key(|outcome| match outcome {
        Outcome::Skip => 0,
        Outcome::Pass => 1,
        Outcome::Missing => 2,
        Outcome::Broken => 3,
        Outcome::Fail => 4,
    });
    let worst = worst.unwrap_or(Outcome::Skip);
    let skipped = told.cases.first().and_then(Option::as_ref);
    line(out, "", number, &told.scenario.name, worst, skipped);
}

fn line(
    out: &mut String,
    indent: &str,
    number: usize,
    name: &str,
    outcome: Outcome,
    case: Option<&Case>,
) {
    let name = clean(name);
    let why = |text: Option<&String>| clean(text.map_or("", String::as_str));
    let _ = match outcome {
        Outcome::Pass => writeln!(out, "{indent}ok {number} {name}"),
        Outcome::Fail => {
            if let Some(leak) = case.and_then(|case| case.leak.as_ref()) {
                let _ = writeln!(out, "{indent}# left behind: {}", clean(leak));
            }
            writeln!(out, "{indent}not ok {number} {name}")
        }
        Outcome::Skip => {
            let why = why(case.and_then(|case| case.skip.as_ref()));
            writeln!(out, "{indent}ok {number} {name} # SKIP {why}")
        }
        Outcome::Broken => {
            let why = why(case.and_then(|case| case.broken.as_ref()));
            writeln!(out, "{indent}not ok {number} {name} # ERROR {why}")
        }
        Outcome::Missing => writeln!(out, "{indent}not ok {number} {name} # ERROR not heard of"),
    };
}

fn steps(out: &mut String, told: &Told, case: &Case) {
    let count = told.steps(case).count();
    let _ = writeln!(out, "    KTAP version 1\n    1..{count}");
    for (at, (index, step, verdict)) in told.steps(case).enumerate() {
        let number = at + 1;
        let (line, actor, call) = (step.line, &step.actor, told.call(Some(case), index));
        // The lines of a list stand for several steps.
        let name = format!("step {number} line {line} {actor} {call}").replace('/', "_");
        for detail in case
            .details
            .iter()
            .filter(|detail| detail.step as usize == index)
        {
            let _ = writeln!(out, "    # {}", clean(told.text(case, index)));
            let _ = writeln!(out, "    # expected {}", clean(&detail.expected));
            let _ = writeln!(out, "    # observed {}", clean(&detail.observed));
        }
        let _ = match verdict {
            Verdict::Pass => writeln!(out, "    ok {number} {name}"),
            Verdict::Fail => writeln!(out, "    not ok {number} {name}"),
            Verdict::Skip => writeln!(out, "    ok {number} {name} # SKIP"),
            Verdict::Blocked => writeln!(
                out,
                "    not ok {number} {name} # SKIP blocked by an earlier step"
            ),
            Verdict::Broken => writeln!(out, "    not ok {number} {name} # ERROR"),
        };
    }
}

/// A description may not hold `#`, nor a newline.
fn clean(text: &str) -> String {
    text.replace(['#', '\n', '\r'], " ")
}
