//! Verdicts of steps on the line, a letter each: `P`ass, `F`ail, `B`locked, `S`kip, `X` broken.
//! A `-` stands for a step that the case does not have.

use crate::verdict::Verdict;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The letter of a step that the case does not have.
const NONE: char = '-';

pub(super) fn serialize<S: Serializer>(
    verdicts: &[Option<Verdict>],
    to: S,
) -> Result<S::Ok, S::Error> {
    let letter = |verdict: &Option<Verdict>| verdict.as_ref().map_or(NONE, letter);
    let letters: String = verdicts.iter().map(letter).collect();
    letters.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<Option<Verdict>>, D::Error> {
    let letters = String::deserialize(from)?;
    let verdict = |letter| match letter {
        NONE => Ok(None),
        letter => verdict(letter).map(Some),
    };
    letters.chars().map(verdict).collect()
}

/// The same for one verdict.
pub(super) mod one {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Verdict};

    pub(in crate::report::record) fn serialize<S: Serializer>(
        verdict: &Verdict,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        super::letter(verdict).serialize(to)
    }

    pub(in crate::report::record) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Verdict, D::Error> {
        super::verdict(char::deserialize(from)?)
    }
}

fn letter(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Pass => 'P',
        Verdict::Fail => 'F',
        Verdict::Blocked => 'B',
        Verdict::Skip => 'S',
        Verdict::Broken => 'X',
    }
}

fn verdict<E: Error>(letter: char) -> Result<Verdict, E> {
    Ok(match letter {
        'P' => Verdict::Pass,
        'F' => Verdict::Fail,
        'B' => Verdict::Blocked,
        'S' => Verdict::Skip,
        'X' => Verdict::Broken,
        other => {
            return Err(E::custom(format_args!(
                "no verdict has the letter {other:?}"
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::report::record::{Case, Event, Taken};
    use crate::verdict::Verdict as V;

    #[track_caller]
    fn check(event: &Event, letters: &str) {
        let json = serde_json::to_string(event).expect("JSON");
        assert!(json.contains(letters), "{json}");
        let read: Event = serde_json::from_str(&json).expect("what was written");
        assert_eq!(read, *event);
        let unknown = json.replacen(letters, &letters.replacen('P', "Q", 1), 1);
        let error = serde_json::from_str::<Event>(&unknown).expect_err("an unknown letter");
        assert!(
            error
                .to_string()
                .starts_with("no verdict has the letter 'Q'")
        );
    }

    #[test]
    fn every_verdict_has_a_letter_and_others_are_refused() {
        let steps = [V::Pass, V::Fail, V::Blocked, V::Skip, V::Broken].map(Some);
        let case = Case {
            steps: [&steps[..], &[None]].concat(),
            ..Case::default()
        };
        check(&Event::Case(case), "\"steps\":\"PFBSX-\"");
        let taken = Taken {
            case: 0,
            step: 0,
            actor: "a".to_owned(),
            told: None,
            verdict: V::Pass,
            observed: String::new(),
        };
        check(&Event::Step(taken), "\"verdict\":\"P\"");
    }
}
