//! What a case rests on that whoever started the run, or whatever surrounds it, may have taken
//! away: limits, system calls, files, a namespace for itself.
//!
//! Each reason rests on something that is not under test: a limit that was read, a filter that is
//! known to be there, a file system that was mounted differently. None excuses an answer of the
//! four calls.

use super::{Facts, Shared, steps};
use crate::abi::{Errno, Resource, number};
use crate::scenario::{
    Act, Command, Credentials, Expect, Finds, Ipc, Key, Play, Proc, Seg, Shmget, Step,
};

/// The same on every architecture that we build for (include/uapi/asm-generic/errno-base.h).
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
            Act::Credentials(Credentials::SetUser(ids, _) | Credentials::SetGroup(ids)) => {
                ids.iter().flatten().copied().collect()
            }
            Act::Credentials(Credentials::SetGroups(groups)) => groups.clone(),
            Act::Ipc(Ipc::Shmctl(call)) => match call.cmd {
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
    let planned = steps::of(&step.act);
    let mut calls = planned.calls().iter();
    calls
        .find_map(|call| Some(format!("needs {call}: {}", facts.unavailable(call)?)))
        .or_else(|| planned.lacks(step, facts))
}

/// The sysctl with the group that may have huge pages.
pub(super) const GROUP: &str = "vm.hugetlb_shm_group";

/// A group that may have huge pages, other than the kernel's own choice, may be that of an actor.
pub(super) fn group(facts: &Facts) -> Option<String> {
    let group = facts.huge_group.filter(|group| *group != 0)?;
    Some(format!(
        "needs {GROUP} at 0, as kernels have it; it is {group}"
    ))
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
    let Act::Ipc(Ipc::Shmget(call)) = &step.act else {
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
        Act::Ipc(Ipc::Shmget(call)) if step.expect.may_succeed() => {
            let makes = call.key == Key::Private || call.flags & number::IPC_CREAT != 0;
            (makes && !matches!(call.finds, Finds::Known(_))).then_some((call, step))
        }
        _ => None,
    }
}

/// Whether a segment is looked at behind a step that may have ended its last attachment.
fn outlives_an_attachment(play: &Play) -> bool {
    let ends = |step: &Step| step.expect.may_kill() || steps::of(&step.act).detaches();
    let looks = |step: &Step| match &step.act {
        Act::Ipc(ipc) => match ipc {
            Ipc::Shmget(call) => matches!(call.finds, Finds::Known(_) | Finds::Either(_)),
            Ipc::Shmat(call) => !matches!(call.seg, Seg::Raw(_)),
            Ipc::Shmctl(call) => !matches!(call.cmd, Command::Info),
            Ipc::Shmdt { .. } | Ipc::Multiplexed(_) => false,
        },
        Act::Proc(Proc::SysvipcRow(..)) => true,
        _ => false,
    };
    let first = play.steps.iter().position(ends);
    first.is_some_and(|first| {
        // In a loop, what stands before comes behind as well.
        !play.loops.is_empty() || play.steps[first + 1..].iter().any(looks)
    })
}

/// The hard limit of a resource, if there is one.
pub(super) fn limit_of(facts: &Facts, of: Resource) -> Option<u64> {
    let mut all = facts.limits.iter();
    let (_, limit) = all.find(|(resource, _)| Resource(*resource) == of)?;
    (*limit != u64::MAX).then_some(*limit)
}

/// Whether RLIMIT_MEMLOCK has room for a segment that a step locks, where nothing sets it.
fn locks(play: &Play, facts: &Facts) -> Option<String> {
    let limit = limit_of(facts, Resource::LOCKED)?;
    let sets = |step: &Step| matches!(&step.act, Act::Credentials(Credentials::SetLimit(..)));
    if may_lock(facts) || play.steps.iter().any(sets) {
        return None;
    }
    let locked = |step: &Step| match &step.act {
        Act::Ipc(Ipc::Shmctl(call))
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
pub(super) fn may_lock(facts: &Facts) -> bool {
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
