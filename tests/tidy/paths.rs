//! Which file uses what of which other: `use` and paths, looked up as the compiler does it.
//! What is reached by methods alone has no path, and is not seen.

use crate::source::{self, File, closing};
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;

/// A module, in a file of its own or within one.
#[derive(Default)]
struct Module {
    file: String,
    /// What `use` brings in: names, and what stands for them.
    names: BTreeMap<String, Path>,
    /// All paths that are written in it.
    paths: BTreeSet<Path>,
}

/// All modules by their paths.
pub(crate) struct Modules(BTreeMap<Path, Module>);

impl Modules {
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = &'a File>) -> Self {
        let mut all = Self(BTreeMap::new());
        for file in files {
            let folder = file.folder().split('/').filter(|name| !name.is_empty());
            let mut path: Path = folder.map(ToOwned::to_owned).collect();
            if file.name == "main.rs" {
                path.push("main".to_owned());
            }
            all.read(&file.name, &path, &file.code);
        }
        all
    }

    fn read(&mut self, file: &str, path: &Path, code: &[String]) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let word = |at: usize| code.get(at).map_or("", String::as_str);
        let mut at = 0;
        while at < code.len() {
            if word(at) == "mod" && word(at + 2) == "{" {
                let end = closing(code, at + 2);
                let inner = [path.as_slice(), &code[at + 1..=at + 1]].concat();
                self.read(file, &inner, &code[at + 3..end]);
                at = end;
            } else if word(at) == "use" && word(at + 1) != "<" {
                let length = code[at..].iter().position(|token| token == ";");
                let end = at + length.unwrap_or_default();
                for (name, target) in tree(&code[at + 1..end]) {
                    module.paths.insert(target.clone());
                    module.names.insert(name, target);
                }
                at = end;
            } else if word(at + 1) == "::" && (at == 0 || word(at - 1) != "::") {
                let mut target = vec![code[at].clone()];
                while word(at + 1) == "::" && is_name(word(at + 2)) {
                    target.push(code[at + 2].clone());
                    at += 2;
                }
                module.paths.insert(target);
            }
            at += 1;
        }
        self.0.insert(path.clone(), module);
    }

    /// A path as it reads from the root of the crate; `None` of others.
    fn absolute(&self, from: &Path, path: &[String], depth: usize) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" | "shmproof" => Path::new(),
            "self" => from.clone(),
            "super" => {
                let (_, parent) = from.split_last()?;
                return self.absolute_from(parent.to_vec(), rest);
            }
            name => match self.0[from].names.get(name) {
                Some(target) if target != path && depth < 8 => {
                    self.absolute(from, target, depth + 1)?
                }
                _ => {
                    let child = [from.as_slice(), &path[..1]].concat();
                    return self
                        .0
                        .contains_key(&child)
                        .then(|| [child.as_slice(), rest].concat());
                }
            },
        };
        base.extend_from_slice(rest);
        Some(base)
    }

    fn absolute_from(&self, mut base: Path, mut rest: &[String]) -> Option<Path> {
        while let Some((first, more)) = rest.split_first()
            && first == "super"
        {
            base.pop()?;
            rest = more;
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The module that an item is written in, behind all that pass it on; `None` of modules.
    fn home(&self, path: &[String], depth: usize) -> Option<&Module> {
        let mut here = Path::new();
        for (at, name) in path.iter().enumerate() {
            let child = [here.as_slice(), std::slice::from_ref(name)].concat();
            if self.0.contains_key(&child) {
                here = child;
                continue;
            }
            let module = self.0.get(&here)?;
            let Some(target) = module.names.get(name).filter(|_| depth < 8) else {
                return Some(module);
            };
            let target = self.absolute(&here, target, 0)?;
            return self.home(&[&target, &path[at + 1..]].concat(), depth + 1);
        }
        None
    }

    /// Who writes which paths, from the root of the crate.
    pub(crate) fn uses(&self) -> BTreeSet<(&str, Path)> {
        let each = self.0.iter().flat_map(|(from, module)| {
            let paths = module.paths.iter();
            paths.filter_map(|path| Some((module.file.as_str(), self.absolute(from, path, 0)?)))
        });
        each.collect()
    }

    /// Which file uses an item of which other.
    pub(crate) fn imports(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (file, path) in self.uses() {
            let home = self.home(&path, 0).map(|module| module.file.as_str());
            all.entry(file)
                .or_default()
                .extend(home.filter(|home| *home != file));
        }
        all
    }
}

/// The files that use each other in a circle, each of them directly or through others.
pub(crate) fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reached = |from: &'a str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            let new = imports.get(file).into_iter().flatten();
            next.extend(new.filter(|file| seen.insert(**file)));
        }
        seen
    };
    let reached: BTreeMap<&str, _> = imports.keys().map(|file| (*file, reached(file))).collect();
    let mut all = BTreeSet::new();
    for (file, others) in &reached {
        let back = |other: &&&str| reached.get(**other).is_some_and(|all| all.contains(file));
        let circle: Vec<&str> = others.iter().filter(back).copied().collect();
        if circle.contains(file) {
            all.insert(circle);
        }
    }
    all.into_iter().collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// What a `use` brings in: names, and the paths that they stand for.
fn tree(tokens: &[String]) -> Vec<(String, Path)> {
    let mut path = Path::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => {
                let list = &tokens[at + 1..closing(tokens, at)];
                let inner = split(list).into_iter().flat_map(tree);
                return inner
                    .map(|(name, rest)| {
                        let rest: &[String] = if rest == ["self"] { &[] } else { &rest };
                        let whole = [path.as_slice(), rest].concat();
                        let named_self = name == "self";
                        let last = || path.last().cloned().unwrap_or_default();
                        (if named_self { last() } else { name }, whole)
                    })
                    .collect();
            }
            "as" => return vec![(tokens[at + 1].clone(), path)],
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(name, path)]
}

/// The parts of a list.
fn split(list: &[String]) -> Vec<&[String]> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while at < list.len() {
        match list[at].as_str() {
            "{" => at = closing(list, at),
            "," => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&list[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
fn sample(files: &[(&str, &str)]) -> Modules {
    let file = |(name, text): &(&str, &str)| {
        let tokens = source::tokens(text);
        File {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
            code: source::without_tests(&tokens).0,
            tokens,
        }
    };
    let files: Vec<File> = files.iter().map(file).collect();
    Modules::of(&files)
}

#[test]
fn a_use_is_seen_in_every_form() {
    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let modules = sample(&[("lib.rs", ""), ("a/mod.rs", "mod b;"), ("a/b.rs", text)]);
        let uses = modules.uses();
        let seen: Vec<String> = uses.iter().map(|(_, path)| path.join("::")).collect();
        assert_eq!(seen, expect, "{text}");
    }
    check("use crate::plan::Case;", &["plan::Case"]);
    check("fn f() { crate::sys::y() }", &["sys::y"]);
    check(
        "use crate::{exec, judge::judge};",
        &["exec", "judge::judge"],
    );
    check(
        "use crate::{\n exec::{self, X as Y},\n};",
        &["exec", "exec::X"],
    );
    check("use super::super::exec::X;", &["exec::X"]);
    check(
        "use crate::exec; fn f() { exec::run() }",
        &["exec", "exec::run"],
    );
    check("mod c { fn f() { super::super::d() } }", &["a::d"]);
    check("fn f() { println!(\"{}\", crate::sys::y()) }", &["sys::y"]);
    check("#[cfg(test)] mod tests; use crate::boot;", &["boot"]);
    check(
        "// crate::boot\nconst X: &str = \"crate::boot\"; use std::fmt;",
        &[],
    );
}

#[test]
fn a_circle_is_seen_behind_what_others_pass_on() {
    #[track_caller]
    fn check(a: &str, b: &str, c: &str, expect: &[&[&str]]) {
        let root = "mod a; mod b; mod c; pub use c::C;";
        let files = [("lib.rs", root), ("a.rs", a), ("b.rs", b), ("c.rs", c)];
        assert_eq!(circles(&sample(&files).imports()), expect);
    }
    let (a, b) = ("use super::b::B; struct A;", "use crate::C; struct B;");
    check(a, b, "struct C;", &[]);
    check(a, b, "fn f() { crate::a::A }", &[&["a.rs", "b.rs", "c.rs"]]);
    check(
        "use crate::b::B;",
        "use super::a; fn f() { a::A }",
        "",
        &[&["a.rs", "b.rs"]],
    );
    check(
        "use crate::b::B;",
        "#[cfg(test)] mod tests { use crate::a::A; }",
        "",
        &[],
    );
}
