//! `shmproof boot`: a kernel in QEMU, with the firmware as its /init.

use super::output::{Output, Progress, print, say};
use super::{Failure, image, run};
use crate::boot::accel::{self, Choice};
use crate::boot::session::{self, Limits, Options, Progress as Boot};
use crate::boot::{self, fit, guests, qemu};
use crate::cli::Said;
use crate::report::Report;
use crate::report::record::Host;
use crate::suite;
use std::path::{Path, PathBuf};

/// Boots, listens and reports.
pub(super) fn boot(said: &Said) -> Result<u8, Failure> {
    let output = Output::from(said)?;
    let guest =
        guests::find(said.required("guest").map_err(Failure::usage)?).map_err(Failure::usage)?;
    let kernel = PathBuf::from(said.required("kernel").map_err(Failure::usage)?);
    let options = options(said)?;
    // What the guest would refuse is refused here, in less time.
    run::settings(said).map_err(Failure::usage)?;
    suite::load(&run::selected(said)).map_err(|why| Failure::usage(why.to_string()))?;
    let initrd = initrd(said, guest, &kernel)?;
    let qemu = said.value("qemu").map(PathBuf::from);
    let config = qemu::Config {
        guest,
        kernel: if said.has("quick") {
            boot::kernel::quick(&kernel)
        } else {
            kernel.clone()
        },
        initrd: initrd.path.clone(),
        memory: said.number("memory", 256).map_err(Failure::usage)?,
        smp: said.number("cpus", 2).map_err(Failure::usage)?,
        accel: accel::choose(choice(said)?, guest, qemu.as_deref()),
        append: said.all("append").map(ToOwned::to_owned).collect(),
        qemu,
        extra: said.all("qemu-arg").map(ToOwned::to_owned).collect(),
    };
    if said.has("dry-run") {
        initrd.keep();
        let line: Vec<_> = qemu::command(&config)
            .iter()
            .map(|word| quoted(word))
            .collect();
        print(&format!("{}\n", line.join(" ")));
        return Ok(0);
    }

    say(&format!(
        "boot   {} ({}) with {}",
        guest.name,
        guest.about,
        kernel.display()
    ));
    let mut progress = output.progress();
    let outcome = session::run(&config, &options, &mut |what| tell(&mut progress, &what));
    let mut report = Report::new(outcome.events, outcome.ending, &rerun(said));
    let seconds = outcome.seconds;
    report.host = Some(Host {
        guest: guest.name.to_owned(),
        kernel: kernel.display().to_string(),
        accelerator: outcome.accel,
        qemu: outcome.qemu_version,
        seconds,
        command: outcome.command,
        splats: outcome.splats,
        console_tail: outcome.tail,
    });
    say(&format!("verdict {seconds:.2} s after the start of QEMU\n"));
    Ok(output.finish(&report))
}

fn tell(progress: &mut Progress, what: &Boot<'_>) {
    match what {
        Boot::Started { accel, command } => {
            say(&format!("accel  {accel}"));
            log::info!("{}", command.join(" "));
        }
        Boot::Console(line) => log::info!("console: {line}"),
        Boot::Event(event) => progress.event(event),
        Boot::Damaged(why) => say(&format!("damaged frame: {why}")),
    }
}

fn options(said: &Said) -> Result<Options, Failure> {
    let factor = said.number("timeout-factor", 1.0).map_err(Failure::usage)?;
    if !(factor > 0.0 && factor <= 1000.0) {
        return Err(Failure::usage(
            "--timeout-factor takes a number above 0, up to 1000",
        ));
    }
    Ok(Options {
        limits: Limits::default().times(factor),
        console_log: said.value("console").map(PathBuf::from),
        harmless: said.all("allow-warning").map(ToOwned::to_owned).collect(),
    })
}

fn choice(said: &Said) -> Result<Choice, Failure> {
    match said.value("accel") {
        None | Some("auto") => Ok(Choice::Auto),
        Some("kvm") => Ok(Choice::Kvm),
        Some("tcg") => Ok(Choice::Tcg),
        Some(other) => Err(Failure::usage(format!(
            "--accel takes auto, kvm or tcg, not {other:?}"
        ))),
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/.,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The command that boots a scenario again.
fn rerun(said: &Said) -> String {
    let mut command = "shmproof boot".to_owned();
    for flag in [
        "guest",
        "kernel",
        "firmware",
        "image",
        "scenarios",
        "inject",
    ] {
        if let Some(value) = said.value(flag) {
            command.push_str(&format!(" --{flag} {value}"));
        }
    }
    command
}

/// The user's own image, or one made from the firmware, once it is known to fit.
fn initrd(said: &Said, guest: &guests::Guest, kernel: &Path) -> Result<Initrd, Failure> {
    if let Some(image) = said.value("image") {
        fit::check(guest, kernel, None).map_err(Failure::infrastructure)?;
        return Ok(Initrd {
            path: image.into(),
            ours: false,
        });
    }
    let firmware = said.required("firmware").map_err(Failure::usage)?;
    fit::check(guest, kernel, Some(Path::new(firmware))).map_err(Failure::infrastructure)?;
    let path = std::env::temp_dir().join(format!("shmproof-{}.cpio.gz", std::process::id()));
    std::fs::write(&path, image::build(said, Path::new(firmware))?).map_err(|error| {
        let path = path.display();
        Failure::infrastructure(format!(
            "cannot write the image to {path}: {error}; set TMPDIR"
        ))
    })?;
    Ok(Initrd { path, ours: true })
}

/// An image; if we made it, it is gone when the run is.
struct Initrd {
    path: PathBuf,
    ours: bool,
}

impl Initrd {
    fn keep(mut self) {
        self.ours = false;
    }
}

impl Drop for Initrd {
    fn drop(&mut self) {
        if self.ours {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
