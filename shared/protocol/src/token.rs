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
mod tests {
    use super::*;

    const LIFE: i64 = 600_000;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32]).unwrap()
    }

    fn keys() -> VerifyingKeys {
        VerifyingKeys::new(vec![key().public().clone()])
    }

    fn issuer() -> Issuer {
        Issuer::new("scanlatch")
    }

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }

    fn user_token() -> UserToken {
        UserToken {
            id: TokenId::from_random([3; 16]),
            issued_at: now(),
            tenant: TenantId::from_random([1; 16]),
            user: UserId::parse("auth0|ann").unwrap(),
            action: ActionCode::parse("login").unwrap(),
            idempotency_key: IdempotencyKey::from_random([2; 16]),
            scope: Scope::accept(None).unwrap(),
        }
    }

    fn signed() -> String {
        user_token().sign(&key(), &issuer(), LIFE)
    }

    fn verify(text: &str, keys: &VerifyingKeys, issuer: &Issuer, now: Timestamp) -> Result<UserToken, Refusal> {
        UserToken::verify(&Token::read(text)?, keys, issuer, now)
    }

    #[test]
    fn a_user_token_says_what_was_signed() {
        assert_eq!(verify(&signed(), &keys(), &issuer(), now()), Ok(user_token()));
    }

    #[test]
    fn a_user_token_is_no_result_token() {
        assert_eq!(
            ResultToken::verify(&Token::read(&signed()).unwrap(), &keys(), &issuer(), now()),
            Err(Refusal::InvalidToken)
        );
    }

    #[test]
    fn a_token_ends_with_the_second_of_its_exp() {
        let verified = |millis| verify(&signed(), &keys(), &issuer(), now().plus(millis)).map(|_| ());
        assert_eq!(verified(LIFE - 1), Ok(()));
        assert_eq!(verified(LIFE), Err(Refusal::ExpiredToken));
    }

    #[test]
    fn another_deployment_or_key_is_refused() {
        assert_eq!(verify(&signed(), &keys(), &Issuer::new("other"), now()), Err(Refusal::InvalidToken));
        let others = VerifyingKeys::new(vec![SigningKey::from_bytes(&[8; 32]).unwrap().public().clone()]);
        assert_eq!(verify(&signed(), &others, &issuer(), now()), Err(Refusal::InvalidToken));
    }

    #[test]
    fn whatever_a_spent_key_signs_has_expired() {
        let retired = VerifyingKeys::default().with_retired(vec![key().public().clone()]);
        assert_eq!(verify(&signed(), &retired, &issuer(), now()), Err(Refusal::ExpiredToken));
    }

    #[test]
    fn no_flipped_character_survives() {
        let token = signed();
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            if forged != token {
                assert!(verify(&forged, &keys(), &issuer(), now()).is_err(), "at {position}");
            }
        }
    }

    /// A token with this header and these claims, which the right key signed.
    fn signed_parts(header: &str, claims: &str) -> String {
        let part = |text: &str| crate::base64::encode_url(text.as_bytes());
        let message = format!("{}.{}", part(&header.replace("KID", key().public().kid())), part(claims));
        let signature = crate::base64::encode_url(&key().sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    const HEADER: &str = r#"{"typ":"user+jwt","alg":"ES256","kid":"KID"}"#;

    /// The claims of a good token as JSON.
    fn good_claims() -> String {
        let token = signed();
        String::from_utf8(crate::base64::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }

    /// The key has signed each of them, so that the signature alone would pass.
    #[test]
    fn a_header_that_says_more_or_other_is_refused() {
        assert_eq!(verify(&signed_parts(HEADER, &good_claims()), &keys(), &issuer(), now()), Ok(user_token()));
        for header in [
            r#"{"typ":"user+jwt","alg":"none","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"HS256","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"ES384","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"es256","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","jku":"https://evil.example"}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","x5u":"https://evil.example"}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","crit":["exp"]}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"KID","b64":false}"#,
            r#"{"typ":"JWT","alg":"ES256","kid":"KID"}"#,
            r#"{"alg":"ES256","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"ES256"}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"../KID"}"#,
        ] {
            let forged = signed_parts(header, &good_claims());
            assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{header}");
        }
    }

    #[test]
    fn only_the_whole_scope_word_counts() {
        for (text, may) in [
            ("add:authenticators", true),
            ("read:authenticators add:authenticators", true),
            ("add:authenticatorsx", false),
            ("read:authenticators", false),
            ("", false),
        ] {
            assert_eq!(Scope::accept(Some(text.to_owned())).unwrap().may_add_authenticators(), may, "{text}");
        }
    }

    #[test]
    fn claims_of_a_wrong_type_are_refused_though_the_key_signed_them() {
        let good = good_claims();
        assert_eq!(verify(&signed_parts(HEADER, &good), &keys(), &issuer(), now()), Ok(user_token()));
        let (iat, exp) = (now().seconds(), now().seconds() + LIFE / 1_000);
        for (claim, value) in [("iat", iat), ("exp", exp)] {
            let right = format!("\"{claim}\":{value}");
            assert!(good.contains(&right), "{good}");
            for wrong in [
                format!("\"{value}\""),
                format!("{value}.0"),
                format!("{value}.5"),
                format!("{value}e0"),
                "1e400".to_owned(),
                "9223372036854775808".to_owned(),
                "-9223372036854775809".to_owned(),
                "NaN".to_owned(),
                "Infinity".to_owned(),
                "null".to_owned(),
                "true".to_owned(),
                "[]".to_owned(),
                "{}".to_owned(),
                format!("[{value}]"),
                format!("0{value}"),
                format!("+{value}"),
            ] {
                let forged = signed_parts(HEADER, &good.replace(&right, &format!("\"{claim}\":{wrong}")));
                assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{claim}: {wrong}");
            }
            let absent = signed_parts(HEADER, &good.replace(&right, "\"x\":1"));
            assert_eq!(verify(&absent, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{claim} is absent");
        }
        for past in ["0", "-1", "-9223372036854775808"] {
            let forged = signed_parts(HEADER, &good.replace(&format!("\"exp\":{exp}"), &format!("\"exp\":{past}")));
            assert!(verify(&forged, &keys(), &issuer(), now()).is_err(), "{past}");
        }
    }

    #[test]
    fn a_claim_or_header_that_comes_twice_is_refused() {
        let good = good_claims();
        for twice in [r#""sub":"ben""#, r#""aud":"x""#, r#""iss":"x""#, r#""exp":9999999999"#, r#""other":{}"#] {
            for forged in
                [good.replacen('{', &format!("{{{twice},"), 1), format!("{},{twice}}}", &good[..good.len() - 1])]
            {
                let verified = verify(&signed_parts(HEADER, &forged), &keys(), &issuer(), now());
                assert_eq!(verified, Err(Refusal::InvalidToken), "{forged}");
            }
        }
        for header in [
            r#"{"typ":"user+jwt","typ":"user+jwt","alg":"ES256","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"none","alg":"ES256","kid":"KID"}"#,
            r#"{"typ":"user+jwt","alg":"ES256","kid":"other","kid":"KID"}"#,
        ] {
            let forged = signed_parts(header, &good);
            assert_eq!(verify(&forged, &keys(), &issuer(), now()), Err(Refusal::InvalidToken), "{header}");
        }
    }

    /// Otherwise a list of tokens that were seen would miss the other spellings of one.
    #[test]
    fn a_token_has_one_spelling() {
        let token = signed();
        let (head, signature) = token.rsplit_once('.').unwrap();
        let standard = signature.replace('-', "+").replace('_', "/");
        let last = signature.chars().last().unwrap();
        let stray = ('A'..='z')
            .filter(|c| c.is_ascii_alphabetic() && *c != last)
            .map(|c| format!("{head}.{}{c}", &signature[..signature.len() - 1]));
        let spelt = [
            format!("{token}="),
            format!("{token}=="),
            format!(" {token}"),
            format!("{token}\n"),
            format!("{head}. {signature}"),
        ];
        for other in spelt.into_iter().chain(stray).chain((standard != signature).then(|| format!("{head}.{standard}")))
        {
            assert!(verify(&other, &keys(), &issuer(), now()).is_err(), "{other}");
        }
    }
}
