//! The scenarios that are built in.

use crate::scenario::{self, Scenario};
use std::io::Read;

/// How much memory unpacking may take, in KiB.
const MEMORY: u32 = 1 << 10;

/// All of them, sorted by name. scripts/embed.rs has read, checked and packed them.
#[must_use]
pub fn built_in() -> Vec<Scenario> {
    const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.lzma"));
    let mut unpacked = Vec::new();
    lzma_rust2::LzmaReader::new_mem_limit(PACKED, MEMORY, None)
        .and_then(|mut packed| packed.read_to_end(&mut unpacked))
        .expect("our own packing");
    // They are asked for once, and needed to the end.
    scenario::unpack(unpacked.leak()).expect("our own packing")
}
