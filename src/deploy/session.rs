//! One board, from the first question to the verdict.

use super::copy::{self, Way};
use super::place::{Place, Print};
use super::shell::quoted;
use super::ssh::Ssh;
use super::survey::{PATIENCE, Survey};
use crate::image::firmware_arch;
use crate::report::ending::Ending;
use crate::report::record::Event;
use crate::sys;
use crate::watch::console::{Meaning, meaning, message};
use crate::watch::process::{Exit, Next, Process};
use crate::watch::{Limits, Progress, Watch};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often we look whether the user wants us to stop.
const TICK: Duration = Duration::from_millis(100);

/// What of the kernel's log is looked at when its taint has changed.
const LOG_LINES: u32 = 60;

/// What the board's shell says last, when it has survived the run.
const CLOSED: &str = "shmproof: the board is well";

/// What is to be done on a board.
pub struct Job<'j> {
    /// Finds the firmware for a target.
    pub firmware: &'j (dyn Fn(&str) -> Result<PathBuf, String> + Sync),
    /// The firmware is the user's own choice, whatever the board says that it is.
    pub chosen: bool,
    /// Where it goes, if not where there is room.
    pub directory: Option<String>,
    /// The ways to copy that are tried, in their order.
    pub ways: Vec<Way>,
    /// Whether the firmware stays there for the next time.
    pub keep: bool,
    /// What `shmproof run` is told on the board.
    pub arguments: Vec<String>,
    /// Scenario files that it needs, as name and text.
    pub scenarios: Vec<(String, String)>,
    /// How long things may take.
    pub limits: Limits,
}

/// What is told while it goes on.
#[derive(Debug)]
pub enum News<'n> {
    /// A sentence for the user.
    Says(String),
    /// Something of the run.
    Run(Progress<'n>),
}

/// What became of it.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Every event that arrived.
    pub events: Vec<Event>,
    /// What the board is: `armv7l Linux 6.1.0`.
    pub board: String,
    /// Lines that came in between.
    pub tail: Vec<String>,
    /// What the kernel complained of meanwhile.
    pub splats: Vec<String>,
    /// From the first question to the verdict, in seconds.
    pub seconds: f64,
    /// From the first event to the last, in seconds.
    pub run_seconds: f64,
}

/// Does the job on the board at the other end, and leaves nothing there.
pub fn run(ssh: &mut Ssh, job: &Job<'_>, tell: &mut dyn FnMut(News<'_>)) -> Outcome {
    let started = Instant::now();
    let mut board = Board {
        ssh,
        survey: Survey::default(),
        watch: Watch::new(job.limits, Vec::new(), started),
        taint: None,
    };
    let ending = match board.prepare(job, tell) {
        Ok(place) => board.play(&place, job, tell),
        Err(why) if sys::interrupt::seen() => Ending::Interrupted(why),
        Err(why) => Ending::NotStarted(why),
    };
    let Board {
        survey,
        watch,
        taint,
        ..
    } = board;
    ssh.close();
    let mut splats = watch.splats.clone();
    splats.extend(taint);
    Outcome {
        ending,
        board: survey.name(),
        run_seconds: watch.span().as_secs_f64(),
        events: watch.events,
        tail: watch.tail.into(),
        splats,
        seconds: started.elapsed().as_secs_f64(),
    }
}

struct Board<'b> {
    ssh: &'b mut Ssh,
    survey: Survey,
    watch: Watch,
    /// What the kernel's taint says of the run.
    taint: Option<String>,
}

impl Board<'_> {
    /// Brings everything over. An error says why the run cannot begin.
    fn prepare(&mut self, job: &Job<'_>, tell: &mut dyn FnMut(News<'_>)) -> Result<Place, String> {
        let mut says = |what: String| tell(News::Says(what));
        self.survey = Survey::of(self.ssh, &mut says)?;
        let target = if job.chosen {
            ""
        } else {
            self.survey.target()?
        };
        says(self.survey.name());
        let file = (job.firmware)(target)?;
        let bytes = std::fs::read(&file)
            .map_err(|error| format!("cannot read the firmware {}: {error}", file.display()))?;
        firmware_arch(&bytes).map_err(|what| format!("firmware {} {what}", file.display()))?;

        let texts: usize = job
            .scenarios
            .iter()
            .map(|(_, text)| text.len() + 4096)
            .sum();
        let room = (bytes.len() + texts).div_ceil(1024) + 16;
        let only = job.directory.as_deref();
        let print = Print::of(&bytes);
        let place = Place::find(self.ssh, &print, room, only, &mut says)?;
        if place.kept {
            says(format!("the firmware is in {} already", place.path));
            return Ok(place);
        }
        let firmware = (file.as_path(), &bytes[..]);
        let copied = copy::firmware(
            self.ssh,
            &self.survey,
            &place,
            firmware,
            &job.ways,
            &mut says,
        );
        match copied {
            Ok(way) => {
                let kib = bytes.len().div_ceil(1024);
                says(format!(
                    "{kib} KiB of firmware copied to {} by {way}",
                    place.path
                ));
                Ok(place)
            }
            Err(why) => {
                self.remove(&place);
                Err(why)
            }
        }
    }

    /// Removes what was made, as far as the board can still be reached.
    fn remove(&self, place: &Place) {
        if !place.kept {
            let script = format!("rm -rf {}", quoted(&place.path));
            drop(self.ssh.ask(&script, None, PATIENCE));
        }
    }

    fn play(&mut self, place: &Place, job: &Job<'_>, tell: &mut dyn FnMut(News<'_>)) -> Ending {
        // Beside the kept firmware, others may have scenarios of theirs.
        let own = format!("{}/run-{}", place.path, std::process::id());
        if !job.scenarios.is_empty()
            && let Err(why) = copy::scenarios(self.ssh, &own, &job.scenarios)
        {
            self.remove(place);
            return Ending::NotStarted(why);
        }
        let script = script(place, &own, job);
        let process = Process::start(self.ssh.command(&script));
        let ending = match process {
            Ok(mut process) => self.listen(&mut process, place, tell),
            Err(error) => Ending::NotStarted(format!("cannot run ssh: {error}")),
        };
        if !matches!(ending, Ending::Complete | Ending::Broken(_)) {
            self.remove(place);
        }
        ending
    }

    /// Listens until the run is over.
    fn listen(
        &mut self,
        process: &mut Process,
        place: &Place,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Ending {
        let mut told: Option<Ending> = None;
        let mut after = Vec::new();
        loop {
            let deadline = self.watch.deadline().min(Instant::now() + TICK);
            let next = process.next(deadline);
            if sys::interrupt::seen() {
                let place = self.watch.place();
                return Ending::Interrupted(format!("stopped by a signal {place}"));
            }
            let now = Instant::now();
            let mut progress = |what: Progress<'_>| tell(News::Run(what));
            match next {
                // What the board says behind its last event is about the kernel.
                Next::Bytes(bytes) if told.is_some() => after.extend(bytes),
                Next::Bytes(bytes) => {
                    told = self.watch.push(&bytes, now, &mut progress);
                    if told.is_some() {
                        after.extend(behind_the_last_frame(&bytes));
                    }
                }
                Next::Silence => {}
                Next::End => {
                    let told = told.or_else(|| self.watch.finish(now, &mut progress));
                    let after = String::from_utf8_lossy(&after);
                    self.taint = taint(&after);
                    let exit = process.exit();
                    // A kernel that dies behind the last event has not passed.
                    let lived = after.lines().any(|line| line == CLOSED);
                    return match told {
                        Some(told) if lived || told != Ending::Complete => told,
                        _ => self.cut_short(&exit, place),
                    };
                }
            }
            if let Some(overdue) = self.watch.overdue(now) {
                return told
                    .filter(|told| *told != Ending::Complete)
                    .unwrap_or(overdue);
            }
        }
    }

    /// Why a run ended without its closing event.
    fn cut_short(&self, exit: &Exit, place: &Place) -> Ending {
        let at = self.watch.place();
        if exit.code != Some(255) {
            let why = format!("the firmware ended before its time, {at}: it {}", exit.text);
            return if self.watch.events.is_empty() {
                Ending::NotStarted(why)
            } else {
                Ending::Broken(why)
            };
        }
        let again = Self::again(self.ssh);
        let what = match again {
            Ok(boot) if boot != self.survey.boot => format!(
                "the board rebooted in mid-run, {at}: its kernel may have crashed; \
                 look at its serial console, or boot it under scripts/boot.sh"
            ),
            Ok(_) => {
                self.remove(place);
                format!("the connection was lost, {at}; the board is up and did not reboot")
            }
            Err(why) => format!(
                "the connection was lost, {at}, and the board does not answer any more ({why}); \
                 the firmware may be left in {}",
                place.path
            ),
        };
        Ending::Broken(what)
    }

    /// Which boot the board is in, once it answers again.
    fn again(ssh: &Ssh) -> Result<String, String> {
        ssh.close();
        let script = "read -r id </proc/sys/kernel/random/boot_id && echo \"$id\"";
        let answer = ssh.ask_again(script, PATIENCE)?;
        Ok(answer.output.trim().to_owned())
    }
}

/// What the board's shell does: run, say what the kernel thinks of it, and clean up, even if
/// the connection is lost meanwhile.
fn script(place: &Place, own: &str, job: &Job<'_>) -> String {
    let path = quoted(&place.path);
    let kept = place.path.rsplit_once('-').map_or("", |(kept, _)| kept);
    let after = match (place.kept, job.keep) {
        (true, _) => format!("rm -rf {}", quoted(own)),
        (false, true) => format!(
            "rm -rf {own}; [ -e {kept} ] && rm -rf {path} || mv {path} {kept}",
            own = quoted(own),
            kept = quoted(kept)
        ),
        (false, false) => format!("rm -rf {path}"),
    };
    let mut arguments: Vec<String> = job.arguments.iter().map(|word| quoted(word)).collect();
    if !job.scenarios.is_empty() {
        arguments.push(format!(
            "--scenarios {}",
            quoted(&format!("{own}/scenarios"))
        ));
    }
    format!(
        "cd {path} || exit\n\
         trap {trap} EXIT\n\
         trap 'exit 143' HUP INT TERM PIPE\n\
         {{ read -r before </proc/sys/kernel/tainted; }} 2>/dev/null\n\
         ./shmproof run --format frames {arguments}\n\
         code=$?\n\
         {{ read -r after </proc/sys/kernel/tainted; }} 2>/dev/null\n\
         [ \"$before\" = \"$after\" ] || {{ echo \"taint ${{before:-0}} $after\"; \
         dmesg 2>/dev/null | tail -n {LOG_LINES}; }}\n\
         echo \"{CLOSED}\"\n\
         exit $code",
        trap = quoted(&format!("cd /; {after}")),
        arguments = arguments.join(" "),
    )
}

/// What stands behind the last frame in these bytes.
fn behind_the_last_frame(bytes: &[u8]) -> &[u8] {
    let marker = crate::report::frame::MARKER.as_bytes();
    let last = bytes.windows(marker.len()).rposition(|part| part == marker);
    let rest = &bytes[last.unwrap_or(0)..];
    let end = rest.iter().position(|byte| *byte == b'\n');
    end.map_or(&[], |end| &rest[end + 1..])
}

/// What a taint that changed in the run says, and the kernel's words about it.
fn taint(after: &str) -> Option<String> {
    let mut lines = after.lines();
    let (before, now) = lines.find_map(|line| line.strip_prefix("taint ")?.split_once(' '))?;
    let splat = lines.filter(|line| matches!(meaning(line), Some(Meaning::Crash | Meaning::Splat)));
    // The latest: older ones may be from before the run.
    let last = splat
        .fold(None, |_, line| Some(line))
        .map_or(String::new(), |line| format!(": {}", message(line)));
    Some(format!(
        "the kernel's taint went from {before} to {now} in the run (/proc/sys/kernel/tainted){last}"
    ))
}

#[cfg(test)]
mod tests {
    use super::{behind_the_last_frame, taint};

    #[test]
    fn what_follows_the_last_frame_is_the_boards() {
        assert_eq!(
            behind_the_last_frame(b"@shm1 0\n@shm1 1 x\ntaint 0 4\n"),
            b"taint 0 4\n"
        );
        assert_eq!(behind_the_last_frame(b"@shm1 1 x\n"), b"");
        assert_eq!(behind_the_last_frame(b"tail"), b"");
    }

    #[test]
    fn a_new_taint_is_told_with_the_kernels_words() {
        let said =
            "taint 0 512\n[   1.0] usb 1-1: new\n[   9.1] WARNING: CPU: 0 PID: 1 at ipc/shm.c:1\n";
        let told = taint(said).expect("tainted");
        assert!(told.contains("from 0 to 512"), "{told}");
        assert!(
            told.ends_with("WARNING: CPU: 0 PID: 1 at ipc/shm.c:1"),
            "{told}"
        );
        assert_eq!(taint(""), None);
    }
}
