//! Runs tests as cargo's own runner does, but that a test may find out that it cannot run here:
//! it is shown as ignored, with the reason.

use libtest_mimic::{Arguments, Completion, Trial};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

/// Why a test cannot run here.
struct CannotRun(String);

/// Ends the test that calls it, for want of what scripts/test.sh sees to. In CI that is a failure.
pub(crate) fn missing(why: &str) -> ! {
    let ci = std::env::var_os("CI").is_some();
    assert!(!ci, "CI must not skip this: {why}");
    ignore(why)
}

/// Ends the test that calls it, which cannot run here.
pub(crate) fn ignore(why: &str) -> ! {
    // As a panic unwinds, but without its message.
    resume_unwind(Box::new(CannotRun(why.to_owned())))
}

/// A test that may call [`ignore`] or [`missing`].
pub(crate) fn test(name: impl Into<String>, run: impl FnOnce() + Send + 'static) -> Trial {
    let run = || match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => Ok(Completion::Completed),
        Err(why) => match why.downcast::<CannotRun>() {
            Ok(why) => Ok(Completion::ignored_with(why.0)),
            Err(panic) => resume_unwind(panic),
        },
    };
    Trial::ignorable_test(name, run)
}

/// Functions as tests of their names.
macro_rules! tests {
    ($($test:path),* $(,)?) => { vec![$($crate::runner::test(stringify!($test), $test)),*] };
}
pub(crate) use tests;

/// Runs them as the command line says.
pub(crate) fn run(tests: Vec<Trial>) -> ExitCode {
    let mut args = Arguments::from_args();
    let threads = std::env::var("RUST_TEST_THREADS").ok();
    let threads = threads.and_then(|number| number.parse().ok());
    args.test_threads = args.test_threads.or(threads);
    libtest_mimic::run(&args, tests).exit_code()
}
