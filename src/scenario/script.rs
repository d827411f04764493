//! Steps of the script: syntax → model, with all names resolved.

use super::cast::SharedKey;
use super::check::Checker;
use super::head;
use super::model::{
    Act, Amount, At, Ctl, Fill, Finds, Flags, Key, Map, Object, Place, Ret, Seen, Seg, Shmat,
    Shmctl, Shmget, Stat, Target, Touch,
};
use super::source::Fragment;
use super::syntax::{self, AttachFlag, Buf, Cmd, Data, GetFlag, Size};
use crate::abi::number;

/// A step in the course of being checked.
struct Work<'c, 'a> {
    checker: &'c mut Checker<'a>,
    fragment: &'c Fragment<'a>,
    actor: usize,
    index: usize,
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
            work.shmctl(seg, cmd, buf, expect)
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
    fn wrong<T>(&mut self, word: &str, message: impl Into<String>) -> Option<T> {
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

    fn size(&mut self, size: Size) -> Option<Amount> {
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
            return self.wrong("mode", "a mode has nine bits; write 0o000 to 0o777");
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

    fn shmget(
        &mut self,
        key: &syntax::Key,
        size: Amount,
        flags: Flags,
        mode: u32,
        binds: Option<&str>,
        expect: &syntax::Ret,
    ) -> Option<Act> {
        let expect = ret(expect);
        let key = match key {
            syntax::Key::Private => Key::Private,
            syntax::Key::Unique(word) => Key::Unique(self.checker.cast.unique_key(word)),
            syntax::Key::Raw(0) => {
                return self.wrong("Raw", "key 0 is IPC_PRIVATE; write `IPC_PRIVATE`");
            }
            syntax::Key::Raw(number) => Key::Raw(*number),
        };
        if let (Key::Raw(number), true) = (key, self.checker.axes.crowd.iter().any(|n| *n > 1)) {
            return self.wrong("Raw", format!("a crowd would share the key {number}; write `Unique(\"…\")` or `IPC_PRIVATE`"));
        }
        let finds = self.finds(key, size, flags, expect);
        if expect != Ret::Ok && binds.is_some() {
            return self.wrong("as:", "a failed shmget binds no name; remove `as:`");
        }
        match (binds, finds) {
            (Some(name), Finds::New(object) | Finds::Known(object)) => {
                if self.checker.cast.segments.contains_key(name) {
                    return self.wrong(
                        "as:",
                        format!("`{name}` is bound already; choose another name"),
                    );
                }
                self.checker
                    .cast
                    .segments
                    .insert(name.to_owned(), (object, self.index));
            }
            (None, Finds::New(_)) => {
                return self.wrong(
                    "shmget",
                    "this creates a segment that has no name; bind it by `as: \"…\"`",
                );
            }
            _ => {}
        }
        Some(Act::Shmget(Shmget {
            key,
            size,
            flags,
            mode,
            finds,
            expect,
        }))
    }

    /// Which segment the call is about, and what it changes in the cast.
    fn finds(&mut self, key: Key, size: Amount, flags: Flags, expect: Ret) -> Finds {
        let shared = match key {
            Key::Private => None,
            Key::Unique(number) => Some(SharedKey::Unique(number)),
            Key::Raw(number) => Some(SharedKey::Raw(number)),
        };
        let known = shared.and_then(|shared| self.checker.cast.keys.get(&shared).copied());
        match (known, expect) {
            (Some((object, true)), _) | (Some((object, false)), Ret::Err(_)) => {
                Finds::Known(object)
            }
            (_, Ret::Ok) => {
                if shared.is_some() && flags.bits & number::IPC_CREAT == 0 && !flags.each {
                    self.wrong::<()>("shmget", "no segment has this key yet, and IPC_CREAT is not asked for; add it or expect `Err(ENOENT)`");
                }
                let object = self.checker.cast.create(Object {
                    size,
                    born: self.index,
                });
                if let Some(shared) = shared {
                    self.checker.cast.keys.insert(shared, (object, true));
                }
                Finds::New(object)
            }
            (None, Ret::Err(_)) => Finds::Nothing,
        }
    }

    fn shmat(
        &mut self,
        seg: Seg,
        at: At,
        flags: Flags,
        binds: Option<&str>,
        expect: Ret,
    ) -> Option<Act> {
        let binds = match (binds, expect, seg) {
            (None, _, _) => None,
            (Some(_), Ret::Err(_), _) => {
                return self.wrong("as:", "a failed shmat attaches nothing; remove `as:`");
            }
            (Some(_), Ret::Ok, Seg::Raw(_)) => {
                return self.wrong(
                    "id:",
                    "only a segment bound by a shmget can be attached under a name; use `seg:`",
                );
            }
            (Some(name), Ret::Ok, Seg::Bound { object, .. }) => {
                if self.checker.cast.attachments.contains_key(name) {
                    return self.wrong(
                        "as:",
                        format!("`{name}` is bound already; choose another name"),
                    );
                }
                let map = self.checker.cast.maps.len();
                self.checker.cast.maps.push(Map {
                    object,
                    born: self.index,
                });
                self.checker.cast.attachments.insert(name.to_owned(), map);
                self.checker
                    .cast
                    .holds
                    .entry(self.actor)
                    .or_default()
                    .push(map);
                Some(map)
            }
        };
        Some(Act::Shmat(Shmat {
            seg,
            at,
            flags,
            binds,
            expect,
        }))
    }

    fn shmctl(&mut self, seg: Seg, cmd: Cmd, buf: Buf, expect: syntax::Ctl) -> Option<Act> {
        let number = match cmd {
            Cmd::IpcStat => number::IPC_STAT,
            Cmd::IpcRmid => number::IPC_RMID,
            Cmd::ShmLock => number::SHM_LOCK,
            Cmd::ShmUnlock => number::SHM_UNLOCK,
            Cmd::Raw(number) => number,
        };
        let expect = self.ctl(cmd, expect)?;
        if let (Cmd::IpcRmid, Ctl::Ok, Seg::Bound { object, .. }) = (cmd, &expect, seg) {
            self.checker.cast.remove(object);
        }
        Some(Act::Shmctl(Shmctl {
            seg,
            cmd: number,
            good_buffer: buf == Buf::Good,
            expect,
        }))
    }

    fn ctl(&mut self, cmd: Cmd, expect: syntax::Ctl) -> Option<Ctl> {
        let (segsz, mode, nattch, ids) = match expect {
            syntax::Ctl::Ok => return Some(Ctl::Ok),
            syntax::Ctl::Err(errno) => return Some(Ctl::Err(errno)),
            syntax::Ctl::Stat {
                segsz,
                mode,
                nattch,
                uid,
                gid,
                cuid,
                cgid,
            } => (segsz, mode, nattch, [uid, gid, cuid, cgid]),
        };
        if cmd != Cmd::IpcStat {
            return self.wrong(
                "Stat",
                "only IPC_STAT fills a shmid_ds; expect `Ok` or `Err(…)`",
            );
        }
        if segsz.is_none() && mode.is_none() && nattch.is_none() && ids == [None; 4] {
            return self.wrong(
                "Stat",
                "`Stat()` without a field asserts nothing; name one, such as `nattch: 0`",
            );
        }
        let segsz = match segsz {
            None => None,
            Some(size) => Some(self.size(size)?),
        };
        let [uid, gid, cuid, cgid] = ids;
        Some(Ctl::Stat(Stat {
            segsz,
            mode,
            nattch,
            uid,
            gid,
            cuid,
            cgid,
        }))
    }

    fn fork(&mut self, child: &str, expect: Ret) -> Option<Act> {
        if self.checker.cast.find(child).is_some() {
            return self.wrong(
                "child",
                format!("an actor is named `{child}` already; choose another name"),
            );
        }
        if expect != Ret::Ok {
            return self.wrong(
                "expect",
                "a fork that must fail cannot be arranged yet; expect `Ok`",
            );
        }
        let child = self.checker.cast.bear(child, self.actor, self.index);
        Some(Act::Fork(child, expect))
    }
}

fn ret(syntax: &syntax::Ret) -> Ret {
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
