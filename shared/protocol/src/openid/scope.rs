//! What an application may ask for.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Refusal;

use super::fault::OAuthError;

/// Asks for an ID token.
pub const OPENID: &str = "openid";
/// Asks for the user's names and language.
pub const PROFILE: &str = "profile";
/// Asks for the user's e-mail address.
pub const EMAIL: &str = "email";
/// Asks for the user's phone number.
pub const PHONE: &str = "phone";
/// Asks for a refresh token.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes with a meaning of their own. Others are passed to the application's servers as they are.
pub const STANDARD: [&str; 5] = [OPENID, PROFILE, EMAIL, PHONE, OFFLINE_ACCESS];

/// The longest list, in bytes.
const MAX_BYTES: usize = 1_024;

/// Scope words, each once, in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads a space-separated list (RFC 6749 section 3.3).
    ///
    /// # Errors
    /// [`OAuthError::InvalidScope`] for a character that no scope holds, and for more than 1024 bytes.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let is_word = |word: &str| word.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        if text.len() > MAX_BYTES || !text.split(' ').all(is_word) {
            return Err(OAuthError::InvalidScope.because("The scope is not a space-separated list of words."));
        }
        let mut words: Vec<String> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        Ok(Self(words))
    }

    /// Those that `allowed` has too. The others are left out, as OpenID Connect Core section 3.1.2.1 advises.
    #[must_use]
    pub fn within(&self, allowed: &Self) -> Self {
        Self(self.0.iter().filter(|word| allowed.has(word)).cloned().collect())
    }

    /// These but for one.
    #[must_use]
    pub fn without(&self, word: &str) -> Self {
        Self(self.0.iter().filter(|known| *known != word).cloned().collect())
    }

    /// Whether all of these are in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|word| other.has(word))
    }

    /// Whether this word is one of them.
    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Separated by spaces.
    pub fn to_text(&self) -> String {
        self.0.join(" ")
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text).unwrap()
    }

    #[test]
    fn each_word_counts_once_in_the_order_in_which_it_was_asked_for() {
        assert_eq!(scopes("email openid  email orders.read").to_text(), "email openid orders.read");
    }

    #[test]
    fn what_an_application_may_not_ask_for_is_left_out() {
        let asked = scopes("openid email admin");
        assert_eq!(asked.within(&scopes("openid email profile")).to_text(), "openid email");
        assert!(!asked.is_within(&scopes("openid email")));
    }

    #[test]
    fn a_character_that_no_scope_holds_is_refused() {
        for bad in ["a\"b", "a\\b", "a\tb", "ü", "a\nb", &"a".repeat(1_025)] {
            assert!(Scopes::parse(bad).is_err(), "{bad:?}");
        }
    }
}
