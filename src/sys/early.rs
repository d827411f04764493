//! Before `main`: standard input, output and error exist, whatever we were started with.
//!
//! A kernel that finds no /dev/console starts PID 1 with all three closed, and Rust's
//! runtime gives up where it cannot open /dev/null in their place: a panic of the kernel
//! under test that would be ours.
//!
//! # Safety
//!
//! The loader calls what `.init_array` lists once, before any thread exists; only system
//! calls are made here.

#[used]
#[unsafe(link_section = ".init_array")]
static EARLY: extern "C" fn() = early;

extern "C" fn early() {
    if is_open(0) && is_open(1) && is_open(2) {
        return;
    }
    if super::process::pid() == 1 && super::process::in_first_namespace() {
        // Errors show in the next step: there is no console then.
        let _ = super::machine::mount(c"devtmpfs", c"/dev");
    }
    // SAFETY: a C string that outlives the call.
    let console = unsafe { libc::open(c"/dev/console".as_ptr(), libc::O_RDWR) };
    let fd = if console >= 0 { console } else { silence() };
    for closed in (0..3).filter(|fd| !is_open(*fd)) {
        // SAFETY: integers only.
        unsafe { libc::dup2(fd, closed) };
    }
}

fn is_open(fd: i32) -> bool {
    // SAFETY: integers only.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

/// A descriptor that reads as an end and takes no writes: one side of a pipe.
fn silence() -> i32 {
    let mut ends = [-1; 2];
    // SAFETY: writes to two integers of ours.
    unsafe { libc::pipe(ends.as_mut_ptr()) };
    ends[0]
}
