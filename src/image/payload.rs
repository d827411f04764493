//! The kernel within a kernel that unpacks itself.

use std::io::{self, Read};

use super::arch::ZBOOT;
use super::{LARGEST, number, part};

/// How the ways of packing begin.
const GZIP: &[u8] = b"\x1f\x8b\x08";
const XZ: &[u8] = b"\xfd7zXZ\0";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// What is in a bzImage: a vmlinux. The header says where it is
/// (Documentation/arch/x86/boot.rst, `payload_offset`).
pub(super) fn of_bzimage(kernel: &[u8]) -> Option<Vec<u8>> {
    let start = real_mode_size(kernel)? + number(kernel, 0x248, 4)?;
    let length = number(kernel, 0x24c, 4)?;
    unpack(part(kernel, start, length)?).ok()
}

/// The bytes of a bzImage before its 32-bit part.
pub(super) fn real_mode_size(kernel: &[u8]) -> Option<u64> {
    // 0 means 4 for the sake of very old boot loaders.
    let sectors = number(kernel, 0x1f1, 1).map(|sectors| if sectors == 0 { 4 } else { sectors })?;
    Some((sectors + 1) * 512)
}

/// What is in an arm64 kernel that EFI starts: an Image
/// (drivers/firmware/efi/libstub/zboot-header.S).
pub(super) fn of_zboot(kernel: &[u8]) -> Option<Vec<u8>> {
    let start = number(kernel, ZBOOT.0 + 4, 4)?;
    let length = number(kernel, ZBOOT.0 + 8, 4)?;
    unpack(part(kernel, start, length)?).ok()
}

/// What is in a zImage: an Image, and how far from the beginning of memory it
/// is to be loaded.
///
/// The table that tells (arch/arm/boot/compressed/vmlinux.lds.S, since Linux
/// 4.15) says where the kernel ends, with its unpacked size, but not where it
/// begins. So every place that looks like a beginning is tried.
pub(super) fn of_zimage(kernel: &[u8]) -> Option<(Vec<u8>, u32)> {
    const HAS_TABLE: u64 = 0x4545_4545;
    const TABLE: u64 = 0x5a53_4c4b;
    let table = number(kernel, 0x38, 4).filter(|_| number(kernel, 0x34, 4) == Some(HAS_TABLE))?;
    let table = usize::try_from(table).ok()?;
    if number(kernel, table + 4, 4)? != TABLE {
        return None;
    }
    let end = usize::try_from(number(kernel, table + 8, 4)?).ok()?;
    let text_offset = u32::try_from(number(kernel, table + 16, 4)?).ok()?;
    let size = number(kernel, end, 4)?;

    let packed = kernel.get(..end)?;
    let beginnings = (0..packed.len()).filter(|at| [GZIP, XZ, ZSTD].iter().any(|magic| packed[*at..].starts_with(magic)));
    let image = beginnings.filter_map(|at| unpack(&packed[at..]).ok()).find(|image| image.len() as u64 == size)?;
    Some((image, text_offset))
}

/// Unpacks the stream at the beginning of `packed`; whatever follows it is ignored.
fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    if packed.starts_with(GZIP) {
        read(flate2::read::GzDecoder::new(packed))
    } else if packed.starts_with(XZ) {
        read(lzma_rust2::XzReader::new(packed, false))
    } else if packed.starts_with(ZSTD) {
        read(ruzstd::decoding::StreamingDecoder::new(packed).map_err(io::Error::other)?)
    } else {
        Err(io::Error::other("packed in a way that we cannot unpack"))
    }
}

fn read(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    stream.take(LARGEST as u64).read_to_end(&mut out)?;
    Ok(out)
}
