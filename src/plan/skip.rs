//! Why a case cannot be run here, or would prove nothing.

use super::{Call, Facts, Memory, Step};
use crate::scenario::{
    self, Act, Command, Condition, Entry, Expect, Fill, Ipc, Play, Proc, Requirement,
};

/// Left for the kernel and everybody else when a case asks for memory.
const RESERVE: u64 = 4 << 20;

/// Room that a process of the cast takes: page tables, stack, kernel structures.
const PROCESS: u64 = 192 << 10;

/// Why this case cannot be run here, one of whose sizes or addresses may be a misfit.
pub(super) fn skip(play: &Play, facts: &Facts, misfit: Option<&str>) -> Option<String> {
    if let Some(why) = &facts.refused {
        return Some(why.clone());
    }
    if !facts.sysvipc {
        let why = "needs System V IPC; the kernel answers ENOSYS: CONFIG_SYSVIPC is not set";
        return Some(why.to_owned());
    }
    play.requires
        .iter()
        .find_map(|need| unmet(need, facts))
        .or_else(|| incapable(play, facts))
        .or_else(|| {
            play.steps
                .iter()
                .find_map(|step| impossible(&step.act, facts))
        })
        .or_else(|| super::environment::lacks(play, facts))
        .or_else(|| crowded(play, facts))
        .or_else(|| misfit.map(str::to_owned))
        .or_else(|| memory(play, facts))
}

fn unmet(need: &Requirement, facts: &Facts) -> Option<String> {
    let not = |met: bool, why: &str| (!met).then(|| why.to_owned());
    match need {
        Requirement::Root => {
            let why = facts.unavailable("setresuid").map(|why| format!(": {why}"));
            let why = why.unwrap_or_default();
            not(
                facts.root,
                &format!("needs root, to become other users{why}"),
            )
        }
        Requirement::Capability(one) => {
            let has = facts.capabilities >> one.0 & 1 == 1;
            let why = facts.unavailable("capset").map(|why| format!(": {why}"));
            not(has, &format!("needs {one}{}", why.unwrap_or_default()))
        }
        Requirement::Condition(condition) => not(
            facts.meets(condition),
            &format!("needs {}", words(condition, facts)),
        ),
        Requirement::Memory(size) => {
            let need = size.bytes(&facts.units).unwrap_or(u64::MAX);
            short_of(need, facts)
        }
        Requirement::Cpus(count) => {
            let have = facts.cpus;
            not(
                have >= *count,
                &format!("needs {count} CPUs, {have} are online"),
            )
        }
        Requirement::Nodes(count) => {
            let have = facts.nodes;
            let why =
                format!("needs the first {count} nodes of memory, we may use {have} (CONFIG_NUMA)");
            not(have >= *count, &why)
        }
        Requirement::Swap(size) => {
            let (need, have) = (size.bytes(&facts.units).unwrap_or(u64::MAX), facts.swap);
            let why = format!(
                "needs {} KiB of free swap, {} KiB are seen to work",
                need >> 10,
                have >> 10
            );
            not(have >= need, &why)
        }
        Requirement::Proc => not(
            facts.meets(&Condition::Config("CONFIG_PROC_FS".to_owned())),
            "needs /proc, which is not mounted, not to be read, or not configured (CONFIG_PROC_FS)",
        ),
        Requirement::MapFiles => not(
            facts.map_files,
            "needs to open files of /proc/self/map_files (CAP_SYS_ADMIN in the first user namespace)",
        ),
        Requirement::OwnMachine => not(
            facts.own_machine,
            "needs the machine for itself (PID 1 of a guest or board)",
        ),
        Requirement::OwnNamespace => not(
            facts.own_namespace,
            "needs an IPC namespace of its own, which cannot be had here (CONFIG_IPC_NS, privileges)",
        ),
    }
}

/// A capability that an actor is to keep, and that we have not.
fn incapable(play: &Play, facts: &Facts) -> Option<String> {
    let kept = play.actors.iter().filter_map(|actor| actor.user.caps);
    let missing = kept.fold(0, |all, caps| all | caps) & !facts.capabilities;
    let first = (missing != 0).then(|| crate::abi::Capability(missing.trailing_zeros() as i32))?;
    Some(format!("needs {first}, for an actor to keep"))
}

/// A condition, and what is the case instead.
fn words(condition: &Condition, facts: &Facts) -> String {
    let (major, minor) = facts.kernel;
    let list = |all: &[Condition], and: &str| {
        let all: Vec<_> = all.iter().map(|one| words(one, facts)).collect();
        all.join(and)
    };
    match condition {
        Condition::Since(a, b) => format!("Linux {a}.{b}, this is {major}.{minor}"),
        Condition::Before(a, b) => format!("Linux before {a}.{b}, this is {major}.{minor}"),
        Condition::Arch(known) => {
            let known: Vec<_> = known.iter().map(|arch| arch.name()).collect();
            format!(
                "the ABI {}, this is {}",
                known.join(" or "),
                facts.arch.name()
            )
        }
        Condition::Native => "a kernel of as many bits as the firmware".to_owned(),
        Condition::Compat => "a 32-bit firmware on a 64-bit kernel".to_owned(),
        Condition::Root => "root".to_owned(),
        Condition::Config(option) => format!("{option}, which is not seen to work"),
        Condition::PageSize(size) => {
            format!("pages of {size} bytes, these have {}", facts.units.page)
        }
        Condition::IndexBits(bits) => {
            let rule = "24 by the boot parameter ipcmni_extend, else 15";
            format!(
                "shmids with {bits} bits of index, these have {} ({rule})",
                facts.index_bits
            )
        }
        Condition::All(all) => list(all, " and "),
        Condition::Any(all) => list(all, " or "),
        Condition::Not(one) => format!("the opposite of: {}", words(one, facts)),
    }
}

/// What an act takes for granted.
fn impossible(act: &Act, facts: &Facts) -> Option<String> {
    match act {
        Act::Proc(Proc::WriteSysctl(name, _)) => {
            let private = facts.own_namespace || facts.own_machine;
            if !private {
                let why = "would change sysctls of others: no IPC namespace of our own";
                return Some(why.to_owned());
            }
            let option = if name.starts_with("kernel.shm") {
                "CONFIG_SYSVIPC_SYSCTL"
            } else {
                "CONFIG_PROC_SYSCTL"
            };
            (!facts.sysctls).then(|| {
                format!(
                    "needs to write {name}, which /proc/sys does not let us ({option}, privileges)"
                )
            })
        }
        _ => no_entry(entry(act), facts),
    }
}

/// How an act enters the kernel.
pub(super) fn entry(act: &Act) -> Entry {
    match act {
        Act::Ipc(call) => call.entry(),
        _ => Entry::Direct,
    }
}

/// Why there is no such entry here.
fn no_entry(entry: Entry, facts: &Facts) -> Option<String> {
    let (what, there) = match entry {
        Entry::Direct | Entry::Libc => return None,
        Entry::Ipc => ("ipc(2)", facts.arch.has_ipc()),
        Entry::Old => ("the layout of before IPC_64", facts.arch.has_old_layout()),
        Entry::Int80 => ("int 0x80 of a 64-bit program", facts.arch.has_int80()),
    };
    if !there {
        return Some(format!(
            "needs {what}, which the ABI {} has not",
            facts.arch.name()
        ));
    }
    let emulated = Condition::Config("CONFIG_IA32_EMULATION".to_owned());
    (entry == Entry::Int80 && !facts.meets(&emulated)).then(|| {
        format!("needs {what}, which is not seen to work (CONFIG_IA32_EMULATION, Linux 5.1)")
    })
}

/// Sums over all segments say nothing about ours where others come and go.
fn crowded(play: &Play, facts: &Facts) -> Option<String> {
    let alone = facts.own_namespace || facts.own_machine;
    let sums = |step: &crate::scenario::Step| {
        let asked = matches!(&step.act, Act::Ipc(Ipc::Shmctl(call))
            if matches!(call.cmd, Command::Usage | Command::Info));
        asked && step.expect.any(&|one| matches!(one, Expect::Fields(_)))
    };
    let why = "counts all segments, which are not ours alone: no IPC namespace of our own";
    (!alone && play.steps.iter().any(sums)).then(|| why.to_owned())
}

fn memory(play: &Play, facts: &Facts) -> Option<String> {
    let touched = (0..play.objects.len()).filter(|object| touches_all_of(play, *object));
    let sizes = touched.map(|object| {
        let size = play.objects[object].size.bytes(&facts.units);
        let copies = if play.objects[object].private {
            let born = play.objects[object].born;
            u64::from(play.actors[play.steps[born].actor].count)
        } else {
            1
        };
        size.unwrap_or(u64::MAX).saturating_mul(copies)
    });
    let bytes = sizes.fold(0, u64::saturating_add);
    let processes: u64 = play.actors.iter().map(|actor| u64::from(actor.count)).sum();
    let cast = PROCESS * processes;
    short_of(
        bytes
            .saturating_add(cast)
            .saturating_mul(u64::from(play.crowd)),
        facts,
    )
}

fn short_of(need: u64, facts: &Facts) -> Option<String> {
    let free = facts.free?;
    (need.saturating_add(RESERVE) > free).then(|| {
        format!(
            "needs {} KiB of memory and {} KiB to spare, {} KiB are free",
            need >> 10,
            RESERVE >> 10,
            free >> 10
        )
    })
}

fn touches_all_of(play: &Play, object: usize) -> bool {
    let is = |map: usize| play.maps[map].object == Some(object);
    play.steps.iter().any(|step| match &step.act {
        Act::Memory(scenario::Memory::Store(place, None, Fill::Pattern(_) | Fill::Zeros)) => {
            is(place.map)
        }
        Act::Memory(scenario::Memory::Load(place, None)) => {
            let whole = step
                .expect
                .any(&|one| matches!(one, Expect::Bytes(Fill::Pattern(_) | Fill::Zeros)));
            whole && is(place.map)
        }
        Act::Memory(scenario::Memory::Produce(map, _)) => is(*map),
        _ => false,
    })
}

/// Whether an expectation, as it is on this target, lets the actor die.
fn kills(expect: &super::Expect) -> bool {
    match expect {
        super::Expect::Killed(_) => true,
        super::Expect::OneOf(all) => all.iter().any(kills),
        _ => false,
    }
}

/// A load or store beyond the end of its segment, or of nothing, which would pass
/// whatever the kernel does.
pub(super) fn flaw(play: &Play, facts: &Facts, steps: &[Step]) -> Option<String> {
    play.steps.iter().zip(steps).find_map(|(step, planned)| {
        let (place, span) = match &planned.call {
            Call::Memory(
                Memory::Store { place, length, .. } | Memory::Load { place, length, .. },
            ) => (*place, *length),
            _ => return None,
        };
        if kills(&planned.expect) && span > 0 {
            // To die beyond the end may be the point.
            return None;
        }
        // A mapping has whole pages, and the rest of the last one can be used.
        let map = &play.maps[place.map];
        let size = map.length.bytes(&facts.units)?;
        let given = match step.act {
            Act::Memory(
                scenario::Memory::Store(_, length, _) | scenario::Memory::Load(_, length),
            ) => length.is_some(),
            _ => false,
        };
        let room = if given {
            size.checked_next_multiple_of(facts.units.page)?
        } else {
            size
        };
        let end = place.offset.checked_add(span);
        let inside = span > 0 && end.is_some_and(|end| end <= room);
        (!inside).then(|| {
            let (line, at) = (step.written.line, place.offset);
            format!("line {line}: {span} bytes at offset {at} do not lie in a segment of {size}")
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::plan::{Facts, case};
    use crate::scenario::Scenario;

    /// Why a script of one step is skipped, if so.
    fn skipped(step: &str, facts: &Facts) -> Option<String> {
        let text = format!(
            "Scenario(summary: \"t\", actors: [(name: \"a\")], script: [By(\"a\", [\
             shmget(key: IPC_PRIVATE, size: Pages(1), as: \"s\", expect: Ok), {step}, shmctl(seg: \"s\", cmd: IPC_RMID, expect: Ok)])])"
        );
        let scenario = Scenario::parse("t.ron", &text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(0);
        case(&play, facts).skip
    }

    #[test]
    fn memory_that_may_not_be_executed_is_not_attached_so() {
        let (plain, exec) = (
            "shmat(seg: \"s\", expect: Ok)",
            "shmat(seg: \"s\", flags: [SHM_EXEC], expect: Ok)",
        );
        let mut facts = Facts::sample();
        assert_eq!(skipped(exec, &facts), None);
        facts
            .unavailable
            .push((crate::abi::EXECUTABLE, "no".to_owned()));
        assert_eq!(skipped(plain, &facts), None);
        let why = skipped(exec, &facts);
        assert_eq!(why.as_deref(), Some("needs executable memory: no"));
    }

    #[test]
    fn what_does_not_fit_is_not_passed_on() {
        let mut facts = Facts::sample();
        facts.units.huge = 0;
        let limit = "setrlimit(resource: RLIMIT_AS, limit: HugePages(1), expect: Err(EPERM))";
        let why = skipped(limit, &facts).expect("a reason");
        assert!(why.starts_with("a limit of this row does not fit"), "{why}");
        let grow = "sbrk(grow: HugePages(1), expect: Ok)";
        let why = skipped(grow, &facts);
        assert_eq!(
            why.as_deref(),
            Some("needs huge pages, of which there are none")
        );
        let far = "shmdt(at: Raw(4294967296), expect: Err(EINVAL))";
        assert_eq!(skipped(far, &facts), None);
        facts.units.size_max = u32::MAX.into();
        let why = skipped(far, &facts);
        assert_eq!(
            why.as_deref(),
            Some("an address of this row does not fit this ABI")
        );
    }

    #[test]
    fn an_actor_keeps_only_what_there_is() {
        let text = "Scenario(summary: \"t\", requires: [Root], \
                    actors: [(name: \"a\", user: Nobody, caps: [CAP_IPC_OWNER, CAP_SYS_ADMIN])], \
                    script: [By(\"a\", [shmdt(at: Anywhere, expect: Err(EINVAL))])])";
        let scenario = Scenario::parse("t.ron", text).unwrap_or_else(|all| panic!("{}", all[0]));
        let play = scenario.play(0);
        let mut facts = Facts::sample();
        assert_eq!(case(&play, &facts).skip, None);
        facts.capabilities = 1
            << crate::abi::Capability::from_name("CAP_IPC_OWNER")
                .expect("known")
                .0;
        let why = case(&play, &facts).skip;
        assert_eq!(
            why.as_deref(),
            Some("needs CAP_SYS_ADMIN, for an actor to keep")
        );
    }
}
