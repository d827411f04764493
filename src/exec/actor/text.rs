//! Files in /proc as text: a line as it stands, and whether pieces make the whole.

use super::Stage;
use super::files::failed;
use crate::observe::{Difference, LONGEST_LINE, Line, Observation};
use crate::plan::{self, LARGEST_PIECE};
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

/// An expected line fits where an observed one does.
const _: () = assert!(plan::LONGEST_LINE == LONGEST_LINE);

impl Stage<'_> {
    /// A line of a file, counted from 1.
    pub(super) fn proc_line(&self, file: &str, line: u32) -> Observation {
        self.told(file, |text| {
            let line = text.split_terminator('\n').nth(line as usize - 1);
            line.map_or(Observation::Absent, |line| {
                Observation::Line(Line::of(line))
            })
        })
    }

    /// Whether a file reads the same in pieces of so many bytes.
    pub(super) fn proc_pieces(&self, file: &str, length: u32) -> Observation {
        let mut room = [0; LARGEST_PIECE as usize];
        let piece = &mut room[..length as usize];
        self.told(file, |whole| {
            if whole.is_empty() {
                // It would be the same in any pieces.
                return Observation::Absent;
            }
            let differs = File::open(file).and_then(|mut opened| {
                Ok(match forwards(&mut opened, whole.as_bytes(), piece)? {
                    None => backwards(&mut opened, whole.as_bytes(), piece)?,
                    differs => differs,
                })
            });
            differs.map_or_else(|error| failed(&error), Observation::Loaded)
        })
    }
}

/// Reads piece by piece up to the end, by read(2).
fn forwards(file: &mut impl Read, whole: &[u8], piece: &mut [u8]) -> Result<Option<Difference>> {
    let mut at = 0;
    loop {
        let count = file.read(piece)?;
        if count == 0 {
            return Ok(difference(whole, at, &[], whole.len() - at));
        }
        // More than there is differs too, so that this comes to an end.
        if let Some(found) = difference(whole, at, &piece[..count], count) {
            return Ok(Some(found));
        }
        at += count;
    }
}

/// Reads behind the end, and from the last piece to the first: each by pread(2), and by
/// lseek(2) and read(2).
fn backwards(file: &mut File, whole: &[u8], piece: &mut [u8]) -> Result<Option<Difference>> {
    let length = piece.len();
    let starts = (0..whole.len()).step_by(length).rev();
    for at in std::iter::once(whole.len()).chain(starts) {
        let wanted = length.min(whole.len() - at);
        let read = fill(piece, |part, done| file.read_at(part, (at + done) as u64))?;
        if let Some(found) = difference(whole, at, &piece[..read], wanted) {
            return Ok(Some(found));
        }
        file.seek(SeekFrom::Start(at as u64))?;
        let read = fill(piece, |part, _| file.read(part))?;
        if let Some(found) = difference(whole, at, &piece[..read], wanted) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Reads until the piece is full or the file ends: fewer bytes than asked for are no error.
fn fill(
    piece: &mut [u8],
    mut read: impl FnMut(&mut [u8], usize) -> Result<usize>,
) -> Result<usize> {
    let mut done = 0;
    while done < piece.len() {
        match read(&mut piece[done..], done)? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

/// The first place at which bytes that were read at `at` are not those of the whole, of
/// which there must be `wanted`.
fn difference(whole: &[u8], at: usize, seen: &[u8], wanted: usize) -> Option<Difference> {
    let rest = whole.get(at..).unwrap_or_default();
    let same = seen.iter().zip(rest).take_while(|(a, b)| a == b).count();
    if same == seen.len() && same >= wanted {
        return None;
    }
    let mut found = Difference {
        offset: (at + same) as u64,
        count: 0,
        seen: [0; 16],
        wanted: [0; 16],
    };
    for (to, from) in found.seen.iter_mut().zip(&seen[same..]) {
        *to = *from;
        found.count += 1;
    }
    for (to, from) in found.wanted.iter_mut().zip(&rest[same..]) {
        *to = *from;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::{difference, fill, forwards};

    const WHOLE: &[u8] = b"  key  shmid\n    0      7\n";

    #[test]
    fn pieces_that_make_the_whole_do_not_differ() {
        for length in 1..40 {
            let mut piece = vec![0; length];
            assert_eq!(
                forwards(&mut &*WHOLE, WHOLE, &mut piece).expect("text"),
                None
            );
        }
    }

    #[test]
    fn the_first_byte_that_differs_is_told() {
        let mut other = WHOLE.to_vec();
        other[9] = b'x';
        let mut piece = [0; 4];
        let found = forwards(&mut &*other, WHOLE, &mut piece).expect("text");
        let found = found.expect("a difference");
        assert_eq!((found.offset, found.count), (9, 3));
        assert_eq!(&found.seen[..3], b"xid");
        assert_eq!(&found.wanted[..3], b"mid");
    }

    #[test]
    fn too_few_and_too_many_differ() {
        let mut piece = [0; 5];
        let found = forwards(&mut &WHOLE[..7], WHOLE, &mut piece).expect("text");
        assert_eq!(found.map(|found| (found.offset, found.count)), Some((7, 0)));
        let longer = [WHOLE, b"more"].concat();
        let found = forwards(&mut &*longer, WHOLE, &mut piece).expect("text");
        let end = WHOLE.len() as u64;
        assert_eq!(found.map(|found| found.offset), Some(end));
        assert!(difference(WHOLE, WHOLE.len(), b"x", 0).is_some());
        assert!(difference(WHOLE, WHOLE.len(), b"", 0).is_none());
        assert!(difference(WHOLE, 0, &WHOLE[..3], 4).is_some());
    }

    #[test]
    fn short_reads_fill_a_piece() {
        let mut piece = [0; 5];
        let read = fill(&mut piece, |part, done| {
            part[0] = WHOLE[done];
            Ok(1)
        });
        assert_eq!(read.expect("text"), 5);
        assert_eq!(piece, WHOLE[..5]);
    }
}
