//! Base64 as the official SDKs write it: either alphabet, padded or not.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::general_purpose::{STANDARD as PADDED, URL_SAFE_NO_PAD};
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes either alphabet, padded or not. `None` for anything else, and for stray trailing bits.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let standard: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    LENIENT.decode(standard).ok()
}

/// Standard alphabet with padding, as the SDKs send keys and signatures.
pub fn encode(bytes: &[u8]) -> String {
    PADDED.encode(bytes)
}

/// URL-safe alphabet without padding, as JOSE and the service's own secrets use it.
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_spellings_decode_alike() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for text in ["+//+AQ==", "+//+AQ", "-__-AQ==", "-__-AQ"] {
            assert_eq!(decode(text).as_deref(), Some(&bytes[..]), "{text}");
        }
    }

    #[test]
    fn stray_bits_and_foreign_characters_are_refused() {
        for text in ["+//+AR==", "a b=", "ab*=", "a"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
