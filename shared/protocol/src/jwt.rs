//! ES256 JWTs. A token of one kind never passes for another, because each kind has its own `typ` (RFC 8725 section
//! 3.11). The header may hold only what this module writes.

use std::fmt;

use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Refusal;
use crate::base64::{decode, encode_url};
use crate::signing::{SigningKey, VerifyingKeys};

/// A longer token is refused unread. A token must fit the headers of a WebSocket handshake.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Acts for a user, in `Bearer` and in the socket's sub-protocol.
    User,
    /// Tells a backend of an approval, in `validate` and at the beginning of a session.
    Result,
    /// A session's access token (RFC 9068).
    Access,
    /// Renews a session.
    Refresh,
    /// The code of an authorization request; see [`crate::openid::token`].
    Code,
    /// Renews a session of an OpenID application.
    OpenIdRefresh,
    /// A browser's session with the OpenID provider.
    Browser,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::User, Self::Result, Self::Access, Self::Refresh, Self::Code, Self::OpenIdRefresh, Self::Browser];

    const fn typ(self) -> &'static str {
        match self {
            Self::User => "user+jwt",
            Self::Result => "result+jwt",
            Self::Access => "at+jwt",
            Self::Refresh => "refresh+jwt",
            Self::Code => "code+jwt",
            Self::OpenIdRefresh => "openid-refresh+jwt",
            Self::Browser => "browser+jwt",
        }
    }
}

/// A token whose header was read. Nothing is proven yet.
#[derive(Clone)]
pub struct Token<'a> {
    kind: Kind,
    kid: String,
    /// The signed text: header and claims.
    message: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'a> Token<'a> {
    /// Reads a token's header.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] if it is not such a token, or its header holds anything that this module does not
    /// write (RFC 8725 section 3.10).
    pub fn read(text: &'a str) -> Result<Self, Refusal> {
        Self::parts(text).ok_or(Refusal::InvalidToken)
    }

    fn parts(text: &'a str) -> Option<Self> {
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let header = jsonwebtoken::decode_header(text).ok()?;
        let kind = Kind::ALL.into_iter().find(|kind| header.typ.as_deref() == Some(kind.typ()))?;
        let kid = header.kid.clone()?;
        let (message, signature) = text.rsplit_once('.')?;
        let (_, claims) = message.split_once('.')?;
        (header == header_of(kind, &kid)).then_some(Self { kind, kid, message, claims, signature })
    }

    /// The id of the key that its header names.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The kind that its header names.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Checks its kind and signature, and reads its claims.
    pub(crate) fn open<C: DeserializeOwned>(&self, kind: Kind, keys: &VerifyingKeys) -> Result<Opened<C>, Refusal> {
        if self.kind != kind {
            return Err(Refusal::InvalidToken);
        }
        let key = keys.find(&self.kid).ok_or(Refusal::InvalidToken)?;
        if !decoded(self.signature).is_some_and(|signature| key.has_signed(self.message.as_bytes(), &signature)) {
            return Err(Refusal::InvalidToken);
        }
        let claims = decoded(self.claims).and_then(|claims| serde_json::from_slice(&claims).ok());
        Ok(Opened { claims: claims.ok_or(Refusal::InvalidToken)?, is_retired: keys.is_retired(&self.kid) })
    }
}

/// Decodes base64url as RFC 7515 defines it: only one text stands for the same bytes.
fn decoded(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|bytes| encode_url(bytes) == text)
}

fn header_of(kind: Kind, kid: &str) -> Header {
    Header { typ: Some(kind.typ().to_owned()), kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) }
}

/// Signs claims, without the library, which would keep copies of the key that nobody wipes.
pub(crate) fn sign(kind: Kind, claims: &impl Serialize, key: &SigningKey) -> String {
    let message = format!("{}.{}", part(&header_of(kind, key.public().kid())), part(claims));
    let signature = encode_url(&key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// Headers and claims are structs of texts and numbers, which always serialise.
fn part(value: &impl Serialize) -> String {
    encode_url(&serde_json::to_vec(value).unwrap_or_default())
}

/// A token whose signature was checked.
pub(crate) struct Opened<C> {
    /// Its claims. The caller checks issuer, audience and expiry.
    pub(crate) claims: C,
    /// Whether its key is retired. If so, treat all but refresh tokens as expired: the key may be stolen.
    pub(crate) is_retired: bool,
}
