//! The archive, taken apart again by a reader that shares no code with the writer.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::{File, gzip, initramfs};

/// One entry of an archive, as buffer-format.rst describes it.
#[derive(Debug, PartialEq)]
struct Entry {
    inode: u32,
    mode: u32,
    links: u32,
    device: (u32, u32),
    path: String,
    content: Vec<u8>,
}

/// Reads an archive to its trailer; what follows must be zeros.
fn entries(archive: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = 0;
    loop {
        assert_eq!(&archive[at..at + 6], b"070701");
        let field = |index: usize| {
            let text = std::str::from_utf8(&archive[at + 6 + 8 * index..][..8]).unwrap();
            u32::from_str_radix(text, 16).unwrap()
        };
        for zero in [2, 3, 5, 7, 8, 12] {
            assert_eq!(
                field(zero),
                0,
                "owner, group, time, device of the archive, checksum"
            );
        }
        let name_end = at + 110 + field(11) as usize;
        assert_eq!(archive[name_end - 1], 0);
        let path = String::from_utf8(archive[at + 110..name_end - 1].to_vec()).unwrap();
        let content = name_end.next_multiple_of(4);
        let end = content + field(6) as usize;
        if path == "TRAILER!!!" {
            assert!(archive[end..].iter().all(|byte| *byte == 0));
            return entries;
        }
        entries.push(Entry {
            inode: field(0),
            mode: field(1),
            links: field(4),
            device: (field(9), field(10)),
            path,
            content: archive[content..end].to_vec(),
        });
        at = end.next_multiple_of(4);
    }
}

const FILES: [File<'_>; 4] = [
    File {
        path: "init",
        executable: true,
        content: b"\x7fELF",
    },
    File {
        path: "scenarios/b.ron",
        executable: false,
        content: b"b",
    },
    File {
        path: "etc/shmproof/args",
        executable: false,
        content: b"--all\n",
    },
    File {
        path: "scenarios/a.ron",
        executable: false,
        content: b"",
    },
];

#[test]
fn an_image_holds_what_an_init_needs() {
    let entries = entries(&initramfs(&FILES));
    let listing: Vec<_> = entries
        .iter()
        .map(|entry| format!("{:o} {} {}", entry.mode, entry.links, entry.path))
        .collect();
    assert_eq!(
        listing,
        [
            "40755 2 dev",
            "20600 1 dev/console",
            "20600 1 dev/kmsg",
            "20666 1 dev/null",
            "40755 2 etc",
            "40755 2 etc/shmproof",
            "100644 1 etc/shmproof/args",
            "100755 1 init",
            "40755 2 proc",
            "40755 2 scenarios",
            "100644 1 scenarios/a.ron",
            "100644 1 scenarios/b.ron",
            "40755 2 sys",
            "40755 2 tmp",
        ]
    );
    let content = |path: &str| {
        entries
            .iter()
            .find(|entry| entry.path == path)
            .unwrap()
            .content
            .clone()
    };
    assert_eq!(content("init"), b"\x7fELF");
    assert_eq!(content("etc/shmproof/args"), b"--all\n");
    let devices: Vec<_> = entries[1..4].iter().map(|entry| entry.device).collect();
    assert_eq!(devices, [(5, 1), (1, 11), (1, 3)]);
    assert!(
        entries
            .iter()
            .zip(1..)
            .all(|(entry, inode)| entry.inode == inode)
    );
}

#[test]
fn an_image_is_the_same_whatever_the_order() {
    let image = initramfs(&FILES);
    let mut files = FILES;
    files.reverse();
    assert_eq!(initramfs(&files), image);
    assert_eq!(image.len() % 512, 0);
}

#[test]
fn gzip_is_reproducible_and_names_nothing() {
    let image = initramfs(&FILES);
    let packed = gzip(&image);
    assert_eq!(packed, gzip(&image));
    assert_eq!(packed[3..8], [0; 5], "flags and time");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, image);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn cpio_lists_the_same_files() {
    let cpio = Command::new("cpio")
        .args(["-it", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut cpio) = cpio else {
        eprintln!("skipped: cpio is not installed");
        return;
    };
    let image = initramfs(&FILES);
    cpio.stdin.take().unwrap().write_all(&image).unwrap();
    let output = cpio.wait_with_output().unwrap();
    assert!(output.status.success());
    let listing = String::from_utf8(output.stdout).unwrap();
    let paths: Vec<_> = entries(&image)
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(listing.lines().collect::<Vec<_>>(), paths);
}
