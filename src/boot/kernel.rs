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
    let cache = cache::directory();
    let unpacked = cache.and_then(|cache| unpacked(kernel, &cache.join("quick")));
    unpacked.unwrap_or_else(|| kernel.to_owned())
}

/// The unpacked kernel in `cache`, which is put there if it is not there yet.
fn unpacked(kernel: &Path, cache: &Path) -> Option<PathBuf> {
    let packed = fs::read(kernel).ok()?;
    let mut hash = DefaultHasher::new();
    (RECIPE, &packed).hash(&mut hash);
    let name = kernel.file_name()?.to_string_lossy();
    let path = cache.join(format!("{name}-{:016x}", hash.finish()));
    if !path.exists() {
        cache::write(&path, &image::quick(&packed)?).ok()?;
    }
    Some(path)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::{env, fs, process};

    use super::unpacked;
    use crate::image::gzip;

    /// An arm64 kernel as EFI starts it, with `image` inside.
    fn zboot(image: &[u8]) -> Vec<u8> {
        let packed = gzip(image);
        let mut file = b"MZ\0\0zimg\x60\0\0\0".to_vec();
        file.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        file.resize(0x3c, 0);
        file.extend(b"\x40\0\0\0PE\0\0\x64\xaa");
        file.resize(0x60, 0);
        file.extend(packed);
        file
    }

    #[test]
    fn a_kernel_is_unpacked_once_for_each_content() {
        let directory = env::temp_dir().join(format!("shmproof-kernel-{}", process::id()));
        let cache = directory.join("cache");
        fs::create_dir_all(&directory).unwrap();
        let kernel = directory.join("vmlinuz");

        fs::write(&kernel, zboot(b"one")).unwrap();
        let one = unpacked(&kernel, &cache).unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"one");
        fs::write(&one, "kept").unwrap();
        assert_eq!(unpacked(&kernel, &cache).as_ref(), Some(&one));
        assert_eq!(fs::read(&one).unwrap(), b"kept");

        fs::write(&kernel, zboot(b"two")).unwrap();
        let two = unpacked(&kernel, &cache).unwrap();
        assert_eq!(fs::read(two).unwrap(), b"two");
        assert_eq!(
            fs::read_dir(&cache).unwrap().count(),
            2,
            "no unfinished files"
        );

        assert_eq!(unpacked(&kernel, &kernel), None, "no place to keep it");
        assert_eq!(unpacked(&directory.join("none"), &cache), None);
        fs::remove_dir_all(&directory).unwrap();
    }
}
