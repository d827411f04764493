//! On which nodes memory lies: the policies of NUMA machines.
//!
//! # Safety
//!
//! mbind(2) changes where later pages come from, not what memory holds. get_mempolicy(2)
//! writes to variables of ours, which outlive the call.

use super::decode;
use crate::abi::Errno;

/// A mask with room for more nodes than any kernel has (`nr_node_ids`, at most 1024).
#[repr(align(8))]
struct Nodes([u64; 16]);

/// Bits of the mask, and one: the kernel counts from 1 (mm/mempolicy.c, get_nodes).
const MAX_NODE: libc::c_ulong = 1024 + 1;

/// MPOL_F_NODE: the node, not the policy.
const NODE: libc::c_ulong = 1;
/// MPOL_F_ADDR: of an address, not of the process.
const ADDRESS: libc::c_ulong = 2;
/// MPOL_F_MEMS_ALLOWED: the nodes that this process may use.
const ALLOWED: libc::c_ulong = 4;

/// `mbind(address, length, mode, &nodes, maxnode, 0)`: sets the policy of a range. The lowest
/// bit of `nodes` is node 0.
pub fn mbind(address: usize, length: usize, mode: i32, nodes: u64) -> Result<(), Errno> {
    const NO_FLAGS: libc::c_ulong = 0;
    const MBIND: libc::c_long = libc::SYS_mbind;
    let mut mask = Nodes([0; 16]);
    mask.0[0] = nodes;
    let nodes = mask.0.as_ptr();
    // SAFETY: the mask is as long as it says, see the module.
    decode(unsafe { libc::syscall(MBIND, address, length, mode, nodes, MAX_NODE, NO_FLAGS) })?;
    Ok(())
}

/// `get_mempolicy(&mode, &nodes, maxnode, address, MPOL_F_ADDR)`: the policy of an address.
pub fn policy_of(address: usize) -> Result<(i32, u64), Errno> {
    let (mut mode, mut nodes) = (0, Nodes([0; 16]));
    ask(Some(&mut mode), Some(&mut nodes), address, ADDRESS)?;
    Ok((mode, nodes.0[0]))
}

/// `get_mempolicy(&node, NULL, 0, address, MPOL_F_NODE | MPOL_F_ADDR)`: the node of the page at
/// an address, which is loaded for that.
pub fn node_of(address: usize) -> Result<i32, Errno> {
    let mut node = 0;
    ask(Some(&mut node), None, address, NODE | ADDRESS)?;
    Ok(node)
}

/// `get_mempolicy(NULL, &nodes, maxnode, 0, MPOL_F_MEMS_ALLOWED)`: of the nodes 0, 1 and so
/// on, how many may be used, up to the first that may not. ENOSYS without CONFIG_NUMA.
pub fn allowed_nodes() -> Result<u64, Errno> {
    let mut nodes = Nodes([0; 16]);
    ask(None, Some(&mut nodes), 0, ALLOWED)?;
    Ok(nodes.0[0].trailing_ones().into())
}

fn ask(
    mode: Option<&mut i32>,
    nodes: Option<&mut Nodes>,
    address: usize,
    flags: libc::c_ulong,
) -> Result<(), Errno> {
    const GET: libc::c_long = libc::SYS_get_mempolicy;
    let mode = mode.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    let max = nodes.as_ref().map_or(0, |_| MAX_NODE);
    let nodes = nodes.map_or(std::ptr::null_mut(), |nodes| nodes.0.as_mut_ptr());
    // SAFETY: each pointer is null or to a variable of ours, see the module.
    decode(unsafe { libc::syscall(GET, mode, nodes, max, address, flags) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{allowed_nodes, mbind, node_of, policy_of};
    use crate::abi::Errno;
    use crate::sys::{machine, mapping};

    #[test]
    fn a_policy_is_told_as_it_was_set() {
        let Ok(nodes) = allowed_nodes() else {
            // No CONFIG_NUMA, or a sandbox that keeps it from us.
            return;
        };
        assert!(nodes <= 64);
        const BIND: i32 = 2;
        let page = machine::page_size() as usize;
        let at = mapping::mmap(None, 2 * page, 3).expect("memory");
        let node = node_of(at).expect("a node");
        assert_eq!(policy_of(at), Ok((0, 0)));
        mbind(at, page, BIND, 1 << node).expect("a policy");
        assert_eq!(policy_of(at), Ok((BIND, 1 << node)));
        assert_eq!(policy_of(at + page), Ok((0, 0)));
        assert_eq!(mbind(at, page, BIND, 0), Err(Errno(libc::EINVAL)));
        mapping::munmap(at, 2 * page).expect("unmapped");
        assert_eq!(policy_of(at), Err(Errno(libc::EFAULT)));
    }
}
