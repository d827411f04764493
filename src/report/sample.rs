//! A run to render: one scenario that passes, one whose second step fails in one
//! of two cases, one that is skipped.

use super::record::{Case, Detail, Done, Event, Hello, Kernel, Scenario, Step};
use super::{Ending, Report};
use crate::verdict::Verdict::{self, Fail, Pass, Skip};

/// The events of the run.
pub(crate) fn events() -> Vec<Event> {
    let hello = Hello {
        schema: 1,
        shmproof: "0.1.0".to_owned(),
        arch: "arm".to_owned(),
        kernel: Kernel {
            sysname: "Linux".to_owned(),
            release: "6.1.90-custom".to_owned(),
            version: "#1".to_owned(),
            machine: "armv7l".to_owned(),
        },
        page_size: 4096,
        cpus: 2,
        free_kib: 200_000,
        uid: 0,
        isolation: "the machine is ours".to_owned(),
        seed: 7,
        inject: None,
        scenarios: 3,
        cases: 4,
    };
    let step = |line, call: &str, text: &str| Step {
        line,
        actor: "owner".to_owned(),
        call: call.to_owned(),
        text: text.to_owned(),
    };
    let scenario = |name: &str, cases: &[&str]| Scenario {
        name: name.to_owned(),
        summary: "a claim".to_owned(),
        covers: vec!["GET-01".to_owned()],
        chance: false,
        numbers: vec![],
        cases: cases.iter().map(|row| (*row).to_owned()).collect(),
        steps: vec![
            step(
                7,
                "shmget",
                "shmget(key: IPC_PRIVATE, size: Each, as: \"s\")",
            ),
            step(9, "load/store", "store(map: \"m\", data: Text(\"<&>\"))"),
        ],
    };
    let case = |scenario, case, steps: [Verdict; 2]| Case {
        scenario,
        case,
        steps: steps.map(Some).to_vec(),
        us: 1500,
        ..Case::default()
    };
    let detail = Detail {
        step: 1,
        told: None,
        expected: "killed by SIGSEGV".to_owned(),
        observed: "completed".to_owned(),
        because: "SHM_RDONLY is enforced by the MMU.".to_owned(),
    };
    vec![
        Event::Hello(hello),
        Event::Scenario(scenario("good", &[""])),
        Event::Case(case(0, 0, [Pass; 2])),
        Event::Scenario(scenario("bad", &["size=Pages(1)", "size=Pages(2)"])),
        Event::Case(case(1, 0, [Pass; 2])),
        Event::Case(Case {
            details: vec![detail],
            ..case(1, 1, [Pass, Fail])
        }),
        Event::Scenario(scenario("rooted", &[""])),
        Event::Case(Case {
            skip: Some("needs root".to_owned()),
            ..case(2, 0, [Skip; 2])
        }),
        Event::Done(Done {
            events: 8,
            cases: 4,
            broken: None,
        }),
    ]
}

/// The report of the first `count` events.
pub(crate) fn report(count: usize, ending: Ending) -> Report {
    Report::new(
        events().into_iter().take(count).collect(),
        ending,
        "shmproof run",
    )
}
