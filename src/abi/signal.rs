//! Signals.

super::open_set! {
    /// A signal, as signal(7) lists them for ARM and x86.
    Signal, "signal":
    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGPWR = 30
    SIGSYS = 31
}

super::open_set! {
    /// How a process is killed: by a signal, or by a signal for one of its reasons, as
    /// sigaction(2) lists them under `si_code`. The reason stands above the lowest eight bits.
    Death, "signal":
    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGSYS = 31
    SEGV_MAPERR = 0x010b
    SEGV_ACCERR = 0x020b
    SEGV_PKUERR = 0x040b
    BUS_ADRALN = 0x0107
    BUS_ADRERR = 0x0207
    BUS_OBJERR = 0x0307
    ILL_ILLOPC = 0x0104
    ILL_ILLOPN = 0x0204
    ILL_PRVOPC = 0x0504
}

impl Death {
    /// A death by this signal, for this reason if one is known.
    #[must_use]
    pub fn by(signal: Signal, code: Option<i32>) -> Self {
        Self(signal.0 | code.unwrap_or(0) << 8)
    }

    /// The signal alone.
    #[must_use]
    pub fn signal(self) -> Signal {
        Signal(self.0 & 0xff)
    }

    /// The `si_code`, if one is told.
    #[must_use]
    pub fn code(self) -> Option<i32> {
        Some(self.0 >> 8).filter(|code| *code != 0)
    }
}
