//! The four calls: what they bind, create and remove.

use super::expects::ZERO;
use super::{Expect, Tells, Work, syntax};
use crate::abi::{Errno, number};
use crate::scenario::cast::SharedKey;
use crate::scenario::model::{
    Buf, Command, Entry, Finds, Ipc, Key, Map, Multiplexed, Object, Seg, Shmat, Shmctl, Shmget,
    Target,
};
use crate::scenario::syntax::{AttachFlag, Cmd, GetFlag, Ipc as Written};

/// What shmctl can come to, by what its command fills.
const STAT: &[&str] = &["Ok", "Err", "OneOf", "Depends", "Stat"];
const INFO: &[&str] = &["Ok", "Err", "OneOf", "Depends", "Info"];
const USAGE: &[&str] = &["Ok", "Err", "OneOf", "Depends", "ShmInfo"];
const GET: &[&str] = &["Ok", "Err", "OneOf", "Depends", "Id"];
/// What IPC_RMID says of a segment that is gone: EINVAL.
const NOT_THERE: Errno = Errno(22);
const IPC: &[&str] = &["Ok", "Err", "OneOf", "Depends", "Returns"];

impl Work<'_, '_> {
    pub(super) fn ipc(&mut self, step: Written) -> Option<(Ipc, Expect)> {
        match step {
            Written::Shmget {
                key,
                size,
                flags,
                mode,
                binds,
                entry,
                thread,
                expect,
            } => {
                self.has_threads(thread)?;
                let expect = self.expect(&expect, GET);
                let size = self.size("size", size);
                let call = Shmget {
                    key: self.key(&key)?,
                    size: size?,
                    flags: Self::bits(flags.into_iter().map(get_flag)),
                    mode: mode.0,
                    finds: Finds::Nothing,
                    entry: self.entry(entry),
                    thread,
                };
                self.shmget(call, binds.as_deref(), expect?)
            }
            Written::Shmat {
                seg,
                id,
                at,
                flags,
                binds,
                entry,
                thread,
                expect,
            } => {
                self.has_threads(thread)?;
                let expect = self.expect(&expect, ZERO);
                let entry = self.entry(entry);
                let seg = self.seg(seg.as_deref(), id.as_ref())?;
                let at = self.at("at", at.as_ref())?;
                let call = Shmat {
                    seg,
                    at: self.reached(entry, at)?,
                    flags: Self::bits(flags.into_iter().map(attach_flag)),
                    binds: None,
                    entry,
                    thread,
                };
                self.shmat(call, binds.as_deref(), expect?)
            }
            Written::Shmdt {
                map,
                at,
                entry,
                thread,
                expect,
            } => {
                self.has_threads(thread)?;
                let entry = self.entry(entry);
                let target = match (map, at) {
                    (Some(map), None) => {
                        let map = self.map("map", &map)?;
                        Target::Map(self.within_reach("map", entry, map)?)
                    }
                    (None, Some(at)) => {
                        let at = self.at("at", Some(&at))?;
                        Target::At(self.reached(entry, at)?)
                    }
                    (Some(_), Some(_)) | (None, None) => {
                        return self.wrong("shmdt", "shmdt takes either `map:` or `at:`; give one");
                    }
                };
                let call = Ipc::Shmdt {
                    target,
                    entry,
                    thread,
                };
                self.zero(call, &expect)
            }
            Written::Shmctl {
                seg,
                id,
                cmd,
                buf,
                binds,
                entry,
                thread,
                expect,
            } => {
                self.has_threads(thread)?;
                let global = matches!(cmd, Cmd::IpcInfo | Cmd::ShmInfo);
                let seg = match (&seg, &id) {
                    (None, None) if global => Seg::Raw(0),
                    _ => self.seg(seg.as_deref(), id.as_ref())?,
                };
                let entry = self.entry(entry);
                let call = Shmctl {
                    seg,
                    cmd: self.command(cmd)?,
                    buf: self.buf(&buf, entry)?,
                    label: None,
                    entry,
                    thread,
                };
                self.shmctl(call, binds.as_deref(), &expect)
            }
            Written::Multiplexed {
                call,
                seg,
                second,
                expect,
            } => {
                let seg = match seg {
                    Some(name) => self.seg(Some(&name), None)?,
                    None => Seg::Raw(0),
                };
                let expect = self.expect(&expect, IPC)?;
                Some((Ipc::Multiplexed(Multiplexed { call, seg, second }), expect))
            }
        }
    }

    /// Refuses a thread that the kernel would not make.
    fn has_threads(&mut self, thread: bool) -> Option<()> {
        if !thread || !self.scope.cast.nests.contains(&self.actor) {
            return Some(());
        }
        self.wrong(
            "thread",
            "a thread lives where its process does, \
             and the kernel makes none behind `unshare` or `setns` of CLONE_NEWPID; \
             remove `thread:`",
        )
    }

    fn key(&mut self, key: &syntax::Key) -> Option<Key> {
        let number = match key {
            syntax::Key::Private => return Some(Key::Private),
            syntax::Key::Unique(word) => {
                return Some(Key::Unique(self.scope.cast.unique_key(word)));
            }
            syntax::Key::Raw(number) => *number,
        };
        if number == 0 {
            return self.wrong_in("key", "Raw", "key 0 is IPC_PRIVATE; write `IPC_PRIVATE`");
        }
        if self.scope.crowd > 1 {
            return self.wrong_in(
                "key",
                "Raw",
                format!(
                    "a crowd would share the key {number}; write `Unique(\"…\")` or `IPC_PRIVATE`"
                ),
            );
        }
        Some(Key::Raw(number))
    }

    fn command(&mut self, cmd: Cmd) -> Option<Command> {
        Some(match cmd {
            Cmd::IpcStat => Command::Stat(number::IPC_STAT),
            Cmd::ShmStat => Command::Stat(number::SHM_STAT),
            Cmd::ShmStatAny => Command::Stat(number::SHM_STAT_ANY),
            // More than nine bits are given on purpose, to see that they are ignored.
            Cmd::IpcSet { mode, uid, gid } => Command::Set { mode, uid, gid },
            Cmd::IpcInfo => Command::Info,
            Cmd::ShmInfo => Command::Usage,
            Cmd::IpcRmid => Command::Plain(number::IPC_RMID),
            Cmd::ShmLock => Command::Plain(number::SHM_LOCK),
            Cmd::ShmUnlock => Command::Plain(number::SHM_UNLOCK),
            Cmd::Raw(number) => Command::Plain(number),
        })
    }

    fn buf(&mut self, buf: &syntax::Buf, entry: Entry) -> Option<Buf> {
        Some(match buf {
            syntax::Buf::Good => Buf::Good,
            syntax::Buf::Bad => Buf::Bad,
            syntax::Buf::Null => Buf::Null,
            syntax::Buf::At(map) => {
                let map = self.map("buf", map)?;
                Buf::At(self.within_reach("buf", entry, map)?)
            }
        })
    }

    fn shmget(
        &mut self,
        mut call: Shmget,
        binds: Option<&str>,
        expect: Expect,
    ) -> Option<(Ipc, Expect)> {
        call.finds = self.finds(&call, &expect);
        if !expect.may_succeed() && binds.is_some() {
            return self.wrong("as", "a failed shmget binds no name; remove `as:`");
        }
        match (binds, call.finds) {
            (Some(name), Finds::New(object) | Finds::Known(object) | Finds::Either(object)) => {
                if self.scope.cast.segments.contains_key(name) {
                    return self.wrong(
                        "as",
                        format!("`{name}` is bound already; choose another name"),
                    );
                }
                let bound = (object, self.index);
                self.scope.cast.segments.insert(name.to_owned(), bound);
            }
            (None, Finds::New(_)) => {
                return self.wrong(
                    "shmget",
                    "this creates a segment that has no name; bind it by `as: \"…\"`",
                );
            }
            _ => {}
        }
        Some((Ipc::Shmget(call), expect))
    }

    /// Which segment the call is about, and what it changes in the cast.
    fn finds(&mut self, call: &Shmget, expect: &Expect) -> Finds {
        let shared = match call.key {
            Key::Private => None,
            Key::Unique(number) => Some(SharedKey::Unique(number)),
            Key::Raw(number) => Some(SharedKey::Raw(number)),
        };
        let known = shared.and_then(|shared| self.scope.cast.keys.get(&shared).copied());
        let racing = self.scope.racing;
        match known {
            Some((object, true)) if racing => Finds::Either(object),
            Some((object, true)) => Finds::Known(object),
            Some((object, false)) if !expect.may_succeed() => Finds::Known(object),
            _ if !expect.may_succeed() => Finds::Nothing,
            _ => {
                if shared.is_some() && call.flags & number::IPC_CREAT == 0 && !racing {
                    self.wrong::<()>("shmget", "no segment has this key yet, and IPC_CREAT is not asked for; add it or expect `Err(ENOENT)`");
                }
                let object = self.scope.cast.create(Object {
                    size: call.size,
                    born: self.index,
                    private: shared.is_none(),
                });
                let Some(shared) = shared else {
                    return Finds::New(object);
                };
                self.scope.cast.keys.insert(shared, (object, true));
                if racing {
                    Finds::Either(object)
                } else {
                    Finds::New(object)
                }
            }
        }
    }

    fn shmat(
        &mut self,
        mut call: Shmat,
        binds: Option<&str>,
        expect: Expect,
    ) -> Option<(Ipc, Expect)> {
        if let Some(name) = binds {
            if !expect.may_succeed() {
                return self.wrong("as", "a failed shmat attaches nothing; remove `as:`");
            }
            let Some((object, _)) = call.seg.object() else {
                return self.wrong(
                    "id",
                    "only a segment bound by a shmget can be attached under a name; use `seg:`",
                );
            };
            self.fresh_map(name)?;
            let map = Map {
                object: Some(object),
                length: self.scope.cast.objects[object].size,
                born: self.index,
            };
            call.binds = Some(self.scope.cast.map(name, self.actor, map));
        }
        Some((Ipc::Shmat(call), expect))
    }

    fn shmctl(
        &mut self,
        mut call: Shmctl,
        binds: Option<&str>,
        expect: &syntax::Expect,
    ) -> Option<(Ipc, Expect)> {
        let forms = match call.cmd {
            Command::Stat(_) => STAT,
            Command::Info => INFO,
            Command::Usage => USAGE,
            Command::Set { .. } | Command::Plain(_) => ZERO,
        };
        let expect = self.expect(expect, forms)?;
        if binds.is_some() && (forms == ZERO || call.buf != Buf::Good) {
            return self.wrong("as", "this call tells nothing to keep; remove `as:`");
        }
        if call.buf != Buf::Good && expect.any(&|one| matches!(one, Expect::Fields(_))) {
            return self.wrong(
                "expect",
                "nothing is told where the buffer is not good; expect `Ok` or `Err(…)`",
            );
        }
        let tells = match call.cmd {
            Command::Info => Tells::Info,
            Command::Usage => Tells::Usage,
            _ => Tells::Stat,
        };
        call.label = self.label(binds, &expect, tells)?;
        if let (Command::Plain(number::IPC_RMID), Some((object, _))) = (call.cmd, call.seg.object())
        {
            if expect.may_succeed() {
                self.scope.cast.remove(object);
            } else if expect == Expect::Err(NOT_THERE) {
                // Who says that nothing is left to remove says that the kernel did it.
                self.scope.cast.removed.insert(object);
            }
        }
        Some((Ipc::Shmctl(call), expect))
    }
}

fn get_flag(flag: GetFlag) -> i32 {
    match flag {
        GetFlag::IpcCreat => number::IPC_CREAT,
        GetFlag::IpcExcl => number::IPC_EXCL,
        GetFlag::IpcNowait => number::IPC_NOWAIT,
        GetFlag::ShmHugetlb => number::SHM_HUGETLB,
        GetFlag::ShmNoreserve => number::SHM_NORESERVE,
        GetFlag::Raw(bits) => bits,
    }
}

fn attach_flag(flag: AttachFlag) -> i32 {
    match flag {
        AttachFlag::ShmRdonly => number::SHM_RDONLY,
        AttachFlag::ShmRnd => number::SHM_RND,
        AttachFlag::ShmRemap => number::SHM_REMAP,
        AttachFlag::ShmExec => number::SHM_EXEC,
        AttachFlag::Raw(bits) => bits,
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Scenario;

    /// The problems of a script that creates a segment and takes this step.
    fn problems(step: &str) -> Vec<String> {
        let get = r#"shmget(key: IPC_PRIVATE, size: Bytes(1), as: "seg", expect: Ok)"#;
        let text = format!(
            r#"Scenario(summary: "x", actors: [(name: "a")], script: [By("a", [{get}, {step}])])"#
        );
        let problems = Scenario::parse("x.ron", &text).err().unwrap_or_default();
        problems.into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn a_segment_is_removed_by_the_script_or_said_to_be_gone() {
        let left = ["nobody removes this segment; add a `shmctl(…, cmd: IPC_RMID, expect: Ok)`"];
        let remove = |expect: &str| {
            problems(&format!(
                r#"shmctl(seg: "seg", cmd: IPC_RMID, expect: {expect})"#
            ))
        };
        assert!(remove("Ok").is_empty());
        assert!(remove("Err(EINVAL)").is_empty());
        assert_eq!(remove("Err(EPERM)"), left);
        assert_eq!(
            problems(r#"shmctl(seg: "seg", cmd: IPC_STAT, expect: Err(EINVAL))"#),
            left
        );
    }
}
