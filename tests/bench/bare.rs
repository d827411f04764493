//! The calls of `scripts/bench.sh steps` without anything around them: what a step costs
//! beside is ours.
#![expect(clippy::print_stdout, reason = "the figure is for the reader")]

use shmproof::abi::number::{IPC_CREAT, IPC_RMID, IPC_STAT};
use shmproof::sys::shm::{self, Buffer, Ds, Entry};
use shmproof::sys::{memory, namespace};
use std::time::Instant;

const ROUNDS: u32 = 20_000;

/// Calls of a round.
const CALLS: u32 = 6;

fn main() {
    // Nobody else's segments are in the way, as in a case.
    let apart = namespace::unshare_ipc().or_else(|_| namespace::unshare_ipc_as_user());
    assert!(apart.is_ok(), "no IPC namespace of our own: {apart:?}");
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let id = shm::shmget(Entry::Direct, 0, 4096, IPC_CREAT | 0o600).expect("a segment");
        let at = shm::shmat(Entry::Direct, id, 0, 0).expect("an address");
        memory::store(at, b"Hello, Shared Memory!");
        let mut ds = Ds::default();
        shm::shmctl_stat(Entry::Direct, id, IPC_STAT, &mut ds).expect("told");
        assert_eq!(ds.nattch, 1);
        shm::shmdt(Entry::Direct, at).expect("detached");
        shm::shmctl(Entry::Direct, id, IPC_RMID, Buffer::Null).expect("removed");
    }
    let ns = start.elapsed().as_nanos() / u128::from(ROUNDS * CALLS);
    println!("{ns}");
}
