//! Whom the kernel kills where memory ends, and whether it has killed anybody.

/// `echo 1000 > /proc/self/oom_score_adj`: who goes first where memory ends is this process and
/// what it forks, not the one that keeps the report. Nobody is kept from raising its own.
pub fn prefer_this() {
    // Without /proc the kernel chooses by size.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// How many processes the kernel has killed for their memory, as /proc/vmstat counts them since
/// Linux 4.13; those of a control group count as well. `None` where that is not told.
#[must_use]
pub fn kills() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/vmstat").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
    line?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{kills, prefer_this};

    #[test]
    fn kills_are_counted() {
        assert!(kills().is_some());
    }

    #[test]
    fn everybody_may_offer_to_go_first() {
        let own = || std::fs::read_to_string("/proc/thread-self/oom_score_adj");
        let before = own().expect("/proc");
        prefer_this();
        assert_eq!(own().expect("/proc").trim(), "1000");
        std::fs::write("/proc/self/oom_score_adj", before).expect("lower than that needs root");
    }
}
