//! What the kernel must do, as the end of a sentence.

use super::condition::condition;
use super::flags::octal;
use super::names::{Names, fill};
use super::steps::success;
use super::words::list;
use crate::abi::{Death, Field, Policy};
use crate::scenario::{Act, Expect, Fill, Is, Memory, Proc, Relation};

impl Names<'_> {
    /// What it must do about an act: behind "the kernel must".
    pub(super) fn must(self, act: &Act, expect: &Expect) -> String {
        match expect {
            Expect::Ok => success(act),
            Expect::Err(errno) => format!("refuse with {errno}"),
            Expect::OneOf(all) => self.one_of(act, all),
            Expect::Depends(on, otherwise) => {
                let mut words = String::new();
                for branch in on {
                    words.push_str(&format!(
                        "{} where {} [{}], ",
                        self.grouped(act, &branch.expect),
                        condition(&branch.when),
                        branch.because
                    ));
                }
                format!("{words}and otherwise {}", self.grouped(act, otherwise))
            }
            Expect::Fields(fields) => self.fields(act, fields),
            Expect::Absent => absent(act),
            Expect::Bytes(data) => match data {
                Fill::Zeros => "show nothing but zeros".to_owned(),
                Fill::Text(_) | Fill::Pattern(_) | Fill::Code(_) => format!("show {}", fill(data)),
            },
            Expect::Killed(death) => kill(*death),
            Expect::Count(fewest, most) => format!("let {} succeed", times(*fewest, *most)),
        }
    }

    /// One of these; errors are told in one breath.
    fn one_of(self, act: &Act, all: &[Expect]) -> String {
        let (mut ways, mut errors) = (Vec::new(), Vec::new());
        for one in all {
            match one {
                Expect::Err(errno) => errors.push(errno.to_string()),
                other => ways.push(self.must(act, other)),
            }
        }
        if !errors.is_empty() {
            ways.push(format!("refuse with {}", list(&errors, "or")));
        }
        match ways.len() {
            1 => ways.remove(0),
            _ => format!("either {}", list(&ways, "or")),
        }
    }

    /// With brackets around what has alternatives of its own.
    fn grouped(self, act: &Act, expect: &Expect) -> String {
        match expect {
            Expect::Depends(..) => format!("({})", self.must(act, expect)),
            _ => self.must(act, expect),
        }
    }

    fn fields(self, act: &Act, fields: &[(Field, Is)]) -> String {
        let words = |wanted: &dyn Fn(Field) -> bool, verb: &str| -> Vec<String> {
            fields
                .iter()
                .filter(|(field, _)| wanted(*field))
                .map(|(field, is)| {
                    let is = self.is(*field, is);
                    match field {
                        Field::Returned => format!("{verb} {is}"),
                        Field::Value => format!("the number is {is}"),
                        _ => format!("{} is {is}", field.name()),
                    }
                })
                .collect()
        };
        let verb = match act {
            Act::Memory(Memory::Execute(_)) => "let the code return",
            Act::Memory(Memory::Peek(..)) => "show",
            _ => "return",
        };
        let mut parts = words(&|field| field == Field::Returned, verb);
        let told = words(&|field| field != Field::Returned, "");
        if !told.is_empty() {
            parts.push(format!("say that {}", list(&told, "and")));
        }
        list(&parts, "and")
    }

    /// What a number must be: behind "is".
    fn is(self, field: Field, is: &Is) -> String {
        match is {
            Is::Number(number) => shown(field, *number),
            Is::Size(size) => size.to_string(),
            Is::AtLeast(least) => format!("at least {least}"),
            Is::AtMost(most) => format!("at most {most}"),
            Is::Not(not) => format!("anything but {not}"),
            Is::To(relation) => self.relation(field, *relation),
        }
    }

    fn relation(self, field: Field, relation: Relation) -> String {
        match relation {
            Relation::PidOf(actor) => format!("the pid of {}", self.actor(actor)),
            Relation::IdOf(object) => format!("the shmid of {}", self.object(object)),
            Relation::IndexOf(object) => format!("the index of {}", self.object(object)),
            Relation::KeyOf(key) => self.key(key).replace("the key ", ""),
            Relation::Mine => {
                let kind = match field {
                    Field::Gid | Field::Cgid => "group",
                    _ => "user",
                };
                format!("the actor's own effective {kind} id")
            }
            Relation::Now => "a time since the case began".to_owned(),
            Relation::Same(label, 0) => format!("as it was in {}", self.label(label)),
            Relation::Same(label, more @ 1..) => {
                format!("{more} more than in {}", self.label(label))
            }
            Relation::Same(label, less) => {
                format!("{} less than in {}", less.unsigned_abs(), self.label(label))
            }
            Relation::Near(label, 0, within) => {
                format!("as it was in {}, give or take {within}", self.label(label))
            }
            Relation::Near(label, more, within) => {
                format!(
                    "{more} more than in {}, give or take {within}",
                    self.label(label)
                )
            }
            Relation::After(label) => format!("more than in {}", self.label(label)),
        }
    }
}

/// What is not there.
fn absent(act: &Act) -> String {
    match act {
        Act::Proc(Proc::Line(..)) => "have no such line",
        Act::Memory(Memory::Peek(..)) => "have nothing there",
        _ => "have no such row",
    }
    .to_owned()
}

fn kill(death: Death) -> String {
    match death.code() {
        None => format!("kill the process by {death}"),
        Some(_) => format!("kill the process by {} with {death}", death.signal()),
    }
}

/// How many of a group.
pub(super) fn times(fewest: u32, most: u32) -> String {
    if fewest == most {
        format!("exactly {fewest}")
    } else if most == u32::MAX {
        format!("at least {fewest}")
    } else if fewest == 0 {
        format!("at most {most}")
    } else {
        format!("{fewest} to {most}")
    }
}

/// A number as its field is usually written.
fn shown(field: Field, number: u64) -> String {
    const DEST: u64 = 0o1000;
    const LOCKED: u64 = 0o2000;
    match field {
        Field::Mode => {
            let mut words = vec![octal(number & !(DEST | LOCKED))];
            for (bit, name) in [(DEST, "SHM_DEST"), (LOCKED, "SHM_LOCKED")] {
                if number & bit != 0 {
                    words.push(name.to_owned());
                }
            }
            words.join(" + ")
        }
        Field::Key if number == 0 => "IPC_PRIVATE".to_owned(),
        Field::Policy => Policy(number as i32).to_string(),
        Field::Perms => {
            let letters = number.to_le_bytes();
            String::from_utf8_lossy(&letters[..4]).into_owned()
        }
        _ => (number as i64).to_string(),
    }
}
