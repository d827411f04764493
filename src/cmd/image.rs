//! `shmproof image`: an initramfs with the firmware as /init.

use super::output::say;
use super::{Failure, run};
use crate::cli::Said;
use crate::image::{self, File};
use crate::init;
use crate::suite;
use crate::verdict::RunVerdict;
use std::path::Path;

/// Writes the image to a file.
pub(super) fn image(said: &Said) -> Result<RunVerdict, Failure> {
    let firmware = said.required("firmware").map_err(Failure::usage)?;
    let out = said.required("out").map_err(Failure::usage)?;
    run::settings(said).map_err(Failure::usage)?;
    suite::load(&run::selected(said)).map_err(|why| Failure::usage(why.to_string()))?;
    let bytes = build(said, Path::new(firmware))?;
    std::fs::write(out, &bytes)
        .map_err(|error| Failure::infrastructure(format!("cannot write {out}: {error}")))?;
    say(&format!("{out}: {} bytes", bytes.len()));
    Ok(RunVerdict::Pass)
}

/// The image, with what the user said to be done in it.
pub(super) fn build(said: &Said, firmware: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::read(firmware).map_err(|error| {
        Failure::infrastructure(format!(
            "cannot read firmware {}: {error}",
            firmware.display()
        ))
    })?;
    image::firmware_arch(&bytes).map_err(|what| {
        Failure::infrastructure(format!("firmware {} {what}", firmware.display()))
    })?;
    let arguments = arguments(said)?;
    let scenarios = scenarios(said)?;
    let mut files = vec![
        File {
            path: "init",
            executable: true,
            content: &bytes,
        },
        File {
            path: init::ARGUMENTS,
            executable: false,
            content: arguments.as_bytes(),
        },
    ];
    for (path, text) in &scenarios {
        files.push(File {
            path,
            executable: false,
            content: text,
        });
    }
    let cpio = image::initramfs(&files);
    Ok(if said.has("uncompressed") {
        cpio
    } else {
        image::gzip(&cpio)
    })
}

/// What PID 1 is to do, one argument a line.
fn arguments(said: &Said) -> Result<String, Failure> {
    let mut lines = Vec::new();
    for flag in ["inject", "step-timeout", "effort", "seed", "on-done"] {
        if let Some(value) = said.value(flag) {
            lines.push(format!("--{flag}={value}"));
        }
    }
    if let Some(how) = said.value("on-done") {
        init::ending(how).map_err(Failure::usage)?;
    }
    if said.has("verbose") {
        lines.push("--verbose".to_owned());
    }
    lines.extend(said.operands.iter().cloned());
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

/// The user's scenarios, as files of the image.
fn scenarios(said: &Said) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let Some(from) = said.value("scenarios") else {
        return Ok(Vec::new());
    };
    let texts = suite::texts(from).map_err(Failure::usage)?;
    Ok(texts
        .into_iter()
        .map(|(file, text)| {
            let name = Path::new(&file)
                .file_name()
                .map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
            (format!("{}/{name}", init::SCENARIOS), text.into_bytes())
        })
        .collect())
}
