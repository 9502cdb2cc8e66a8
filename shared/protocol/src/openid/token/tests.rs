use serde_json::{Value, json};

use super::*;
use crate::base64::decode;
use crate::id::{ActionCode, CredentialId, IdempotencyKey, TenantId};
use crate::openid::authorization::{Authorization, Destination, Prompt};
use crate::openid::client::{AccessTokenType, Registration};
use crate::openid::signed::Algorithm;
use crate::session::{AccessToken, RefreshToken};
use crate::token::{Issuer, ResultToken, UserToken};
use crate::user::Profile;

const BASE: &str = "https://login.example/v1";

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

fn tenant() -> TenantId {
    TenantId::from_random([2; 16])
}

fn issuer() -> OpenIdIssuer {
    OpenIdIssuer::of(BASE, &tenant())
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn keys() -> VerifyingKeys {
    VerifyingKeys::new(vec![key().public().clone()])
}

fn scopes() -> Scopes {
    Scopes::parse("openid email").unwrap()
}

fn client(access_token_type: AccessTokenType) -> Client {
    Client {
        tenant: tenant(),
        id: ClientId::parse("grafana").unwrap(),
        created_at: at(0),
        secrets: Vec::new(),
        registration: Registration {
            id_token_algorithm: Algorithm::Es256,
            access_token_algorithm: Algorithm::Es256,
            access_token_type,
            ..Registration::default()
        },
    }
}

fn session() -> Session {
    Session {
        id: SessionId::from_random([1; 16]),
        tenant: tenant(),
        user: UserId::parse("ann").unwrap(),
        client: ClientId::parse("grafana").unwrap(),
        credential: CredentialId::from_random([3; 16]),
        epoch: 0,
        generation: 0,
        created_at: at(10_000),
        refreshed_at: at(10_000),
        expires_at: at(100_000_000),
        revoked_at: None,
    }
}

fn login() -> Login {
    Login {
        user: UserId::parse("ann").unwrap(),
        credential: CredentialId::from_random([3; 16]),
        at_ms: at(5_000).millis(),
        epoch: 0,
        action: ActionCode::parse("openid").unwrap(),
        idempotency_key: IdempotencyKey::from_random([4; 16]),
    }
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        id: Digest::of(b"handle"),
        tenant: tenant(),
        client: ClientId::parse("grafana").unwrap(),
        name: "Grafana".to_owned(),
        asks: Authorization {
            destination: Destination { redirect_uri: "https://app.example/cb".to_owned(), state: None },
            scopes: scopes(),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::IfNeeded,
            max_age_ms: None,
            login_hint: None,
            id_token_hint: None,
            ui_locales: None,
        },
        session: SessionId::from_random([1; 16]),
        expires_at: at(1_000_000),
        state: RequestState::Authorized { browser: String::new(), login: login(), since_ms: at(0).millis() },
    }
}

fn user() -> User {
    let profile = Profile { email: Some("ann@example.com".to_owned()), ..Profile::default() };
    User { profile, ..User::unknown(UserId::parse("ann").unwrap(), at(0)) }
}

/// One of each kind, by its name.
fn every_kind() -> Vec<(&'static str, String)> {
    let (access, jwt) = (client(AccessTokenType::AtJwt), client(AccessTokenType::Jwt));
    let (issuer, session, scopes) = (issuer(), session(), scopes());
    let issue = Issue { issuer: &issuer, client: &access, session: &session, scopes: &scopes, auth_time: at(5_000) };
    let plain = Issue { client: &jwt, ..issue };
    let browser = BrowserSession { session: session.id, login: login() };
    let sdk = Issuer::new("scanlatch");
    vec![
        ("id", issue.id_token(&user(), Some("n")).signed_by(&key())),
        ("access", issue.access_token().signed_by(&key())),
        ("plain access", plain.access_token().signed_by(&key())),
        ("refresh", issue.refresh_token(&key())),
        ("code", Code::sign(&request(), &key(), &issuer).unwrap()),
        ("browser", browser.sign(&key(), &issuer, at(1_000_000))),
        ("sdk access", AccessToken::sign(&session, &key(), BASE, 900_000)),
        ("sdk refresh", RefreshToken::sign(&session, &key(), &sdk)),
    ]
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn token_of(kind: &str) -> String {
    every_kind().into_iter().find(|(name, _)| *name == kind).unwrap().1
}

/// The kinds that a reader takes.
fn taken(read: impl Fn(&str) -> bool) -> Vec<&'static str> {
    every_kind().into_iter().filter(|(_, token)| read(token)).map(|(kind, _)| kind).collect()
}

fn presented(token: &str, read: impl FnOnce(&Presented<'_>, Checked) -> bool) -> bool {
    Presented::read(token).is_ok_and(|token| token.check_es256(&keys()).is_ok_and(|checked| read(&token, checked)))
}

fn internal(token: &str, read: impl FnOnce(&Token<'_>) -> bool) -> bool {
    Token::read(token).is_ok_and(|token| read(&token))
}

#[test]
fn no_kind_passes_for_another() {
    let access = |token: &str| presented(token, |token, c| OpenIdAccess::read(token, c, &issuer()).is_ok());
    let hint = |token: &str| presented(token, |token, c| IdTokenHint::read(token, c, &issuer()).is_ok());
    let refresh = |token: &str| internal(token, |token| OpenIdRefresh::read(token, &keys(), &issuer()).is_ok());
    let code = |token: &str| internal(token, |token| Code::read(token, &keys(), &issuer()).is_ok());
    let browser = |token: &str| internal(token, |token| BrowserSession::read(token, &keys(), &issuer(), at(0)).is_ok());
    let sdk = Issuer::new("scanlatch");
    assert_eq!(taken(access), ["access", "plain access"]);
    assert_eq!(taken(hint), ["id"]);
    assert_eq!(taken(refresh), ["refresh"]);
    assert_eq!(taken(code), ["code"]);
    assert_eq!(taken(browser), ["browser"]);
    assert_eq!(taken(|token| internal(token, |token| AccessToken::read(token, &keys(), BASE).is_ok())), ["sdk access"]);
    assert_eq!(
        taken(|token| internal(token, |token| RefreshToken::read(token, &keys(), &sdk).is_ok())),
        ["sdk refresh"]
    );
    assert!(taken(|token| internal(token, |token| UserToken::verify(token, &keys(), &sdk, at(0)).is_ok())).is_empty());
    assert!(
        taken(|token| internal(token, |token| ResultToken::verify(token, &keys(), &sdk, at(0)).is_ok())).is_empty()
    );
}

#[test]
fn another_tenants_tokens_are_refused() {
    let other = OpenIdIssuer::of(BASE, &TenantId::from_random([9; 16]));
    let access = |token: &str| presented(token, |token, c| OpenIdAccess::read(token, c, &other).is_ok());
    let code = |token: &str| internal(token, |token| Code::read(token, &keys(), &other).is_ok());
    assert!(taken(access).is_empty() && taken(code).is_empty());
}

#[test]
fn an_id_token_says_who_when_how_and_for_whom() {
    let told = claims(&token_of("id"));
    assert_eq!(
        told,
        json!({
            "iss": issuer().as_str(), "sub": "ann", "aud": "grafana", "exp": 1_700_000_910, "iat": 1_700_000_010,
            "auth_time": 1_700_000_005, "nonce": "n", "amr": ["swk", "user"], "sid": session().id.to_string(),
            "token_use": "id", "email": "ann@example.com", "email_verified": false,
        })
    );
}

#[test]
fn a_code_names_nobody() {
    assert!(!claims(&token_of("code")).to_string().contains("ann"));
}

#[test]
fn a_request_without_an_approval_has_no_code() {
    let open = RequestState::Open { browser: String::new() };
    assert_eq!(Code::sign(&AuthorizationRequest { state: open, ..request() }, &key(), &issuer()), None);
}

#[test]
fn a_browsers_session_ends_with_its_second() {
    let token = token_of("browser");
    let read = |now| BrowserSession::read(&Token::read(&token).unwrap(), &keys(), &issuer(), now).map(|_| ());
    assert_eq!(read(at(999_999)), Ok(()));
    assert_eq!(read(at(1_000_000)), Err(Refusal::ExpiredToken));
}

#[test]
fn what_a_retired_key_signed_has_expired() {
    let retired = VerifyingKeys::default().with_retired(vec![key().public().clone()]);
    let token = token_of("access");
    let presented = Presented::read(&token).unwrap();
    let checked = presented.check_es256(&retired).unwrap();
    assert_eq!(OpenIdAccess::read(&presented, checked, &issuer()).unwrap().expires_at, Timestamp::from_millis(0));
}
