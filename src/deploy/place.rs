//! Where on a board the firmware may lie: writable, executable, with room for it.

use super::shell::{quoted, reason, said};
use super::ssh::Ssh;
use super::survey::PATIENCE;
use crate::watch::process::Patience;
use std::time::Duration;

/// How long it may take to clean up, whatever the user wants.
const CLEANING: Patience = Patience::Regardless(Duration::from_secs(15));

/// Where to look, the best first; the board's shell knows what is in the variables.
const PLACES: &str =
    r#""$TMPDIR" /tmp /var/tmp /dev/shm /run /var/run "$HOME" /data/local/tmp /mnt /opt . "#;

/// How the firmware is told from what only looks like it: 0 if it is the same, 1 if not, 2 on a
/// board that has nothing to tell them apart.
const SAME: &str = r#"same() {
    if command -v sha256sum >/dev/null 2>&1; then
        sum=$(sha256sum <"$1") && [ "${sum%% *}" = "$sum256" ] || return 1
    elif command -v wc >/dev/null 2>&1; then
        [ "$(wc -c <"$1")" -eq "$size" ] || return 1
    else
        return 2
    fi
}"#;

/// Goes through the places: `each COMMAND` calls it with every one that there is.
const EACH: &str = r#"seen=
each() {
    for place in PLACES; do
        [ -n "$place" ] && [ -d "$place" ] || continue
        case $place in /*) ;; *) place=$PWD/$place ;; esac
        case " $seen " in *" $1$place "*) continue ;; esac
        seen="$seen $1$place"
        "$1" "$place"
    done
}
"#;

/// Prints `kept DIRECTORY`, or `place DIRECTORY` of a new one, and `no PLACE: WHY` before.
const FIND: &str = r#"umask 077
kept() {
    # Nobody else may have put it there, or put anything in its place meanwhile.
    kept=$1/$name
    [ -d "$kept" ] && [ ! -L "$kept" ] && [ -O "$kept" ] || return 0
    case $(ls -ld "$kept" 2>/dev/null) in drwx--[-S]---*) ;; *) return 0 ;; esac
    [ -f "$kept/shmproof" ] && [ ! -L "$kept/shmproof" ] && [ -O "$kept/shmproof" ] || return 0
    if same "$kept/shmproof"; then
        say kept "$kept"
        exit
    fi
}
new() {
    made=$1/$name-$token
    why=$(mkdir "$made" 2>&1) || { say no "$1: $why"; return; }
    # Without #!: it is the kernel that refuses here, and the shell that runs it elsewhere.
    echo 'exit 7' >"$made/probe" 2>/dev/null && chmod 700 "$made/probe" || {
        rm -rf "$made"; say no "$1: no room left"; return
    }
    "$made/probe" 2>/dev/null
    [ $? -eq 7 ] || { rm -rf "$made"; say no "$1: mounted noexec"; return; }
    if why=$(dd if=/dev/zero of="$made/probe" bs=1024 count="$room" 2>&1) || ! command -v dd >/dev/null 2>&1; then
        rm -f "$made/probe"
        say place "$made"
        exit
    fi
    rm -rf "$made"
    say no "$1: $(echo "$why" | grep -i 'space\|quota\|large' || echo 'no room left')"
}
each kept
each new
say nowhere"#;

/// Removes what an interrupted search may have made.
const FORGET: &str = r#"forget() { rm -rf "$1/$name-$token"; }
each forget"#;

/// What the firmware is, for the board to compare.
#[derive(Clone, Debug)]
pub(super) struct Print {
    /// Bytes.
    pub(super) size: usize,
    /// SHA-256, in hexadecimal digits.
    pub(super) sha256: String,
}

impl Print {
    pub(super) fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        let sum = sha2::Sha256::digest(bytes);
        Self {
            size: bytes.len(),
            sha256: sum.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// The shell's function `same FILE`, and the variables that it looks at.
    pub(super) fn function(&self) -> String {
        format!("size={} sum256={}\n{SAME}\n", self.size, self.sha256)
    }

    /// The name of a directory for it.
    fn name(&self) -> String {
        format!("shmproof-{}", &self.sha256[..16])
    }
}

/// A search for a place.
pub(super) struct Search<'s> {
    pub(super) ssh: &'s Ssh,
    pub(super) print: &'s Print,
    /// Makes the name of what is made this time ours alone, whatever else a login shell says.
    pub(super) token: String,
    /// The only place that may be taken.
    pub(super) only: Option<&'s str>,
}

/// A directory on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// A directory in it that is of this run alone: others may use what is kept.
    pub(super) own: String,
    pub(super) path: String,
    /// The firmware lies there already, from a run with `--keep`.
    pub(super) kept: bool,
}

impl Search<'_> {
    /// Finds a place with room for so many KiB.
    ///
    /// # Errors
    ///
    /// Which places there are, and what is wrong with each.
    pub(super) fn find(&self, room: usize, tell: &mut dyn FnMut(String)) -> Result<Place, String> {
        let function = self.print.function();
        let script = self.script(&format!("room={room}\n{function}"), FIND);
        let answer = self.ssh.ask(&script, None, PATIENCE)?;
        let (place, refused) = self.read(&answer.output);
        match place {
            Some(place) => {
                for why in refused {
                    tell(format!("not in {why}"));
                }
                Ok(place)
            }
            None if refused.is_empty() => Err(match self.only {
                Some(only) => format!("the board has no directory {only}; name another with --dir"),
                None => format!(
                    "the board named no place for the firmware: ssh {}",
                    answer.exit.text
                ),
            }),
            None => Err(format!(
                "no place on the board for {room} KiB of firmware: {}; make room, or name another with --dir",
                refused.join("; ")
            )),
        }
    }

    /// Removes what the search has made, if it was cut short.
    pub(super) fn forget(&self) {
        let script = self.script("", FORGET);
        drop(self.ssh.ask(&script, None, CLEANING));
    }

    fn script(&self, before: &str, what: &str) -> String {
        let places = self.only.map_or_else(|| PLACES.to_owned(), quoted);
        let (name, token) = (self.print.name(), &self.token);
        let each = EACH.replace("PLACES", &places);
        format!("name={name} token={token}\n{before}{each}{what}")
    }

    /// The place that was found, and why others were not taken.
    fn read(&self, output: &str) -> (Option<Place>, Vec<String>) {
        let kept = format!("/{}", self.print.name());
        let made = format!("{kept}-{}", self.token);
        let mut refused = Vec::new();
        for line in output.lines().filter_map(said) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let place = |kept| Place {
                own: format!("{rest}/run-{}", self.token),
                path: rest.to_owned(),
                kept,
            };
            match word {
                "kept" if rest.ends_with(&kept) => return (Some(place(true)), refused),
                "place" if rest.ends_with(&made) => return (Some(place(false)), refused),
                "no" => {
                    let (place, why) = rest.split_once(": ").unwrap_or((rest, "not to be used"));
                    refused.push(format!("{place}: {}", reason(why).to_lowercase()));
                }
                _ => {}
            }
        }
        (None, refused)
    }
}

impl Place {
    /// The firmware, as the board's shell takes it.
    pub(super) fn firmware(&self) -> String {
        quoted(&format!("{}/shmproof", self.path))
    }

    /// Where it is kept for the next time.
    pub(super) fn keep(&self) -> &str {
        self.path.rsplit_once('-').map_or("", |(kept, _)| kept)
    }

    /// Removes what was made there. False if the board did not say so.
    pub(super) fn remove(&self, ssh: &Ssh) -> bool {
        let made = if self.kept { &self.own } else { &self.path };
        let script = format!("rm -rf {}", quoted(made));
        let answer = ssh.ask(&script, None, CLEANING);
        answer.is_ok_and(|answer| answer.succeeded())
    }
}

#[cfg(test)]
mod tests {
    use super::{Print, Search, Ssh};
    use crate::deploy::Address;
    use crate::deploy::shell::SAYS;

    fn answer(text: &str) -> String {
        text.lines().map(|line| format!("{SAYS}{line}\n")).collect()
    }

    #[test]
    fn the_board_says_where_there_is_room() {
        let address = Address::parse("board").expect("good");
        let ssh = Ssh::new(address, &[], "/nonexistent".into(), true);
        let print = Print::of(b"");
        let search = Search {
            ssh: &ssh,
            print: &print,
            token: "7f".to_owned(),
            only: None,
        };
        let name = print.name();
        let output = answer(&format!(
            "place /\nkept /home\nplace /home/{name}-6\nno /tmp: mounted noexec\n\
             no /var/tmp: mkdir: can't create directory '/var/tmp/x': Read-only file system\n\
             place /dev/shm/{name}-7f\n"
        ));
        let (place, refused) = search.read(&output);
        let place = place.expect("found");
        assert_eq!(place.path, format!("/dev/shm/{name}-7f"));
        assert_eq!(place.keep(), format!("/dev/shm/{name}"));
        assert!(!place.kept);
        assert_eq!(
            refused,
            ["/tmp: mounted noexec", "/var/tmp: read-only file system"]
        );
        assert_eq!(
            search.read(&answer("no /tmp: x\nplace /tmp\nnowhere\n")).0,
            None
        );
        let kept = search.read(&answer(&format!("kept /tmp/{name}\n"))).0;
        assert!(kept.expect("found").kept);
    }

    #[test]
    fn a_print_is_that_of_sha256sum() {
        let print = Print::of(b"abc");
        assert!(
            print.sha256.starts_with("ba7816bf8f01cfea"),
            "{}",
            print.sha256
        );
        assert_eq!(print.size, 3);
    }
}
