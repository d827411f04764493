//! PID 1: the whole user space of a machine that was started for one run.
//!
//! It mounts what it can, has a worker run the suite, passes the worker's frames
//! on to the console, reaps whoever dies, and ends the machine. It runs no test
//! itself, and lives through a kernel without /proc, /sys, /dev or IPC.

mod arguments;
mod machine;
mod sysctls;

pub use arguments::{ARGUMENTS, SCENARIOS, check_command_line};
pub use machine::ending;

use crate::report::frame::{Item, Reader, closing};
use crate::report::record::Event;
use crate::report::{Ending, Format, Report};
use crate::suite::{self, Worker};
use crate::sys::machine::End;
use crate::sys::process;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;

/// Whether we are the first process of a machine. The first of a container is not: the
/// machine, its segments and its mounts are somebody else's.
#[must_use]
pub fn is_ours(args: &[OsString]) -> bool {
    let name = args.first().and_then(|path| Path::new(path).file_name());
    let called = args.len() < 2 || name.is_some_and(|name| name == "init");
    process::pid() == 1 && called && process::in_first_namespace()
}

/// Runs the suite and ends the machine.
pub fn run(args: &[OsString]) -> ! {
    machine::set_up();
    let sysctls = sysctls::set();
    suite::normalise();
    let mut console = Console {
        reader: Reader::new(),
        told: Vec::new(),
    };
    let how = match arguments::understand(args) {
        Ok(asked) => {
            console.suite(&asked);
            asked.on_done
        }
        Err(why) => {
            console.close(&why);
            End::Reboot
        }
    };
    console.for_people();
    sysctls.restore();
    machine::end(how)
}

/// The console, and what went over it.
struct Console {
    reader: Reader,
    told: Vec<Event>,
}

impl Console {
    fn suite(&mut self, asked: &arguments::Asked) {
        match suite::load(&asked.selected) {
            Err(why) => self.close(&why.to_string()),
            Ok(scenarios) => match suite::start(&scenarios, &asked.settings) {
                Err(error) => self.close(&format!("no worker can be started: {error}")),
                Ok(worker) => self.pass_on(worker),
            },
        }
    }

    /// The worker's frames, byte for byte, until it has ended.
    fn pass_on(&mut self, mut worker: Worker) {
        let mut bytes = vec![0; 1 << 14];
        loop {
            match worker.frames.read(&mut bytes) {
                Ok(0) => break,
                Ok(count) => {
                    self.write(&bytes[..count]);
                    // An actor that nothing can kill would keep the pipe open.
                    if matches!(self.told.last(), Some(Event::Done(_))) {
                        break;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let death = process::reap(worker.pid, true);
        // Orphans of the run became our children.
        while process::reap(-1, false).is_some() {}
        if !matches!(self.told.last(), Some(Event::Done(_))) {
            self.close(&format!("our worker ended before it was done: {death:?}"));
        }
    }

    /// The closing frame, where the worker has not sent it.
    fn close(&mut self, why: &str) {
        let frame = closing(self.reader.run().unwrap_or(0), &self.told, why);
        self.write(frame.as_bytes());
    }

    fn write(&mut self, bytes: &[u8]) {
        // Nobody can be told that the console is broken.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
        for item in self.reader.push(bytes) {
            if let Item::Event { event, .. } = item {
                self.told.push(event);
            }
        }
    }

    /// The same once more for whoever sits at the console. A machine that listens has
    /// seen the closing frame by now.
    fn for_people(&mut self) {
        let report = Report::new(std::mem::take(&mut self.told), Ending::Complete, "run");
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "\n{}", Format::Text.render(&report)).and_then(|()| out.flush());
    }
}
