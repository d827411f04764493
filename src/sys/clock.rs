//! Clocks, with 64 bits for the seconds wherever the kernel has them.
//!
//! # Safety
//!
//! The structures are of the layout that the number of the call implies and outlive it.

use super::decode;
use crate::abi::Errno;

/// `struct __kernel_timespec`, which is also `struct timespec` where a `long` has 64 bits.
#[repr(C)]
#[derive(Default)]
struct Time {
    seconds: i64,
    nanoseconds: i64,
}

/// `struct old_timespec32`.
#[cfg(target_pointer_width = "32")]
#[repr(C)]
#[derive(Default)]
struct OldTime {
    seconds: i32,
    nanoseconds: i32,
}

/// The calls with [`Time`]: since Linux 5.1 on 32 bits, where the libc crate names none.
#[cfg(target_pointer_width = "32")]
mod nr {
    pub(super) const GETTIME: libc::c_long = 403;
    pub(super) const SETTIME: libc::c_long = 404;
}
/// The calls with [`Time`].
#[cfg(target_pointer_width = "64")]
mod nr {
    pub(super) use libc::{SYS_clock_gettime as GETTIME, SYS_clock_settime as SETTIME};
}

/// `clock_gettime(CLOCK_REALTIME_COARSE, &time)`: the second that it is. Coarse, because the
/// times of a segment are (`ktime_get_real_seconds`): the fine clock may be a tick ahead.
///
/// Without CONFIG_POSIX_TIMERS there is no coarse clock (kernel/time/posix-stubs.c), and this is the
/// fine one.
#[must_use]
pub fn realtime_seconds() -> i64 {
    ask(libc::CLOCK_REALTIME_COARSE).map_or_else(|_| realtime().0, |time| time.seconds)
}

/// The earliest second that a segment may tell from now on: [`realtime_seconds`], or, where that is
/// the fine clock, what it showed a tick of HZ=100 before.
#[must_use]
pub fn first_second() -> i64 {
    const TICK: u32 = 10_000_000;
    match ask(libc::CLOCK_REALTIME_COARSE) {
        Ok(time) => time.seconds,
        Err(_) => {
            let (seconds, nanoseconds) = realtime();
            seconds - i64::from(nanoseconds < TICK)
        }
    }
}

/// `clock_gettime(CLOCK_MONOTONIC, &time)`: nanoseconds since some moment.
#[must_use]
pub fn monotonic_ns() -> u64 {
    let time = now(libc::CLOCK_MONOTONIC);
    (time.seconds as u64).wrapping_mul(1_000_000_000) + time.nanoseconds as u64
}

/// `clock_gettime(CLOCK_REALTIME, &time)`: seconds since 1970, and nanoseconds.
#[must_use]
pub fn realtime() -> (i64, u32) {
    let time = now(libc::CLOCK_REALTIME);
    (time.seconds, time.nanoseconds as u32)
}

/// `clock_settime(CLOCK_REALTIME, &time)`: sets the clock to so many seconds after 1970, and
/// nanoseconds.
pub fn set_realtime(seconds: i64, nanoseconds: u32) -> Result<(), Errno> {
    set(libc::CLOCK_REALTIME, seconds, nanoseconds)
}

/// `clock_settime(clock, &time)`, with the old call where a 32-bit kernel has no other.
pub(super) fn set(clock: libc::clockid_t, seconds: i64, nanoseconds: u32) -> Result<(), Errno> {
    let time = Time {
        seconds,
        nanoseconds: nanoseconds.into(),
    };
    // SAFETY: see the module.
    let returned = decode(unsafe { libc::syscall(nr::SETTIME, clock, &raw const time) });
    #[cfg(target_pointer_width = "32")]
    if let (Err(Errno(libc::ENOSYS)), Ok(seconds)) = (returned, i32::try_from(seconds)) {
        let time = OldTime {
            seconds,
            nanoseconds: nanoseconds as i32,
        };
        // SAFETY: see the module.
        decode(unsafe { libc::syscall(libc::SYS_clock_settime, clock, &raw const time) })?;
        return Ok(());
    }
    returned.map(|_| ())
}

/// The wall clock, and the one that nobody sets, at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Nanoseconds since 1970.
    wall: i128,
    /// CLOCK_MONOTONIC, in nanoseconds, before the wall clock was read, and after.
    between: (i128, i128),
}

/// Nanoseconds of a second.
const NS: i128 = 1_000_000_000;

impl Reading {
    /// `clock_gettime(CLOCK_MONOTONIC)`, `clock_gettime(CLOCK_REALTIME)`, and the first again.
    #[must_use]
    pub fn take() -> Self {
        let before = monotonic_ns();
        let (seconds, nanoseconds) = realtime();
        Self {
            wall: i128::from(seconds) * NS + i128::from(nanoseconds),
            between: (before.into(), monotonic_ns().into()),
        }
    }

    /// By how many nanoseconds the wall clock was set since another reading; `None` if that is no
    /// more than can be seen. To be slewed (adjtime(3)) moves both clocks.
    #[must_use]
    pub fn jump_since(&self, earlier: &Self) -> Option<i128> {
        /// The kernel may round, or take a step of its own at a leap second.
        const UNSEEN: i128 = 1_000_000;
        let offsets = |one: &Self| (one.wall - one.between.1, one.wall - one.between.0);
        let (now, then) = (offsets(self), offsets(earlier));
        let by = if now.0 > then.1 {
            now.0 - then.1
        } else if now.1 < then.0 {
            now.1 - then.0
        } else {
            return None;
        };
        (by.abs() > UNSEEN).then_some(by)
    }

    /// `clock_settime(CLOCK_REALTIME, …)`: sets the wall clock to what it would show now, had it
    /// not been set since. The kernel allows no time before the monotonic clock's (EINVAL;
    /// kernel/time/timekeeping.c: do_settimeofday64), which on a machine without a clock chip
    /// shows nearly the same: then that is the time, or as little after it as can be.
    pub fn go_back(&self) -> Result<(), Errno> {
        /// The first is what such a machine is off by, and cannot see.
        const LATER: [i128; 6] = [0, 20_000, 1_000_000, 20_000_000, 300_000_000, 3_000_000_000];
        let mut refused = Errno(libc::EINVAL);
        for later in LATER {
            let passed = i128::from(monotonic_ns()) - self.between.1;
            let to = (self.wall + passed).max(monotonic_ns().into()) + later;
            match set_realtime((to / NS) as i64, (to % NS) as u32) {
                Err(errno @ Errno(libc::EINVAL)) => refused = errno,
                answer => return answer,
            }
        }
        Err(refused)
    }
}

/// `poll(NULL, 0, timeout)` until [`realtime_seconds`] has changed: waits for the next second, or
/// for the clock to be set.
pub fn until_next_second() {
    const MILLISECOND: i64 = 1_000_000;
    let started = realtime_seconds();
    while realtime_seconds() == started {
        // All of the second at once; the coarse clock then follows within a tick.
        let fine = now(libc::CLOCK_REALTIME);
        let timeout = if fine.seconds == started {
            1000 - (fine.nanoseconds / MILLISECOND) as i32
        } else {
            1
        };
        // SAFETY: no descriptors, so that nothing is read or written.
        unsafe { libc::poll(std::ptr::null_mut(), 0, timeout) };
    }
}

/// Has the next second begin now. It is the kernel's own clock that is set.
pub fn begin_next_second() -> Result<(), Errno> {
    let (seconds, _) = realtime();
    set_realtime(seconds.saturating_add(1), 0)
}

/// A clock that is always there, so that the call cannot fail.
fn now(clock: libc::clockid_t) -> Time {
    let told = ask(clock);
    debug_assert!(told.is_ok(), "clock {clock}: {:?}", told.err());
    told.unwrap_or_default()
}

fn ask(clock: libc::clockid_t) -> Result<Time, Errno> {
    let mut time = Time::default();
    // SAFETY: see the module.
    let returned = decode(unsafe { libc::syscall(nr::GETTIME, clock, &raw mut time) });
    #[cfg(target_pointer_width = "32")]
    if returned == Err(Errno(libc::ENOSYS)) {
        let mut old = OldTime::default();
        // SAFETY: see the module.
        decode(unsafe { libc::syscall(libc::SYS_clock_gettime, clock, &raw mut old) })?;
        return Ok(Time {
            seconds: old.seconds.into(),
            nanoseconds: old.nanoseconds.into(),
        });
    }
    returned.map(|_| time)
}

#[cfg(test)]
mod tests {
    use super::{Reading, monotonic_ns, realtime_seconds, set_realtime, until_next_second};
    use crate::abi::Errno;
    use std::time::{Instant, SystemTime, UNIX_EPOCH};

    #[test]
    fn a_clock_that_was_set_is_seen_and_one_that_runs_is_not() {
        let at = |wall: i128, early: i128, late: i128| Reading {
            wall,
            between: (early, late),
        };
        let start = at(1_000_000_000_000, 500, 900);
        // Ten seconds later, with a slow reading in between.
        let later = at(1_010_000_000_000, 9_999_000_000, 10_003_000_000);
        assert_eq!(later.jump_since(&start), None);
        let forward = at(1_013_600_000_000, 10_000_000_000, 10_000_000_100);
        assert_eq!(
            forward.jump_since(&start).map(|by| by / 100_000_000),
            Some(36)
        );
        let back = at(1_000_000_000_000, 10_000_000_000, 10_000_000_100);
        assert_eq!(
            back.jump_since(&start).map(|by| by / 1_000_000_000),
            Some(-9)
        );
        assert_eq!(Reading::take().jump_since(&Reading::take()), None);
    }

    #[test]
    fn the_clocks_agree_with_the_standard_library() {
        let known = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        assert!(realtime_seconds().abs_diff(known.as_secs() as i64) <= 1);
        let (ours, theirs) = (monotonic_ns(), Instant::now());
        assert!(monotonic_ns() >= ours);
        assert!(u128::from(monotonic_ns() - ours) <= theirs.elapsed().as_nanos() + 100_000_000);
    }

    #[test]
    fn the_next_second_comes_within_a_second() {
        let (second, before) = (realtime_seconds(), monotonic_ns());
        until_next_second();
        assert!(realtime_seconds() > second);
        assert!(monotonic_ns() - before < 1_500_000_000);
    }

    #[test]
    fn a_time_that_no_clock_has_is_refused() {
        let refused = set_realtime(-1, 0);
        assert!(
            matches!(refused, Err(Errno(libc::EINVAL | libc::EPERM))),
            "{refused:?}"
        );
    }
}
