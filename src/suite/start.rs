//! Gives a run the same start, whoever starts it.
//!
//! What a process inherits and can change, it changes here, before anything is forked; the
//! actors inherit the result. Nothing has to be given back, as all of it goes with the process.
//! What cannot be changed is found by [`exec::probe`](crate::exec::probe). tests/environments
//! lists both.

use crate::sys::{image, inherited, limits, process, wait};

/// Flags of personality(2) that decide at exec how the address space is laid out
/// (include/uapi/linux/personality.h): MMAP_PAGE_ZERO, ADDR_COMPAT_LAYOUT, ADDR_LIMIT_32BIT,
/// ADDR_LIMIT_3GB. READ_IMPLIES_EXEC is none of them: it is asked for at each mmap(2), and 32-bit ARM
/// sets it at exec for our program (arch/arm/kernel/elf.c: arm_elf_read_implies_exec).
const DECIDED_AT_EXEC: u32 = 0x0010_0000 | 0x0020_0000 | 0x0080_0000 | 0x0800_0000;

/// The usual limit of a stack, in bytes: enough for us. Where there is none, the kernel maps from the
/// bottom of the address space up (mm/util.c: mmap_is_legacy).
const STACK: u64 = 8 << 20;

/// More descriptors than the largest case needs.
const DESCRIPTORS: u64 = 4096;

/// The limits that could keep a case from what it does. Where we may, there is none.
const LIFTED: [libc::c_int; 8] = [
    libc::RLIMIT_AS as libc::c_int,
    libc::RLIMIT_DATA as libc::c_int,
    libc::RLIMIT_MEMLOCK as libc::c_int,
    libc::RLIMIT_NPROC as libc::c_int,
    libc::RLIMIT_FSIZE as libc::c_int,
    libc::RLIMIT_CPU as libc::c_int,
    libc::RLIMIT_SIGPENDING as libc::c_int,
    libc::RLIMIT_RTTIME as libc::c_int,
];

/// Changes what can be changed. Each part is optional: what a kernel or a sandbox refuses stays
/// as it is.
pub fn normalise() {
    inherited::allow_the_clock();
    // Who is started by a kernel has none, and one without CONFIG_POSIX_TIMERS complains of the call.
    if process::pid() != 1 {
        inherited::stop_timers();
    }
    inherited::unblock_all_signals();
    inherited::heed_all_signals();
    // A report that reaches RLIMIT_FSIZE is an error of write(2), and told as such.
    wait::ignore(libc::SIGXFSZ);
    inherited::schedule_as_usual();
    if inherited::securebits().is_ok_and(|bits| bits != 0) {
        let _ = inherited::set_securebits(0);
    }
    inherited::clear_ambient_capabilities();
    lay_out();
    lift_limits();
}

/// Why this process cannot even begin, if a limit leaves it no memory.
#[must_use]
pub fn too_small_to_start() -> Option<String> {
    /// Scenarios, cases and reports: some 6 MiB on 64 bits.
    const NEEDED: u64 = 12 << 20;
    let limited = [
        (libc::RLIMIT_DATA, "RLIMIT_DATA"),
        (libc::RLIMIT_AS, "RLIMIT_AS"),
    ];
    limited.into_iter().find_map(|(resource, name)| {
        let (soft, _) = limits::limit(resource as libc::c_int).ok()?;
        (soft < NEEDED).then(|| {
            format!(
                "cannot start: {name} is {} KiB, and a run takes {} KiB; raise its hard limit",
                soft >> 10,
                NEEDED >> 10
            )
        })
    })
}

/// Has an address space like any other program's: without flags of personality(2), and with a
/// limited stack. For some of it the program must be started anew.
fn lay_out() {
    let stack = libc::RLIMIT_STACK as libc::c_int;
    let mut anew = false;
    if let Ok((soft, hard)) = limits::limit(stack)
        && (soft == u64::MAX || soft < STACK)
    {
        let set = limits::set_limit(stack, STACK.min(hard), hard);
        // A larger stack needs no new program, as it grows up to the limit of the moment.
        anew |= soft == u64::MAX && set.is_ok();
    }
    if let Ok(persona) = inherited::personality()
        && persona != 0
        && inherited::set_personality(0).is_ok()
    {
        anew |= persona & DECIDED_AT_EXEC != 0;
    }
    if anew && !image::is_anew() && image::keep_own_executable().is_ok() {
        let refused = image::exec_anew();
        log::info!("not started anew: {refused}");
    }
}

fn lift_limits() {
    for resource in LIFTED {
        let Ok((_, hard)) = limits::limit(resource) else {
            continue;
        };
        let lifted = limits::set_limit(resource, u64::MAX, u64::MAX);
        if lifted.is_err() {
            let _ = limits::set_limit(resource, hard, hard);
        }
    }
    let descriptors = libc::RLIMIT_NOFILE as libc::c_int;
    if let Ok((soft, hard)) = limits::limit(descriptors)
        && soft < DESCRIPTORS
    {
        let wanted = DESCRIPTORS.max(hard);
        if limits::set_limit(descriptors, DESCRIPTORS, wanted).is_err() {
            let _ = limits::set_limit(descriptors, hard, hard);
        }
    }
}
