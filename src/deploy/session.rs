//! One board, from the first question to the verdict.

use super::copy::{self, Way};
use super::place::{Place, Print, Search};
use super::shell::{quoted, said, token};
use super::silence::{self, LOG};
use super::ssh::{FAILED, Ssh};
use super::survey::{ANSWER, Survey};
use crate::image::firmware_arch;
use crate::report::Report;
use crate::report::ending::Ending;
use crate::report::record::Event;
use crate::sys;
use crate::verdict;
use crate::watch::process::{Exit, Next, Process};
use crate::watch::{Limits, Progress, Watch};
use std::path::PathBuf;
use std::time::Instant;

/// The status of a firmware that does not understand its arguments.
const USAGE: i32 = verdict::USAGE as i32;

/// What the board's shell says when it has removed what was brought to it.
const CLEAN: &str = "clean";

/// The same when it has kept the firmware.
const KEPT: &str = "kept";

/// What a shell's own `read`, which takes a byte at a time, gets but the first digit of.
const TAINTED: &str = "/proc/sys/kernel/tainted";

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
        watch: Watch::new(job.limits, Vec::new(), started).without_console(),
        said: Vec::new(),
    };
    let ending = match board.prepare(job, tell) {
        Ok(place) => board.play(&place, job, tell),
        Err(_) if sys::interrupt::seen() => board.watch.stopped(),
        Err(why) => Ending::NotStarted(why),
    };
    let Board {
        survey,
        mut watch,
        said,
        ..
    } = board;
    ssh.close();
    watch.splats.extend(taint(&said));
    Outcome {
        ending,
        board: survey.name(),
        run_seconds: watch.span().as_secs_f64(),
        events: watch.events,
        tail: watch.tail.into(),
        splats: watch.splats,
        seconds: started.elapsed().as_secs_f64(),
    }
}

struct Board<'b> {
    ssh: &'b mut Ssh,
    survey: Survey,
    watch: Watch,
    /// What its shell said for itself, line by line.
    said: Vec<String>,
}

impl Board<'_> {
    /// Brings everything over. An error says why the run cannot begin.
    fn prepare(&mut self, job: &Job<'_>, tell: &mut dyn FnMut(News<'_>)) -> Result<Place, String> {
        let mut says = |what: String| tell(News::Says(what));
        self.survey = Survey::of(self.ssh, &mut says)?;
        says(self.survey.name());
        let (file, bytes) = self.firmware(job)?;
        let texts = job.scenarios.iter().map(|(_, text)| text.len() + 4096);
        let room = (bytes.len() + texts.sum::<usize>()).div_ceil(1024) + 16;
        let print = Print::of(&bytes);
        let search = Search {
            ssh: self.ssh,
            print: &print,
            token: token(),
            only: job.directory.as_deref(),
        };
        let found = search.find(room, &mut says);
        let place = found.inspect_err(|_| search.forget())?;
        if place.kept {
            says(format!("the firmware is in {} already", place.path));
            return Ok(place);
        }
        let firmware = (file.as_path(), &bytes[..]);
        let (ssh, survey) = (&*self.ssh, &self.survey);
        match copy::firmware(ssh, survey, &place, firmware, &job.ways, &mut says) {
            Ok(way) => {
                let kib = bytes.len().div_ceil(1024);
                let path = &place.path;
                says(format!("{kib} KiB of firmware copied to {path} by {way}"));
                Ok(place)
            }
            Err(why) => {
                self.remove(&place, tell);
                Err(why)
            }
        }
    }

    /// The firmware for the board.
    fn firmware(&self, job: &Job<'_>) -> Result<(PathBuf, Vec<u8>), String> {
        let target = match job.chosen {
            true => "",
            false => self.survey.target()?.triple(),
        };
        let file = (job.firmware)(target)?;
        let bytes = std::fs::read(&file)
            .map_err(|error| format!("cannot read the firmware {}: {error}", file.display()))?;
        let name = file.display();
        let arch = firmware_arch(&bytes).map_err(|what| format!("firmware {name} {what}"))?;
        match self.survey.arch() {
            // The board's shell would take it for a script.
            Some(board) if !board.runs(arch) => Err(format!(
                "firmware {name} is for {}, which the board ({}) cannot run",
                arch.title(),
                self.survey.name()
            )),
            _ => Ok((file, bytes)),
        }
    }

    /// Removes what was made, as far as the board can still be reached.
    fn remove(&self, place: &Place, tell: &mut dyn FnMut(News<'_>)) {
        if !place.remove(self.ssh) {
            let path = &place.path;
            tell(News::Says(format!("the firmware may be left in {path}")));
        }
    }

    fn play(&mut self, place: &Place, job: &Job<'_>, tell: &mut dyn FnMut(News<'_>)) -> Ending {
        if !job.scenarios.is_empty()
            && let Err(why) = copy::scenarios(self.ssh, &place.own, &job.scenarios)
        {
            self.remove(place, tell);
            return Ending::NotStarted(why);
        }
        // A board has its time from now on: the firmware may have been built meanwhile.
        self.watch.begin(Instant::now());
        let process = Process::start(self.ssh.command(&script(place, job)));
        let ending = match process {
            Ok(mut process) => self.listen(&mut process, place, tell),
            Err(error) => Ending::NotStarted(format!("cannot run ssh: {error}")),
        };
        if job.keep && !place.kept {
            let keep = place.keep();
            let kept = self.said.iter().any(|says| says == KEPT);
            let stays = if kept { "stays" } else { "could not be left" };
            tell(News::Says(format!("the firmware {stays} in {keep}")));
        }
        // Whatever happened, and even to a run that passed.
        if !self.said.iter().any(|says| says == CLEAN) {
            self.remove(place, tell);
        }
        ending
    }

    /// Listens until the board has said good-bye.
    fn listen(
        &mut self,
        process: &mut Process,
        place: &Place,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Ending {
        loop {
            let next = process.next_unless_stopped(self.watch.deadline());
            let now = Instant::now();
            let all = &mut self.said;
            let mut progress = |what: Progress<'_>| {
                if let Progress::Console(line) = what {
                    all.extend(said(line).map(ToOwned::to_owned));
                }
                tell(News::Run(what));
            };
            match next {
                Next::Bytes(bytes) => {
                    self.watch.push(&bytes, now, &mut progress);
                }
                Next::Silence => {}
                Next::Stopped => return self.watch.stopped(),
                Next::End => {
                    let told = self.watch.finish(now, &mut progress);
                    let exit = process.exit();
                    return match told {
                        Some(Ending::Complete) => self.closed(&exit, tell),
                        Some(told) => told,
                        None => self.cut_short(&exit, tell),
                    };
                }
            }
            if let Some(overdue) = self.watch.overdue(now) {
                // Before it is cleaned away.
                let lines = silence::lines(self.ssh, &place.path);
                if sys::interrupt::seen() {
                    return self.watch.stopped();
                }
                lines.into_iter().for_each(|line| tell(News::Says(line)));
                return overdue;
            }
        }
    }

    /// The ending of a run whose events are all there. A board that dies behind the last of
    /// them has not passed, nor has a firmware that knows better.
    fn closed(&self, exit: &Exit, tell: &mut dyn FnMut(News<'_>)) -> Ending {
        let mut said = self.said.iter();
        let code = said.find_map(|says| says.strip_prefix("status "));
        let ended = exit.code.map(|code| code.to_string());
        let Some(code) = code.filter(|code| ended.as_deref() == Some(code)) else {
            return self.cut_short(exit, tell);
        };
        let report = Report::new(self.watch.events.clone(), Ending::Complete, "");
        if code == report.verdict().exit_code().to_string() {
            return Ending::Complete;
        }
        Ending::Broken(format!(
            "the firmware ended with status {code}, of which its events know nothing"
        ))
    }

    /// Why a run ended without its closing event.
    fn cut_short(&self, exit: &Exit, tell: &mut dyn FnMut(News<'_>)) -> Ending {
        let at = self.watch.place();
        if exit.code == Some(USAGE) && self.watch.events.is_empty() {
            let why = &exit.complaints;
            return Ending::NotStarted(format!("the firmware refuses what it is told: {why}"));
        }
        // Without a status it is our own ssh that was killed.
        if !matches!(exit.code, Some(FAILED) | None) {
            let why = format!("the firmware ended before its time, {at}: it {}", exit.text);
            return if self.watch.events.is_empty() {
                Ending::NotStarted(why)
            } else {
                Ending::Broken(why)
            };
        }
        tell(News::Says(format!(
            "the connection was lost; for {ANSWER:?} we see whether the board comes back"
        )));
        Ending::Broken(match self.again() {
            Ok(boot) if self.survey.boot.is_empty() || boot.is_empty() => format!(
                "the connection was lost, {at}; the board is up, and whether it rebooted is not known"
            ),
            Ok(boot) if boot != self.survey.boot => format!(
                "the board rebooted in mid-run, {at}: its kernel may have crashed; \
                 look at its serial console, or boot it under scripts/boot.sh"
            ),
            Ok(_) => format!("the connection was lost, {at}; the board is up and did not reboot"),
            Err(why) => {
                format!(
                    "the connection was lost, {at}, and the board does not answer any more ({why})"
                )
            }
        })
    }

    /// Which boot the board is in, once it answers again.
    fn again(&self) -> Result<String, String> {
        self.ssh.close();
        Survey::boot(self.ssh)
    }
}

/// What the board's shell does: run, say what the kernel thinks of it, and clean up, even if
/// the connection is lost meanwhile.
fn script(place: &Place, job: &Job<'_>) -> String {
    let (path, keep, own) = (
        quoted(&place.path),
        quoted(place.keep()),
        quoted(&place.own),
    );
    let after = match (place.kept, job.keep) {
        (true, _) => format!("rm -rf {own}"),
        // Others may keep one at the same moment, or use what is there. It may be damaged, too.
        (false, true) => format!(
            "rm -rf {own}; mkdir {keep} 2>/dev/null; \
             if [ -d {keep} ] && [ ! -L {keep} ] && [ -O {keep} ] && chmod 700 {keep}; then \
             [ -f {keep}/shmproof ] || rm -rf {keep}/shmproof; \
             mv -f {path}/shmproof {keep}/shmproof && say {KEPT}; fi; rm -rf {path}"
        ),
        (false, false) => format!("rm -rf {path}"),
    };
    let mut arguments: Vec<String> = job.arguments.iter().map(|word| quoted(word)).collect();
    if !job.scenarios.is_empty() {
        arguments.push(format!("--scenarios {own}/scenarios"));
    }
    format!(
        "cd {path} || exit 125\n\
         trap {trap} EXIT\n\
         trap 'exit 143' HUP INT TERM PIPE\n\
         before=$(cat {TAINTED} 2>/dev/null)\n\
         ./shmproof run --format frames {arguments}\n\
         code=$?\n\
         after=$(cat {TAINTED} 2>/dev/null)\n\
         [ \"$before\" = \"$after\" ] || {{ say taint \"${{before:-0}}\" \"$after\"; \
         {LOG}; }}\n\
         say status \"$code\"\n\
         exit $code",
        trap = quoted(&format!("cd /; {{ {after}; }} && say {CLEAN}")),
        arguments = arguments.join(" "),
    )
}

/// What a taint that changed in the run says, and the kernel's words about it.
fn taint(said: &[String]) -> Option<String> {
    let change = |line: &String| {
        let (before, now) = line.strip_prefix("taint ")?.split_once(' ')?;
        Some((before.to_owned(), now.to_owned()))
    };
    let (before, now) = said.iter().find_map(change)?;
    let last = silence::complaint(said);
    let last = last.map_or(String::new(), |line| format!(": {line}"));
    Some(format!(
        "the kernel's taint went from {before} to {now} in the run ({TAINTED}){last}"
    ))
}

#[cfg(test)]
mod tests {
    use super::taint;

    #[test]
    fn a_new_taint_is_told_with_the_kernels_words() {
        let said = [
            "taint 0 512",
            "log usb 1-1: new",
            "log WARNING: CPU: 0 PID: 1 at ipc/shm.c:1",
        ];
        let told = taint(&said.map(ToOwned::to_owned)).expect("tainted");
        assert!(told.contains("from 0 to 512"), "{told}");
        assert!(
            told.ends_with("WARNING: CPU: 0 PID: 1 at ipc/shm.c:1"),
            "{told}"
        );
        assert_eq!(taint(&[]), None);
    }
}
