//! The two tokens of a login, both ES256 JWTs.
//!
//! A **user token** lets a screen or phone act for a tracked user. A **result token** tells a backend that a challenge
//! was approved. They differ in `typ` and `aud` (RFC 8725 sections 3.11 and 3.9), and each is refused where the other
//! is expected. The claim names are those that the mobile SDKs decode.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;
use crate::action::ActionName;
use crate::challenge::Approval;
use crate::credential::{CredentialKind, Permit};
use crate::id::{ActionCode, ChallengeId, IdempotencyKey, TenantId, TokenId, UserId};
use crate::jwt::{self, Kind, Opened, Token};
use crate::signing::{SigningKey, VerifyingKeys};
use crate::time::Timestamp;

/// The deployment's own name, with which every token's `iss` begins except an access token's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// An issuer of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub(crate) fn iss(&self, tenant: &TenantId) -> String {
        format!("{}/{tenant}", self.0)
    }

    pub(crate) fn aud(&self, tenant: &TenantId, kind: Kind) -> String {
        format!("{}/{tenant}/{}", self.0, audience(kind))
    }
}

/// The last part of a kind's `aud`.
const fn audience(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "client",
        Kind::Result => "validate",
        _ => "session",
    }
}

/// The scopes of a user token, space separated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// Checks a request's `scope`; absent means `read:authenticators`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is longer than 256 characters or holds anything but visible ASCII and spaces.
    pub fn accept(text: Option<String>) -> Result<Self, Refusal> {
        let text = text.unwrap_or_else(|| "read:authenticators".to_owned());
        if text.len() > 256 || !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(Refusal::malformed("scope", "is not a space-separated list of scopes"));
        }
        Ok(Self(text))
    }

    /// Whether it allows an enrolment (`add:authenticators`).
    pub fn may_add_authenticators(&self) -> bool {
        self.0.split(' ').any(|scope| scope == "add:authenticators")
    }
}

/// The content of a user token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserToken {
    /// Its id.
    pub id: TokenId,
    /// When it was issued; in whole seconds if the token was read.
    pub issued_at: Timestamp,
    /// The tenant.
    pub tenant: TenantId,
    /// The user for whom it acts.
    pub user: UserId,
    /// The tracked action.
    pub action: ActionCode,
    /// Which use of the action.
    pub idempotency_key: IdempotencyKey,
    /// What it allows.
    pub scope: Scope,
}

/// The content of a result token. Only the stored challenge proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultToken {
    /// The tenant.
    pub tenant: TenantId,
    /// Who approved.
    pub user: UserId,
    /// The approved action.
    pub action: ActionCode,
    /// Which use of the action.
    pub idempotency_key: IdempotencyKey,
    /// The challenge.
    pub challenge: ChallengeId,
}

#[derive(Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// How far screen and phone were apart, as [`crate::proximity::Proximity::as_str`] says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prox: Option<String>,
    other: Other,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Other {
    tenant_id: String,
    user_id: String,
    action_code: String,
    idempotency_key: String,
}

impl UserToken {
    /// The action that it is about.
    pub fn action_name(&self) -> ActionName {
        ActionName {
            tenant: self.tenant,
            user: self.user.clone(),
            code: self.action.clone(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }

    /// The permit to enrol a key on a kind of path.
    pub fn permit(&self, kind: CredentialKind) -> Permit {
        Permit { action: self.action_name(), token: self.id, issued_at: self.issued_at, kind }
    }

    /// The signed token, valid for `lifetime_ms`.
    pub fn sign(&self, key: &SigningKey, issuer: &Issuer, lifetime_ms: i64) -> String {
        let claims = Claims {
            iss: issuer.iss(&self.tenant),
            aud: issuer.aud(&self.tenant, Kind::User),
            sub: self.user.to_string(),
            iat: self.issued_at.seconds(),
            exp: self.issued_at.plus(lifetime_ms).seconds(),
            jti: self.id.to_string(),
            scope: Some(self.scope.0.clone()),
            prox: None,
            other: Other {
                tenant_id: self.tenant.to_string(),
                user_id: self.user.to_string(),
                action_code: self.action.to_string(),
                idempotency_key: self.idempotency_key.to_string(),
            },
        };
        jwt::sign(Kind::User, &claims, key)
    }

    /// Reads a user token.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
    pub fn verify(token: &Token<'_>, keys: &VerifyingKeys, issuer: &Issuer, now: Timestamp) -> Result<Self, Refusal> {
        let claims = verify(Kind::User, token, keys, issuer, now)?;
        Ok(Self {
            id: TokenId::parse(&claims.jti)?,
            issued_at: Timestamp::from_millis(claims.iat.saturating_mul(1_000)),
            tenant: TenantId::parse(&claims.other.tenant_id)?,
            user: UserId::parse(claims.other.user_id)?,
            action: ActionCode::parse(claims.other.action_code)?,
            idempotency_key: IdempotencyKey::parse(claims.other.idempotency_key)?,
            scope: Scope::accept(Some(claims.scope.ok_or(Refusal::InvalidToken)?))?,
        })
    }
}

impl ResultToken {
    /// The action that it is about.
    pub fn action_name(&self) -> ActionName {
        ActionName {
            tenant: self.tenant,
            user: self.user.clone(),
            code: self.action.clone(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }

    /// The token of an approval, handed out at `now`. It stays the same text while [`Approval::token_until`] does, because
    /// everything else in it is stored.
    pub fn sign(approval: Approval<'_>, now: Timestamp, key: &SigningKey, issuer: &Issuer) -> String {
        let (challenge, by, at) = (approval.challenge(), approval.by(), approval.at());
        let claims = Claims {
            iss: issuer.iss(&challenge.tenant),
            aud: issuer.aud(&challenge.tenant, Kind::Result),
            sub: by.user.to_string(),
            iat: at.seconds(),
            exp: approval.token_until(now).seconds(),
            jti: challenge.id.to_string(),
            scope: None,
            prox: challenge.proximity().map(|proximity| proximity.as_str().to_owned()),
            other: Other {
                tenant_id: challenge.tenant.to_string(),
                user_id: by.user.to_string(),
                action_code: challenge.action.to_string(),
                idempotency_key: challenge.idempotency_key.to_string(),
            },
        };
        jwt::sign(Kind::Result, &claims, key)
    }

    /// Reads a result token.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
    pub fn verify(token: &Token<'_>, keys: &VerifyingKeys, issuer: &Issuer, now: Timestamp) -> Result<Self, Refusal> {
        let claims = verify(Kind::Result, token, keys, issuer, now)?;
        Ok(Self {
            tenant: TenantId::parse(&claims.other.tenant_id)?,
            user: UserId::parse(claims.other.user_id)?,
            action: ActionCode::parse(claims.other.action_code)?,
            idempotency_key: IdempotencyKey::parse(claims.other.idempotency_key)?,
            challenge: ChallengeId::parse(&claims.jti)?,
        })
    }
}

/// The user of a user token or result token, with all claims of the token.
///
/// # Errors
/// [`Refusal::InvalidToken`], also for one of another tenant, and [`Refusal::ExpiredToken`].
pub fn user_of(
    token: &Token<'_>,
    tenant: &TenantId,
    keys: &VerifyingKeys,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<(UserId, Value), Refusal> {
    if !matches!(token.kind(), Kind::User | Kind::Result) {
        return Err(Refusal::InvalidToken);
    }
    let claims = verify(token.kind(), token, keys, issuer, now)?;
    if claims.other.tenant_id != tenant.to_string() {
        return Err(Refusal::InvalidToken);
    }
    let payload = serde_json::to_value(&claims).map_err(|_| Refusal::InvalidToken)?;
    Ok((UserId::parse(claims.other.user_id)?, payload))
}

fn verify(
    kind: Kind,
    token: &Token<'_>,
    keys: &VerifyingKeys,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<Claims, Refusal> {
    let Opened::<Claims> { claims, is_retired } = token.open(kind, keys)?;
    let tenant = TenantId::parse(&claims.other.tenant_id).map_err(|_| Refusal::InvalidToken)?;
    if claims.iss != issuer.iss(&tenant) || claims.aud != issuer.aud(&tenant, kind) {
        return Err(Refusal::InvalidToken);
    }
    if is_retired || now.seconds() >= claims.exp {
        return Err(Refusal::ExpiredToken);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests;
