//! What files in /proc tell. A file that cannot be read is an answer like any other.

use super::{Failed, Stage};
use crate::abi::{Errno, Field, Fields};
use crate::observe::Observation;
use std::io::{Read, Write};

/// The sysctl that makes huge pages.
const POOL: &str = "vm.nr_hugepages";

impl Stage<'_> {
    pub(super) fn write_sysctl(&self, name: &str, value: &str) -> Result<Observation, Failed> {
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).open(path(name));
        // One write(2): the kernel takes each as a whole value.
        let seen = match file.and_then(|mut file| file.write(value.as_bytes())) {
            Ok(_) => Observation::Returned(0),
            Err(error) => failed(&error),
        };
        if name == POOL
            && let (Ok(wanted), Some(got)) = (value.parse::<u64>(), self.pool())
            && got < wanted
        {
            return Err(Failed::Lacks(format!(
                "needs {wanted} huge pages, the kernel finds memory for {got}"
            )));
        }
        Ok(seen)
    }

    /// How many huge pages the pool has: as many as could be had, which need not be as many as
    /// were asked for (mm/hugetlb.c: set_max_huge_pages).
    fn pool(&self) -> Option<u64> {
        std::fs::read_to_string(path(POOL))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    pub(super) fn read_sysctl(&self, name: &str) -> Observation {
        self.told(&path(name), |text| {
            number(text.trim()).map_or(Observation::Absent, value)
        })
    }

    /// The number behind `field:` in a file of lines.
    pub(super) fn proc_value(&self, file: &str, field: &str) -> Observation {
        if file == "/proc/meminfo" {
            // Has what each CPU counted by itself added up (mm/vmstat.c, vmstat_refresh), since
            // Linux 4.8. Who may not do that reads what is up to a second old.
            let _ = std::fs::write(path("vm.stat_refresh"), "1");
        }
        self.told(file, |text| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
            let word = line.and_then(|line| line.split_whitespace().next());
            word.and_then(number).map_or(Observation::Absent, value)
        })
    }

    /// The number behind `field:` in the part of /proc/self/smaps about an address.
    pub(super) fn smaps_value(&self, address: u64, field: &str) -> Observation {
        self.told("/proc/self/smaps", |text| smaps(text, address, field))
    }

    /// The row of a shmid in /proc/sysvipc/shm.
    pub(super) fn sysvipc_row(&self, shmid: i32) -> Observation {
        self.told("/proc/sysvipc/shm", |text| sysvipc(text, shmid))
    }

    /// The row of an address in /proc/self/maps.
    pub(super) fn maps_row(&self, address: u64) -> Observation {
        self.told("/proc/self/maps", |text| maps(text, address))
    }

    /// What a file tells, read into room that is there already.
    pub(super) fn told(&self, path: &str, read: impl FnOnce(&str) -> Observation) -> Observation {
        let mut text = self.scratch.borrow_mut();
        text.clear();
        let file = std::fs::File::open(path);
        match file.and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => read(&text),
            Err(error) => failed(&error),
        }
    }
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}

pub(super) fn failed(error: &std::io::Error) -> Observation {
    match error.raw_os_error() {
        Some(errno) => Observation::Failed(Errno(errno)),
        None => Observation::Lost(error.to_string()),
    }
}

fn value(number: u64) -> Observation {
    Observation::told(Fields::default().with(Field::Value, number))
}

/// A decimal number, with or without a sign.
fn number(word: &str) -> Option<u64> {
    word.parse()
        .ok()
        .or_else(|| word.parse::<i64>().ok().map(|n| n as u64))
}

/// The columns by the names of the header (ipc/shm.c, shm_init).
const COLUMNS: [(&str, Field); 16] = [
    ("key", Field::Key),
    ("shmid", Field::Shmid),
    ("perms", Field::Mode),
    ("size", Field::Segsz),
    ("cpid", Field::Cpid),
    ("lpid", Field::Lpid),
    ("nattch", Field::Nattch),
    ("uid", Field::Uid),
    ("gid", Field::Gid),
    ("cuid", Field::Cuid),
    ("cgid", Field::Cgid),
    ("atime", Field::Atime),
    ("dtime", Field::Dtime),
    ("ctime", Field::Ctime),
    ("rss", Field::Rss),
    ("swap", Field::Swap),
];

fn sysvipc(text: &str, shmid: i32) -> Observation {
    let mut lines = text.lines();
    let header: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut fields = Fields::default();
        for (name, word) in header.iter().zip(&words) {
            let (_, field) = COLUMNS.iter().find(|(column, _)| column == name)?;
            let number = match field {
                Field::Mode => u64::from_str_radix(word, 8).ok()?,
                // Printed with a sign, kept without.
                Field::Key => u64::from(number(word)? as u32),
                _ => number(word)?,
            };
            fields = fields.with(*field, number);
        }
        (words.len() == header.len()).then_some(fields)
    };
    let found: Vec<Fields> = lines
        .filter_map(row)
        .filter(|fields| fields.get(Field::Shmid) == shmid as u64)
        .collect();
    match found.first() {
        None => Observation::Absent,
        Some(fields) => Observation::told(fields.with(Field::Rows, found.len() as u64)),
    }
}

fn smaps(text: &str, address: u64, field: &str) -> Observation {
    let range = |line: &str| {
        let (start, end) = line.split_whitespace().next()?.split_once('-')?;
        let start = u64::from_str_radix(start, 16).ok()?;
        Some(start..u64::from_str_radix(end, 16).ok()?)
    };
    let mut within = false;
    for line in text.lines() {
        if let Some(range) = range(line) {
            within = range.contains(&address);
        } else if let (true, Some((name, rest))) = (within, line.split_once(':'))
            && name == field
        {
            let word = rest.split_whitespace().next();
            return word.and_then(number).map_or(Observation::Absent, value);
        }
    }
    Observation::Absent
}

fn maps(text: &str, address: u64) -> Observation {
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let start = u64::from_str_radix(start, 16).ok()?;
        let end = u64::from_str_radix(end, 16).ok()?;
        let perms = words.next()?;
        let letters = perms.bytes().rev().fold(0, |n, b| n << 8 | u64::from(b));
        let offset = u64::from_str_radix(words.next()?, 16).ok()?;
        let (major, minor) = words.next()?.split_once(':')?;
        let inode = number(words.next()?)?;
        let name = words.next().unwrap_or_default();
        let key = name
            .strip_prefix("/SYSV")
            .filter(|hex| hex.len() == 8 && !hex.contains(|c: char| c.is_ascii_uppercase()))
            .and_then(|hex| u64::from_str_radix(hex, 16).ok());
        let deleted = words.next() == Some("(deleted)") && words.next().is_none();
        let fields = Fields::default()
            .with(Field::Length, end - start)
            .with(Field::Perms, letters)
            .with(Field::Offset, offset)
            .with(Field::Major, u64::from_str_radix(major, 16).ok()?)
            .with(Field::Minor, u64::from_str_radix(minor, 16).ok()?)
            .with(Field::Deleted, deleted.into())
            .with(Field::Inode, inode)
            // No key has so many bits: the name is not that of a segment.
            .with(Field::Key, key.unwrap_or(u64::MAX));
        Some((start..end, fields))
    };
    // Twice through the text, because a list of the rows would be an allocation.
    let mut rows = text.lines().filter_map(row);
    let Some((_, fields)) = rows.find(|(range, _)| range.contains(&address)) else {
        return Observation::Absent;
    };
    let rows = text.lines().filter_map(row);
    let same = rows
        .filter(|(_, other)| other.get(Field::Inode) == fields.get(Field::Inode))
        .filter(|(_, other)| other.get(Field::Key) == fields.get(Field::Key));
    Observation::told(fields.with(Field::Rows, same.count() as u64))
}

#[cfg(test)]
mod tests {
    use super::{maps, number, smaps, sysvipc, value};
    use crate::abi::{Field, Fields};
    use crate::observe::Observation;

    fn fields(seen: Observation) -> Fields {
        match seen {
            Observation::Told { fields, .. } => fields,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_row_of_sysvipc_is_read_by_its_header() {
        let text = "       key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime        rss       swap\n\
                    -559038737      32769  1600       5000    12    13      2  1000  1001  1002  1003         10         11         12       8192          0\n\
                             0          2   644       4096    12     0      0     0     0     0     0          0          0         12          0          0\n";
        let row = fields(sysvipc(text, 32769));
        assert_eq!(row.get(Field::Key), 0xdead_beef);
        assert_eq!(row.get(Field::Mode), 0o1600);
        assert_eq!(row.get(Field::Segsz), 5000);
        assert_eq!(row.get(Field::Cgid), 1003);
        assert_eq!(row.get(Field::Rss), 8192);
        assert_eq!(sysvipc(text, 3), Observation::Absent);
        assert_eq!(sysvipc("", 3), Observation::Absent);
    }

    #[test]
    fn a_row_of_maps_is_found_by_address() {
        let text = "7f00-8f00 r--s 00003000 00:1f 32769                    /SYSV000004d2 (deleted)\n\
                    9000-a000 rw-p 00000000 00:00 0 \n\
                    a000-b000 rw-s 00000000 00:1f 32769                    /SYSV000004d2 (deleted)\n\
                    c000-d000 rw-s 00000000 00:1f 32769                    /SYSV4D2\n";
        let row = fields(maps(text, 0x8000));
        assert_eq!(row.get(Field::Key), 1234);
        assert_eq!(row.get(Field::Inode), 32769);
        assert_eq!(row.get(Field::Length), 0x1000);
        assert_eq!(row.get(Field::Rows), 2);
        assert_eq!(row.get(Field::Perms).to_le_bytes()[..4], *b"r--s");
        assert_eq!(row.get(Field::Offset), 0x3000);
        assert_eq!((row.get(Field::Major), row.get(Field::Minor)), (0, 0x1f));
        assert_eq!(row.get(Field::Deleted), 1);
        let other = fields(maps(text, 0xc000));
        assert_eq!(
            (other.get(Field::Key), other.get(Field::Deleted)),
            (u64::MAX, 0)
        );
        assert_eq!(fields(maps(text, 0x9000)).get(Field::Key), u64::MAX);
        assert_eq!(maps(text, 0xb000), Observation::Absent);
    }

    #[test]
    fn a_line_of_smaps_is_that_of_the_mapping() {
        let text = "1000-2000 rw-p 00000000 00:00 0\nRss: 4 kB\nKernelPageSize:        4 kB\n\
                    2000-9000 rw-s 00000000 00:01 5 /SYSV00000000 (deleted)\nKernelPageSize:     2048 kB\n";
        assert_eq!(smaps(text, 0x2fff, "KernelPageSize"), value(2048));
        assert_eq!(smaps(text, 0x1000, "KernelPageSize"), value(4));
        assert_eq!(smaps(text, 0x2fff, "Rss"), Observation::Absent);
        assert_eq!(smaps(text, 0x9000, "Rss"), Observation::Absent);
    }

    #[test]
    fn numbers_may_have_a_sign() {
        assert_eq!(number("18446744073692774399"), Some(u64::MAX - (1 << 24)));
        assert_eq!(number("-1"), Some(u64::MAX));
        assert_eq!(number("x"), None);
    }
}
