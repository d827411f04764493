//! Files that spare later runs some work. Losing them costs time, nothing else.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// The cache directory: `$SHMPROOF_CACHE`, else `shmproof` in `$XDG_CACHE_HOME`
/// or in `~/.cache`.
pub(super) fn directory() -> Option<PathBuf> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("SHMPROOF_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("shmproof")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/shmproof")))
}

/// Writes a file so that nobody ever sees half of it.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}", process::id()));
    fs::write(&unfinished, content)
        .and_then(|()| fs::rename(&unfinished, path))
        .inspect_err(|_| {
            // What cannot be removed either is at worst a useless file in a cache.
            drop(fs::remove_file(&unfinished));
        })
}
