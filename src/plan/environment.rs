//! What a case rests on that whoever started the run, or whatever surrounds it, may have taken
//! away: limits, system calls, files, a namespace for itself.
//!
//! Each reason rests on something that is not under test: a limit that was read, a filter that is
//! known to be there, a file system that was mounted differently. None excuses an answer of the
//! four calls.

use super::Facts;
use crate::abi::{EXECUTABLE, Errno, Protection, Resource, number};
use crate::scenario::{Act, At, Command, Door, Expect, Finds, Key, Play, Seg, Shmget, Step, World};

/// What is left of a shared IPC namespace: one that is not the case's own.
#[derive(Clone, Debug)]
pub struct Shared {
    /// `kernel.shmmax` in bytes.
    pub shmmax: u64,
    /// How many pages `kernel.shmall` leaves.
    pub pages: u64,
    /// How many segments `kernel.shmmni` leaves.
    pub segments: u64,
    /// `kernel.shm_rmid_forced`: a segment goes with its last attachment.
    pub rmid_forced: bool,
}

/// The same on every architecture that we build for (include/uapi/asm-generic/errno-base.h).
const EPERM: i32 = 1;
const EEXIST: i32 = 17;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;

/// Room for our program, its stack and what it reads, of RLIMIT_AS.
const PROGRAM: u64 = 24 << 20;

/// Why the environment keeps this case from being run.
pub(super) fn lacks(play: &Play, facts: &Facts) -> Option<String> {
    unmapped(play, facts)
        .or_else(|| play.steps.iter().find_map(|step| step_lacks(step, facts)))
        .or_else(|| shared(play, facts))
        .or_else(|| locks(play, facts))
        .or_else(|| addresses(play, facts))
}

/// A user or group that is nobody in this user namespace.
fn unmapped(play: &Play, facts: &Facts) -> Option<String> {
    let of_actors = play.actors.iter().flat_map(|actor| {
        let user = facts.user(&actor.user);
        let ids = user.uid.iter().chain(&user.gid).chain(&user.groups);
        ids.copied().collect::<Vec<u32>>()
    });
    // What an unmapped id is answered with may be what is expected.
    let mapped = |step: &&Step| {
        !step
            .expect
            .any(&|one| matches!(one, Expect::Err(Errno(EINVAL))))
    };
    let of_steps = play
        .steps
        .iter()
        .filter(mapped)
        .flat_map(|step| match &step.act {
            Act::World(World::SetUser(ids, _) | World::SetGroup(ids)) => {
                ids.iter().flatten().copied().collect()
            }
            Act::World(World::SetGroups(groups)) => groups.clone(),
            Act::Shmctl(call) => match call.cmd {
                Command::Set { uid, gid, .. } if step.expect.may_succeed() => {
                    uid.iter().chain(&gid).copied().collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        });
    let largest = of_actors.chain(of_steps).max()?;
    (largest > facts.largest_id)
        .then(|| format!("needs the id {largest}, which is not mapped in this user namespace"))
}

fn step_lacks(step: &Step, facts: &Facts) -> Option<String> {
    let forbidden = step
        .expect
        .any(&|one| matches!(one, Expect::Err(Errno(EPERM))));
    let unavailable = call_of(&step.act).find_map(|call| Some((call, facts.unavailable(call)?)));
    if let Some((call, why)) = unavailable {
        return Some(format!("needs {call}: {why}"));
    }
    let files_limited = limit_of(facts, Resource::FILE_SIZE).is_some();
    match &step.act {
        Act::World(World::Ftruncate(..)) | Act::Poke(_, Door::MapFile) if files_limited => {
            let why = "needs to write to the file behind a segment, which RLIMIT_FSIZE forbids (CAP_SYS_RESOURCE)";
            Some(why.to_owned())
        }
        Act::Shmctl(call) if matches!(call.cmd, Command::Set { .. }) && !facts.ids_mapped => {
            let why =
                "needs a user id that IPC_SET can name, ours is not mapped in this user namespace";
            Some(why.to_owned())
        }
        // Who may not have huge pages by capability has them by group, or not.
        Act::Shmget(call)
            if call.flags & number::SHM_HUGETLB != 0 && (forbidden || !may_lock(facts)) =>
        {
            group(facts)
        }
        Act::Shmat(call) if call.at == At::Page0 && forbidden => {
            let why = "needs vm.mmap_min_addr above 0 (CONFIG_DEFAULT_MMAP_MIN_ADDR)";
            (facts.min_address == Some(0)).then(|| why.to_owned())
        }
        Act::Poke(_, Door::ProcMem) if !facts.proc_mem => {
            Some("needs to write to /proc/self/mem, which may not be opened for that".to_owned())
        }
        Act::World(world) => world_lacks(step, world, facts),
        _ => None,
    }
}

fn world_lacks(step: &Step, world: &World, facts: &Facts) -> Option<String> {
    let file = |path: &str| {
        let whole = facts.proc_whole || path.starts_with("/proc/self/");
        (!whole).then(|| format!("needs {path}, which this mount of /proc leaves out"))
    };
    match world {
        World::SetLimit(resource, size) if step.expect.may_succeed() => {
            let name = Resource(*resource);
            let Some(limit) = size
                .bytes(&facts.units)
                .filter(|one| *one < facts.limit_max())
            else {
                return Some(format!(
                    "a limit of this row does not fit {name} of this kernel"
                ));
            };
            let hard = facts.limits.iter().find(|(one, _)| one == resource)?.1;
            (limit > hard).then(|| {
                format!("needs {name} at {limit}, the hard limit is {hard} (CAP_SYS_RESOURCE)")
            })
        }
        World::SetClock(_) if !facts.sets_clock => {
            Some("needs to set the clock, which cannot be set here (CAP_SYS_TIME)".to_owned())
        }
        World::WriteSysctl(name, text) => index_bits(name, text, facts),
        World::ReadSysctl(name, _) if !facts.proc_sys => Some(format!(
            "needs to read {name}, and there is no /proc/sys (CONFIG_SYSCTL, mounts)"
        )),
        World::ReadSysctl(name, _) if name == GROUP => group(facts),
        World::SysvipcRow(..) => file("/proc/sysvipc/shm"),
        World::ProcValue(path, ..) | World::ProcLine(path, _) | World::ProcPieces(path, _) => {
            file(path)
        }
        _ => None,
    }
}

/// A shmid or a number of segments beyond 15 bits is cut elsewhere where an index has 24.
fn index_bits(name: &str, text: &str, facts: &Facts) -> Option<String> {
    const USUAL: u32 = 15;
    let beyond = text.parse().is_ok_and(|number: i32| number > 1 << USUAL);
    let cut = ["kernel.shm_next_id", "kernel.shmmni"].contains(&name) && beyond;
    (cut && facts.index_bits != USUAL).then(|| {
        let bits = facts.index_bits;
        format!("needs shmids with {USUAL} bits of index, these have {bits} (ipcmni_extend)")
    })
}

/// The sysctl with the group that may have huge pages.
const GROUP: &str = "vm.hugetlb_shm_group";

/// A group that may have huge pages, other than the kernel's own choice, may be that of an actor.
fn group(facts: &Facts) -> Option<String> {
    let group = facts.huge_group.filter(|group| *group != 0)?;
    Some(format!(
        "needs {GROUP} at 0, as kernels have it; it is {group}"
    ))
}

/// The names of the system calls that a step makes, beside the four, as far as a filter may forbid
/// them and a probe can tell.
fn call_of(act: &Act) -> impl Iterator<Item = &'static str> {
    let names: &[&str] = match act {
        Act::World(world) => match world {
            World::SetUser(..) => &["setresuid"],
            World::SetGroup(_) => &["setresgid"],
            World::SetGroups(_) => &["setgroups"],
            World::SetCapabilities(_) => &["capset"],
            World::SetLimit(..) => &["prlimit64"],
            World::Protect(_, prot) if prot & Protection::EXEC.0 != 0 => &["mprotect", EXECUTABLE],
            World::Protect(..) => &["mprotect"],
            // The one flag that scenarios set adds PROT_EXEC.
            World::SetPersonality(_) => &[EXECUTABLE],
            World::Unmap(_) => &["munmap"],
            World::Remap { .. } => &["mremap"],
            World::Advise(..) => &["madvise"],
            World::Bind(..) => &["mbind"],
            World::GetPolicy(..) => &["get_mempolicy"],
            World::RemapFilePages(..) => &["remap_file_pages"],
            World::LockAll(_) => &["mlockall"],
            World::UnlockAll => &["munlockall"],
            World::Unshare(_) => &["unshare"],
            World::JoinNamespace(..) => &["setns"],
            World::FutexWait(..) | World::FutexWake(..) => &["futex"],
            World::SetClock(_) => &["clock_settime"],
            _ => &[],
        },
        Act::Shmat(call) if call.flags & number::SHM_EXEC != 0 => &[EXECUTABLE],
        Act::Poke(_, Door::ProcessVm) => &["process_vm_writev"],
        Act::Peek(_, Door::ProcessVm) => &["process_vm_readv"],
        _ => &[],
    };
    names.iter().copied()
}

/// What a namespace that others share leaves of its limits.
fn shared(play: &Play, facts: &Facts) -> Option<String> {
    let shared = facts.shared.as_ref()?;
    if shared.rmid_forced && outlives_an_attachment(play) {
        let why = "needs segments that outlive their attachments: kernel.shm_rmid_forced is 1 in an IPC \
                   namespace that is not ours";
        return Some(why.to_owned());
    }
    if let Some(why) = play
        .steps
        .iter()
        .find_map(|step| refused_sooner(step, shared, facts))
    {
        return Some(why);
    }
    let (mut segments, mut pages) = (0_u64, 0_u64);
    for (call, step) in play.steps.iter().filter_map(made) {
        let size = call.size.bytes(&facts.units).unwrap_or(u64::MAX);
        if size > shared.shmmax {
            return Some(format!(
                "needs a segment of {size} bytes, kernel.shmmax is {} in an IPC namespace that is not ours",
                shared.shmmax
            ));
        }
        let count = u64::from(play.actors[step.actor].count).saturating_mul(play.crowd.into());
        segments = segments.saturating_add(count);
        pages = pages.saturating_add(count.saturating_mul(size.div_ceil(facts.units.page)));
    }
    let not_ours = "in an IPC namespace that is not ours";
    if segments > shared.segments {
        let left = shared.segments;
        return Some(format!(
            "needs {segments} segments, kernel.shmmni leaves {left} {not_ours}"
        ));
    }
    (pages > shared.pages).then(|| {
        let left = shared.pages;
        format!("needs {pages} pages of segments, kernel.shmall leaves {left} {not_ours}")
    })
}

/// A shmget that a limit refuses before it comes to what the step expects (ipc/shm.c, newseg:
/// shmmax, then shmall, and shmmni at the end).
fn refused_sooner(step: &Step, shared: &Shared, facts: &Facts) -> Option<String> {
    let Act::Shmget(call) = &step.act else {
        return None;
    };
    let expects = |errno: i32| {
        step.expect
            .any(&|one| matches!(one, Expect::Err(seen) if *seen == Errno(errno)))
    };
    let makes = call.key == Key::Private || call.flags & number::IPC_CREAT != 0;
    if !makes || step.expect.may_succeed() || expects(EEXIST) {
        return None;
    }
    let size = call.size.bytes(&facts.units)?;
    let (above, errno) = if size > shared.shmmax {
        ("kernel.shmmax", EINVAL)
    } else if size.div_ceil(facts.units.page) > shared.pages {
        ("kernel.shmall", ENOSPC)
    } else {
        return None;
    };
    (!expects(errno))
        .then(|| format!("needs {above} above {size} bytes, in an IPC namespace that is not ours"))
}

/// The call of a step that makes a segment.
fn made(step: &Step) -> Option<(&Shmget, &Step)> {
    match &step.act {
        Act::Shmget(call) if step.expect.may_succeed() => {
            let makes = call.key == Key::Private || call.flags & number::IPC_CREAT != 0;
            (makes && !matches!(call.finds, Finds::Known(_))).then_some((call, step))
        }
        _ => None,
    }
}

/// Whether a segment is looked at behind a step that may have ended its last attachment.
fn outlives_an_attachment(play: &Play) -> bool {
    let ends = |step: &Step| {
        step.expect.may_kill()
            || match &step.act {
                Act::Shmdt { .. } | Act::Exit | Act::Kill(..) => true,
                Act::Shmat(call) => call.flags & number::SHM_REMAP != 0,
                Act::World(
                    World::Exec | World::Unmap(_) | World::Remap { .. } | World::Map { .. },
                ) => true,
                Act::World(World::RemapFilePages(..) | World::Unshare(_)) => true,
                _ => false,
            }
    };
    let looks = |step: &Step| match &step.act {
        Act::Shmget(call) => matches!(call.finds, Finds::Known(_) | Finds::Either(_)),
        Act::Shmat(call) => !matches!(call.seg, Seg::Raw(_)),
        Act::Shmctl(call) => !matches!(call.cmd, Command::Info),
        Act::World(World::SysvipcRow(..)) => true,
        _ => false,
    };
    let first = play.steps.iter().position(ends);
    first.is_some_and(|first| {
        // In a loop, what stands before comes behind as well.
        !play.loops.is_empty() || play.steps[first + 1..].iter().any(looks)
    })
}

/// The hard limit of a resource, if there is one.
fn limit_of(facts: &Facts, of: Resource) -> Option<u64> {
    let mut all = facts.limits.iter();
    let (_, limit) = all.find(|(resource, _)| Resource(*resource) == of)?;
    (*limit != u64::MAX).then_some(*limit)
}

/// Whether RLIMIT_MEMLOCK has room for a segment that a step locks, where nothing sets it.
fn locks(play: &Play, facts: &Facts) -> Option<String> {
    let limit = limit_of(facts, Resource::LOCKED)?;
    let sets = |step: &Step| matches!(&step.act, Act::World(World::SetLimit(..)));
    if may_lock(facts) || play.steps.iter().any(sets) {
        return None;
    }
    let locked = |step: &Step| match &step.act {
        Act::Shmctl(call)
            if call.cmd == Command::Plain(number::SHM_LOCK) && step.expect.may_succeed() =>
        {
            let (object, _) = call.seg.object()?;
            play.objects[object].size.bytes(&facts.units)
        }
        _ => None,
    };
    let need = play.steps.iter().filter_map(locked).max()?;
    (need > limit).then(|| {
        format!("needs RLIMIT_MEMLOCK at {need}, the hard limit is {limit} (CAP_IPC_LOCK)")
    })
}

/// Whether root of this run has CAP_IPC_LOCK.
fn may_lock(facts: &Facts) -> bool {
    /// Its number (include/uapi/linux/capability.h).
    const CAP_IPC_LOCK: u32 = 14;
    facts.root && facts.capabilities >> CAP_IPC_LOCK & 1 == 1
}

/// Whether RLIMIT_AS has room for all that a process of the case may attach.
fn addresses(play: &Play, facts: &Facts) -> Option<String> {
    let limit = limit_of(facts, Resource::ADDRESSES)?;
    let lengths = play.maps.iter().map(|map| {
        let bytes = map.length.bytes(&facts.units).unwrap_or(u64::MAX);
        bytes.saturating_add(facts.units.shmlba.saturating_mul(2))
    });
    let need = lengths.fold(PROGRAM, u64::saturating_add);
    (need > limit).then(|| {
        format!(
            "needs {} KiB of addresses, RLIMIT_AS is {} KiB (CAP_SYS_RESOURCE)",
            need >> 10,
            limit >> 10
        )
    })
}
