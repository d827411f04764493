//! Build script: packs scenarios/*.ron, so that adding a file is all that it takes to ship
//! it in the firmware. Packed, because comments and rules are five sixths of it.

use std::io::Write as _;
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
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let packed = std::fs::File::create(Path::new(&out).join("scenarios.z"));
    let mut packed = flate2::write::DeflateEncoder::new(
        packed.expect("OUT_DIR is writable"),
        flate2::Compression::best(),
    );
    for path in files {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("scenarios are UTF-8");
        // A line with name and length, and the text behind it; see scenario::embedded.
        write!(packed, "scenarios/{name} {}\n{text}", text.len()).expect("OUT_DIR is writable");
    }
    packed.finish().expect("OUT_DIR is writable");
}
