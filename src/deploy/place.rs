//! Where on a board the firmware may lie: writable, executable, with room for it.

use super::shell::{quoted, reason};
use super::ssh::Ssh;
use super::survey::PATIENCE;

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

/// Prints `kept DIRECTORY`, or `place DIRECTORY` of a new one, and `no PLACE: WHY` before.
const SCRIPT: &str = r#"umask 077
seen=
each() {
    for place in PLACES; do
        [ -n "$place" ] && [ -d "$place" ] || continue
        case $place in /*) ;; *) place=$PWD/$place ;; esac
        case " $seen " in *" $1$place "*) continue ;; esac
        seen="$seen $1$place"
        "$1" "$place"
    done
}
kept() {
    # Nobody else may have put it there, or put anything in its place meanwhile.
    kept=$1/$name
    [ -d "$kept" ] && [ ! -L "$kept" ] && [ -O "$kept" ] || return 0
    case $(ls -ld "$kept" 2>/dev/null) in drwx------*) ;; *) return 0 ;; esac
    [ -f "$kept/shmproof" ] && [ ! -L "$kept/shmproof" ] && [ -O "$kept/shmproof" ] || return 0
    if same "$kept/shmproof"; then
        echo "kept $kept"
        exit
    fi
}
new() {
    made=$1/$name-$$
    why=$(mkdir "$made" 2>&1) || { echo "no $1: $why"; return; }
    # Without #!: it is the kernel that refuses here, and the shell that runs it elsewhere.
    echo 'exit 7' >"$made/probe" 2>/dev/null && chmod 700 "$made/probe" || {
        rm -rf "$made"; echo "no $1: no room left"; return
    }
    "$made/probe" 2>/dev/null
    [ $? -eq 7 ] || { rm -rf "$made"; echo "no $1: mounted noexec"; return; }
    if why=$(dd if=/dev/zero of="$made/probe" bs=1024 count="$room" 2>&1) || ! command -v dd >/dev/null 2>&1; then
        rm -f "$made/probe"
        echo "place $made"
        exit
    fi
    rm -rf "$made"
    echo "no $1: $(echo "$why" | grep -i 'space\|quota\|large' || echo 'no room left')"
}
each kept
each new
echo nowhere"#;

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

/// A directory on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    /// The firmware lies there already, from a run with `--keep`.
    pub(super) kept: bool,
}

impl Place {
    /// Finds one with room for so many KiB, in `only` or where a board usually has some.
    ///
    /// # Errors
    ///
    /// Which places there are, and what is wrong with each.
    pub(super) fn find(
        ssh: &Ssh,
        print: &Print,
        room: usize,
        only: Option<&str>,
        tell: &mut dyn FnMut(String),
    ) -> Result<Self, String> {
        let places = only.map_or_else(|| PLACES.to_owned(), quoted);
        let script = format!(
            "name={} room={room}\n{}{}",
            print.name(),
            print.function(),
            SCRIPT.replace("PLACES", &places)
        );
        let answer = ssh.ask(&script, None, PATIENCE)?;
        let (place, refused) = read(&answer.output, &print.name());
        match place {
            Some(place) => {
                for why in refused {
                    tell(format!("not in {why}"));
                }
                Ok(place)
            }
            None if refused.is_empty() => Err(match only {
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

    /// The firmware, as the board's shell takes it.
    pub(super) fn firmware(&self) -> String {
        quoted(&format!("{}/shmproof", self.path))
    }
}

/// The place that was found, and why others were not taken. It is removed some day, so that it
/// must have our name, whatever else a login shell says.
fn read(output: &str, name: &str) -> (Option<Place>, Vec<String>) {
    let place = |path: &str, kept| {
        let path = path.to_owned();
        Some(Place { path, kept })
    };
    let mut refused = Vec::new();
    for line in output.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "kept" if rest.ends_with(&format!("/{name}")) => return (place(rest, true), refused),
            "place" if rest.contains(&format!("/{name}-")) => return (place(rest, false), refused),
            "no" => {
                let (place, why) = rest.split_once(": ").unwrap_or((rest, "not to be used"));
                refused.push(format!("{place}: {}", reason(why).to_lowercase()));
            }
            _ => {}
        }
    }
    (None, refused)
}

#[cfg(test)]
mod tests {
    use super::{Place, Print, read};

    #[test]
    fn the_board_says_where_there_is_room() {
        let output = "place /\nkept /home\nno /tmp: mounted noexec\n\
                      no /var/tmp: mkdir: can't create directory '/var/tmp/x': Read-only file system\n\
                      place /dev/shm/shmproof-0-7\n";
        let (place, refused) = read(output, "shmproof-0");
        let path = "/dev/shm/shmproof-0-7".to_owned();
        assert_eq!(place, Some(Place { path, kept: false }));
        assert_eq!(
            refused,
            ["/tmp: mounted noexec", "/var/tmp: read-only file system"]
        );
        assert_eq!(
            read("no /tmp: x\nplace /tmp\nnowhere\n", "shmproof-0").0,
            None
        );
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
