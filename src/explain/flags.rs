//! Bits by the names of the manual.

use super::words::list;
use crate::abi::{
    Capability, CloneFlag, LockFlag, MoveFlag, PersonalityFlag, Protection, SyncFlag, number,
};

type Table = &'static [(i32, &'static str)];

/// Those of shmget(2), apart from IPC_CREAT.
pub(super) const GET: Table = &[
    (number::IPC_EXCL, "IPC_EXCL"),
    (number::SHM_HUGETLB, "SHM_HUGETLB"),
    (number::SHM_NORESERVE, "SHM_NORESERVE"),
];

/// Those of shmat(2).
pub(super) const ATTACH: Table = &[
    (number::SHM_RDONLY, "SHM_RDONLY"),
    (number::SHM_RND, "SHM_RND"),
    (number::SHM_REMAP, "SHM_REMAP"),
    (number::SHM_EXEC, "SHM_EXEC"),
];

/// ` with A and B`, or nothing where no bit is set.
pub(super) fn with(bits: i32, table: Table) -> String {
    let words = known(bits, table.iter().copied());
    if words.is_empty() {
        String::new()
    } else {
        format!(" with {}", list(&words, "and"))
    }
}

/// ` and A and B`, or nothing where no bit is set.
pub(super) fn and(bits: i32, table: Table) -> String {
    with(bits, table).replacen(" with", " and", 1)
}

/// What may be done with a mapping.
pub(super) fn protection(bits: i32) -> String {
    let words = known(
        bits,
        named(Protection::NAMES, |n| Protection::from_name(n).map(|p| p.0)),
    );
    if words.is_empty() {
        return "PROT_NONE".to_owned();
    }
    list(&words, "and")
}

/// Flags of mlockall(2).
pub(super) fn lock(bits: i32) -> String {
    let all = named(LockFlag::NAMES, |n| LockFlag::from_name(n).map(|f| f.0));
    or_none(&known(bits, all))
}

/// Flags of msync(2).
pub(super) fn sync(bits: i32) -> String {
    let all = named(SyncFlag::NAMES, |n| SyncFlag::from_name(n).map(|f| f.0));
    or_none(&known(bits, all))
}

/// Flags of personality(2).
pub(super) fn personality(bits: i32) -> String {
    let all = named(PersonalityFlag::NAMES, |n| {
        PersonalityFlag::from_name(n).map(|f| f.0)
    });
    or_none(&known(bits, all))
}

/// Flags of mremap(2) in brackets, if there are any.
pub(super) fn moving(bits: i32) -> String {
    let all = named(MoveFlag::NAMES, |n| MoveFlag::from_name(n).map(|f| f.0));
    let words = known(bits, all);
    if words.is_empty() {
        return String::new();
    }
    format!(" ({})", list(&words, "and"))
}

/// Flags of clone(2), unshare(2) and setns(2).
pub(super) fn namespaces(bits: i32) -> String {
    let all = named(CloneFlag::NAMES, |n| CloneFlag::from_name(n).map(|f| f.0));
    or_none(&known(bits, all))
}

/// Capabilities of a mask.
pub(super) fn capabilities(mask: u64) -> String {
    let all = (0..64).filter(|bit| mask >> bit & 1 == 1);
    let words: Vec<String> = all.map(|bit| Capability(bit).to_string()).collect();
    match words.len() {
        0 => "no capability".to_owned(),
        1 => format!("the capability {}", words[0]),
        _ => format!("the capabilities {}", list(&words, "and")),
    }
}

/// A number as C writes octal ones.
pub(super) fn octal(number: u64) -> String {
    format!("0{number:03o}")
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() {
        return "no flag".to_owned();
    }
    list(words, "and")
}

fn named(
    names: &'static [&'static str],
    number: fn(&str) -> Option<i32>,
) -> impl Iterator<Item = (i32, &'static str)> {
    names
        .iter()
        .filter_map(move |name| Some((number(name)?, *name)))
}

/// The names of all bits; those without one are told as a number.
fn known(bits: i32, table: impl Iterator<Item = (i32, &'static str)>) -> Vec<String> {
    let mut left = bits;
    let mut words = Vec::new();
    for (bit, name) in table {
        if bit != 0 && left & bit == bit {
            left &= !bit;
            words.push(name.to_owned());
        }
    }
    if left != 0 {
        words.push(format!("{left:#o}"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{ATTACH, GET, capabilities, protection, with};

    #[test]
    fn bits_without_a_name_are_told_as_a_number() {
        assert_eq!(with(0, GET), "");
        assert_eq!(with(0o2000, GET), " with IPC_EXCL");
        assert_eq!(with(0o10002, ATTACH), " with SHM_RDONLY and 0o2");
        assert_eq!(protection(0), "PROT_NONE");
        assert_eq!(protection(5), "PROT_READ and PROT_EXEC");
        assert_eq!(capabilities(1 << 63), "the capability capability 63");
    }
}
