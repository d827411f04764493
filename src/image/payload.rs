//! The kernel within a kernel that unpacks itself.

use std::io::{self, Read};

use super::arch::ZBOOT;
use super::bytes::{LARGEST, number, part};

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
/// The table that tells (arch/arm/boot/compressed/vmlinux.lds.S) says where the
/// packed kernel ends, with its unpacked size, but not where it begins. So every
/// place that looks like a beginning is tried.
pub(super) fn of_zimage(kernel: &[u8]) -> Option<(Vec<u8>, u32)> {
    const HAS_TABLE: u64 = 0x4545_4545;
    const TABLE: u64 = 0x5a53_4c4b;
    // The table grew over time; its fifth word is where to load.
    const WORDS: u64 = 5;
    let table = number(kernel, 0x38, 4).filter(|_| number(kernel, 0x34, 4) == Some(HAS_TABLE))?;
    let table = usize::try_from(table).ok()?;
    if number(kernel, table, 4)? < WORDS || number(kernel, table + 4, 4)? != TABLE {
        return None;
    }
    let end = usize::try_from(number(kernel, table + 8, 4)?).ok()?;
    let text_offset = u32::try_from(number(kernel, table + 16, 4)?).ok()?;
    let size = number(kernel, end, 4)?;

    let packed = kernel.get(..end)?;
    let beginnings = (0..packed.len()).filter(|at| {
        [GZIP, XZ, ZSTD]
            .iter()
            .any(|magic| packed[*at..].starts_with(magic))
    });
    let image = beginnings
        .filter_map(|at| unpack(&packed[at..]).ok())
        .find(|image| image.len() as u64 == size)?;
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{of_bzimage, of_zboot, of_zimage, unpack};
    use crate::image::gzip;
    use crate::image::testing::with;

    const KERNEL: &[u8] = b"unpacked kernel";

    /// `xz --check=crc32 --x86 --lzma2=preset=6`, as Linux's scripts/xz_wrap.sh does it.
    const XZ_OF_KERNEL: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x01, 0x04,
        0x00, 0x21, 0x01, 0x16, 0x00, 0x0d, 0x86, 0x35, 0x1f, 0x01, 0x00, 0x0e, 0x75, 0x6e, 0x70,
        0x61, 0x63, 0x6b, 0x65, 0x64, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c, 0x00, 0x00, 0x0a,
        0x86, 0x84, 0x2d, 0x00, 0x01, 0x23, 0x0f, 0xdb, 0xdf, 0x90, 0x0e, 0x90, 0x42, 0x99, 0x0d,
        0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
    ];

    /// `zstd`
    const ZSTD_OF_KERNEL: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x79, 0x00, 0x00, 0x75, 0x6e, 0x70, 0x61, 0x63, 0x6b,
        0x65, 0x64, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c, 0x54, 0x6f, 0x36, 0xeb,
    ];

    /// [`KERNEL`], packed in every way that we know.
    fn packed() -> [Vec<u8>; 3] {
        [gzip(KERNEL), XZ_OF_KERNEL.to_vec(), ZSTD_OF_KERNEL.to_vec()]
    }

    #[test]
    fn every_way_of_packing_is_unpacked() {
        for packed in packed() {
            assert_eq!(unpack(&packed).unwrap(), KERNEL);
            // Kernels append the unpacked size.
            assert_eq!(
                unpack(&[&packed[..], b"\x0f\0\0\0"].concat()).unwrap(),
                KERNEL
            );
            assert!(unpack(&packed[..packed.len() / 2]).is_err());
        }
        assert!(unpack(b"plain").is_err());
        assert!(unpack(b"").is_err());
    }

    #[test]
    fn a_bzimage_says_where_its_kernel_is() {
        for packed in packed() {
            let length = u8::try_from(packed.len()).unwrap();
            let image = with(
                0x800,
                &[
                    (0x1f1, &[1]),
                    (0x248, &[0x10]),
                    (0x24c, &[length]),
                    (0x410, &packed),
                ],
            );
            assert_eq!(of_bzimage(&image).as_deref(), Some(KERNEL));
            assert_eq!(of_bzimage(&image[..0x418]), None);
        }
        assert_eq!(of_bzimage(b""), None);
    }

    #[test]
    fn an_efi_zboot_image_says_where_its_kernel_is() {
        let packed = gzip(KERNEL);
        let length = u8::try_from(packed.len()).unwrap();
        let image = with(
            0x100,
            &[
                (0, b"MZ\0\0zimg"),
                (8, &[0x60]),
                (12, &[length]),
                (0x60, &packed),
            ],
        );
        assert_eq!(of_zboot(&image).as_deref(), Some(KERNEL));
    }

    #[test]
    fn the_kernel_of_a_zimage_is_searched_for() {
        for packed in packed() {
            let end = 0x110 + packed.len();
            let table = [6, 0x5a53_4c4b, u32::try_from(end).unwrap(), 0, 0x20_8000]
                .map(u32::to_le_bytes)
                .concat();
            let zimage = with(
                0x200,
                &[
                    (0x34, &[0x45; 4]),
                    (0x38, &[0x80]),
                    (0x80, &table),
                    // The unpacker knows the beginning that it looks for, too.
                    (0xa0, &packed[..6]),
                    (0x110, &packed),
                    (end, &[15]),
                ],
            );
            assert_eq!(of_zimage(&zimage), Some((KERNEL.to_vec(), 0x20_8000)));
            for (without, at, byte) in [
                ("table", 0x34, 0),
                ("text offset", 0x80, 4),
                ("its size", end, 16),
            ] {
                let zimage = with(0x200, &[(0, &zimage), (at, &[byte])]);
                assert_eq!(of_zimage(&zimage), None, "without {without}");
            }
        }
        assert_eq!(of_zimage(b""), None);
    }
}
