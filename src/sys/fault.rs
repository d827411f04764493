//! A last message from a process that dies of an access.
//!
//! waitpid(2) tells the signal only; why it came (`si_code`) and where (`si_addr`) is known to
//! a handler alone. Ours writes that down and returns: the instruction is run again, meets the
//! default action, and the kernel kills the process as it would have without us.
//!
//! # Safety
//!
//! The handler makes system calls and uses atomics, which are async-signal-safe. What it
//! uses was put there before it was installed, and does not change until it has run.

use super::{decode_int, process};
use crate::abi::Errno;
use std::sync::atomic::{AtomicI32, AtomicU8, AtomicUsize, Ordering};

/// The longest message: below PIPE_BUF, so that a pipe takes it in one piece.
pub const LONGEST: usize = 512;

/// The stack of the handler, for a fault may be one of the stack. The kernel stores all
/// registers there, which on CPUs with large vectors takes more than 10 KiB.
const STACK: usize = 64 * 1024;

#[expect(
    clippy::declare_interior_mutable_const,
    reason = "an initial value, of which each byte of a static gets its own"
)]
const BYTE: AtomicU8 = AtomicU8::new(0);

// Statics, because a handler is passed nothing; atomics, because it may come at any time.
static ALTERNATE: [AtomicU8; STACK] = [BYTE; STACK];
static MESSAGE: [AtomicU8; LONGEST] = [BYTE; LONGEST];
static LENGTH: AtomicUsize = AtomicUsize::new(0);
static CODE_AT: AtomicUsize = AtomicUsize::new(0);
static ADDRESS_AT: AtomicUsize = AtomicUsize::new(0);
static TO: AtomicI32 = AtomicI32::new(-1);

/// `sigaction(SIGSEGV, &handler, NULL)`, and of SIGBUS and SIGILL: has the first of them write
/// `message` to `fd`, with `si_code` (32 bits) and `si_addr` as little-endian 64-bit numbers at
/// these places. The process then dies of the signal. May be called again with other things
/// to say. EINVAL for a message that is too long or has no such places.
pub fn install(fd: i32, message: &[u8], code_at: usize, address_at: usize) -> Result<(), Errno> {
    let fits = |at: usize| at.checked_add(8).is_some_and(|end| end <= message.len());
    if message.len() > LONGEST || !fits(code_at) || !fits(address_at) {
        return Err(Errno(libc::EINVAL));
    }
    for (to, byte) in MESSAGE.iter().zip(message) {
        to.store(*byte, Ordering::Relaxed);
    }
    LENGTH.store(message.len(), Ordering::Relaxed);
    CODE_AT.store(code_at, Ordering::Relaxed);
    ADDRESS_AT.store(address_at, Ordering::Relaxed);
    TO.store(fd, Ordering::SeqCst);
    let stack = libc::stack_t {
        ss_sp: ALTERNATE.as_ptr().cast_mut().cast(),
        ss_flags: 0,
        ss_size: STACK,
    };
    // SAFETY: memory that lasts, that may be written, and that nothing else uses.
    decode_int(unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) })?;
    // SAFETY: all-zero is a valid sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESETHAND | libc::SA_ONSTACK;
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL] {
        let old = std::ptr::null_mut();
        // SAFETY: the handler is async-signal-safe, see the module.
        decode_int(unsafe { libc::sigaction(signal, &raw const action, old) })?;
    }
    Ok(())
}

extern "C" fn handler(signal: i32, info: *const libc::siginfo_t, _: *const libc::c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes one that lasts as long as the handler.
    let info = unsafe { &*info };
    // SAFETY: these signals carry an address; sent by a process they carry its pid there.
    let address = unsafe { info.si_addr() }.addr() as u64;
    let code = u64::from(info.si_code as u32);
    let mut message = [0; LONGEST];
    for (to, byte) in message.iter_mut().zip(&MESSAGE) {
        *to = byte.load(Ordering::Relaxed);
    }
    put(&mut message, CODE_AT.load(Ordering::Relaxed), code);
    put(&mut message, ADDRESS_AT.load(Ordering::Relaxed), address);
    let (fd, length) = (TO.load(Ordering::SeqCst), LENGTH.load(Ordering::Relaxed));
    // SAFETY: `install` checked the length.
    unsafe { libc::write(fd, message.as_ptr().cast(), length) };
    if info.si_code <= 0 {
        // Sent by a process (SI_USER, SI_TKILL): no instruction will repeat it, so we do.
        process::kill(process::pid(), signal);
    }
}

/// Without a slice index, which could panic.
fn put(message: &mut [u8; LONGEST], at: usize, number: u64) {
    for (to, byte) in message.iter_mut().skip(at).zip(number.to_le_bytes()) {
        *to = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, install};
    use crate::abi::{Errno, Signal};
    use crate::sys::process::{self, Death, Forked};
    use crate::sys::{machine, mapping, memory, wait};
    use std::io::Read;
    use std::os::fd::AsRawFd;

    /// What a child said, and how it died.
    fn last_words(die: impl FnOnce()) -> (Vec<u8>, Option<Death>) {
        let (mut from, to) = std::io::pipe().expect("a pipe");
        match process::fork().expect("a child") {
            Forked::Child => {
                wait::release_signals();
                let _ = crate::sys::limits::set_limit(libc::RLIMIT_CORE as i32, 1, 1);
                if install(to.as_raw_fd(), b"a message of 24 bytes...", 0, 16).is_ok() {
                    // Overwritten by the message that counts.
                    let _ = install(to.as_raw_fd(), &[b'.'; 20], 1, 10);
                }
                die();
                process::exit_now(0);
            }
            Forked::Parent(pid) => {
                drop(to);
                let mut said = Vec::new();
                from.read_to_end(&mut said).expect("a pipe");
                (said, process::reap(pid, true).map(|(_, death)| death))
            }
        }
    }

    fn message(code: u64, address: u64) -> Vec<u8> {
        let parts = [
            &b"."[..],
            &code.to_le_bytes(),
            b".",
            &address.to_le_bytes(),
            b"..",
        ];
        parts.concat()
    }

    const SEGV: Option<Death> = Some(Death::Killed(Signal(libc::SIGSEGV)));

    #[test]
    fn a_store_to_a_read_only_page_says_why_and_kills() {
        const SEGV_ACCERR: u64 = 2;
        let page = machine::page_size() as usize;
        let start = mapping::mmap(None, page, libc::PROT_READ).expect("memory");
        let seen = last_words(|| memory::store(start + 3, b"x"));
        assert_eq!(seen, (message(SEGV_ACCERR, start as u64 + 3), SEGV));
        mapping::munmap(start, page).expect("mapped");
    }

    #[test]
    fn a_load_from_nothing_says_why_and_kills() {
        const SEGV_MAPERR: u64 = 1;
        let page = machine::page_size() as usize;
        let start = mapping::mmap(None, page, libc::PROT_READ).expect("memory");
        let seen = last_words(|| {
            let _ = mapping::munmap(start, page);
            memory::load(start, &mut [0]);
        });
        assert_eq!(seen, (message(SEGV_MAPERR, start as u64), SEGV));
        mapping::munmap(start, page).expect("mapped");
    }

    #[test]
    fn a_signal_that_was_sent_kills_as_well() {
        let (said, death) = last_words(|| process::kill(process::pid(), libc::SIGBUS));
        assert_eq!(said[..9], message(0, 0)[..9]);
        assert_eq!(death, Some(Death::Killed(Signal(libc::SIGBUS))));
    }

    #[test]
    fn a_process_that_does_nothing_wrong_says_nothing() {
        assert_eq!(last_words(|| ()), (Vec::new(), Some(Death::Exited(0))));
    }

    #[test]
    fn a_message_must_have_its_places() {
        const EINVAL: Result<(), Errno> = Err(Errno(libc::EINVAL));
        assert_eq!(install(1, &[0; LONGEST + 1], 0, 8), EINVAL);
        assert_eq!(install(1, &[0; 15], 0, 8), EINVAL);
        assert_eq!(install(1, &[0; 16], usize::MAX, 8), EINVAL);
    }
}
