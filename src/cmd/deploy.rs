//! `shmproof deploy`: boards, each with a thread that does the whole job.

mod board;
mod firmware;
mod reports;
mod status;
mod table;

use super::{Failure, boot, run};
use crate::cli::{self, Said};
use crate::deploy::session::{self, Job};
use crate::deploy::{Address, Ssh, Way, token};
use crate::suite;
use crate::sys::interrupt;
use crate::verdict::RunVerdict;
use board::Board;
use firmware::Firmware;
use reports::Reports;
use status::Status;
use std::path::{Path, PathBuf};

/// Does the job on every board, and reports.
pub(super) fn deploy(said: &Said) -> Result<RunVerdict, Failure> {
    let addresses = addresses(said)?;
    let reports = Reports::from(said, &addresses)?;
    let asked = run_arguments(said)?;
    let ways = ways(said)?;
    if said.value("dir").is_some_and(str::is_empty) {
        return Err(Failure::usage(
            "--dir is empty; name a directory of the board",
        ));
    }
    let firmware = Firmware::from(said)?;
    let job = Job {
        firmware: &|target| firmware.of(target),
        chosen: said.has("firmware"),
        directory: said.value("dir").map(ToOwned::to_owned),
        ways,
        keep: said.has("keep"),
        arguments: arguments(said, &asked),
        scenarios: scenarios(&asked)?,
        limits: boot::limits(said, asked.step_timeout().map_err(Failure::usage)?)?,
    };
    interrupt::install();
    let sockets = Sockets::new()?;
    let options: Vec<String> = said.words(|name| name.len() == 1).collect();
    // Questions of several boards would mix.
    let batch = addresses.len() > 1;
    let status = Status::new(&addresses, said.has("verbose"));
    let boards: Vec<Board> = std::thread::scope(|scope| {
        let started: Vec<_> = addresses
            .iter()
            .enumerate()
            .map(|(index, address)| {
                let mut ssh = Ssh::new(address.clone(), &options, sockets.of(index), batch);
                let (job, status) = (&job, &status);
                let rerun = rerun(address, &options, &asked);
                scope.spawn(move || {
                    let outcome =
                        session::run(&mut ssh, job, &mut |news| status.tell(index, &news));
                    let board = Board::new(address.clone(), outcome, &rerun);
                    status.over(index, &board.report);
                    board
                })
            })
            .collect();
        started
            .into_iter()
            .map(|thread| thread.join().expect("a board's thread does not panic"))
            .collect()
    });
    Ok(reports.finish(&boards))
}

fn addresses(said: &Said) -> Result<Vec<Address>, Failure> {
    let all = said.operands.iter().map(|name| Address::parse(name));
    let all: Vec<Address> = all.collect::<Result<_, _>>().map_err(Failure::usage)?;
    for (at, one) in all.iter().enumerate() {
        let same =
            |other: &&Address| (&one.destination, one.port) == (&other.destination, other.port);
        if let Some(other) = all[..at].iter().find(same) {
            let (name, other) = (&one.name, &other.name);
            return Err(Failure::usage(if name == other {
                format!("{name} is given twice; give it once")
            } else {
                format!("{other} and {name} are the same board; give it once")
            }));
        }
    }
    if all.is_empty() {
        return Err(Failure::usage(
            "no board given; for instance root@192.168.1.20",
        ));
    }
    Ok(all)
}

fn ways(said: &Said) -> Result<Vec<Way>, Failure> {
    let all = Way::NAMES;
    match said.value("copy") {
        None | Some("auto") => Ok(all.map(|(_, way)| way).to_vec()),
        Some(name) => match all.iter().find(|(known, _)| *known == name) {
            Some((_, way)) => Ok(vec![*way]),
            None => Err(Failure::usage(format!(
                "--copy takes auto, scp, scp-legacy or stream, not {name:?}"
            ))),
        },
    }
}

/// What stands behind `--`. What the board would refuse is refused here, in less time.
fn run_arguments(said: &Said) -> Result<Said, Failure> {
    let words = said.handed_on.iter().map(Into::into);
    let asked = cli::understand(&cli::RUN, words).map_err(Failure::usage)?;
    let asked = asked.ok_or_else(|| Failure::usage("`shmproof run --help` tells its arguments"))?;
    for ours in ["format", "out"] {
        if asked.has(ours) {
            return Err(Failure::usage(format!(
                "the report is made here; write --{ours} in front of `--`"
            )));
        }
    }
    run::settings(&asked).map_err(Failure::usage)?;
    // Another firmware may know other scenarios.
    if !said.has("firmware") || asked.has("scenarios") {
        suite::load(&run::selected(&asked)).map_err(|why| Failure::usage(why.to_string()))?;
    }
    Ok(asked)
}

/// The same for the board.
fn arguments(said: &Said, asked: &Said) -> Vec<String> {
    let flags = asked.words(|name| name != "scenarios");
    let verbose = said.has("verbose") && !asked.has("verbose");
    let verbose = verbose.then(|| "--verbose".to_owned());
    let operands = asked.operands.iter().cloned();
    flags.chain(verbose).chain(operands).collect()
}

/// The scenario files that have to go with it, by their names.
fn scenarios(asked: &Said) -> Result<Vec<suite::Text>, Failure> {
    let Some(from) = asked.value("scenarios") else {
        return Ok(Vec::new());
    };
    let texts = suite::texts(from).map_err(Failure::usage)?;
    let name = |file: &str| {
        Path::new(file)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    Ok(texts
        .into_iter()
        .filter_map(|(file, text)| Some((name(&file)?, text)))
        .collect())
}

/// The command that runs a scenario on the board again.
fn rerun(address: &Address, options: &[String], asked: &Said) -> String {
    let flags = asked.words(|name| run::DECISIVE.contains(&name));
    let options = options.iter().cloned();
    let words = ["scripts/deploy.sh".to_owned()].into_iter().chain(options);
    let words = words
        .chain([address.name.clone(), "--".to_owned()])
        .chain(flags);
    let words: Vec<String> = words.map(|word| crate::deploy::quoted(&word)).collect();
    words.join(" ")
}

/// A directory of ours for the sockets of connections, whose paths must be short.
struct Sockets(PathBuf);

/// What leaves enough of sun_path's 108 bytes (unix(7)) for our name and ssh's.
const SHORT: usize = 48;

impl Sockets {
    fn new() -> Result<Self, Failure> {
        use std::os::unix::fs::DirBuilderExt;
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let short = |path: &PathBuf| path.is_dir() && path.as_os_str().len() < SHORT;
        let parent = runtime.filter(short).unwrap_or_else(|| "/tmp".into());
        let path = parent.join(format!("shmproof-{}", token()));
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| {
            Failure::infrastructure(format!("cannot create {}: {error}", path.display()))
        })?;
        Ok(Self(path))
    }

    /// One for each board: two names may mean the same host.
    fn of(&self, board: usize) -> PathBuf {
        self.0.join(board.to_string())
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
