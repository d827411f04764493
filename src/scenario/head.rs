//! The head of a scenario: what it claims, needs and varies.

use super::model::{Axes, FlagSet, Requirement, Size};
use super::syntax::{self, AttachFlag, GetFlag};
use crate::abi::number;

/// The most replicas of a cast that run side by side.
pub(super) const LARGEST_CROWD: u32 = 64;

/// The model of `requires`.
pub(super) fn requirement(syntax: &syntax::Requirement) -> Requirement {
    match syntax {
        syntax::Requirement::Root => Requirement::Root,
        syntax::Requirement::Kernel(major, minor) => Requirement::Kernel(*major, *minor),
        syntax::Requirement::Arch(list) => Requirement::Arch(list.iter().map(arch).collect()),
    }
}

fn arch(syntax: &syntax::Arch) -> &'static str {
    match syntax {
        syntax::Arch::Arm => "arm",
        syntax::Arch::Aarch64 => "aarch64",
        syntax::Arch::X86 => "x86",
        syntax::Arch::X86_64 => "x86_64",
    }
}

/// The model of `for_each`, and what is wrong with it.
pub(super) fn axes(syntax: &syntax::Matrix) -> (Axes, Vec<String>) {
    let mut wrong = Vec::new();
    let mut empty = |axis: &str, len: Option<usize>| {
        if len == Some(0) {
            wrong.push(format!(
                "the axis `{axis}` is empty; give it a value or remove it"
            ));
        }
    };
    empty("size", syntax.size.as_ref().map(Vec::len));
    empty("get", syntax.get.as_ref().map(Vec::len));
    empty("attach", syntax.attach.as_ref().map(Vec::len));
    empty("crowd", syntax.crowd.as_ref().map(Vec::len));

    let crowd = syntax.crowd.clone().unwrap_or_default();
    if crowd.iter().any(|n| !(1..=LARGEST_CROWD).contains(n)) {
        wrong.push(format!(
            "a crowd is a number from 1 to {LARGEST_CROWD}; change it"
        ));
    }
    let sizes = syntax.size.as_deref().unwrap_or_default();
    if sizes.contains(&syntax::Size::Each) {
        wrong.push("`Each` stands for a value of the axis; list values here".to_owned());
    }
    let axes = Axes {
        size: sizes.iter().filter_map(|one| size(*one)).collect(),
        get: sets(syntax.get.as_deref(), get_flag, &mut wrong),
        attach: sets(syntax.attach.as_deref(), attach_flag, &mut wrong),
        crowd,
    };
    (axes, wrong)
}

/// A size that is no `Each`.
pub(super) fn size(syntax: syntax::Size) -> Option<Size> {
    match syntax {
        syntax::Size::Bytes(n) => Some(Size::Bytes(n)),
        syntax::Size::KiB(n) => Some(Size::KiB(n)),
        syntax::Size::MiB(n) => Some(Size::MiB(n)),
        syntax::Size::Pages(n) => Some(Size::Pages(n)),
        syntax::Size::Each => None,
    }
}

fn sets<F: Copy>(
    syntax: Option<&[Vec<F>]>,
    flag: fn(F) -> Option<(i32, &'static str)>,
    wrong: &mut Vec<String>,
) -> Vec<FlagSet> {
    let mut sets = Vec::new();
    for list in syntax.unwrap_or_default() {
        let known: Vec<_> = list.iter().filter_map(|one| flag(*one)).collect();
        if known.len() != list.len() {
            wrong.push("`Each` stands for a value of the axis; list flags here".to_owned());
        }
        let words: Vec<_> = known.iter().map(|(_, word)| *word).collect();
        let bits = known.iter().fold(0, |bits, (bit, _)| bits | bit);
        sets.push(FlagSet {
            bits,
            label: format!("[{}]", words.join(", ")),
        });
    }
    sets
}

/// Number and name of a flag of shmget; `None` for `Each`.
pub(super) fn get_flag(flag: GetFlag) -> Option<(i32, &'static str)> {
    match flag {
        GetFlag::IpcCreat => Some((number::IPC_CREAT, "IPC_CREAT")),
        GetFlag::IpcExcl => Some((number::IPC_EXCL, "IPC_EXCL")),
        GetFlag::ShmHugetlb => Some((number::SHM_HUGETLB, "SHM_HUGETLB")),
        GetFlag::ShmNoreserve => Some((number::SHM_NORESERVE, "SHM_NORESERVE")),
        GetFlag::Each => None,
    }
}

/// Number and name of a flag of shmat; `None` for `Each`.
pub(super) fn attach_flag(flag: AttachFlag) -> Option<(i32, &'static str)> {
    match flag {
        AttachFlag::ShmRdonly => Some((number::SHM_RDONLY, "SHM_RDONLY")),
        AttachFlag::ShmRnd => Some((number::SHM_RND, "SHM_RND")),
        AttachFlag::ShmRemap => Some((number::SHM_REMAP, "SHM_REMAP")),
        AttachFlag::ShmExec => Some((number::SHM_EXEC, "SHM_EXEC")),
        AttachFlag::Each => None,
    }
}
