//! Sessions, with which a backend keeps a user logged in after one approval.
//!
//! A refresh token holds its session's generation, and each refresh adds one to it. The token of the generation before
//! serves a little longer and gives the same tokens again, in case the reply was lost. An older token was copied, so
//! the session ends (RFC 9700 section 4.14.2). Whoever reads the tables cannot make tokens, because they are signed.
//!
//! Ending all sessions of a user adds one to the user's epoch. A session is live only in the epoch in which it began,
//! so no session is missed, whatever the clocks say.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::id::{ActionCode, ClientId, CredentialId, SessionId, TenantId, UserId};
use crate::jwt::{self, Kind, Opened, Token};
use crate::secret::redacted;
use crate::signing::{SigningKey, VerifyingKeys};
use crate::time::Timestamp;
use crate::token::Issuer;
use crate::user::User;

/// How long after a refresh the replaced token may be presented again, in milliseconds.
pub const REPLY_LOST_MS: i64 = 30_000;

/// A user's session at one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its user.
    pub user: UserId,
    /// The application.
    pub client: ClientId,
    /// The device that approved.
    pub credential: CredentialId,
    /// The user's [`User::session_epoch`] when it began.
    pub epoch: u32,
    /// How often it was refreshed.
    pub generation: u32,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last refreshed, or began.
    pub refreshed_at: Timestamp,
    /// From this instant it cannot be refreshed.
    pub expires_at: Timestamp,
    /// When it was ended early.
    pub revoked_at: Option<Timestamp>,
}

impl Session {
    /// The session of `user` after its refresh token of generation `presented` was presented. Every store follows
    /// exactly these rules. A copied token ends the session, which is then returned as revoked.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`]; the session is then unchanged.
    pub fn refreshed(&self, presented: u32, user: Option<&User>, now: Timestamp) -> Result<Self, Refusal> {
        self.check_live(user, now)?;
        if presented > self.generation {
            return Err(Refusal::InvalidToken);
        }
        if presented == self.generation {
            return Ok(Self { generation: presented.saturating_add(1), refreshed_at: now, ..self.clone() });
        }
        let reply_may_be_lost = presented + 1 == self.generation && now < self.refreshed_at.plus(REPLY_LOST_MS);
        Ok(if reply_may_be_lost { self.clone() } else { self.revoked(now) })
    }

    /// The session, ended. Ending it twice changes nothing.
    #[must_use]
    pub fn revoked(&self, now: Timestamp) -> Self {
        Self { revoked_at: self.revoked_at.or(Some(now)), ..self.clone() }
    }

    /// Refuses a session that expired, was ended by itself or with all sessions of `user`, or whose user is gone.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
    pub fn check_live(&self, user: Option<&User>, now: Timestamp) -> Result<(), Refusal> {
        let is_of_its_epoch = user.is_some_and(|user| user.session_epoch == self.epoch);
        if self.revoked_at.is_some() || !is_of_its_epoch {
            return Err(Refusal::InvalidToken);
        }
        if now >= self.expires_at { Err(Refusal::ExpiredToken) } else { Ok(()) }
    }
}

/// What a backend sends to begin a session.
#[derive(Clone)]
pub struct NewSession {
    /// The application.
    pub client: ClientId,
    /// The result token, unread.
    pub token: String,
    /// The action that it must be for.
    pub action: Option<ActionCode>,
}
redacted!(NewSession);

/// A session's two tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionTokens {
    /// The access token, which shows that the user is logged in.
    pub access: String,
    /// The refresh token, which renews both.
    pub refresh: String,
}
redacted!(SessionTokens);

/// A live session, with its access token and user.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// The access token with which it was asked for.
    pub token: AccessToken,
    /// Its user.
    pub user: User,
}

/// The content of an access token. Anybody may verify it with the key set, but only `sessions/validate` notices a
/// revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose session.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The application.
    pub client: String,
    /// When it expires; the epoch if its key is retired.
    pub expires_at: Timestamp,
}

/// The content of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose session.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The [`Session::generation`] for which it was made.
    pub generation: u32,
}

/// The claims of RFC 9068 section 2.2, with the tenant.
#[derive(Clone, Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
    sid: String,
    other: Other,
}

#[derive(Clone, Serialize, Deserialize)]
struct RefreshClaims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    sid: String,
    #[serde(rename = "gen")]
    generation: u32,
    other: Other,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Other {
    tenant_id: String,
    user_id: String,
}

impl Other {
    fn of(session: &Session) -> Self {
        Self { tenant_id: session.tenant.to_string(), user_id: session.user.to_string() }
    }

    fn tenant(&self) -> Result<TenantId, Refusal> {
        TenantId::parse(&self.tenant_id).map_err(|_| Refusal::InvalidToken)
    }
}

/// `iss` of access tokens: the tenant's own address, below which its key set is published.
pub fn access_issuer(base_url: &str, tenant: &TenantId) -> String {
    format!("{base_url}/client/public/{tenant}")
}

impl AccessToken {
    /// The access token of the session's current generation: the same text each time. `base_url` is the one that SDKs
    /// are given.
    pub fn sign(session: &Session, key: &SigningKey, base_url: &str, lifetime_ms: i64) -> String {
        let expires_at = session.refreshed_at.plus(lifetime_ms).min(session.expires_at);
        let claims = AccessClaims {
            iss: access_issuer(base_url, &session.tenant),
            aud: session.client.to_string(),
            sub: session.user.to_string(),
            client_id: session.client.to_string(),
            iat: session.refreshed_at.seconds(),
            exp: expires_at.seconds(),
            jti: format!("{}.{}", session.id, session.generation),
            sid: session.id.to_string(),
            other: Other::of(session),
        };
        jwt::sign(Kind::Access, &claims, key)
    }

    /// Reads an access token, an expired one included; see [`AccessToken::check_serving`].
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Token<'_>, keys: &VerifyingKeys, base_url: &str) -> Result<Self, Refusal> {
        let Opened::<AccessClaims> { claims, is_retired } = token.open(Kind::Access, keys)?;
        let tenant = claims.other.tenant()?;
        if claims.iss != access_issuer(base_url, &tenant) {
            return Err(Refusal::InvalidToken);
        }
        Ok(Self {
            tenant,
            user: UserId::parse(claims.other.user_id)?,
            session: SessionId::parse(&claims.sid)?,
            client: claims.client_id,
            expires_at: Timestamp::from_millis(if is_retired { 0 } else { claims.exp.saturating_mul(1_000) }),
        })
    }

    /// Refuses an expired token.
    ///
    /// # Errors
    /// [`Refusal::ExpiredToken`].
    pub fn check_serving(&self, now: Timestamp) -> Result<(), Refusal> {
        if now >= self.expires_at { Err(Refusal::ExpiredToken) } else { Ok(()) }
    }
}

impl RefreshToken {
    /// The refresh token of the session's current generation: the same text each time.
    pub fn sign(session: &Session, key: &SigningKey, issuer: &Issuer) -> String {
        let claims = RefreshClaims {
            iss: issuer.iss(&session.tenant),
            aud: issuer.aud(&session.tenant, Kind::Refresh),
            sub: session.user.to_string(),
            iat: session.refreshed_at.seconds(),
            exp: session.expires_at.seconds(),
            sid: session.id.to_string(),
            generation: session.generation,
            other: Other::of(session),
        };
        jwt::sign(Kind::Refresh, &claims, key)
    }

    /// Reads a refresh token. [`Session::refreshed`] decides whether it still serves.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Token<'_>, keys: &VerifyingKeys, issuer: &Issuer) -> Result<Self, Refusal> {
        let claims = token.open::<RefreshClaims>(Kind::Refresh, keys)?.claims;
        let tenant = claims.other.tenant()?;
        if claims.iss != issuer.iss(&tenant) || claims.aud != issuer.aud(&tenant, Kind::Refresh) {
            return Err(Refusal::InvalidToken);
        }
        Ok(Self {
            tenant,
            user: UserId::parse(claims.other.user_id)?,
            session: SessionId::parse(&claims.sid)?,
            generation: claims.generation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    fn session() -> Session {
        Session {
            id: SessionId::from_random([1; 16]),
            tenant: TenantId::from_random([2; 16]),
            user: UserId::parse("auth0|ann").unwrap(),
            client: ClientId::parse("web").unwrap(),
            credential: CredentialId::from_random([3; 16]),
            epoch: 1,
            generation: 0,
            created_at: at(0),
            refreshed_at: at(0),
            expires_at: at(1_000_000),
            revoked_at: None,
        }
    }

    fn user() -> User {
        User { session_epoch: 1, ..User::unknown(UserId::parse("auth0|ann").unwrap(), at(0)) }
    }

    fn refreshed(session: &Session, presented: u32, now: Timestamp) -> Result<Session, Refusal> {
        session.refreshed(presented, Some(&user()), now)
    }

    #[test]
    fn a_lost_reply_is_given_again_and_a_copy_ends_the_session() {
        let once = refreshed(&session(), 0, at(10)).unwrap();
        assert_eq!((once.generation, once.refreshed_at), (1, at(10)));
        assert_eq!(refreshed(&once, 0, at(10 + REPLY_LOST_MS - 1)), Ok(once.clone()));
        assert_eq!(refreshed(&once, 0, at(10 + REPLY_LOST_MS)), Ok(once.revoked(at(10 + REPLY_LOST_MS))));
        let twice = refreshed(&once, 1, at(20)).unwrap();
        assert_eq!(refreshed(&twice, 0, at(21)), Ok(twice.revoked(at(21))));
        assert_eq!(refreshed(&twice, 3, at(21)), Err(Refusal::InvalidToken));
    }

    #[test]
    fn a_session_that_is_over_is_not_refreshed() {
        assert_eq!(refreshed(&session().revoked(at(1)), 0, at(2)), Err(Refusal::InvalidToken));
        assert_eq!(refreshed(&session(), 0, at(1_000_000)), Err(Refusal::ExpiredToken));
        assert_eq!(session().revoked(at(1)).revoked(at(2)).revoked_at, Some(at(1)));
    }

    #[test]
    fn a_session_ends_with_its_epoch_and_its_user() {
        let later = User { session_epoch: 2, ..user() };
        assert_eq!(session().check_live(Some(&user()), at(1)), Ok(()));
        for user in [Some(&later), None] {
            assert_eq!(session().check_live(user, at(1)), Err(Refusal::InvalidToken));
            assert_eq!(session().refreshed(0, user, at(1)), Err(Refusal::InvalidToken));
        }
    }

    #[test]
    fn the_two_tokens_are_not_each_other() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let keys = VerifyingKeys::new(vec![key.public().clone()]);
        let issuer = Issuer::new("scanlatch");
        let base = "https://login.example/v1";
        let access = AccessToken::sign(&session(), &key, base, 60_000);
        let refresh = RefreshToken::sign(&session(), &key, &issuer);
        let read = AccessToken::read(&Token::read(&access).unwrap(), &keys, base).unwrap();
        assert_eq!((read.session, read.expires_at), (session().id, at(60_000)));
        assert_eq!(read.check_serving(at(60_000)), Err(Refusal::ExpiredToken));
        assert_eq!(RefreshToken::read(&Token::read(&refresh).unwrap(), &keys, &issuer).unwrap().generation, 0);
        assert_eq!(AccessToken::read(&Token::read(&refresh).unwrap(), &keys, base), Err(Refusal::InvalidToken));
        assert_eq!(RefreshToken::read(&Token::read(&access).unwrap(), &keys, &issuer), Err(Refusal::InvalidToken));
        assert_eq!(
            AccessToken::read(&Token::read(&access).unwrap(), &keys, "https://other.example/v1"),
            Err(Refusal::InvalidToken)
        );
    }

    #[test]
    fn a_retired_key_renews_and_ends_a_session_but_serves_no_access_token() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let retired = VerifyingKeys::default().with_retired(vec![key.public().clone()]);
        let base = "https://login.example/v1";
        let access = AccessToken::sign(&session(), &key, base, 60_000);
        let refresh = RefreshToken::sign(&session(), &key, &Issuer::new("scanlatch"));
        assert_eq!(
            RefreshToken::read(&Token::read(&refresh).unwrap(), &retired, &Issuer::new("scanlatch")).unwrap().session,
            session().id
        );
        let read = AccessToken::read(&Token::read(&access).unwrap(), &retired, base).unwrap();
        assert_eq!((read.session, read.check_serving(at(0))), (session().id, Err(Refusal::ExpiredToken)));
    }
}
