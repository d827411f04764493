//! The file behind a mapping of ours, as /proc/self/map_files has it.

use super::Stage;
use crate::abi::Errno;
use crate::sys::errno;
use crate::sys::map_file::MapFile;
use std::io::Read;

impl Stage<'_> {
    /// The file behind the mapping that an address lies in. Where /proc/self/maps knows none,
    /// it is named by the address, and the kernel is left to say that there is none.
    pub(super) fn behind(&self, address: u64) -> Result<MapFile, Errno> {
        let mut text = self.scratch.borrow_mut();
        text.clear();
        std::fs::File::open("/proc/self/maps")
            .and_then(|mut maps| maps.read_to_string(&mut text))
            .map_err(|error| errno(&error))?;
        let found = text.lines().filter_map(row).find(|row| row.holds(address));
        Ok(found.unwrap_or(MapFile {
            start: address,
            end: address.wrapping_add(1),
            offset: 0,
        }))
    }
}

/// A row of /proc/self/maps, if a segment is mapped there: whatever else came to lie where
/// the script had one, as our own program, is not to be written to or cut.
fn row(line: &str) -> Option<MapFile> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let hex = |word: &str| u64::from_str_radix(word, 16).ok();
    let found = MapFile {
        start: hex(start)?,
        end: hex(end)?,
        offset: hex(words.nth(1)?)?,
    };
    words.nth(2)?.starts_with("/SYSV").then_some(found)
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_row_has_a_range_and_an_offset() {
        let text = "b6f00000-b6f03000 rw-s 00002000 00:01 32769      /SYSV000004d2 (deleted)";
        let found = row(text).expect("good");
        assert_eq!(found.start..found.end, 0xb6f0_0000..0xb6f0_3000);
        assert_eq!(found.offset, 0x2000);
        assert!(found.holds(0xb6f0_2fff) && !found.holds(0xb6f0_3000));
    }

    #[test]
    fn only_segments_are_opened() {
        for line in [
            "00400000-00452000 r-xp 00000000 08:02 173521     /bin/program",
            "9000-a000 rw-p 00000000 00:00 0 ",
            "9000-a000 rw-s 00000000 00:01 7     /dev/zero (deleted)",
            "VmFlags: rd wr",
            "",
        ] {
            assert_eq!(row(line), None, "{line}");
        }
    }
}
