//! The parameters of a request, from its query or its form.

use std::borrow::Cow;
use std::fmt;

use crate::Refusal;

use super::fault::OAuthError;

/// The largest form or query, in bytes. A `state` of 2 KB and a pushed request with every parameter fit.
pub const MAX_BYTES: usize = 16 * 1_024;

/// Parameters, each at most once. One without a value counts as absent (RFC 6749 section 3.1).
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// [`OAuthError::InvalidRequest`] for a name that comes twice (RFC 6749 sections 3.1 and 3.2), and for more than
    /// [`MAX_BYTES`].
    pub fn read(text: &[u8]) -> Result<Self, Refusal> {
        if text.len() > MAX_BYTES {
            return Err(OAuthError::InvalidRequest.because("The request is larger than 16 KB."));
        }
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(text).filter(|(_, value)| !value.is_empty()) {
            if read.iter().any(|(known, _)| *known == name) {
                return Err(OAuthError::InvalidRequest.because("A parameter comes twice."));
            }
            read.push((Cow::into_owned(name), Cow::into_owned(value)));
        }
        Ok(Self(read))
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The parameter of this name alone.
    #[must_use]
    pub fn only(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| known == name).cloned().collect())
    }

    /// These parameters as a query.
    pub fn to_query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_counts_once_and_an_empty_value_not_at_all() {
        let read = Parameters::read(b"a=1+2&b=%C3%A9&c=&c=3&d").unwrap();
        assert_eq!(
            [read.get("a"), read.get("b"), read.get("c"), read.get("d")],
            [Some("1 2"), Some("é"), Some("3"), None]
        );
    }

    #[test]
    fn a_query_says_the_same_again() {
        assert_eq!(Parameters::read(b"a=1+2&b=%C3%A9%26&c=").unwrap().to_query(), "a=1+2&b=%C3%A9%26");
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        assert!(Parameters::read(b"a=1&a=1").is_err());
        assert!(Parameters::read(b"a=1&%61=2").is_err());
    }

    #[test]
    fn values_are_not_printed() {
        assert_eq!(format!("{:?}", Parameters::read(b"client_secret=hush").unwrap()), r#"["client_secret"]"#);
    }
}
