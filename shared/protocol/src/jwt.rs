//! ES256 JWTs of several kinds, which never stand in for each other: each kind has its own `typ` (RFC 8725 section
//! 3.11), and the header holds nothing that we do not write.

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Refusal;
use crate::base64::encode_url;
use crate::jose;
use crate::signing::{SigningKey, VerifyingKeys};

/// A longer token is refused unread: it must fit a WebSocket handshake's headers.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Acts for a user: `Bearer` and the socket's sub-protocol.
    User,
    /// Tells a result: `validate` and the beginning of a session.
    Result,
    /// A session's access token (RFC 9068).
    Access,
    /// Renews a session.
    Refresh,
}

impl Kind {
    const ALL: [Self; 4] = [Self::User, Self::Result, Self::Access, Self::Refresh];

    const fn typ(self) -> &'static str {
        match self {
            Self::User => "user+jwt",
            Self::Result => "result+jwt",
            Self::Access => "at+jwt",
            Self::Refresh => "refresh+jwt",
        }
    }
}

/// The key id and kind that a token's header names; nothing is proven yet. `None` if it is no token of ours,
/// or carries any header member that we do not write (RFC 8725 section 3.10).
pub fn peek(text: &str) -> Option<(String, Kind)> {
    if text.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let header = jsonwebtoken::decode_header(text).ok()?;
    let kind = Kind::ALL.into_iter().find(|kind| header.typ.as_deref() == Some(kind.typ()))?;
    let kid = header.kid.clone()?;
    (header == header_of(kind, &kid)).then_some((kid, kind))
}

fn header_of(kind: Kind, kid: &str) -> Header {
    Header { typ: Some(kind.typ().to_owned()), kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) }
}

/// Signs claims. `None` only if the key cannot sign at all. The library would keep copies of the key that nobody wipes.
pub(crate) fn sign(kind: Kind, claims: &impl Serialize, key: &SigningKey) -> Option<String> {
    let header = serde_json::to_vec(&header_of(kind, key.public().kid())).ok()?;
    let claims = serde_json::to_vec(claims).ok()?;
    let message = format!("{}.{}", encode_url(&header), encode_url(&claims));
    let signature = key.sign(message.as_bytes())?;
    Some(format!("{message}.{}", encode_url(&signature)))
}

/// What a token says, its signature checked.
pub(crate) struct Opened<C> {
    /// Its claims; issuer, audience and expiry are the caller's to judge.
    pub(crate) claims: C,
    /// Whether its key is spent. Whatever is no refresh token has expired then, whatever it says of itself: a spent
    /// key may have been stolen and go on signing.
    pub(crate) spent: bool,
}

/// Opens a token of this kind.
pub(crate) fn open<C>(kind: Kind, text: &str, keys: &VerifyingKeys) -> Result<Opened<C>, Refusal>
where
    C: DeserializeOwned + Clone,
{
    jose::install();
    let (kid, found) = peek(text).ok_or(Refusal::InvalidToken)?;
    if found != kind {
        return Err(Refusal::InvalidToken);
    }
    let key = keys.find(&kid).ok_or(Refusal::InvalidToken)?;
    let mut validation = Validation::new(Algorithm::ES256);
    // The library would ask the system's clock; issuer and audience depend on the tenant inside.
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<C>(text, &DecodingKey::from_ec_der(key.sec1()), &validation)
        .map(|token| Opened { claims: token.claims, spent: keys.is_spent(&kid) })
        .map_err(|_| Refusal::InvalidToken)
}
