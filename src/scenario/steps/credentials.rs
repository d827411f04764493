//! Who a process is, and how much it may have.

use super::{Expect, Work, syntax};
use crate::abi::Capability;
use crate::scenario::model::{Credentials, Requirement};
use crate::scenario::syntax::Credentials as Written;
use crate::scenario::text::Spanned;

impl Work<'_, '_> {
    pub(super) fn credentials(&mut self, step: Written) -> Option<(Credentials, Expect)> {
        match step {
            Written::Setresuid {
                ruid,
                euid,
                suid,
                keep_caps,
                expect,
            } => self.zero(Credentials::SetUser([ruid, euid, suid], keep_caps), &expect),
            Written::Setresgid {
                rgid,
                egid,
                sgid,
                expect,
            } => self.zero(Credentials::SetGroup([rgid, egid, sgid]), &expect),
            Written::Setgroups { groups, expect } => {
                self.zero(Credentials::SetGroups(groups), &expect)
            }
            Written::Capset { caps, expect } => self.zero(
                Credentials::SetCapabilities(Capability::mask(&caps)),
                &expect,
            ),
            Written::Setrlimit {
                resource,
                limit,
                expect,
            } => {
                let limit = self.size("limit", limit)?;
                self.zero(Credentials::SetLimit(resource.0, limit), &expect)
            }
            Written::Cgroup { set, expect } => self.cgroup(set, &expect),
        }
    }

    fn cgroup(
        &mut self,
        set: Vec<Spanned<(String, String)>>,
        expect: &syntax::Expect,
    ) -> Option<(Credentials, Expect)> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
        for line in &set {
            let (file, _) = &line.value;
            let controller = file.split_once('.').map(|(controller, _)| controller);
            let known = controller.is_some_and(|one| !one.is_empty() && one != "cgroup");
            if !known || !file.chars().all(plain) {
                let message = "a file of a controller is set, such as `memory.max`; write it so";
                return self.wrong_at(&line.at, &format!("\"{file}\""), message);
            }
        }
        if set.is_empty() {
            return self.wrong("set", "a group without a limit changes nothing; set a file");
        }
        if !self.scope.requires.contains(&Requirement::OwnMachine) {
            return self.wrong(
                "cgroup",
                "control groups are the whole machine's; add `requires: [OwnMachine]`",
            );
        }
        let set = set.into_iter().map(|line| line.value).collect();
        self.zero(Credentials::Cgroup(set), expect)
    }
}
