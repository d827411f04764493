//! CRC-32 as Ethernet, gzip and PNG use it (IEEE 802.3).

/// The IEEE polynomial, bits reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The CRC-32 of `bytes`. Bit by bit: frames are short, and a table of 1 KiB
/// would cost the firmware more than the time it saves.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn agrees_with_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
