//! Random text for IDs and keys, from the operating system's secure generator.

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Returns `length` unpredictable letters and digits.
///
/// # Panics
/// Panics if the operating system provides no random bytes, because a predictable key would be worse.
pub fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut pool = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut pool).expect("the operating system gives random bytes");
        // Bytes from 248 (4 × 62) on are discarded, because they would make the first letters more likely.
        let letters = pool.iter().filter(|byte| **byte < 248).map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        text.extend(letters.take(length - text.len()));
    }
    text
}

/// Returns a number below `bound`, which must not be 0. The quality is sufficient for jitter, but not for keys.
pub fn below(bound: u32) -> u32 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u32::from_le_bytes(bytes) % bound,
        Err(_) => bound / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_length_and_differ() {
        let (one, two) = (alphanumeric(100), alphanumeric(100));
        assert_eq!(one.len(), 100);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, two);
        assert_eq!(alphanumeric(0), "");
    }
}
