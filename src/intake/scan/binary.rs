//! Distinguishes text from binary data by a sample. IDs in binary data may be cut, compressed or joined, so a scan may
//! miss some. A pure function of its input.

/// The size of a sample in bytes, and the number of samples in a block.
const SAMPLE_SIZE: usize = 256;
const SAMPLES: usize = 16;
/// Binary data has more than one control character per this number of bytes.
const CONTROLS_OF: usize = 50;

/// Returns `true` if the bytes contain more control characters than text does. A few samples are enough, because
/// compressed and encrypted data is uniform.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let step = (bytes.len() / SAMPLES).max(SAMPLE_SIZE);
    let (mut seen, mut controls) = (0, 0);
    for place in bytes.chunks(step) {
        let piece = &place[..place.len().min(SAMPLE_SIZE)];
        seen += piece.iter().filter(|byte| **byte != 0).count();
        controls += piece.iter().filter(|byte| is_control(**byte)).count();
    }
    controls >= 4 && controls * CONTROLS_OF > seen
}

/// Returns `true` for control characters that do not occur in text. Zeros do not count: a rotated log may have a hole,
/// and UTF-16 text contains zeros.
const fn is_control(byte: u8) -> bool {
    matches!(byte, 1..=6 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

/// Returns `true` if a file begins with the byte order mark of UTF-16 or UTF-32.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.starts_with(&[0, 0, 0xfe, 0xff])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_encoding_is_text() {
        let latin1: Vec<u8> = b"gr\xfc\xdfe\r\n".repeat(5000);
        let hole = [vec![0; 1 << 20], b"first line\n".to_vec()].concat();
        let wide: Vec<u8> = "one line\r\n".repeat(999).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let colours = "\u{1b}[1mbold\u{1b}[0m \u{7}\u{8}".repeat(999).into_bytes();
        for text in [latin1, hole, wide, colours, "äöü漢字\n".repeat(999).into_bytes(), Vec::new()] {
            assert!(!is_binary(&text), "{:?}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn compressed_bytes_are_binary() {
        let mut state = 88_172_645_463_325_252_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        })
        .take(1 << 20)
        .collect();
        for length in [200, 5_000, 1 << 20] {
            assert!(is_binary(&noise[..length]), "{length}");
        }
        assert!(is_marked(&[0xff, 0xfe, b'a', 0]) && !is_marked(b"a"));
    }
}
