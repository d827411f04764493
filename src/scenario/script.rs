//! Steps of the script: syntax → model, with all names resolved.

use super::check::Checker;
use super::head;
use super::model::{Act, Amount, At, Fill, Flags, Place, Ret, Seen, Seg, Target, Touch};
use super::source::Fragment;
use super::syntax::{self, AttachFlag, Data, GetFlag, Size};

/// A step in the course of being checked.
pub(super) struct Work<'c, 'a> {
    pub(super) checker: &'c mut Checker<'a>,
    pub(super) fragment: &'c Fragment<'a>,
    pub(super) actor: usize,
    pub(super) index: usize,
}

/// The model of a step; `None` if it has a problem that leaves none.
pub(super) fn act<'a>(
    checker: &mut Checker<'a>,
    actor: usize,
    index: usize,
    fragment: &Fragment<'a>,
    step: syntax::Step,
) -> Option<Act> {
    let mut work = Work {
        checker,
        fragment,
        actor,
        index,
    };
    match step {
        syntax::Step::Shmget {
            key,
            size,
            flags,
            mode,
            binds,
            expect,
        } => {
            let size = work.size(size);
            let flags = work.get_flags(&flags);
            let mode = work.mode(mode);
            work.shmget(&key, size?, flags, mode?, binds.as_deref(), &expect)
        }
        syntax::Step::Shmat {
            seg,
            id,
            at,
            flags,
            binds,
            expect,
        } => {
            let seg = work.seg(seg.as_deref(), id);
            let flags = work.attach_flags(&flags);
            let at = at.map_or(At::Anywhere, address);
            work.shmat(seg?, at, flags, binds.as_deref(), ret(&expect))
        }
        syntax::Step::Shmdt { map, at, expect } => {
            let target = match (map, at) {
                (Some(map), None) => Target::Map(work.map(&map)?),
                (None, Some(at)) => Target::At(address(at)),
                _ => return work.wrong("shmdt", "shmdt takes either `map:` or `at:`; give one"),
            };
            Some(Act::Shmdt(target, ret(&expect)))
        }
        syntax::Step::Shmctl {
            seg,
            id,
            cmd,
            buf,
            expect,
        } => {
            let seg = work.seg(seg.as_deref(), id)?;
            work.shmctl(seg, cmd, buf, &expect)
        }
        syntax::Step::Write {
            map,
            at,
            data,
            expect,
        } => {
            let place = Place {
                map: work.map(&map)?,
                offset: at,
            };
            if matches!(&data, Data::Text(text) if text.is_empty()) {
                return work.wrong(
                    "Text",
                    "an empty text stores nothing; write at least a letter",
                );
            }
            let fill = match data {
                Data::Text(text) => Fill::Text(text),
                Data::Pattern(seed) => Fill::Pattern(seed),
            };
            let touch = match expect {
                syntax::Touch::Ok => Touch::Ok,
                syntax::Touch::Killed(signal) => Touch::Killed(signal),
            };
            work.dies(matches!(touch, Touch::Killed(_)));
            Some(Act::Write(place, fill, touch))
        }
        syntax::Step::Read { map, at, expect } => {
            let place = Place {
                map: work.map(&map)?,
                offset: at,
            };
            if matches!(&expect, syntax::Seen::Text(text) if text.is_empty()) {
                return work.wrong(
                    "Text",
                    "an empty text asserts nothing; write at least a letter",
                );
            }
            let seen = match expect {
                syntax::Seen::Zeros => Seen::Bytes(Fill::Zeros),
                syntax::Seen::Text(text) => Seen::Bytes(Fill::Text(text)),
                syntax::Seen::Pattern(seed) => Seen::Bytes(Fill::Pattern(seed)),
                syntax::Seen::Killed(signal) => Seen::Killed(signal),
            };
            work.dies(matches!(seen, Seen::Killed(_)));
            Some(Act::Read(place, seen))
        }
        syntax::Step::Fork { child, expect } => work.fork(&child, ret(&expect)),
        syntax::Step::Exit {} => {
            work.checker.cast.gone.insert(actor, "has left by `exit()`");
            Some(Act::Exit)
        }
    }
}

impl Work<'_, '_> {
    /// Reports a problem at the first place of the step that reads `word`.
    pub(super) fn wrong<T>(&mut self, word: &str, message: impl Into<String>) -> Option<T> {
        let within = self.fragment.text.find(word).unwrap_or(0);
        self.checker.problem(self.fragment.offset + within, message);
        None
    }

    fn dies(&mut self, killed: bool) {
        if killed {
            self.checker
                .cast
                .gone
                .insert(self.actor, "was killed, as an earlier step expects");
        }
    }

    pub(super) fn size(&mut self, size: Size) -> Option<Amount> {
        let Some(fixed) = head::size(size) else {
            self.checker.used.size = true;
            if self.checker.axes.size.is_empty() {
                return self.wrong("Each", "`Each` has no axis; add `for_each: (size: […])`");
            }
            return Some(Amount::Each);
        };
        Some(Amount::Fixed(fixed))
    }

    fn get_flags(&mut self, flags: &[GetFlag]) -> Flags {
        let each = flags.contains(&GetFlag::Each);
        self.checker.used.get |= each;
        if each && self.checker.axes.get.is_empty() {
            self.wrong::<()>("Each", "`Each` has no axis; add `for_each: (get: [[…]])`");
        }
        let bits = flags.iter().filter_map(|one| head::get_flag(*one));
        Flags {
            bits: bits.fold(0, |bits, (bit, _)| bits | bit),
            each,
        }
    }

    fn attach_flags(&mut self, flags: &[AttachFlag]) -> Flags {
        let each = flags.contains(&AttachFlag::Each);
        self.checker.used.attach |= each;
        if each && self.checker.axes.attach.is_empty() {
            self.wrong::<()>(
                "Each",
                "`Each` has no axis; add `for_each: (attach: [[…]])`",
            );
        }
        let bits = flags.iter().filter_map(|one| head::attach_flag(*one));
        Flags {
            bits: bits.fold(0, |bits, (bit, _)| bits | bit),
            each,
        }
    }

    fn mode(&mut self, mode: u32) -> Option<u32> {
        if mode > 0o777 {
            let octal = u32::from_str_radix(&mode.to_string(), 8).is_ok_and(|mode| mode <= 0o777);
            let fix = if octal {
                format!("did you mean 0o{mode}?")
            } else {
                "write 0o000 to 0o777".to_owned()
            };
            return self.wrong("mode", format!("a mode has nine bits; {fix}"));
        }
        Some(mode)
    }

    fn seg(&mut self, name: Option<&str>, id: Option<i32>) -> Option<Seg> {
        match (name, id) {
            (None, Some(id)) => Some(Seg::Raw(id)),
            (Some(name), None) => {
                if let Some((object, by)) = self.checker.cast.segments.get(name) {
                    return Some(Seg::Bound {
                        object: *object,
                        by: *by,
                    });
                }
                let quoted = format!("\"{name}\"");
                if self.checker.excused(name) {
                    return None;
                }
                self.wrong(&quoted, format!("no segment is bound to `{name}` yet; bind it by `as: \"{name}\"` in a shmget"))
            }
            _ => self.wrong(
                "shm",
                "name the segment by either `seg:` or `id:`; give one",
            ),
        }
    }

    fn map(&mut self, name: &str) -> Option<usize> {
        let quoted = format!("\"{name}\"");
        let Some(map) = self.checker.cast.attachments.get(name).copied() else {
            if self.checker.excused(name) {
                return None;
            }
            return self.wrong(
                &quoted,
                format!(
                    "nothing is attached as `{name}` yet; bind it by `as: \"{name}\"` in a shmat"
                ),
            );
        };
        let held = self.checker.cast.holds.get(&self.actor);
        if !held.is_some_and(|held| held.contains(&map)) {
            let actor = self.checker.cast.actors[self.actor].name.clone();
            return self.wrong(&quoted, format!("`{actor}` never had `{name}`, another process attached it; let `{actor}` attach it itself, or be forked after the shmat"));
        }
        Some(map)
    }
}

pub(super) fn ret(syntax: &syntax::Ret) -> Ret {
    match syntax {
        syntax::Ret::Ok => Ret::Ok,
        syntax::Ret::Err(errno) => Ret::Err(*errno),
    }
}

fn address(syntax: syntax::At) -> At {
    match syntax {
        syntax::At::Anywhere => At::Anywhere,
        syntax::At::Aligned => At::Aligned,
        syntax::At::Unaligned => At::Unaligned,
    }
}
