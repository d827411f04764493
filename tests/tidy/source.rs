//! The source as tokens: without comments and what is in quotation marks.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A file of src.
pub(crate) struct File {
    /// Its path below src: `exec/wire.rs`.
    pub(crate) name: String,
    pub(crate) text: String,
    /// All that is compiled.
    pub(crate) tokens: Vec<String>,
    /// The same without what is compiled for tests only.
    pub(crate) code: Vec<String>,
}

impl File {
    /// The stage that it belongs to: the first folder below src, or the file itself.
    pub(crate) fn stage(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The folder that the files of its modules stand in: `exec/wire`.
    pub(crate) fn folder(&self) -> &str {
        let stem = self.name.trim_end_matches(".rs");
        match stem {
            "lib" | "main" => "",
            _ => stem.strip_suffix("/mod").unwrap_or(stem),
        }
    }
}

/// All files of src.
pub(crate) fn all() -> &'static [File] {
    static ALL: LazyLock<Vec<File>> = LazyLock::new(read);
    &ALL
}

/// The paths of all files of Rust in a directory.
pub(crate) fn below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let tokens = tokens(&text);
        let inside = path.strip_prefix(&src).expect("below src");
        File {
            name: inside.to_string_lossy().into_owned(),
            text,
            code: without_tests(&tokens).0,
            tokens,
        }
    };
    below(&src).iter().map(file).collect()
}

/// All files of src that are compiled without tests.
pub(crate) fn compiled() -> Vec<&'static File> {
    let tests: Vec<String> = all()
        .iter()
        .flat_map(|file| {
            let modules = without_tests(&file.tokens).1.into_iter();
            modules.map(|module| format!("{}/{module}", file.folder()))
        })
        .collect();
    let is_test = |file: &&File| {
        let folder = Path::new(file.folder());
        tests.iter().any(|test| folder.starts_with(test))
    };
    all().iter().filter(|file| !is_test(file)).collect()
}

/// The words and signs of a text, `::` as one.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    fn flatten(stream: TokenStream, found: &mut Vec<String>) {
        let mut trees = stream.into_iter().peekable();
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Ident(word) => found.push(word.to_string()),
                TokenTree::Literal(_) => found.push("literal".to_owned()),
                TokenTree::Punct(sign)
                    if sign.as_char() == ':' && sign.spacing() == Spacing::Joint =>
                {
                    trees.next();
                    found.push("::".to_owned());
                }
                TokenTree::Punct(sign) => found.push(sign.as_char().to_string()),
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::None => ("", ""),
                    };
                    found.push(open.to_owned());
                    flatten(group.stream(), found);
                    found.push(close.to_owned());
                }
            }
        }
    }
    let mut found = Vec::new();
    flatten(text.parse().expect("Rust"), &mut found);
    found
}

/// Where the bracket at `open` is closed.
pub(crate) fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 1 => return at,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Leaves out each item behind `#[cfg(test)]`; and the modules among them that are files.
pub(crate) fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut code, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].iter().take(TEST.len()).eq(TEST) {
            code.push(tokens[at].clone());
            at += 1;
            continue;
        }
        while tokens[at] == "#" {
            at = closing(tokens, at + 1) + 1;
        }
        let item = at;
        while at < tokens.len() && !["{", ";"].contains(&tokens[at].as_str()) {
            at = if ["(", "["].contains(&tokens[at].as_str()) {
                closing(tokens, at)
            } else {
                at
            } + 1;
        }
        if tokens[at] == ";" && at >= 2 && tokens[item..at].contains(&"mod".to_owned()) {
            modules.push(tokens[at - 1].clone());
        }
        at = if tokens[at] == "{" {
            closing(tokens, at)
        } else {
            at
        } + 1;
    }
    (code, modules)
}

#[test]
fn tests_are_left_out_and_nothing_else() {
    let text = "mod a; #[cfg(test)] mod tests; fn b() {}
        #[cfg(test)] #[expect(x, reason = \"}\")] mod more { fn c() { d() } } fn e() {}
        #[cfg(test)] fn f(g: [u8; 2]) -> u8 { 1 } struct H; // i
        fn j() { \"k\" }";
    let (code, modules) = without_tests(&tokens(text));
    let rest = "mod a ; fn b ( ) { } fn e ( ) { } struct H ; fn j ( ) { literal }";
    assert_eq!(code.join(" "), rest);
    assert_eq!(modules, ["tests"]);
}
