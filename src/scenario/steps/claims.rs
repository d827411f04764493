//! Claims about the calls of a group.

use crate::scenario::model::{Act, Expect, Step};
use crate::scenario::syntax::{self, Claim, Result as Written};

/// The model of a claim about the calls of a group: which steps are asked, what counts, and
/// how many there must be. `processes` tells how many processes take a step.
///
/// # Errors
///
/// The word that is wrong in it, and why.
pub(in crate::scenario) fn claim(
    steps: &[Step],
    group: &[usize],
    processes: impl Fn(usize) -> u32,
    claim: &Claim,
) -> Result<(Vec<usize>, Expect, Expect), (String, String)> {
    let (fewest, most, verb, result) = match claim {
        Claim::Exactly(n, verb, result) => (*n, *n, verb, result),
        Claim::AtLeast(n, verb, result) => (*n, u32::MAX, verb, result),
        Claim::AtMost(n, verb, result) => (0, *n, verb, result),
    };
    let counts = match &result.result {
        Written::Ok => Expect::Ok,
        Written::Err(errno) => Expect::Err(*errno),
        other => {
            let kind = syntax::kind_of_result(other);
            let message = format!("`{kind}` cannot be counted; write `Ok` or `Err(…)`");
            return Err((kind.to_owned(), message));
        }
    };
    let is = |step: &&usize| {
        let text = steps[**step].told();
        text.split('(')
            .next()
            .is_some_and(|word| word.trim() == verb)
    };
    let asked: Vec<usize> = group.iter().filter(is).copied().collect();
    if asked.is_empty() {
        let message = format!("no step of this group is a `{verb}`; name a call that is made here");
        return Err((format!("\"{verb}\""), message));
    }
    let calls = asked
        .iter()
        .fold(0, |all: u32, step| all.saturating_add(processes(*step)));
    if fewest > calls {
        let message = format!("{calls} `{verb}` are made here; claim no more");
        return Err((fewest.to_string(), message));
    }
    if fewest == 0 && most >= calls {
        let message = format!("this is true of any {calls} calls; claim what is not");
        return Err((String::new(), message));
    }
    debug_assert!(
        asked
            .iter()
            .all(|one| !matches!(steps[*one].act, Act::Claim(..)))
    );
    Ok((asked, counts, Expect::Count(fewest, most)))
}
