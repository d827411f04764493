//! The world around shared memory: processes, users, mappings, namespaces, /proc, time.

use super::{Act, Expect, Tells, Work, World, syntax};
use crate::abi::Signal;
use crate::scenario::billing::MOST_ACTORS;
use crate::scenario::head::mask;
use crate::scenario::model::Requirement;
use crate::scenario::problem::nearest;
use crate::scenario::syntax::Step;

const VALUE: &[&str] = &["Value", "Err", "Depends"];
const ROW: &[&str] = &["Row", "Absent", "Depends"];
const MAPPING: &[&str] = &["Mapping", "Absent", "Depends"];
const ONLY_OK: &[&str] = &["Ok"];

/// The sysctls that an IPC namespace has of its own.
pub(in crate::scenario) const PRIVATE_SYSCTLS: [&str; 5] = [
    "kernel.shmmax",
    "kernel.shmall",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
    "kernel.shm_next_id",
];

impl Work<'_, '_> {
    pub(super) fn around(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Fork { .. } | Step::Exec { .. } | Step::Exit {} | Step::Kill { .. } => {
                self.process(step)
            }
            Step::Setresuid {
                ruid,
                euid,
                suid,
                keep_caps,
                expect,
            } => self.world(World::SetUser([ruid, euid, suid], keep_caps), &expect),
            Step::Setresgid {
                rgid,
                egid,
                sgid,
                expect,
            } => self.world(World::SetGroup([rgid, egid, sgid]), &expect),
            Step::Setgroups { groups, expect } => self.world(World::SetGroups(groups), &expect),
            Step::Capset { caps, expect } => {
                self.world(World::SetCapabilities(mask(&caps)), &expect)
            }
            Step::Setrlimit {
                resource,
                limit,
                expect,
            } => {
                let limit = self.size(limit)?;
                self.world(World::SetLimit(resource.0, limit), &expect)
            }
            Step::Mlockall { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.world(World::LockAll(flags), &expect)
            }
            Step::Munlockall { expect } => self.world(World::UnlockAll, &expect),
            Step::Personality { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.world(World::SetPersonality(flags), &expect)
            }
            Step::Sbrk { grow, expect } => {
                let grow = self.size(grow)?;
                self.world(World::Grow(grow), &expect)
            }
            Step::Unshare { .. } | Step::Setns { .. } => self.namespaces(step),
            Step::Clone { flags, expect } => {
                let flags = Self::bits(flags.iter().map(|flag| flag.0));
                self.world(World::Clone(flags), &expect)
            }
            Step::Tick {} => Some((Act::World(World::Tick), Expect::Ok)),
            Step::ClockSettime { seconds, expect } => {
                if !self.checker.requires.contains(&Requirement::OwnMachine) {
                    return self.wrong(
                        "clock_settime",
                        "the clock is everybody's; add `requires: [OwnMachine]`",
                    );
                }
                self.world(World::SetClock(seconds), &expect)
            }
            Step::Sysctl { .. } | Step::ProcValue { .. } => self.files(step),
            Step::SysvipcRow { .. } | Step::MapsRow { .. } => self.files(step),
            Step::SmapsValue { .. } => self.files(step),
            Step::ProcLine { .. } | Step::ProcPieces { .. } => self.file_as_text(step),
            Step::FutexWait { .. } | Step::FutexWake { .. } => self.futex(step),
            Step::Mbind { .. } | Step::GetMempolicy { .. } | Step::Cgroup { .. } => {
                self.machine(step)
            }
            _ => self.mappings(step),
        }
    }

    fn process(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Fork { child, expect } => self.fork(&child, &expect),
            Step::Exec { expect } => {
                let expect = self.expect(&expect, ONLY_OK)?;
                self.checker.cast.holds.remove(&self.actor);
                self.ends("only waits to be killed since its `exec()`");
                Some((Act::World(World::Exec), expect))
            }
            Step::Exit {} => {
                self.ends("has left by `exit()`");
                Some((Act::Exit, Expect::Ok))
            }
            Step::Kill {
                actor,
                signal,
                expect,
            } => {
                let expect = self.expect(&expect, ONLY_OK)?;
                let whom = self.person(&actor)?;
                if self.checker.racing {
                    return self.wrong(
                        "kill",
                        "a death in a race is waited for by nobody; kill in a turn of its own",
                    );
                }
                let one = &self.checker.cast.actors[whom];
                let flaw = match one.count {
                    _ if whom == self.actor => "would kill itself; write `exit()`",
                    1 => "",
                    _ => "is several processes; kill an actor that is one",
                };
                if !flaw.is_empty() {
                    return self.wrong(&format!("\"{actor}\""), format!("`{actor}` {flaw}"));
                }
                self.checker.cast.gone.insert(whom, "was killed");
                let signal = signal.unwrap_or(Signal(9));
                Some((Act::Kill(whom, signal), expect))
            }
            _ => unreachable!("this is about no process"),
        }
    }

    fn fork(&mut self, child: &str, expect: &syntax::Expect) -> Option<(Act, Expect)> {
        let expect = self.expect(expect, ONLY_OK)?;
        let quoted = format!("\"{child}\"");
        if self.checker.cast.actors[self.actor].count > 1 {
            return self.wrong(
                &quoted,
                "several processes would fork one child; let one do it",
            );
        }
        let cast = &self.checker.cast;
        let known = cast.find(child);
        if let Some(known) = known
            && (cast.actors[known].born.is_none() || !cast.gone.contains_key(&known))
        {
            let message = format!("an actor is named `{child}` already; choose another name");
            return self.wrong(&quoted, message);
        }
        if known.is_none() && cast.actors.len() >= MOST_ACTORS {
            let message = format!("a scenario has at most {MOST_ACTORS} actors; split it");
            return self.wrong(&quoted, message);
        }
        let child = self.checker.cast.bear(child, self.actor, self.index);
        Some((Act::Fork(child), expect))
    }

    fn files(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Sysctl {
                name,
                write: Some(value),
                binds: None,
                expect,
            } => {
                self.sysctl_name(&name)?;
                let quoted = format!("\"{name}\"");
                let ours = PRIVATE_SYSCTLS.contains(&name.as_str());
                if !ours && !self.checker.requires.contains(&Requirement::OwnMachine) {
                    let advice = nearest(&name, PRIVATE_SYSCTLS).map_or_else(
                        || "add `requires: [OwnMachine]`".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("`{name}` is the whole machine's; {advice}");
                    return self.wrong(&quoted, message);
                }
                self.world(World::WriteSysctl(name, value), &expect)
            }
            Step::Sysctl {
                name,
                write: None,
                binds,
                expect,
            } => {
                self.sysctl_name(&name)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                Some((Act::World(World::ReadSysctl(name, label)), expect))
            }
            Step::Sysctl { .. } => self.wrong("as", "a write tells nothing to keep; remove `as:`"),
            Step::ProcValue {
                file,
                field,
                settles,
                binds,
                expect,
            } => {
                self.of_proc(&file)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                let value = World::ProcValue(file, field, label, settles);
                Some((Act::World(value), expect))
            }
            Step::SysvipcRow {
                seg,
                id,
                binds,
                expect,
            } => {
                let seg = self.seg(seg.as_deref(), id.as_ref())?;
                let expect = self.expect(&expect, ROW)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Row)?;
                Some((Act::World(World::SysvipcRow(seg, label)), expect))
            }
            Step::SmapsValue {
                map,
                at,
                field,
                binds,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let expect = self.expect(&expect, VALUE)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Value)?;
                Some((Act::World(World::SmapsValue(place, field, label)), expect))
            }
            Step::MapsRow {
                map,
                at,
                binds,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let expect = self.expect(&expect, MAPPING)?;
                let label = self.label(binds.as_deref(), &expect, Tells::Mapping)?;
                Some((Act::World(World::MapsRow(place, label)), expect))
            }
            _ => unreachable!("this reads no file"),
        }
    }

    /// Sleeping on a word that others share, and waking them.
    fn futex(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::FutexWait {
                map,
                at,
                value,
                expect,
            } => {
                let place = self.place(&map, at)?;
                self.world(World::FutexWait(place, value), &expect)
            }
            Step::FutexWake {
                map,
                at,
                count,
                expect,
            } => {
                let place = self.place(&map, at)?;
                if count == 0 {
                    return self.wrong("count", "to wake nobody proves nothing; write at least 1");
                }
                self.world(World::FutexWake(place, count), &expect)
            }
            _ => unreachable!("this is no futex"),
        }
    }

    fn sysctl_name(&mut self, name: &str) -> Option<()> {
        let known = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.contains('.') && !name.contains("..") && name.chars().all(known) {
            return Some(());
        }
        let quoted = format!("\"{name}\"");
        self.wrong(
            &quoted,
            "a sysctl is named like `kernel.shmmax`; write it so",
        )
    }
}
