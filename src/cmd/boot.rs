//! `shmproof boot`: a kernel in QEMU, with the firmware as its /init.

use super::output::{Output, Progress, print, say};
use super::{Failure, image, run};
use crate::boot::accel::{self, Choice};
use crate::boot::session::{self, Options};
use crate::boot::{self, fit, guests, qemu};
use crate::cli::Said;
use crate::deploy::quoted;
use crate::init;
use crate::report::record::Host;
use crate::report::{Ending, Report};
use crate::suite;
use crate::verdict::RunVerdict;
use crate::watch::{Limits, Progress as Watched};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Boots, listens and reports.
pub(super) fn boot(said: &Said) -> Result<RunVerdict, Failure> {
    let output = Output::from(said)?;
    let guest =
        guests::find(said.required("guest").map_err(Failure::usage)?).map_err(Failure::usage)?;
    let kernel = PathBuf::from(said.required("kernel").map_err(Failure::usage)?);
    // What the guest would refuse is refused here, in less time.
    let settings = run::settings(said).map_err(Failure::usage)?;
    for words in said.all("append") {
        init::check_command_line(words).map_err(Failure::usage)?;
    }
    let options = options(said, settings.step_timeout)?;
    suite::load(&run::selected(said)).map_err(|why| Failure::usage(why.to_string()))?;
    let initrd = initrd(said, guest, &kernel)?;
    let qemu = said.value("qemu").map(PathBuf::from);
    let config = qemu::Config {
        guest,
        // What is unpacked is told where memory begins, which differs between boards.
        kernel: if said.has("quick") && guest.dtb.is_none() {
            boot::kernel::quick(&kernel)
        } else {
            kernel.clone()
        },
        dtb: dtb(said, guest, &kernel)?,
        initrd: initrd.path.clone(),
        memory: positive(said, "memory", guest.memory)?,
        smp: positive(said, "cpus", guest.cpus)?,
        accel: accel::choose(choice(said)?, guest, qemu.as_deref()),
        append: said.all("append").map(ToOwned::to_owned).collect(),
        qemu,
        extra: said.all("qemu-arg").map(ToOwned::to_owned).collect(),
    };
    if said.has("dry-run") {
        say(&format!("the image is kept in {}", initrd.path.display()));
        initrd.keep();
        let line: Vec<_> = qemu::command(&config)
            .iter()
            .map(|word| quoted(word))
            .collect();
        print(&format!("{}\n", line.join(" ")));
        return Ok(RunVerdict::Pass);
    }

    say(&format!(
        "boot   {} ({}) with {}",
        guest.name,
        guest.about,
        kernel.display()
    ));
    say(&format!("accel  {}", config.accel.text));
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
        run_seconds: outcome.run_seconds,
        command: outcome.command,
        splats: outcome.splats,
        console_tail: outcome.tail,
    });
    if report.ending == Ending::Complete {
        let run = outcome.run_seconds;
        say(&format!(
            "verdict {seconds:.2} s after the start of QEMU, {run:.2} s after the first event\n"
        ));
    }
    Ok(output.finish(&report))
}

/// The file that describes the machine: the user's own, or the guest's beside the kernel.
fn dtb(said: &Said, guest: &guests::Guest, kernel: &Path) -> Result<Option<PathBuf>, Failure> {
    let own = said.value("dtb").map(PathBuf::from);
    let Some(file) = own.or_else(|| guest.dtb.map(|name| kernel.with_file_name(name))) else {
        return Ok(None);
    };
    if file.exists() {
        return Ok(Some(file));
    }
    Err(Failure::infrastructure(format!(
        "there is no {}, which describes the machine to the kernel; name it with --dtb",
        file.display()
    )))
}

fn positive(said: &Said, flag: &str, default: u32) -> Result<u32, Failure> {
    match said.number(flag, default).map_err(Failure::usage)? {
        0 => Err(Failure::usage(format!("--{flag} takes at least 1"))),
        number => Ok(number),
    }
}

fn tell(progress: &mut Progress, what: &Watched<'_>) {
    match what {
        Watched::Console(line) => log::info!("console: {line}"),
        Watched::Event(event) => progress.event(event),
        Watched::Damaged(why) => say(&format!("damaged frame: {why}")),
    }
}

/// How many steps of a case may fail to return before the guest counts as hung.
const PATIENCE: u32 = 8;

/// How long things may take, where a step may take so long.
pub(super) fn limits(said: &Said, step: Duration) -> Result<Limits, Failure> {
    let factor = said.number("timeout-factor", 1.0).map_err(Failure::usage)?;
    if !(factor > 0.0 && factor <= 1000.0) {
        return Err(Failure::usage(
            "--timeout-factor takes a number above 0, up to 1000",
        ));
    }
    let mut limits = Limits::default().times(factor);
    // A step that does not return is an observation of the guest's, which needs its time.
    limits.progress = limits.progress.max(step.saturating_mul(PATIENCE));
    limits.total = limits.total.max(limits.progress.saturating_mul(2));
    Ok(limits)
}

fn options(said: &Said, step: Duration) -> Result<Options, Failure> {
    let limits = limits(said, step)?;
    Ok(Options {
        limits,
        console_log: said.value("console").map(PathBuf::from),
        harmless: harmless(said)?,
    })
}

/// Parts of kernel warnings that are to be let pass.
pub(super) fn harmless(said: &Said) -> Result<Vec<String>, Failure> {
    if said.all("allow-warning").any(str::is_empty) {
        return Err(Failure::usage(
            "--allow-warning takes a text; an empty one would let everything pass",
        ));
    }
    Ok(said.all("allow-warning").map(ToOwned::to_owned).collect())
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

/// The command that boots a scenario again.
fn rerun(said: &Said) -> String {
    let mut command = "shmproof boot".to_owned();
    let machine = ["guest", "kernel", "firmware", "image"];
    for flag in machine.into_iter().chain(run::DECISIVE) {
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
    let bytes = image::build(said, Path::new(firmware))?;
    // A new file: whatever lies under that name is somebody else's.
    let file = std::fs::File::options()
        .write(true)
        .create_new(true)
        .open(&path);
    let initrd = Initrd {
        path,
        ours: file.is_ok(),
    };
    file.and_then(|mut file| file.write_all(&bytes))
        .map_err(|error| {
            let path = initrd.path.display();
            Failure::infrastructure(format!(
                "cannot write the image to {path}: {error}; set TMPDIR"
            ))
        })?;
    Ok(initrd)
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
