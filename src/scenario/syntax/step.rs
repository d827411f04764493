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

use super::args::{Args, Argument, Call, CallVisitor, Form};
use crate::scenario::text::{Read, Text, Wrong};
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
    read: fn(&str, &Args<'_>, &mut Vec<Wrong>) -> Option<Step>,
}

macro_rules! family {
    ($family:ident) => {
        Family {
            forms: $family::FORMS,
            read: |word, args, wrong| $family::read(word, args, wrong).map(Step::$family),
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

/// The words of all families, in their order.
const NAMES: [&str; COUNT] = {
    let mut all = [""; COUNT];
    let (mut family, mut form, mut at) = (0, 0, 0);
    while at < COUNT {
        if form == FAMILIES[family].forms.len() {
            (family, form) = (family + 1, 0);
        }
        all[at] = FAMILIES[family].forms[form].name;
        (form, at) = (form + 1, at + 1);
    }
    all
};

/// A step, and where its arguments stand.
#[derive(Clone)]
pub(in crate::scenario) struct Placed {
    pub(in crate::scenario) step: Step,
    pub(in crate::scenario) arguments: Vec<Argument>,
}

impl Read for Placed {
    fn read(text: Text<'_>, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let OneStep(call) = text.take(wrong)?;
        let form_of = |family: &Family| family.forms.iter().find(|form| form.name == call.word);
        let forms = FAMILIES.iter().map(|family| (family, form_of(family)));
        let (family, form) = forms
            .into_iter()
            .find_map(|(family, form)| Some((family, form?)))?;
        let args = Args::new(form, text, call.word, call.pairs, wrong);
        let step = (family.read)(form.name, &args, wrong)?;
        let arguments = args.places();
        Some(Self { step, arguments })
    }
}

/// A step of which the word is known, but no argument.
struct OneStep<'t>(Call<'t>);

impl<'t> Deserialize<'t> for OneStep<'t> {
    fn deserialize<D: Deserializer<'t>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_enum("step", &NAMES, CallVisitor(&NAMES))
            .map(Self)
    }
}
