//! The number that a screen shows and its phone's user types.
//!
//! It stops a yes to a question that the user does not see on a screen: a forwarded or printed code, or a blind tap. The
//! challenge's id is the secret; the number is an addition, so two digits with one try are enough (RFC 10027 section 6.1.4).

use crate::Refusal;
use crate::secret::redacted;

/// A number from 10 to 99. Only the screen that shows the challenge is told it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerificationCode(u8);
redacted!(VerificationCode);

impl VerificationCode {
    /// A number from random bytes. Each of the 90 numbers is as likely as the others, up to 2⁻⁵⁷.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let drawn = u64::from_be_bytes(bytes) % 90;
        Self(10 + u8::try_from(drawn).unwrap_or(0))
    }

    /// Reads two digits as a user typed them, with white space around them.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let is_written = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_written { text.parse().ok().filter(|number| *number >= 10) } else { None };
        number.map(Self).ok_or(Refusal::malformed("verificationCode", "is not a number from 10 to 99"))
    }

    /// The two digits.
    pub fn to_text(self) -> String {
        self.0.to_string()
    }
}

/// What a user typed for the number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TypedCode(Option<VerificationCode>);
redacted!(TypedCode);

impl TypedCode {
    /// Reads what a phone sent; `None` if that is empty. Whatever is no number is a wrong one.
    pub fn read(text: impl AsRef<str>) -> Option<Self> {
        let text = text.as_ref();
        (!text.trim().is_empty()).then(|| Self(VerificationCode::parse(text).ok()))
    }

    /// Whether it is this number.
    pub fn is(self, code: VerificationCode) -> bool {
        self.0 == Some(code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_number_is_as_likely_as_the_others() {
        let mut seen: HashMap<u8, u32> = HashMap::new();
        for drawn in 0..9_000_u64 {
            *seen.entry(VerificationCode::from_random(drawn.to_be_bytes()).0).or_default() += 1;
        }
        assert_eq!(seen.len(), 90);
        assert!(seen.iter().all(|(number, times)| (10..=99).contains(number) && *times == 100));
    }

    #[test]
    fn a_blind_guess_hits_once_in_ninety() {
        let guess = VerificationCode::parse("47").unwrap();
        let hits = (0..90_000_u64).filter(|n| VerificationCode::from_random(n.to_be_bytes()) == guess).count();
        assert_eq!(hits, 1_000);
    }

    #[test]
    fn only_two_digits_are_a_number() {
        assert_eq!(VerificationCode::parse(" 47\n").map(VerificationCode::to_text), Ok("47".to_owned()));
        for bad in ["", "4", "04", "09", "447", "4 7", "+7", "4a", "４７"] {
            assert!(VerificationCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_that_is_no_number_is_a_wrong_one() {
        let code = VerificationCode::parse("47").unwrap();
        assert_eq!(TypedCode::read(" 47 ").map(|typed| typed.is(code)), Some(true));
        for wrong in ["48", "7", "forty-seven"] {
            assert_eq!(TypedCode::read(wrong).map(|typed| typed.is(code)), Some(false), "{wrong}");
        }
        assert_eq!(TypedCode::read(" "), None);
    }

    #[test]
    fn its_debug_text_does_not_tell_it() {
        assert_eq!(format!("{:?}", VerificationCode(47)), "[redacted]");
    }
}
