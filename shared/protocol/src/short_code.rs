//! Codes that people type or read out where nobody can scan. They stand for something short-lived, such as a challenge.
//!
//! Eight of the 20 consonants of RFC 8628, section 6.1: no vowels, so that no word comes out, and nothing that looks
//! like a digit. There are 20⁸ = 25.6 thousand million codes. So few can be guessed, which is why [`Tries`] are counted.

mod signed;
mod tries;

use crate::Refusal;
use crate::secret::{Digest, redacted};

pub use signed::{ShortCodeSignature, SignedShortCode};
pub use tries::{MAX_TRIES, TRIES_MS, Tries};

/// The letters of a code.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// How many letters a code has.
const LENGTH: usize = 8;
/// The longest text that is read as a code. It leaves room for a separator after each letter.
const MAX_TEXT: usize = 64;

/// The random bytes of one code. They are so many that no code is likelier than another by more than 2⁻⁹³.
pub type Randomness = [u8; 16];

/// A short code. Screens show it to everybody before them, but it is kept out of logs, because it can be typed anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortCode(String);
redacted!(ShortCode);

impl ShortCode {
    /// A fresh code.
    pub fn from_random(bytes: Randomness) -> Self {
        let base = LETTERS.len() as u128;
        let mut rest = u128::from_be_bytes(bytes);
        let mut letters = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            let letter = usize::try_from(rest % base).map_or(LETTERS[0], |index| LETTERS[index]);
            letters.push(char::from(letter));
            rest /= base;
        }
        Self(letters)
    }

    /// A code as a person typed it. Case, white space and hyphens do not count, nor do the dashes that keyboards put in
    /// place of hyphens.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if the text cannot be a code.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const BAD: Refusal = Refusal::malformed("shortCode", "must be eight letters of BCDFGHJKLMNPQRSTVWXZ");
        if text.len() > MAX_TEXT {
            return Err(BAD);
        }
        let separates = |c: &char| c.is_whitespace() || matches!(*c, '-' | '\u{2010}'..='\u{2015}');
        let letters: String = text.chars().filter(|c| !separates(c)).map(|c| c.to_ascii_uppercase()).collect();
        let is_code = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
        if is_code { Ok(Self(letters)) } else { Err(BAD) }
    }

    /// The eight capital letters.
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// As a screen shows it: two groups of four letters with a hyphen between them.
    pub fn shown(&self) -> String {
        let (first, last) = self.0.split_at(LENGTH / 2);
        format!("{first}-{last}")
    }

    /// SHA-256 of the letters: what is stored, and by what it is found. It keeps codes out of sight; it does not hide
    /// them from somebody who tries all of them.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_without_case_spaces_and_hyphens() {
        for typed in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht\n", "W-D-J-B-M-J-H-T", "wdjb\u{2013}mjht", "WDJB\u{a0}MJHT"]
        {
            assert_eq!(ShortCode::parse(typed).unwrap().letters(), "WDJBMJHT", "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        let long = format!("{}WDJBMJHT", " ".repeat(MAX_TEXT));
        for typed in ["", "-", "WDJBMJH", "WDJBMJHTT", "WDJB-MJHA", "WDJB-MJH0", "WDJB.MJHT", "ŴDJBMJHT", &long] {
            assert!(matches!(ShortCode::parse(typed), Err(Refusal::Malformed { field: "shortCode", .. })), "{typed:?}");
        }
    }

    #[test]
    fn a_fresh_code_can_be_typed_from_the_screen() {
        for byte in [0, 1, 0x42, 0xfe, 0xff] {
            let code = ShortCode::from_random([byte; 16]);
            assert_eq!(ShortCode::parse(&code.shown()), Ok(code));
        }
    }

    #[test]
    fn every_letter_is_drawn_at_every_place() {
        let drawn = |n: u128| ShortCode::from_random(n.to_be_bytes());
        for place in 0..LENGTH {
            let step = 20_u128.pow(u32::try_from(place).unwrap());
            let letters: String = (0..20).map(|n| drawn(n * step).0[place..=place].to_owned()).collect();
            assert_eq!(letters.as_bytes(), LETTERS);
        }
    }

    #[test]
    fn a_code_hides_itself_from_logs() {
        assert_eq!(format!("{:?}", ShortCode::from_random([1; 16])), "[redacted]");
    }
}
