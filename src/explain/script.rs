//! The script: who acts when, step by step.

use super::expect::times;
use super::names::Names;
use super::words::{count, list};
use super::wrap::Page;
use crate::scenario::{Act, Block, Clock, Expect, Loop, Play, Process, Scenario, Step, Turn};

/// How much deeper the inside of a loop or a race stands.
const DEEPER: usize = 4;

/// Tells all turns in time order.
pub(super) fn script(page: &mut Page, scenario: &Scenario, play: &Play) {
    let script = Script {
        rule: &scenario.rule,
        names: Names(play),
        play,
    };
    for (number, block) in play.blocks.iter().enumerate() {
        let around = play
            .loops
            .iter()
            .find(|one| (one.first..one.end).contains(&number));
        if let Some(begun) = around.filter(|one| one.first == number) {
            page.blank();
            page.paragraph(0, &repeated(begun));
        }
        let indent = if around.is_some() { DEEPER } else { 0 };
        script.block(page, block, indent);
    }
}

fn repeated(one: &Loop) -> String {
    let times = one.times.map(|n| count(n, "time"));
    let seconds = one.seconds.map(|n| count(n, "second"));
    match (times, seconds) {
        (Some(times), Some(seconds)) => {
            format!("Repeated {times}, but for {seconds} at the most:")
        }
        (Some(times), None) => format!("Repeated {times}:"),
        (None, Some(seconds)) => format!("Repeated for {seconds}:"),
        (None, None) => "Repeated:".to_owned(),
    }
}

/// A script in the course of being told.
struct Script<'p> {
    rule: &'p str,
    names: Names<'p>,
    play: &'p Play,
}

impl Script<'_> {
    fn block(&self, page: &mut Page, block: &Block, indent: usize) {
        let (first, end) = block.claims;
        let alone = block.turns.len() == 1 && first == end;
        if alone {
            for turn in &block.turns {
                self.turn(page, *turn, indent);
            }
            return;
        }
        page.blank();
        page.paragraph(indent, "At the same time:");
        for turn in &block.turns {
            self.turn(page, *turn, indent + DEEPER);
        }
        if first < end {
            page.blank();
        }
        for claim in &self.play.steps[first..end] {
            self.because(page, claim, indent);
            self.line(page, claim, indent, &self.claim(claim));
        }
    }

    /// One actor's steps, paragraph by paragraph.
    fn turn(&self, page: &mut Page, turn: Turn, indent: usize) {
        let actor = &self.play.actors[turn.actor];
        page.blank();
        let who = match actor.count {
            1 => format!("{} acts:", actor.name),
            n => format!("Each of the {n} processes of {} acts:", actor.name),
        };
        page.paragraph(indent, &who);
        let mut told = self.rule;
        for index in turn.first..turn.end {
            let step = &self.play.steps[index];
            if *step.written.comment != *told {
                if index > turn.first {
                    page.blank();
                }
                self.because(page, step, indent);
                told = &step.written.comment;
            }
            self.line(page, step, indent, &self.sentence(index, step));
        }
    }

    /// The author's words about the steps that follow.
    fn because(&self, page: &mut Page, step: &Step, indent: usize) {
        if *step.written.comment != *self.rule && !step.written.comment.is_empty() {
            page.paragraph(indent + 2, &step.written.comment);
        }
    }

    fn line(&self, page: &mut Page, step: &Step, indent: usize, sentence: &str) {
        let lead = format!("{}{:>5}  ", " ".repeat(indent), step.written.line);
        page.hang(&lead, sentence);
    }

    /// What the actor does, and what the kernel must do about it.
    fn sentence(&self, index: usize, step: &Step) -> String {
        let actor = &self.play.actors[step.actor];
        let who = match actor.count {
            1 => actor.name.clone(),
            _ => format!("each process of {}", actor.name),
        };
        let act = self.names.act(index, step);
        match step.act {
            // Nothing that the kernel would have to answer.
            Act::Process(Process::Exit) | Act::Clock(Clock::Tick) => format!("{who} {act}."),
            _ => {
                let must = self.names.must(&step.act, &step.expect);
                format!("{who} {act}; the kernel must {must}.")
            }
        }
    }

    /// `Of these shmget calls exactly 1 must succeed.`
    fn claim(&self, step: &Step) -> String {
        let Act::Claim(asked, counts) = &step.act else {
            // Only claims stand here.
            return String::new();
        };
        let verbs: Vec<&str> = asked
            .iter()
            .filter_map(|one| self.play.steps[*one].told().split('(').next())
            .take(1)
            .collect();
        let how_many = match step.expect {
            Expect::Count(fewest, most) => times(fewest, most),
            _ => "all".to_owned(),
        };
        let come_to = match counts.as_ref() {
            Expect::Err(errno) => format!("fail with {errno}"),
            _ => "succeed".to_owned(),
        };
        let verbs = list(&verbs, "and");
        format!("Of these {verbs} calls {how_many} must {come_to}.")
    }
}
