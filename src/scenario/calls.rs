//! The calls of a step: what they bind, create and remove.

use super::cast::SharedKey;
use super::model::{
    Act, Amount, At, Ctl, Finds, Flags, Key, Map, Object, Ret, Seg, Shmat, Shmctl, Shmget, Stat,
};
use super::script::{Work, ret};
use super::syntax::{self, Buf, Cmd};
use crate::abi::number;

impl Work<'_, '_> {
    pub(super) fn shmget(
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
            return self.wrong(
                "Raw",
                format!(
                    "a crowd would share the key {number}; write `Unique(\"…\")` or `IPC_PRIVATE`"
                ),
            );
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

    pub(super) fn shmat(
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

    pub(super) fn shmctl(
        &mut self,
        seg: Seg,
        cmd: Cmd,
        buf: Buf,
        expect: &syntax::Ctl,
    ) -> Option<Act> {
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

    fn ctl(&mut self, cmd: Cmd, expect: &syntax::Ctl) -> Option<Ctl> {
        let (segsz, mode, nattch, ids) = match *expect {
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

    pub(super) fn fork(&mut self, child: &str, expect: Ret) -> Option<Act> {
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
