//! Many file descriptors at once.
//!
//! # Safety
//!
//! What is closed was owned by us, and is owned by nobody any more.

use std::os::fd::{IntoRawFd, OwnedFd};

/// Closes all of them, those with numbers in a row at once where the kernel knows how
/// (close_range(2), since 5.9). A crowd of a hundred, each of whom closes the pipes of all
/// others, is most of what a scenario does otherwise.
pub fn close(files: impl Iterator<Item = OwnedFd>) {
    let mut numbers: Vec<i32> = files.map(IntoRawFd::into_raw_fd).collect();
    numbers.sort_unstable();
    for row in numbers.chunk_by(|one, next| one + 1 == *next) {
        let (first, last) = (row[0], row[row.len() - 1]);
        // SAFETY: every number of the row was ours, see the module.
        if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } != 0 {
            for number in row {
                // SAFETY: as before, and nothing has closed it.
                unsafe { libc::close(*number) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::close;
    use std::io::Read;

    #[test]
    fn they_are_closed_and_no_others() {
        let (mut readers, writers): (Vec<_>, Vec<_>) =
            (0..5).map(|_| std::io::pipe().expect("a pipe")).unzip();
        let mut writers: Vec<_> = writers.into_iter().map(Some).collect();
        let kept = writers[2].take();
        close(writers.into_iter().flatten().map(Into::into));
        drop(
            kept.as_ref()
                .expect("open")
                .try_clone()
                .expect("still open"),
        );
        for at in [0, 1, 3, 4] {
            // The end of the file: nobody can write any more.
            assert_eq!(readers[at].read(&mut [0]).expect("readable"), 0);
        }
        drop(kept);
        assert_eq!(readers[2].read(&mut [0]).expect("readable"), 0);
    }
}
