//! The steps by their words, in families. A scenario does not name the family.

mod clock;
mod credentials;
mod ipc;
mod mapping;
mod memory;
mod namespace;
mod proc;
mod process;

pub(in crate::scenario) use clock::Clock;
pub(in crate::scenario) use credentials::Credentials;
pub(in crate::scenario) use ipc::Ipc;
pub(in crate::scenario) use mapping::Mapping;
pub(in crate::scenario) use memory::Memory;
pub(in crate::scenario) use namespace::Namespace;
pub(in crate::scenario) use proc::Proc;
pub(in crate::scenario) use process::Process;

use super::args::{Args, Form, FormVisitor, all};
use serde::{Deserialize, Deserializer};

#[derive(Clone)]
pub(in crate::scenario) enum Step {
    Ipc(Ipc),
    Memory(Memory),
    Process(Process),
    Credentials(Credentials),
    Mapping(Mapping),
    Namespace(Namespace),
    Proc(Proc),
    Clock(Clock),
}

/// The forms of a family, and what reads the arguments of one, by its word.
#[derive(Clone, Copy)]
struct Family {
    forms: &'static [Form],
    read: fn(&str, &Args<'_>, &mut Vec<String>) -> Option<Step>,
}

macro_rules! family {
    ($family:ident) => {
        Family {
            forms: $family::FORMS,
            read: |word, args, problems| $family::read(word, args, problems).map(Step::$family),
        }
    };
}

const FAMILIES: [Family; 8] = [
    family!(Ipc),
    family!(Memory),
    family!(Process),
    family!(Credentials),
    family!(Mapping),
    family!(Namespace),
    family!(Proc),
    family!(Clock),
];

/// How many steps there are.
const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].forms.len();
        family += 1;
    }
    count
};

/// The forms of all families, in their order.
const FORMS: [Form; COUNT] = {
    let mut all = [FAMILIES[0].forms[0]; COUNT];
    let (mut family, mut form, mut at) = (0, 0, 0);
    while at < COUNT {
        if form == FAMILIES[family].forms.len() {
            (family, form) = (family + 1, 0);
        }
        all[at] = FAMILIES[family].forms[form];
        (form, at) = (form + 1, at + 1);
    }
    all
};

const NAMES: [&str; COUNT] = {
    let (mut all, mut at) = ([""; COUNT], 0);
    while at < COUNT {
        all[at] = FORMS[at].name;
        at += 1;
    }
    all
};

impl Step {
    fn from_args(form: usize, args: &Args<'_>, problems: &mut Vec<String>) -> Option<Self> {
        let word = FORMS[form].name;
        let has = |family: &&Family| family.forms.iter().any(|form| form.name == word);
        let family = FAMILIES.iter().find(has)?;
        (family.read)(word, args, problems)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let visitor = FormVisitor {
            forms: &FORMS,
            names: &NAMES,
        };
        let (form, args) = from.deserialize_enum("step", &NAMES, visitor)?;
        let mut problems = args.problems.clone();
        let step = Self::from_args(form, &args, &mut problems);
        step.filter(|_| problems.is_empty())
            .ok_or_else(|| all(&problems))
    }
}
