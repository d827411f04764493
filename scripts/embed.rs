//! Build script: reads and checks scenarios/*.ron and packs what they come to, so that adding a
//! file is all that it takes to ship it in the firmware, and a board reads no text.

#![expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::enum_variant_names,
    reason = "the firmware uses the rest, and shows it"
)]
#![expect(clippy::print_stdout, reason = "cargo reads it")]

#[path = "../src/abi/mod.rs"]
mod abi;
#[path = "../src/scenario/mod.rs"]
mod scenario;

use scenario::{Problem, Scenario};
use std::io::Write as _;
use std::path::Path;

fn main() {
    for path in ["scenarios", "scripts/embed.rs", "src/abi", "src/scenario"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&root).join("scenarios"))
        .expect("scenarios/ is part of the package")
        .map(|entry| entry.expect("readable directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ron"))
        .collect();
    files.sort();
    let (mut scenarios, mut problems) = (Vec::new(), Vec::new());
    for path in files {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("scenarios are UTF-8");
        match Scenario::parse(&format!("scenarios/{name}"), &text) {
            Ok(scenario) => scenarios.push(scenario),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        fail(&problems);
    }
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let all = scenario::pack(&scenarios).expect("plain data");
    let length = Some(all.len() as u64);
    let mut options = lzma_rust2::LzmaOptions::with_preset(9);
    // A board needs as much memory for it.
    options.dict_size = 1 << 19;
    let packed = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, length);
    let mut packed = packed.expect("plain data");
    packed.write_all(&all).expect("memory");
    let packed = packed.finish().expect("memory");
    std::fs::write(Path::new(&out).join("scenarios.lzma"), packed).expect("OUT_DIR is writable");
}

/// Ends with the problems as cargo shows them.
fn fail(problems: &[Problem]) -> ! {
    for problem in problems {
        for line in problem.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
    std::process::exit(1);
}
