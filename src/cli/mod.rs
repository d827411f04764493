//! Every subcommand and flag, declared once: the table is what is parsed, and
//! what `--help` prints.

mod commands;

pub use commands::{COMMANDS, Command, Flag, INIT, RUN};

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::Duration;

/// What the user said to a subcommand.
#[derive(Debug, Default)]
pub struct Said {
    flags: Vec<(&'static str, String)>,
    /// What stands behind the flags.
    pub operands: Vec<String>,
    /// What stands behind `--`, for a command that hands it on.
    pub handed_on: Vec<String>,
}

impl Said {
    /// What was said, and then this: later flags win, later operands take the place of
    /// earlier ones.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.flags.extend(later.flags);
        if !later.operands.is_empty() {
            self.operands = later.operands;
        }
        self
    }

    /// Those of the flags as they were written, each with its value.
    #[cfg(feature = "host")]
    pub fn words(&self, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
        let flags = self.flags.iter().filter(move |(name, _)| wanted(name));
        flags.flat_map(|(name, value)| {
            let value = (!value.is_empty()).then(|| value.clone());
            std::iter::once(dashed(name)).chain(value)
        })
    }

    /// The value of a flag; the last one where it is repeated.
    #[must_use]
    pub fn value(&self, flag: &str) -> Option<&str> {
        self.all(flag).last()
    }

    /// All values of a flag.
    pub fn all(&self, flag: &str) -> impl Iterator<Item = &str> {
        self.flags
            .iter()
            .filter(move |(name, _)| *name == flag)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a flag without value was given.
    #[must_use]
    pub fn has(&self, flag: &str) -> bool {
        self.value(flag).is_some()
    }

    /// The value of a flag as a number.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn number<N: std::str::FromStr>(&self, flag: &str, default: N) -> Result<N, String> {
        self.value(flag).map_or(Ok(default), |value| {
            value
                .parse()
                .map_err(|_| format!("--{flag} takes a number, not {value:?}"))
        })
    }

    /// `--step-timeout`: how long a step may take.
    ///
    /// # Errors
    ///
    /// When it is no number of seconds up to a day, longer than which nobody waits.
    pub fn step_timeout(&self) -> Result<Duration, String> {
        const DAY: u64 = 86_400;
        let seconds = self.number("step-timeout", 10)?;
        if !(1..=DAY).contains(&seconds) {
            return Err(format!("--step-timeout takes 1 to {DAY} seconds"));
        }
        Ok(Duration::from_secs(seconds))
    }

    /// `--seed`: what decides about chance; another one each time unless told.
    ///
    /// # Errors
    ///
    /// When it is no number, decimal or with `0x`.
    pub fn seed(&self) -> Result<u64, String> {
        let Some(text) = self.value("seed") else {
            // std's own source of chance; any difference from run to run is enough.
            use std::hash::{BuildHasher, RandomState};
            return Ok(RandomState::new().hash_one(0) >> 32);
        };
        let number = match text.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => text.parse(),
        };
        number.map_err(|_| format!("--seed takes a number such as 0x5eed, not {text:?}"))
    }

    /// `--effort`: what rounds and seconds are multiplied by.
    ///
    /// # Errors
    ///
    /// When it is no number from 1 on.
    pub fn effort(&self) -> Result<u64, String> {
        match self.number("effort", 1)? {
            0 => Err("--effort takes at least 1".to_owned()),
            effort => Ok(effort),
        }
    }

    /// The value of a flag that must be given.
    ///
    /// # Errors
    ///
    /// When it is missing.
    pub fn required(&self, flag: &str) -> Result<&str, String> {
        self.value(flag).ok_or(format!("--{flag} is missing"))
    }
}

/// What the command line asks for.
pub enum Asked {
    /// A text to print, and done.
    Print(String),
    /// A subcommand.
    Run(&'static Command, Said),
}

/// Understands a command line, without the program's name.
///
/// # Errors
///
/// One sentence about what is wrong and what would be right.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut args = args.into_iter();
    let Some(first) = args.next() else {
        return Err(overview());
    };
    let first = first.to_string_lossy().into_owned();
    match first.as_str() {
        "--help" | "-h" | "help" => return Ok(Asked::Print(overview())),
        "--version" | "-V" => {
            return Ok(Asked::Print(format!(
                "shmproof {}\n",
                env!("CARGO_PKG_VERSION")
            )));
        }
        _ => {}
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == first) else {
        let known: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        return Err(format!(
            "there is no command {first:?}; known are: {}",
            known.join(", ")
        ));
    };
    let mut args: Vec<OsString> = args.collect();
    let hands_on = command.operands.contains("--");
    let handed_on = args
        .iter()
        .position(|word| hands_on && word == "--")
        .map(|at| args.split_off(at))
        .unwrap_or_default();
    match understand(command, args)? {
        Some(mut said) => {
            for word in handed_on.into_iter().skip(1) {
                said.handed_on.push(text(word)?);
            }
            Ok(Asked::Run(command, said))
        }
        None => Ok(Asked::Print(help(command))),
    }
}

/// Understands the arguments of one subcommand; `None` if they ask for help.
///
/// # Errors
///
/// As [`parse`].
pub fn understand(
    command: &'static Command,
    args: impl IntoIterator<Item = OsString>,
) -> Result<Option<Said>, String> {
    let mut said = Said::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let name = match argument {
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Ok(None),
            lexopt::Arg::Short('v') => "verbose".to_owned(),
            lexopt::Arg::Long(name) => name.to_owned(),
            lexopt::Arg::Short(letter) => letter.to_string(),
            lexopt::Arg::Value(value) => {
                said.operands.push(text(value)?);
                continue;
            }
        };
        let flag = flags(command).find(|flag| flag.name == name);
        let flag = flag.ok_or_else(|| unknown(command, &dashed(&name)))?;
        let value = match flag.value {
            None => String::new(),
            Some(what) => text(
                parser
                    .value()
                    .map_err(|_| format!("{} takes a value: {what}", dashed(&name)))?,
            )?,
        };
        said.flags.push((flag.name, value));
    }
    Ok(Some(said))
}

fn text(value: OsString) -> Result<String, String> {
    value
        .into_string()
        .map_err(|value| format!("the argument {value:?} is no UTF-8 text"))
}

/// A flag as it is written.
fn dashed(name: &str) -> String {
    let dashes = if name.len() == 1 { "-" } else { "--" };
    format!("{dashes}{name}")
}

fn flags(command: &'static Command) -> impl Iterator<Item = &'static Flag> {
    command.flags.iter().flat_map(|group| group.iter())
}

fn unknown(command: &'static Command, given: &str) -> String {
    let known: Vec<_> = flags(command).map(|flag| dashed(flag.name)).collect();
    format!(
        "{} has no flag {given}; known are: {}",
        command.name,
        known.join(", ")
    )
}

fn overview() -> String {
    let mut out =
        String::from("shmproof proves a kernel's System V shared memory, call by call.\n\n");
    for command in COMMANDS {
        let _ = writeln!(out, "  shmproof {:<8} {}", command.name, command.about);
    }
    out.push_str("\n`shmproof COMMAND --help` tells the flags of a command.\n");
    out.push_str("As PID 1 it runs all scenarios and reports on the console.\n");
    out
}

fn help(command: &'static Command) -> String {
    let mut out = format!(
        "shmproof {}: {}\n\nusage: shmproof {} [FLAG]... {}\n\n",
        command.name, command.about, command.name, command.operands
    );
    for flag in flags(command) {
        let form = format!("{} {}", dashed(flag.name), flag.value.unwrap_or_default());
        let _ = writeln!(out, "  {form:<26}{}", flag.help);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Asked, parse};

    fn words(line: &str) -> Vec<std::ffi::OsString> {
        line.split_whitespace().map(Into::into).collect()
    }

    #[test]
    fn flags_and_operands_are_told_apart() {
        let Ok(Asked::Run(command, said)) = parse(words(
            "run --format ktap hello -v --inject shmat=EPERM -- x",
        )) else {
            panic!("understood");
        };
        assert_eq!(command.name, "run");
        assert_eq!(said.value("format"), Some("ktap"));
        assert_eq!(said.value("inject"), Some("shmat=EPERM"));
        assert!(said.has("verbose"));
        assert_eq!(said.operands, ["hello", "x"]);
    }

    #[track_caller]
    fn check_bad(line: &str, expect: &str) {
        let Err(message) = parse(words(line)) else {
            panic!("{line} was understood")
        };
        assert!(message.contains(expect), "{message}");
    }

    #[test]
    fn what_is_wrong_is_told_with_what_would_be_right() {
        check_bad("rnu", "there is no command \"rnu\"; known are: run");
        check_bad(
            "run --fromat text",
            "run has no flag --fromat; known are: --scenarios",
        );
        check_bad("run --format", "--format takes a value: FORMAT");
        check_bad("", "shmproof run");
    }
}
