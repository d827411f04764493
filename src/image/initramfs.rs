//! The initramfs: a cpio archive of the "newc" format, the same for the same files.
//!
//! The format is that of Documentation/driver-api/early-userspace/buffer-format.rst.

use std::collections::BTreeMap;
use std::io::Write;

/// A file to put into the image.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Where, without the leading slash: `init`, `etc/shmproof.args`.
    pub path: &'a str,
    /// Whether it can be run.
    pub executable: bool,
    /// What is in it.
    pub content: &'a [u8],
}

/// Directories that PID 1 mounts something on or writes to.
const DIRECTORIES: [&str; 5] = ["dev", "etc", "proc", "sys", "tmp"];

/// Devices: path, permissions, major and minor number (Documentation/admin-guide/devices.txt).
const DEVICES: [(&str, u32, u32, u32); 3] = [
    // The kernel opens it for PID 1 before anything can be mounted.
    ("dev/console", 0o600, 5, 1),
    // For a kernel without devtmpfs.
    ("dev/kmsg", 0o600, 1, 11),
    ("dev/null", 0o666, 1, 3),
];

/// The kernel reads a cpio archive to its trailer and skips zeros behind it up to
/// a multiple of four; cpio(1) writes blocks of 512. We do as cpio does, so that
/// archives can be compared, and be put one behind the other.
const BLOCK: usize = 512;

/// What an archive entry is.
#[derive(Clone, Copy)]
enum Node<'a> {
    Directory,
    Device { mode: u32, major: u32, minor: u32 },
    File { executable: bool, content: &'a [u8] },
}

/// An initramfs of `files`, the directories above them, and what every init needs.
pub fn initramfs(files: &[File<'_>]) -> Vec<u8> {
    let mut nodes: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    nodes.extend(DIRECTORIES.map(|path| (path, Node::Directory)));
    nodes.extend(
        DEVICES.map(|(path, mode, major, minor)| (path, Node::Device { mode, major, minor })),
    );
    for file in files {
        nodes.extend(parents(file.path).map(|path| (path, Node::Directory)));
        nodes.insert(
            file.path,
            Node::File {
                executable: file.executable,
                content: file.content,
            },
        );
    }

    // In the order of a BTreeMap a directory comes before what is in it.
    let mut archive = Vec::new();
    for (inode, (path, node)) in (1..).zip(&nodes) {
        entry(&mut archive, inode, path, *node);
    }
    header(&mut archive, "TRAILER!!!", [0, 0, 1, 0, 0, 0]);
    pad(&mut archive, BLOCK);
    archive
}

/// `bytes` as a gzip file without name and date, so that it is the same every time.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .expect("writing to memory succeeds");
    encoder.finish().expect("writing to memory succeeds")
}

/// The directories above `path`, outermost first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn entry(archive: &mut Vec<u8>, inode: u32, path: &str, node: Node<'_>) {
    // File type bits as in stat(2): directory 004, character device 002, file 010.
    let (mode, links, (major, minor), content): (_, _, _, &[u8]) = match node {
        Node::Directory => (0o040_755, 2, (0, 0), &[]),
        Node::Device { mode, major, minor } => (0o020_000 | mode, 1, (major, minor), &[]),
        Node::File {
            executable,
            content,
        } => (
            if executable { 0o100_755 } else { 0o100_644 },
            1,
            (0, 0),
            content,
        ),
    };
    let size = u32::try_from(content.len()).expect("a file of an initramfs is far below 4 GiB");
    header(archive, path, [inode, mode, links, size, major, minor]);
    archive.extend_from_slice(content);
    pad(archive, 4);
}

/// The 110 bytes of hexadecimal numbers before each entry, and its name. Owner,
/// time, and the device that the archive would have been made from are 0.
fn header(archive: &mut Vec<u8>, path: &str, [inode, mode, links, size, major, minor]: [u32; 6]) {
    let name = u32::try_from(path.len() + 1).expect("a path is short");
    archive.extend_from_slice(b"070701");
    for field in [
        inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, name, 0,
    ] {
        archive.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    archive.extend_from_slice(path.as_bytes());
    archive.push(0);
    pad(archive, 4);
}

fn pad(archive: &mut Vec<u8>, to: usize) {
    archive.resize(archive.len().next_multiple_of(to), 0);
}

#[cfg(test)]
mod tests;
