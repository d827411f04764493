//! Steps that ask for parts of the machine: nodes of memory, control groups.

use super::{Act, Expect, Work, World, syntax};
use crate::scenario::model::Requirement;
use crate::scenario::syntax::Step;

const POLICY: &[&str] = &["Policy", "Err", "Depends"];
const NODE: &[&str] = &["Value", "Err", "Depends"];

impl Work<'_, '_> {
    pub(super) fn machine(&mut self, step: Step) -> Option<(Act, Expect)> {
        match step {
            Step::Mbind {
                map,
                at,
                length,
                mode,
                nodes,
                expect,
            } => {
                let range = self.range(&map, at, length)?;
                let nodes = self.nodes(&nodes)?;
                self.world(World::Bind(range, mode.0, nodes), &expect)
            }
            Step::GetMempolicy {
                map,
                at,
                flags,
                expect,
            } => {
                let place = self.place(&map, at)?;
                let node = !flags.is_empty();
                let expect = self.expect(&expect, if node { NODE } else { POLICY })?;
                Some((Act::World(World::GetPolicy(place, node)), expect))
            }
            Step::Cgroup { set, expect } => self.cgroup(set, &expect),
            _ => unreachable!("this is about no part of the machine"),
        }
    }

    /// Nodes as a mask.
    fn nodes(&mut self, nodes: &[u32]) -> Option<u64> {
        if nodes.iter().any(|node| *node > 63) {
            return self.wrong(
                "nodes",
                "nodes have the numbers 0 to 63 here; name one of those",
            );
        }
        Some(nodes.iter().fold(0, |mask, node| mask | 1 << node))
    }

    fn cgroup(
        &mut self,
        set: Vec<(String, String)>,
        expect: &syntax::Expect,
    ) -> Option<(Act, Expect)> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
        for (file, _) in &set {
            let controller = file.split_once('.').map(|(controller, _)| controller);
            let known = controller.is_some_and(|one| !one.is_empty() && one != "cgroup");
            if !known || !file.chars().all(plain) {
                return self.wrong(
                    &format!("\"{file}\""),
                    "a file of a controller is set, such as `memory.max`; write it so",
                );
            }
        }
        if set.is_empty() {
            return self.wrong("set", "a group without a limit changes nothing; set a file");
        }
        if !self.checker.requires.contains(&Requirement::OwnMachine) {
            return self.wrong(
                "cgroup",
                "control groups are the whole machine's; add `requires: [OwnMachine]`",
            );
        }
        self.world(World::Cgroup(set), expect)
    }
}
