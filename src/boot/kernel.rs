//! The kernel file that QEMU is given.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::cache;
use crate::image;

/// Changes when [`image::quick`] makes something else of the same kernel.
const RECIPE: u32 = 1;

/// The same kernel, unpacked once and kept in the cache, so that it need not
/// unpack itself at every start; see [`image::quick`]. The kernel as it is, if
/// there is no such form of it, or no place to keep one.
pub fn quick(kernel: &Path) -> PathBuf {
    unpacked(kernel).unwrap_or_else(|| kernel.to_owned())
}

fn unpacked(kernel: &Path) -> Option<PathBuf> {
    let packed = fs::read(kernel).ok()?;
    let mut hash = DefaultHasher::new();
    (RECIPE, &packed).hash(&mut hash);
    let name = kernel.file_name()?.to_string_lossy();
    let path = cache::directory()?
        .join("quick")
        .join(format!("{name}-{:016x}", hash.finish()));
    if !path.exists() {
        cache::write(&path, &image::quick(&packed)?).ok()?;
    }
    Some(path)
}
