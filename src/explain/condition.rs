//! Properties of the target, as the end of a sentence.

use super::words::{count, list};
use crate::scenario::{Condition, Requirement};

/// What must be so: behind "where" or "that".
pub(super) fn condition(one: &Condition) -> String {
    match one {
        Condition::Since(major, minor) => format!("Linux is {major}.{minor} or later"),
        Condition::Before(major, minor) => format!("Linux is before {major}.{minor}"),
        Condition::Arch(all) => {
            let all: Vec<_> = all.iter().map(|arch| arch.name()).collect();
            format!("the ABI of the firmware is {}", list(&all, "or"))
        }
        Condition::Native => "the kernel has as many bits as the firmware".to_owned(),
        Condition::Compat => "a 64-bit kernel serves a 32-bit firmware".to_owned(),
        Condition::Root => "the run has user id 0 and may become others".to_owned(),
        Condition::Config(option) => format!("{option} is seen to work"),
        Condition::PageSize(size) => format!("pages have {size} bytes"),
        Condition::IndexBits(bits) => format!("a shmid has {bits} bits of index"),
        Condition::All(all) => list(&all.iter().map(grouped).collect::<Vec<_>>(), "and"),
        Condition::Any(all) => list(&all.iter().map(grouped).collect::<Vec<_>>(), "or"),
        Condition::Not(one) => format!("it is not so that {}", grouped(one)),
    }
}

/// With brackets around what would otherwise read in two ways.
fn grouped(one: &Condition) -> String {
    match one {
        Condition::All(all) | Condition::Any(all) if all.len() > 1 => {
            format!("({})", condition(one))
        }
        _ => condition(one),
    }
}

/// What the target must have: behind "It needs".
pub(super) fn requirement(need: &Requirement) -> String {
    match need {
        Requirement::Root => "user id 0 that may become others".to_owned(),
        Requirement::Capability(one) => format!("the capability {one}"),
        Requirement::Condition(one) => format!("that {}", condition(one)),
        Requirement::Memory(size) => format!("{size} of free memory"),
        Requirement::Cpus(cpus) => count(*cpus, "CPU"),
        Requirement::MapFiles => "that the files behind its mappings can be opened".to_owned(),
        Requirement::Nodes(nodes) => count(*nodes, "memory node"),
        Requirement::Swap(size) => format!("{size} of free swap"),
        Requirement::Proc => "/proc".to_owned(),
        Requirement::OwnMachine => "the machine for itself as PID 1".to_owned(),
        Requirement::OwnNamespace => "an IPC namespace of its own".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition as C, condition};
    use crate::abi::Arch;

    #[test]
    fn brackets_stand_where_and_meets_or() {
        let any = C::Any(vec![C::Before(5, 4), C::Compat]);
        let all = C::All(vec![any.clone(), C::Not(Box::new(C::PageSize(4096)))]);
        assert_eq!(
            condition(&all),
            "(Linux is before 5.4 or a 64-bit kernel serves a 32-bit firmware) and it is not so \
             that pages have 4096 bytes"
        );
        assert_eq!(condition(&C::Any(vec![C::Native])), condition(&C::Native));
        assert_eq!(
            condition(&C::Arch(vec![Arch::Arm, Arch::X86])),
            "the ABI of the firmware is arm or x86"
        );
    }
}
