//! The file behind a mapping: what `/proc/self/map_files` leads to. Behind a segment it is one
//! of tmpfs or hugetlbfs that no directory has.
//!
//! # Safety
//!
//! No call here touches memory, but they change what a mapping shows, and a shorter file takes
//! pages from it: a mapping of a segment, where no Rust object lives; see [`super::mapping`].

use super::errno;
use crate::abi::Errno;
use std::fs::File;
use std::io::{Cursor, Write};
use std::os::unix::fs::FileExt;

/// A mapping and the file behind it, of which nothing is open yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapFile {
    /// Where the mapping begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// Which byte of the file it begins with.
    pub offset: u64,
}

impl MapFile {
    /// Whether an address lies in the mapping.
    #[must_use]
    pub fn holds(&self, address: u64) -> bool {
        (self.start..self.end).contains(&address)
    }

    /// `open("/proc/self/map_files/start-end", O_RDONLY | O_CLOEXEC)`, or `O_RDWR`.
    pub fn open(&self, writable: bool) -> Result<File, Errno> {
        // Longer than any name; a name in the heap could be the call that maps something.
        let mut name = Cursor::new([0; 64]);
        let (start, end) = (self.start, self.end);
        write!(name, "/proc/self/map_files/{start:x}-{end:x}").map_err(|error| errno(&error))?;
        let length = name.position() as usize;
        let path = str::from_utf8(&name.get_ref()[..length]).map_err(|_| Errno(libc::EILSEQ))?;
        let mut options = File::options();
        let opened = options.read(true).write(writable).open(path);
        opened.map_err(|error| errno(&error))
    }

    /// `fsync(fd)`: writes the file to what it is kept on.
    pub fn fsync(&self) -> Result<(), Errno> {
        let file = self.open(false)?;
        file.sync_all().map_err(|error| errno(&error))
    }

    /// `ftruncate(fd, length)`: cuts the file, or makes it longer.
    pub fn ftruncate(&self, length: u64) -> Result<(), Errno> {
        let file = self.open(true)?;
        file.set_len(length).map_err(|error| errno(&error))
    }

    /// `pwrite(fd, &byte, 1, offset)` of the byte that stands at an address. Returns the bytes
    /// written.
    pub fn write(&self, address: u64, byte: u8) -> Result<usize, Errno> {
        let written = self.open(true)?.write_at(&[byte], self.place(address));
        written.map_err(|error| errno(&error))
    }

    /// `pread(fd, &byte, 1, offset)` of the byte that stands at an address; `None` behind the
    /// end of the file.
    pub fn read(&self, address: u64) -> Result<Option<u8>, Errno> {
        let mut byte = [0];
        let read = self.open(false)?.read_at(&mut byte, self.place(address));
        let count = read.map_err(|error| errno(&error))?;
        Ok((count == 1).then_some(byte[0]))
    }

    /// The byte of the file that stands at an address.
    fn place(&self, address: u64) -> u64 {
        address.wrapping_sub(self.start).wrapping_add(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::MapFile;
    use crate::abi::Errno;
    use crate::sys::{machine, mapping, memory};
    use std::os::fd::AsFd;

    #[test]
    fn the_file_behind_a_mapping_is_read_written_mapped_and_cut() {
        let page = machine::page_size() as usize;
        let start = mapping::shared(2 * page).expect("memory");
        let at = start as u64;
        let behind = MapFile {
            start: at,
            end: at + 2 * page as u64,
            offset: 0,
        };
        if let Err(errno) = behind.open(true) {
            // It takes a capability in the first user namespace.
            assert_ne!(errno, Errno(libc::ENOENT));
            return;
        }
        let byte = |at: usize| {
            let mut seen = [0];
            memory::load(at, &mut seen);
            seen[0]
        };
        memory::store(start + 1, b"1");
        assert_eq!(behind.read(at + 1), Ok(Some(b'1')));
        assert_eq!(behind.write(at + 1, b'2'), Ok(1));
        assert_eq!(byte(start + 1), b'2');
        assert_eq!(behind.fsync(), Ok(()));

        let file = behind.open(true).expect("opened before");
        let rw = libc::PROT_READ | libc::PROT_WRITE;
        let window = mapping::mmap_file(None, page, rw, file.as_fd()).expect("memory");
        memory::store(window + 1, b"3");
        assert_eq!(byte(start + 1), b'3');

        let last = at + 2 * page as u64 - 1;
        assert_eq!(behind.read(last), Ok(Some(0)));
        assert_eq!(behind.ftruncate(page as u64), Ok(()));
        assert_eq!(behind.read(last), Ok(None));

        let other = MapFile {
            end: last,
            ..behind
        };
        assert_eq!(other.fsync(), Err(Errno(libc::ENOENT)));
        mapping::munmap(window, page).expect("mapped");
        mapping::munmap(start, 2 * page).expect("mapped");
    }
}
