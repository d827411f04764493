//! No scenario brings the checker down: whatever the text, it is planned or refused with
//! problems that can be shown.
//!
//! Runs for 40 minutes, starting from what is good and what is known to be bad:
//!
//! ```sh
//! mkdir -p tests/fuzz/corpus/scenario
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz scenario \
//!     tests/fuzz/corpus/scenario tests/fuzz/seeds scenarios tests/bad_scenarios -- \
//!     -dict=tests/fuzz/scenario.dict -max_total_time=2400 -timeout=5 -rss_limit_mb=4096 \
//!     -max_len=16384
//! ```
//!
//! libFuzzer needs `-Z` options of the compiler; `RUSTC_BOOTSTRAP=1` lets the stable one
//! take them.

#![no_main]
use libfuzzer_sys::fuzz_target;
use shmproof::plan::{self, Facts};
use shmproof::scenario::Scenario;

/// More rows of one input tell nothing new.
const MOST_ROWS: usize = 64;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Scenario::parse("fuzz.ron", text) {
        Ok(scenario) => {
            for row in 0..scenario.rows.len().min(MOST_ROWS) {
                drop(plan::case(&scenario.play(row), &Facts::sample()));
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            for problem in problems {
                assert!(!problem.to_string().is_empty());
            }
        }
    }
});
