//! What a board is, and which firmware it runs.

use super::shell::{SAYS, said};
use super::ssh::Ssh;
use crate::abi::Arch;
use crate::image::Target;
use crate::watch::process::{Answer, Patience};
use std::time::Duration;

/// How long a board may take to answer a question.
pub(super) const ANSWER: Duration = Duration::from_secs(90);

/// The same, unless the user wants us to stop.
pub(super) const PATIENCE: Patience = Patience::For(ANSWER);

/// Only what every shell has by itself, where that is enough: a program may be missing.
const SCRIPT: &str = r#"say machine "$(uname -m 2>/dev/null)"
say release "$(uname -r 2>/dev/null)"
id=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) && say boot "$id"
{ while read -r line; do
    case $line in Features*|flags*|vendor_id*) say cpu "$line" ;; esac
done </proc/cpuinfo; } 2>/dev/null
for tool in gzip mkdir chmod rm cat; do
    command -v $tool >/dev/null 2>&1 && say tool $tool
done
say end"#;

/// Tells which boot the board is in.
const BOOT: &str = r#"say boot "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)""#;

/// The tools that nothing works without.
const NEEDED: &[&str] = &["mkdir", "chmod", "rm", "cat"];

/// What a board said about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// `uname -m`, or empty.
    pub(super) machine: String,
    /// `uname -r`, or empty.
    pub(super) release: String,
    /// What tells this boot from the next one, or empty.
    pub(super) boot: String,
    /// Its login shell says something by itself, which the protocol of old takes for its own.
    pub(super) talks: bool,
    /// What its processors can do, if that is known.
    features: Vec<String>,
    tools: Vec<String>,
}

impl Survey {
    /// Asks the board.
    ///
    /// # Errors
    ///
    /// Why it cannot be asked, or is no board that we can do something with.
    pub(super) fn of(ssh: &mut Ssh, tell: &mut dyn FnMut(String)) -> Result<Self, String> {
        let Answer { exit, output } = ssh.first(SCRIPT, ANSWER, tell)?;
        let survey = Self::read(&output)
            .ok_or_else(|| format!("the board runs no commands for us: ssh {}", exit.text))?;
        let missing = NEEDED.iter().filter(|tool| !survey.has(tool));
        let missing: Vec<&str> = missing.copied().collect();
        if missing.is_empty() {
            Ok(survey)
        } else {
            Err(format!(
                "the board has no {}; any busybox has, or copy the firmware by other means and run it there",
                missing.join(", ")
            ))
        }
    }

    /// What the board is: `armv7l Linux 6.1.0`.
    pub(super) fn name(&self) -> String {
        let told = |text: &str| if text.is_empty() { "?" } else { text }.to_owned();
        format!("{} Linux {}", told(self.machine()), told(&self.release))
    }

    /// Which boot the board is in now, once it answers again; empty where it does not know.
    ///
    /// # Errors
    ///
    /// Why it does not answer.
    pub(super) fn boot(ssh: &Ssh) -> Result<String, String> {
        let answer = ssh.ask_again(BOOT, ANSWER)?;
        let boot = answer.output.lines().filter_map(said);
        let boot = boot.filter_map(|line| line.strip_prefix("boot ")).next();
        Ok(boot.unwrap_or_default().trim().to_owned())
    }

    /// Whatever else the login shell says is passed by.
    fn read(output: &str) -> Option<Self> {
        let mut survey = Self {
            talks: !output.starts_with(SAYS),
            ..Self::default()
        };
        for line in output.lines().filter_map(said) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let rest = rest.trim();
            match word {
                "machine" => survey.machine = rest.to_owned(),
                "release" => survey.release = rest.to_owned(),
                "boot" => survey.boot = rest.to_owned(),
                "tool" => survey.tools.push(rest.to_owned()),
                "cpu" if survey.features.is_empty() || !rest.starts_with("vendor_id") => {
                    let words = rest.split_whitespace();
                    survey.features.extend(words.map(ToOwned::to_owned));
                }
                "end" => return Some(survey),
                _ => {}
            }
        }
        None
    }

    /// Whether there is such a program.
    pub(super) fn has(&self, tool: &str) -> bool {
        self.tools.iter().any(|one| one == tool)
    }

    fn feature(&self, one_of: &[&str]) -> bool {
        let known = |feature: &String| one_of.contains(&feature.as_str());
        self.features.iter().any(known)
    }

    /// The build that the board runs.
    ///
    /// # Errors
    ///
    /// A sentence where there is none.
    pub(super) fn target(&self) -> Result<Target, String> {
        const HARD_FLOAT: &[&str] = &["vfpv3", "vfpv3d16", "vfpv4", "vfpd32", "neon", "asimd"];
        let told = !self.features.is_empty();
        let Some(arch) = self.arch() else {
            return Err(self.no_firmware("there are builds for ARM and x86"));
        };
        match arch {
            Arch::Aarch64 => Ok(Target::Aarch64),
            Arch::Arm if starts(self.machine(), &["armv5", "armv6"]) => Ok(Target::Arm),
            Arch::Arm if self.machine().ends_with('b') => Err(self.no_firmware("it is big-endian")),
            Arch::Arm if told && !self.feature(HARD_FLOAT) => Ok(Target::Arm),
            Arch::Arm => Ok(Target::Armv7),
            Arch::X86 if told && !self.feature(&["sse2"]) => {
                Err(self.no_firmware("its processor has no SSE2"))
            }
            Arch::X86 => Ok(Target::I686),
            Arch::X86_64 => Ok(Target::X86_64),
        }
    }

    /// What its kernel is for, where that is known.
    pub(super) fn arch(&self) -> Option<Arch> {
        let machine = self.machine();
        let is = |arch: &&Arch| match arch {
            Arch::Arm => starts(machine, &["armv5", "armv6", "armv7", "armv8"]),
            Arch::Aarch64 => ["aarch64", "arm64"].contains(&machine),
            Arch::X86 => ["i386", "i486", "i586", "i686", "x86"].contains(&machine),
            Arch::X86_64 => ["x86_64", "amd64"].contains(&machine),
        };
        Arch::ALL.iter().find(is).copied()
    }

    /// What `uname -m` says, or where there is none would have said, as far as that shows.
    fn machine(&self) -> &str {
        match self.machine.as_str() {
            "" if self.feature(&["lm"]) => "x86_64",
            "" if self.feature(&["vendor_id"]) => "i686",
            "" if self.feature(&["asimd", "fp"]) => "aarch64",
            "" if self.feature(&["vfpv3", "vfpv3d16", "vfpv4", "neon"]) => "armv7l",
            "" if self.feature(&["half", "thumb", "swp"]) => "armv6l",
            machine => machine,
        }
    }

    fn no_firmware(&self, why: &str) -> String {
        let machine = match self.machine() {
            "" => "a board without uname",
            machine => machine,
        };
        format!("no firmware runs on {machine}: {why}; name another with --firmware")
    }
}

fn starts(machine: &str, with_one_of: &[&str]) -> bool {
    with_one_of.iter().any(|start| machine.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::Survey;
    use crate::deploy::shell::SAYS;

    fn answer(text: &str) -> String {
        text.lines().map(|line| format!("{SAYS}{line}\n")).collect()
    }

    #[track_caller]
    fn check(output: &str, expect: &str) {
        let survey = Survey::read(&answer(&format!("{output}\nend"))).expect("whole");
        let target = survey.target();
        let told = target.map_or_else(|why| why, |target| target.to_string());
        assert!(told.contains(expect), "{output}: {told}");
    }

    #[test]
    fn the_machine_tells_the_build() {
        check("machine armv7l", "armv7-unknown-linux-musleabihf");
        check(
            "machine armv7l\ncpu Features : half thumb vfp vfpv3d16 tls",
            "armv7-",
        );
        check(
            "machine armv7l\ncpu Features : half thumb tls",
            "arm-unknown-linux-musleabi",
        );
        check(
            "machine armv6l\ncpu Features : half thumb vfp",
            "arm-unknown-linux-musleabi",
        );
        check("machine armv5tejl", "arm-unknown-linux-musleabi");
        check("machine aarch64\ncpu Features : fp asimd", "aarch64-");
        check("machine armv8l\ncpu Features : half neon vfpv4", "armv7-");
        check("machine x86_64\ncpu flags : fpu sse2 lm", "x86_64-");
        check("machine i586\ncpu flags : fpu", "no SSE2");
        check("machine i686\ncpu flags : fpu sse2", "i686-");
        check("machine armv7b", "big-endian");
        check("machine riscv64", "no firmware runs on riscv64");
        check("machine mips", "no firmware runs on mips");
    }

    #[test]
    fn a_board_without_uname_is_known_by_its_processor() {
        check("machine \ncpu flags : fpu sse2 lm", "x86_64-");
        check(
            "machine \ncpu vendor_id : GenuineIntel\ncpu flags : fpu sse2",
            "i686-",
        );
        check("machine \ncpu Features : fp asimd evtstrm", "aarch64-");
        check("machine \ncpu Features : half thumb vfpv3 neon", "armv7-");
        check("machine \ncpu Features : swp half thumb", "arm-");
        check("machine ", "a board without uname");
    }

    #[test]
    fn an_answer_without_its_end_is_none() {
        assert_eq!(Survey::read(&answer("machine armv7l")), None);
    }

    #[test]
    fn what_a_login_shell_says_is_no_answer() {
        let answer = answer("machine armv7l\nrelease 6.1\nend");
        let noise = "machine mips\nend of the world\nwelcome! ";
        let survey = Survey::read(&format!("{noise}{answer}boot x\n")).expect("whole");
        assert_eq!(survey.name(), "armv7l Linux 6.1");
    }
}
