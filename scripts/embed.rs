//! Build script: lists scenarios/*.ron for `include!`, so that adding a file is
//! all that it takes to ship it in the firmware.

use std::fmt::Write as _;
use std::path::Path;

#[expect(clippy::print_stdout, reason = "cargo reads it")]
fn main() {
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=scripts/embed.rs");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&root).join("scenarios"))
        .expect("scenarios/ is part of the package")
        .map(|entry| entry.expect("readable directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ron"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        writeln!(
            list,
            "    ({:?}, include_str!({path:?})),",
            format!("scenarios/{name}")
        )
        .expect("writing to a string");
    }
    list.push(']');
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("scenarios.rs"), list).expect("OUT_DIR is writable");
}
