//! The table of subcommands and flags.

/// A subcommand.
pub struct Command {
    /// As it is called.
    pub name: &'static str,
    /// One line for the overview.
    pub about: &'static str,
    /// What stands behind the flags.
    pub operands: &'static str,
    /// Its flags, group by group.
    pub flags: &'static [&'static [Flag]],
}

/// A flag.
pub struct Flag {
    /// Without the dashes.
    pub name: &'static str,
    /// The name of its value, if it takes one.
    pub value: Option<&'static str>,
    /// One line.
    pub help: &'static str,
}

const fn flag(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag {
        name,
        value: Some(value),
        help,
    }
}

const SCENARIOS: Flag = flag(
    "scenarios",
    "PATH",
    "take this directory or file instead of the scenarios that are built in",
);

const SUITE: &[Flag] = &[
    SCENARIOS,
    flag(
        "inject",
        "CALL=ERRNO",
        "make a call fail (seccomp), to see that it is noticed: shmat=ENOMEM",
    ),
    flag(
        "step-timeout",
        "SECONDS",
        "how long a step may take (default 10)",
    ),
    flag(
        "effort",
        "NUMBER",
        "multiplies the rounds and seconds of every Repeat (default 1)",
    ),
    flag(
        "seed",
        "NUMBER",
        "what decides about chance in races (default: another each time, printed)",
    ),
];

const VERBOSE: Flag = Flag {
    name: "verbose",
    value: None,
    help: "show every step as it is taken (also -v)",
};

const OUT: Flag = flag(
    "out",
    "FILE",
    "write the report to FILE, and the text form to the terminal",
);

#[cfg(feature = "host")]
const ALLOW_WARNING: Flag = flag(
    "allow-warning",
    "TEXT",
    "let kernel warnings that contain TEXT pass; may be repeated",
);

#[cfg(feature = "host")]
const TIMEOUT_FACTOR: Flag = flag(
    "timeout-factor",
    "NUMBER",
    "multiplies all time-outs, but for those of steps (default 1)",
);

#[cfg(feature = "host")]
const REPORT: &[Flag] = &[
    flag("format", "FORMAT", "text (default), ktap, json or junit"),
    OUT,
    VERBOSE,
];

const ON_DONE: Flag = flag(
    "on-done",
    "HOW",
    "what becomes of the machine after the run: reboot (default), poweroff, halt",
);

/// `run`, whose arguments are also handed on to boards.
pub const RUN: Command = Command {
    name: "run",
    about: "run scenarios against the kernel that we stand on",
    operands: "[SCENARIO[/CASE]]...",
    flags: &[
        SUITE,
        &[
            flag(
                "format",
                "FORMAT",
                "text (default), ktap, json, junit; or frames, for `shmproof collect`",
            ),
            OUT,
            VERBOSE,
        ],
    ],
};

const CHECK: Command = Command {
    name: "check",
    about: "read scenario files and report all their problems",
    operands: "FILE...",
    flags: &[],
};

const LIST: Command = Command {
    name: "list",
    about: "list scenarios, their cases, and the behaviours that they cover",
    operands: "[SCENARIO[/CASE]]...",
    flags: &[&[
        SCENARIOS,
        flag(
            "format",
            "FORMAT",
            "text (default) or json, which has everything",
        ),
        Flag {
            name: "cases",
            value: None,
            help: "show every case as SCENARIO/NUMBER with what varies in it",
        },
        Flag {
            name: "rows",
            value: None,
            help: "show every known behaviour, and which scenarios cover it or why none does",
        },
    ]],
};

const EXPLAIN: Command = Command {
    name: "explain",
    about: "tell a scenario in English: who does what, and what the kernel must do",
    operands: "SCENARIO[/CASE]...",
    flags: &[&[SCENARIOS]],
};

/// The arguments of PID 1, from the image, the kernel command line or its own.
pub const INIT: Command = Command {
    name: "init",
    about: "what PID 1 understands",
    operands: "[SCENARIO[/CASE]]...",
    flags: &[SUITE, &[ON_DONE, VERBOSE]],
};

#[cfg(feature = "host")]
const IMAGE: Command = Command {
    name: "image",
    about: "make an initramfs whose /init is the firmware",
    operands: "[SCENARIO[/CASE]]...",
    flags: &[
        &[
            flag("firmware", "FILE", "the static binary for the target"),
            flag("out", "FILE", "where the image goes"),
            Flag {
                name: "uncompressed",
                value: None,
                help: "write plain cpio instead of gzip",
            },
            ON_DONE,
        ],
        SUITE,
    ],
};

#[cfg(feature = "host")]
const BOOT: Command = Command {
    name: "boot",
    about: "boot a kernel in QEMU with the firmware as /init, and report",
    operands: "[SCENARIO[/CASE]]...",
    flags: &[
        &[
            flag("guest", "NAME", "the machine; `shmproof guests` lists them"),
            flag("kernel", "FILE", "the kernel to boot"),
            flag("firmware", "FILE", "the static binary for the guest"),
            flag(
                "image",
                "FILE",
                "boot this initramfs instead of one made from --firmware",
            ),
            flag(
                "dtb",
                "FILE",
                "device tree of the machine, where QEMU makes none (default beside the kernel)",
            ),
            flag(
                "memory",
                "MIB",
                "memory of the guest (default 256; armv6: 512)",
            ),
            flag(
                "cpus",
                "COUNT",
                "processors of the guest (default 2; armv6: 1)",
            ),
            flag("accel", "HOW", "auto (default), kvm or tcg"),
            flag(
                "append",
                "ARGUMENTS",
                "further kernel arguments; may be repeated",
            ),
            flag("qemu", "FILE", "the emulator to use"),
            flag(
                "qemu-arg",
                "ARGUMENT",
                "a further argument of QEMU; may be repeated",
            ),
            TIMEOUT_FACTOR,
            ALLOW_WARNING,
            Flag {
                name: "quick",
                value: None,
                help: "unpack the kernel here rather than in the guest (same code, seconds less)",
            },
            flag("console", "FILE", "keep the whole console in FILE"),
            Flag {
                name: "dry-run",
                value: None,
                help: "print QEMU's command line and stop",
            },
        ],
        SUITE,
        REPORT,
    ],
};

#[cfg(feature = "host")]
const COLLECT: Command = Command {
    name: "collect",
    about: "make the report of a run from a captured console log, or from standard input",
    operands: "LOG|-",
    flags: &[
        &[
            flag(
                "run",
                "NUMBER",
                "which run of the log, from 1 (default: the last)",
            ),
            ALLOW_WARNING,
        ],
        REPORT,
    ],
};

#[cfg(feature = "host")]
const DEPLOY: Command = Command {
    name: "deploy",
    about: "copy the firmware to boards over ssh, run it there, and report",
    operands: "[USER@]BOARD[:PORT]... [-- RUN ARGUMENT...]",
    flags: &[&[
        flag("i", "FILE", "as for ssh: the key to log in with"),
        flag("J", "HOST", "as for ssh: go by way of this host"),
        flag("p", "PORT", "as for ssh: the port"),
        flag("F", "FILE", "as for ssh: its configuration"),
        flag("o", "OPTION", "as for ssh: any option; may be repeated"),
        flag(
            "firmware",
            "FILE",
            "this binary, whatever the board says that it is",
        ),
        flag(
            "builder",
            "COMMAND",
            "makes the firmware: COMMAND --quiet TARGET prints its path",
        ),
        flag(
            "dir",
            "DIRECTORY",
            "where on the board it goes (default: where there is room)",
        ),
        flag(
            "copy",
            "HOW",
            "scp, scp-legacy or stream (default: the first that works)",
        ),
        Flag {
            name: "keep",
            value: None,
            help: "leave the firmware on the board, for the next time",
        },
        TIMEOUT_FACTOR,
        flag(
            "format",
            "FORMAT",
            "text (default), ktap, json or junit; may be repeated",
        ),
        flag(
            "out",
            "PATH",
            "where reports go: a file; a directory for several boards or formats",
        ),
        VERBOSE,
    ]],
};

#[cfg(feature = "host")]
const COMPARE: Command = Command {
    name: "compare",
    about: "lay the JSON reports of several runs side by side: where do kernels differ",
    operands: "REPORT...",
    flags: &[&[
        flag("format", "FORMAT", "text (default), markdown or json"),
        flag(
            "exit",
            "HOW",
            "exit code: worst (default) of the runs, or differences: 1 where any case differs",
        ),
        flag(
            "absent",
            "NAME=WHY",
            "a run that there is not, and rightly so; may be repeated",
        ),
        flag(
            "missing",
            "NAME=WHY",
            "a run that there should have been, and is not; may be repeated",
        ),
    ]],
};

#[cfg(feature = "host")]
const GUESTS: Command = Command {
    name: "guests",
    about: "list the machines that `boot` knows",
    operands: "",
    flags: &[&[flag(
        "shell",
        "NAME",
        "print one guest as shell assignments, for scripts",
    )]],
};

/// The subcommands, in the order of the overview.
#[cfg(feature = "host")]
pub const COMMANDS: &[&Command] = &[
    &RUN, &BOOT, &DEPLOY, &COLLECT, &COMPARE, &IMAGE, &GUESTS, &LIST, &EXPLAIN, &CHECK,
];
/// The subcommands of the firmware.
#[cfg(not(feature = "host"))]
pub const COMMANDS: &[&Command] = &[&RUN, &LIST, &EXPLAIN, &CHECK];
