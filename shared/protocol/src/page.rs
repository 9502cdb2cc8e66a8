//! Where a list continues. A continuation is bound to the secret key and the question that it was made for. A changed
//! one, or one of another list, is refused.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::Refusal;
use crate::base64::{decode, encode_url};
use crate::id::UserId;
use crate::secret::SecretKey;

const MAC_BYTES: usize = 16;

/// What a list is asked for, as bytes. Different questions have different bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(Vec<u8>);

impl Question {
    /// A question of these parts, in this order. An absent part is the byte 0. Any other part is the byte 1, the length
    /// of its UTF-8 in eight bytes, big-endian, and the UTF-8.
    pub fn of(parts: &[Option<&str>]) -> Self {
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                None => bytes.push(0),
                Some(text) => {
                    bytes.push(1);
                    bytes.extend((text.len() as u64).to_be_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
        Self(bytes)
    }
}

/// Makes and reads the continuations of one question.
#[derive(Debug)]
pub struct Pages<'a> {
    key: &'a SecretKey,
    question: Question,
}

impl<'a> Pages<'a> {
    /// The continuations of `question`, for the holder of `key`.
    pub fn of(key: &'a SecretKey, question: Question) -> Self {
        Self { key, question }
    }

    /// The continuation after this user.
    pub fn after(&self, last: &UserId) -> String {
        let mac = self.mac(last.as_str()).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
        let bytes = [&mac[..MAC_BYTES], last.as_str().as_bytes()].concat();
        encode_url(&bytes)
    }

    /// The user after whom the list continues.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for any text that [`Pages::after`] did not make for this key and question.
    pub fn read(&self, text: &str) -> Result<UserId, Refusal> {
        const BAD: Refusal = Refusal::malformed("lastEvaluatedUserId", "is not one that this list gave");
        let bytes = (text.len() <= 512).then(|| decode(text)).flatten().ok_or(BAD)?;
        let (mac, last) = bytes.split_first_chunk::<MAC_BYTES>().ok_or(BAD)?;
        let last = std::str::from_utf8(last).map_err(|_| BAD)?;
        self.mac(last).ok_or(BAD)?.verify_truncated_left(mac).map_err(|_| BAD)?;
        let last = UserId::parse(last).map_err(|_| BAD)?;
        // Base64 is read leniently, but a continuation has one spelling.
        if self.after(&last) == text { Ok(last) } else { Err(BAD) }
    }

    /// `None` cannot happen: HMAC takes keys of every length.
    fn mac(&self, last: &str) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.expose().as_bytes()).ok()?;
        let mac = mac.chain_update((self.question.0.len() as u64).to_be_bytes()).chain_update(&self.question.0);
        Some(mac.chain_update(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;

    #[test]
    fn questions_have_a_written_form_that_tells_them_apart() {
        assert_eq!(Question::of(&[Some("é"), None]).0, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0xc3, 0xa9, 0]);
        let questions = [
            &[Some("a"), Some("b")][..],
            &[Some("ab"), Some("")],
            &[Some("ab"), None],
            &[None, Some("ab")],
            &[Some(""), None],
            &[None, None],
            &[None],
        ];
        let written: std::collections::HashSet<_> = questions.iter().map(|parts| Question::of(parts).0).collect();
        assert_eq!(written.len(), questions.len());
    }

    #[test]
    fn a_continuation_serves_its_own_list_only() {
        let tenant = TenantId::from_random([1; 16]);
        let (key, other) = (SecretKey::from_random(tenant, [2; 32]), SecretKey::from_random(tenant, [3; 32]));
        let last = UserId::parse("auth0|用户 a+b").unwrap();
        let question = |text| Question::of(&[Some(text)]);
        let pages = Pages::of(&key, question("q"));
        let text = pages.after(&last);
        assert_eq!(pages.read(&text), Ok(last.clone()));
        assert!(Pages::of(&key, question("r")).read(&text).is_err());
        assert!(Pages::of(&other, question("q")).read(&text).is_err());
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            if decode(&forged) != decode(&text) {
                assert!(pages.read(&forged).is_err(), "at {at}");
            }
        }
        for bad in ["", "ann", "!!!", &format!("{text}="), &"A".repeat(600)] {
            assert!(pages.read(bad).is_err(), "{bad}");
        }
    }
}
