//! What PID 1 is asked to do: by a file in the image, by its own arguments, by
//! the kernel command line. Later ones win.

use super::machine;
use crate::cli;
use crate::suite::{Fault, Selected, Settings};
use crate::sys::machine::End;
use std::ffi::OsString;

/// The file in the image, one argument a line.
pub const ARGUMENTS: &str = "etc/shmproof.args";

/// The directory in the image with scenarios to take instead of the built-in ones.
pub const SCENARIOS: &str = "etc/shmproof.d";

/// What is asked for.
pub(super) struct Asked {
    pub(super) selected: Selected,
    pub(super) settings: Settings,
    pub(super) on_done: End,
}

/// Reads all three sources. `args` are those that the kernel passed on; they count behind
/// the word `run`, because the kernel also passes words that it did not know itself.
pub(super) fn understand(args: &[OsString]) -> Result<Asked, String> {
    let file = std::fs::read_to_string(format!("/{ARGUMENTS}")).unwrap_or_default();
    let command_line = std::fs::read_to_string("/proc/cmdline").unwrap_or_default();
    let own = args
        .iter()
        .position(|arg| arg == "run")
        .map_or(&[][..], |at| &args[at + 1..]);
    let sources: [Vec<OsString>; 3] = [
        file.lines().map(OsString::from).collect(),
        own.to_vec(),
        from_command_line(&command_line)
            .into_iter()
            .map(OsString::from)
            .collect(),
    ];
    let mut said = cli::Said::default();
    for source in sources {
        said = said.then(cli::understand(&cli::INIT, source)?.ok_or("PID 1 gives no help")?);
    }
    asked(&said)
}

/// What was said, with every value understood.
fn asked(said: &cli::Said) -> Result<Asked, String> {
    let in_image = format!("/{SCENARIOS}");
    let from = said.value("scenarios").map(ToOwned::to_owned);
    let from = from.or_else(|| std::path::Path::new(&in_image).is_dir().then_some(in_image));
    Ok(Asked {
        selected: Selected {
            from,
            names: said.operands.clone(),
        },
        settings: Settings {
            fault: said.value("inject").map(Fault::parse).transpose()?,
            step_timeout: said.step_timeout()?,
            own_machine: true,
            seed: said.seed()?,
            effort: said.effort()?,
            watch: said.has("verbose"),
        },
        on_done: said
            .value("on-done")
            .map_or(Ok(End::Reboot), machine::ending)?,
    })
}

/// Whether PID 1 would understand what a kernel command line says to it.
///
/// # Errors
///
/// What it would complain of.
pub fn check_command_line(line: &str) -> Result<(), String> {
    let words = from_command_line(line).into_iter().map(OsString::from);
    let understood = cli::understand(&cli::INIT, words).map(Option::unwrap_or_default);
    understood
        .and_then(|said| asked(&said).map(|_| ()))
        .map_err(|why| format!("shmproof.* on the kernel command line: {why}"))
}

/// `shmproof.on_done=halt` is `--on-done=halt`; `shmproof.only=a,b` names scenarios. Dotted
/// names are those that the kernel leaves alone.
fn from_command_line(line: &str) -> Vec<String> {
    let mut args = Vec::new();
    for word in line
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("shmproof."))
    {
        match word.split_once('=') {
            Some(("only", names)) => {
                args.extend(
                    names
                        .split(',')
                        .filter(|name| !name.is_empty())
                        .map(ToOwned::to_owned),
                );
            }
            Some((name, value)) => args.push(format!("--{}={value}", name.replace('_', "-"))),
            None => args.push(format!("--{}", word.replace('_', "-"))),
        }
    }
    args
}

#[cfg(test)]
mod tests {
    use super::{check_command_line, from_command_line};

    #[test]
    fn values_are_understood_before_anything_boots() {
        assert_eq!(
            check_command_line("quiet shmproof.on_done=halt shmproof.only=hello"),
            Ok(())
        );
        for bad in [
            "on_done=explode",
            "inject=shmat",
            "step_timeout=0",
            "onley=hello",
        ] {
            assert!(
                check_command_line(&format!("quiet shmproof.{bad}")).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn dotted_parameters_become_flags() {
        let line =
            "console=ttyS0 quiet shmproof.on_done=halt shmproof.only=hello,readonly foo.bar=1\n";
        assert_eq!(
            from_command_line(line),
            ["--on-done=halt", "hello", "readonly"]
        );
        assert!(from_command_line("quiet splash").is_empty());
    }
}
