//! JUnit XML in the form that Jenkins and GitLab read: a test suite a scenario, a
//! test case a step.
//!
//! A failure is wrong behaviour of the kernel, an error is a crash, a loss or a
//! failure of ours. GitLab shows element content and ignores the `message`
//! attribute, Jenkins the other way round, so both have it; and it takes the
//! first of two test cases of one name, so names tell row, step and line.

use super::record::Case;
use super::{Ending, Report, Told};
use crate::verdict::Verdict;
use std::fmt::Write as _;

pub(super) fn render(report: &Report) -> String {
    let mut suites = String::new();
    let mut all = Counts::default();
    for told in &report.scenarios {
        let (xml, counts) = suite(report, told);
        suites.push_str(&xml);
        all.add(&counts);
    }
    let whole = report.ending == Ending::Complete && report.case_totals().missing == 0;
    if !whole || !report.splats().is_empty() {
        suites.push_str(&run(report));
        all.add(&Counts {
            tests: 1,
            errors: 1,
            ..Counts::default()
        });
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shmproof\"{}>\n{suites}</testsuites>\n",
        all.attributes()
    )
}

#[derive(Default)]
struct Counts {
    tests: u64,
    skipped: u64,
    failures: u64,
    errors: u64,
    us: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.skipped += other.skipped;
        self.failures += other.failures;
        self.errors += other.errors;
        self.us += other.us;
    }

    fn attributes(&self) -> String {
        let Self {
            tests,
            skipped,
            failures,
            errors,
            us,
        } = self;
        format!(
            " tests=\"{tests}\" skipped=\"{skipped}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{}\"",
            seconds(*us)
        )
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// The run itself, as a test case that failed.
fn run(report: &Report) -> String {
    let splat = || report.splats().first().map(String::as_str);
    let why = report.ending.why().or_else(splat);
    let why = why.unwrap_or("cases are missing");
    let tail = report
        .host
        .as_ref()
        .map(|host| host.console_tail.join("\n"))
        .unwrap_or_default();
    let (why, tail) = (escape(why), escape(&tail));
    format!(
        "  <testsuite name=\"run\" tests=\"1\" skipped=\"0\" failures=\"0\" errors=\"1\" time=\"0\">\n    \
         <testcase classname=\"shmproof\" name=\"run\" time=\"0\">\n      \
         <error message=\"{why}\" type=\"run\">{why}</error>\n      \
         <system-out>{tail}</system-out>\n    </testcase>\n  </testsuite>\n"
    )
}

fn suite(report: &Report, told: &Told) -> (String, Counts) {
    let mut body = String::new();
    let mut counts = Counts::default();
    for (row, slot) in told.scenario.cases.iter().zip(&told.cases) {
        match slot {
            Some(case) => case_xml(&mut body, &mut counts, told, row, case),
            None => missing(&mut body, &mut counts, told, row),
        }
    }
    let mut out = format!(
        "  <testsuite name=\"{}\"{}>\n",
        escape(&told.scenario.name),
        counts.attributes()
    );
    if let Some(hello) = &report.hello {
        let kernel = &hello.kernel;
        let _ = writeln!(out, "    <properties>");
        for (name, value) in [
            ("kernel", &kernel.release),
            ("machine", &kernel.machine),
            ("firmware", &hello.arch),
        ] {
            let _ = writeln!(
                out,
                "      <property name=\"{name}\" value=\"{}\"/>",
                escape(value)
            );
        }
        let _ = writeln!(out, "    </properties>");
    }
    out.push_str(&body);
    out.push_str("  </testsuite>\n");
    (out, counts)
}

fn missing(out: &mut String, counts: &mut Counts, told: &Told, row: &str) {
    counts.tests += 1;
    counts.errors += 1;
    let row = if row.is_empty() { "case" } else { row };
    let element = "<error message=\"not heard of\" type=\"lost\">not heard of</error>";
    testcase(out, told, row, "", "0", element);
}

fn case_xml(out: &mut String, counts: &mut Counts, told: &Told, row: &str, case: &Case) {
    counts.us += case.us;
    let note = [
        (&case.leak, "left behind", "failure"),
        (&case.broken, "broken", "error"),
    ];
    for (why, what, element) in note {
        let Some(why) = why else { continue };
        counts.tests += 1;
        *if element == "error" {
            &mut counts.errors
        } else {
            &mut counts.failures
        } += 1;
        let why = escape(why);
        let element = format!("<{element} message=\"{why}\" type=\"{what}\">{why}</{element}>");
        testcase(out, told, &format!("{row} {what}"), "", "0", &element);
    }
    // The steps share the time of their case.
    let each = seconds(case.us / told.steps(case).count().max(1) as u64);
    for (at, (index, step, verdict)) in told.steps(case).enumerate() {
        counts.tests += 1;
        let element = match verdict {
            Verdict::Pass => String::new(),
            Verdict::Fail => {
                counts.failures += 1;
                failure(told, case, index)
            }
            Verdict::Skip | Verdict::Blocked => {
                counts.skipped += 1;
                let why = case
                    .skip
                    .as_deref()
                    .unwrap_or("blocked by a step that failed");
                format!("<skipped message=\"{0}\">{0}</skipped>", escape(why))
            }
            Verdict::Broken => {
                counts.errors += 1;
                "<error message=\"broken\" type=\"broken\">broken</error>".to_owned()
            }
        };
        let call = told.call(Some(case), index);
        let name = format!("{row} step {} line {} {call}", at + 1, step.line);
        testcase(
            out,
            told,
            &name,
            &format!(" line=\"{}\"", step.line),
            &each,
            &element,
        );
    }
}

fn testcase(out: &mut String, told: &Told, name: &str, line: &str, time: &str, element: &str) {
    let scenario = escape(&told.scenario.name);
    let name = escape(name.trim());
    let _ = write!(
        out,
        "    <testcase classname=\"shmproof.{scenario}\" name=\"{name}\" file=\"scenarios/{scenario}.ron\"{line} time=\"{time}\""
    );
    let _ = if element.is_empty() {
        writeln!(out, "/>")
    } else {
        writeln!(out, ">\n      {element}\n    </testcase>")
    };
}

fn failure(told: &Told, case: &Case, index: usize) -> String {
    let detail = case
        .details
        .iter()
        .find(|detail| detail.step as usize == index);
    let (expected, observed, because) = detail.map_or(("?", "?", ""), |one| {
        (&*one.expected, &*one.observed, &*one.because)
    });
    let text = told.text(case, index);
    let message = escape(&format!("expected {expected}, observed {observed}"));
    let body = escape(&format!(
        "{text}\nexpected {expected}\nobserved {observed}\n{because}"
    ));
    format!("<failure message=\"{message}\" type=\"mismatch\">{body}</failure>")
}

/// Text as XML 1.0 takes it: no control characters, no markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
