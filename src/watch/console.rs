//! What lines on the console mean: crashes, warnings, and machines that begin anew.
//!
//! The patterns are those of LAVA, syzkaller and the BPF CI, and matched at the
//! beginning of a message: in the middle of one they are usually a quotation.

/// What a line means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The kernel has crashed.
    Crash,
    /// The last line of a panic.
    EndOfPanic,
    /// The kernel complains about itself.
    Splat,
    /// A kernel or a boot loader begins.
    Boot,
}

/// The kernel does not go on as before after one of these.
const CRASH: &[&str] = &[
    "Kernel panic - not syncing",
    "Oops: ",
    "Oops - ",
    "Internal error: ",
    "Unable to handle kernel ",
    "BUG: unable to handle ",
    "BUG: kernel NULL pointer dereference",
    "BUG: stack guard page was hit",
    "kernel BUG at ",
    "general protection fault",
    "PANIC: double fault",
    "traps: PANIC: double fault",
    "invalid opcode: ",
    "divide error: ",
    "stack segment: ",
    "Alignment trap: not handling instruction",
    "Unexpected kernel BRK exception",
];

/// The last line of a panic of a kernel that then stands still.
const END_OF_PANIC: &str = "---[ end Kernel panic";

/// The kernel goes on after one of these, but something in it is wrong.
const SPLAT: &[&str] = &[
    "BUG: ",
    "BUG ",
    "WARNING: ",
    "UBSAN: ",
    // On 32-bit ARM these come for a program, too; if the kernel is to blame,
    // "Internal error" follows.
    "Unhandled fault: ",
    "Unhandled prefetch abort: ",
    "INFO: possible circular locking dependency",
    "INFO: possible recursive locking",
    "INFO: inconsistent lock state",
    "INFO: suspicious RCU usage",
    "INFO: trying to register non-static key",
];

/// These look like splats, but are advice (syzkaller's suppressions).
const HARMLESS: &[&str] = &[
    "WARNING: Unprivileged eBPF is enabled",
    "WARNING: The mand mount option",
    "WARNING: the mand mount option",
    "WARNING: See https",
    "WARNING: kernel not compiled with CPU_SRSO",
];

/// Complaints about the machine: its device tree has more processors than the kernel was
/// configured for (CONFIG_SMP, CONFIG_NR_CPUS), or does not have the first one.
const OF_MACHINE: &[&str] = &[" arm_dt_init_cpu_maps+"];

/// How kernels and boot loaders begin.
const BOOT: &[&str] = &[
    LINUX,
    "Booting Linux on physical CPU",
    "U-Boot 20",
    "U-Boot SPL 20",
    "SeaBIOS (version ",
];

/// What every kernel says once, and at most once.
pub(super) const LINUX: &str = "Linux version ";

/// What `line`, a complete one, means; `None` for the ordinary.
pub fn meaning(line: &str) -> Option<Meaning> {
    let text = message(line);
    let starts = |patterns: &[&str]| patterns.iter().any(|pattern| text.starts_with(pattern));
    let of_machine = || OF_MACHINE.iter().any(|place| text.contains(place));
    if starts(HARMLESS) || (starts(&["WARNING: "]) && of_machine()) {
        None
    } else if starts(CRASH) {
        Some(Meaning::Crash)
    } else if text.starts_with(END_OF_PANIC) {
        Some(Meaning::EndOfPanic)
    } else if starts(SPLAT) || stalled(text) || locked_up(text) {
        Some(Meaning::Splat)
    } else if starts(BOOT) {
        Some(Meaning::Boot)
    } else {
        None
    }
}

/// The detectors of hung tasks and of RCU stalls.
fn stalled(text: &str) -> bool {
    let text = text.strip_prefix("rcu: ").unwrap_or(text);
    let Some(info) = text.strip_prefix("INFO: ") else {
        return false;
    };
    (info.starts_with("task ") && info.contains(" blocked for more than "))
        || info.contains(" detected stall")
        || info.contains("self-detected stall")
        || info.contains(" detected expedited stall")
}

/// The detectors of processors that do nothing else any more.
fn locked_up(text: &str) -> bool {
    let text = text.strip_prefix("NMI ").unwrap_or(text);
    text.starts_with("watchdog: ") && (text.contains("soft lockup") || text.contains("hard LOCKUP"))
}

/// The message of the kernel without level, time stamp and caller.
pub fn message(line: &str) -> &str {
    let mut text = line.trim_start();
    if let Some((level, rest)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>'))
        && level.bytes().all(|byte| byte.is_ascii_digit())
    {
        text = rest;
    }
    while let Some((inner, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'T' | b'C'))
    {
        text = rest.trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Meaning::{Boot, Crash, EndOfPanic, Splat};
    use super::{Meaning, meaning, message};

    #[track_caller]
    fn check(expect: Option<Meaning>, lines: &[&str]) {
        for line in lines {
            assert_eq!(meaning(line), expect, "{line}");
        }
    }

    #[test]
    fn crashes_are_noticed() {
        check(
            Some(Crash),
            &[
                // x86
                "[    1.505937] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
                "[    2.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000700",
                "[   10.300000] BUG: kernel NULL pointer dereference, address: 0000000000000000",
                "[   10.300000] BUG: unable to handle page fault for address: ffffc90000000000",
                "[   10.300000] Oops: 0002 [#1] PREEMPT SMP PTI",
                "[   10.300000] Oops: general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1]",
                "[   10.300000] general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1]",
                "[   10.300000] general protection fault: 0000 [#1] SMP",
                "[   10.300000] kernel BUG at ipc/shm.c:321!",
                "[   10.300000] invalid opcode: 0000 [#1] PREEMPT SMP NOPTI",
                "[   10.300000] divide error: 0000 [#1] SMP",
                "[   10.300000] traps: PANIC: double fault, error_code: 0x0",
                "<1>[   10.300000][  T123] BUG: kernel NULL pointer dereference, address: 0000000000000000",
                // ARM
                "[   10.300000] Unable to handle kernel NULL pointer dereference at virtual address 00000000",
                "[   10.300000] Unable to handle kernel paging request at virtual address ffff800008000000",
                "[   10.300000] Internal error: Oops: 5 [#1] SMP ARM",
                "[   10.300000] Internal error: Oops - undefined instruction: 0 [#1] SMP ARM",
                "[   10.300000] Internal error: Oops: 0000000096000004 [#1] SMP",
                "[   10.300000] Alignment trap: not handling instruction e1923f9f at [<c0101234>]",
                "Kernel panic - not syncing: without a time stamp",
            ],
        );
        check(
            Some(EndOfPanic),
            &["[    1.6] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs ]---"],
        );
    }

    #[test]
    fn splats_are_noticed() {
        check(
            Some(Splat),
            &[
                "[   10.300000] WARNING: CPU: 0 PID: 123 at ipc/shm.c:321 shm_close+0x10/0x20",
                "[   10.300000] WARNING: possible circular locking dependency detected",
                "[   10.300000] BUG: sleeping function called from invalid context at mm/slab.h:1",
                "[   10.300000] BUG: KASAN: use-after-free in do_shmat+0x1/0x2",
                "[   10.300000] BUG: soft lockup - CPU#0 stuck for 22s! [init:1]",
                "[   10.300000] BUG shm_cache (Not tainted): Poison overwritten",
                "[   10.300000] UBSAN: array-index-out-of-bounds in ipc/util.c:1:2",
                "[   10.300000] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]",
                "[   10.300000] watchdog: Watchdog detected hard LOCKUP on cpu 0",
                "[   10.300000] NMI watchdog: Watchdog detected hard LOCKUP on cpu 0",
                "[   10.300000] INFO: task init:1 blocked for more than 120 seconds.",
                "[   10.300000] rcu: INFO: rcu_preempt self-detected stall on CPU",
                "[   10.300000] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
                "[   10.300000] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { }",
                "[   10.300000] Unhandled fault: imprecise external abort (0x1406) at 0xb6f00000",
            ],
        );
    }

    #[test]
    fn beginnings_are_noticed() {
        check(
            Some(Boot),
            &[
                "[    0.000000] Linux version 6.1.0-50-armmp (debian-kernel@lists.debian.org)",
                "[    0.000000] Booting Linux on physical CPU 0x0",
                "U-Boot SPL 2023.01 (Jan 01 2023 - 00:00:00 +0000)",
                "U-Boot 2023.01+dfsg-2 (Jan 01 2023 - 00:00:00 +0000)",
                "SeaBIOS (version 1.16.2-debian-1.16.2-1)",
            ],
        );
    }

    #[test]
    fn ordinary_lines_mean_nothing() {
        check(
            None,
            &[
                "[    0.000000] WARNING: CPU: 0 PID: 0 at arch/arm/kernel/devtree.c:130 arm_dt_init_cpu_maps+0xa0/0x104",
                "",
                "[    1.0] reboot: Restarting system",
                "[    1.0] traps: shmproof[42] general protection fault ip:401000 sp:7ffe00 error:0 in shmproof[401000+1000]",
                "[    1.0] shmproof[42]: segfault at 0 ip 0000000000401000 sp 00007ffe00000000 error 4 in shmproof",
                "[    1.0] traps: shmproof[42] trap invalid opcode ip:401000 sp:7ffe00 error:0",
                "[    1.0] shmproof: unhandled page fault (11) at 0x00000000, code 0x817",
                "[    1.0] Alignment trap: shmproof (42) PC=0x00010000 Instr=0xe1923f9f Address=0x00000001 FSR 0x001",
                "[    0.0] Kernel command line: console=ttyS0 panic=-1 oops=panic printk.time=1 loglevel=6",
                "[    0.0] ACPI BIOS Error (bug): A valid RSDP was not found (20220331/tbxfroot-210)",
                "[    0.0] Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
                "[    0.0] WARNING: See https://www.kernel.org/doc/html/latest/admin-guide for mitigation options.",
                "[    0.0] INFO: lockdep is turned off.",
                "[    0.0] INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.2 msecs",
                "[    0.0] ODEBUG: object is on stack, but not annotated",
                "[    0.0] Boot_DEBUG: nothing",
                "[    0.0] DEBUG: nothing",
                "[    0.0] rcu: RCU restricting CPUs from NR_CPUS=8192 to nr_cpu_ids=1.",
                "the scenario quotes: Kernel panic - not syncing",
                "[    0.0] random: crng init done",
            ],
        );
    }

    #[test]
    fn a_message_is_what_follows_time_and_caller() {
        for (line, text) in [
            ("[    1.505937] text [1] more", "text [1] more"),
            ("<6>[    1.505937][   T12] text", "text"),
            ("[    1.505937][    C0] text", "text"),
            ("[ OK ] text", "[ OK ] text"),
            ("<html>", "<html>"),
            ("text", "text"),
        ] {
            assert_eq!(message(line), text);
        }
    }
}
