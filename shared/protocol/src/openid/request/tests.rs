use super::*;
use crate::openid::authorization::{Destination, Prompt};
use crate::openid::client::Registration;
use crate::openid::pkce::CodeChallenge;
use crate::openid::redirect::RedirectUri;
use crate::openid::scope::Scopes;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

fn browser(n: u8) -> Digest {
    Digest::of(&[n])
}

fn login() -> Login {
    Login {
        user: UserId::parse("ann").unwrap(),
        credential: CredentialId::from_random([3; 16]),
        at_ms: at(5).millis(),
        epoch: 0,
        action: ActionCode::parse("openid").unwrap(),
        idempotency_key: IdempotencyKey::from_random([4; 16]),
    }
}

fn pushed() -> AuthorizationRequest {
    AuthorizationRequest {
        id: RequestHandle::from_random([1; 32]).digest(),
        tenant: TenantId::from_random([1; 16]),
        client: ClientId::parse("grafana").unwrap(),
        name: "Grafana".to_owned(),
        asks: Authorization {
            destination: Destination { redirect_uri: "https://app.example/cb".to_owned(), state: None },
            scopes: Scopes::parse("openid").unwrap(),
            nonce: None,
            code_challenge: Some(
                CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256")).unwrap(),
            ),
            prompt: Prompt::IfNeeded,
            max_age_ms: None,
            login_hint: None,
            id_token_hint: None,
            ui_locales: None,
        },
        session: SessionId::from_random([5; 16]),
        expires_at: at(PUSHED_MS),
        state: RequestState::Pushed,
    }
}

fn opened() -> AuthorizationRequest {
    pushed().apply(&RequestEvent::Open(browser(1)), at(1)).unwrap()
}

fn authorized() -> AuthorizationRequest {
    opened().apply(&RequestEvent::Authorize(browser(1), login()), at(10)).unwrap()
}

fn client(id: &str) -> Client {
    Client {
        tenant: TenantId::from_random([1; 16]),
        id: ClientId::parse(id).unwrap(),
        created_at: at(0),
        secrets: Vec::new(),
        registration: Registration {
            redirect_uris: vec![RedirectUri::parse("https://app.example/cb").unwrap()],
            ..Registration::default()
        },
    }
}

#[test]
fn a_pushed_request_serves_one_browser_once_and_soon() {
    assert!(opened().apply(&RequestEvent::Open(browser(1)), at(2)).is_err());
    assert!(pushed().apply(&RequestEvent::Open(browser(1)), at(PUSHED_MS)).is_err());
}

#[test]
fn only_the_browser_that_opened_it_finishes_it() {
    for event in [RequestEvent::Authorize(browser(2), login()), RequestEvent::Deny(browser(2))] {
        assert_eq!(opened().apply(&event, at(2)), Err(Refusal::UnknownChallenge));
    }
    assert_eq!(pushed().apply(&RequestEvent::Authorize(browser(1), login()), at(2)), Err(Refusal::UnknownChallenge));
}

#[test]
fn only_that_browser_brings_an_approval_and_again_if_it_lost_the_reply() {
    for request in [opened(), authorized()] {
        assert_eq!(request.check_completes(&browser(1), at(20)), Ok(()));
        assert_eq!(request.check_completes(&browser(2), at(20)), Err(Refusal::UnknownChallenge));
    }
    let exchanged = authorized().apply(&RequestEvent::Exchange, at(20)).unwrap();
    assert_eq!(exchanged.check_completes(&browser(1), at(30)), Err(Refusal::UnknownChallenge));
    assert_eq!(opened().check_completes(&browser(1), at(OPEN_MS + 1)), Err(Refusal::Expired));
}

#[test]
fn a_person_may_take_half_an_hour() {
    let authorize = RequestEvent::Authorize(browser(1), login());
    assert!(opened().apply(&authorize, at(OPEN_MS)).is_ok());
    assert_eq!(opened().apply(&authorize, at(OPEN_MS + 1)), Err(Refusal::Expired));
}

#[test]
fn a_page_that_lost_the_reply_gets_the_same_code_and_another_login_none() {
    let again = authorized().apply(&RequestEvent::Authorize(browser(1), login()), at(20));
    assert_eq!(again, Ok(authorized()));
    let other = Login { user: UserId::parse("bob").unwrap(), ..login() };
    assert!(authorized().apply(&RequestEvent::Authorize(browser(1), other), at(20)).is_err());
}

#[test]
fn whoever_gave_up_has_given_up() {
    let denied = opened().apply(&RequestEvent::Deny(browser(1)), at(2)).unwrap();
    assert!(denied.apply(&RequestEvent::Authorize(browser(1), login()), at(3)).is_err());
    assert!(authorized().apply(&RequestEvent::Deny(browser(1)), at(11)).is_err());
    assert_eq!(denied.apply(&RequestEvent::Deny(browser(1)), at(3)), Ok(denied));
}

#[test]
fn a_code_serves_once_within_a_minute() {
    let exchanged = authorized().apply(&RequestEvent::Exchange, at(10 + CODE_MS - 1)).unwrap();
    assert_eq!(exchanged.state, RequestState::Exchanged { login: login() });
    assert_eq!(exchanged.apply(&RequestEvent::Exchange, at(12)), Err(spent_code()));
    assert_eq!(authorized().apply(&RequestEvent::Exchange, at(10 + CODE_MS)), Err(spent_code()));
    assert_eq!(opened().apply(&RequestEvent::Exchange, at(12)), Err(spent_code()));
}

#[test]
fn an_address_that_is_not_registered_any_more_exchanges_nothing() {
    let gone = Client { registration: Registration::default(), ..client("grafana") };
    assert!(authorized().check_exchange(&gone, Some("https://app.example/cb"), Some(VERIFIER)).is_err());
}

#[test]
fn only_who_asked_exchanges() {
    let uri = Some("https://app.example/cb");
    assert_eq!(authorized().check_exchange(&client("grafana"), uri, Some(VERIFIER)), Ok(()));
    for (by, uri, verifier) in [
        ("other", uri, Some(VERIFIER)),
        ("grafana", Some("https://app.example/cb/"), Some(VERIFIER)),
        ("grafana", None, Some(VERIFIER)),
        ("grafana", uri, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")),
        ("grafana", uri, None),
    ] {
        let refused = authorized().check_exchange(&client(by), uri, verifier).unwrap_err();
        assert!(matches!(refused, Refusal::OAuth { error: OAuthError::InvalidGrant, .. }), "{by} {uri:?}");
    }
}

#[test]
fn a_verifier_that_was_not_announced_is_refused() {
    let mut request = authorized();
    request.asks.code_challenge = None;
    let uri = Some("https://app.example/cb");
    assert!(request.check_exchange(&client("grafana"), uri, Some(VERIFIER)).is_err());
    assert!(request.check_exchange(&client("grafana"), uri, None).is_ok());
}

#[test]
fn a_login_serves_while_it_is_young_enough_and_the_expected_persons() {
    let asks = |max_age_ms, hint: Option<&str>| Authorization {
        max_age_ms,
        login_hint: hint.map(|hint| UserId::parse(hint).unwrap()),
        ..pushed().asks
    };
    assert!(login().serves(&asks(None, Some("ann")), at(i64::from(u32::MAX))));
    assert!(!login().serves(&asks(None, Some("bob")), at(6)));
    assert!(login().serves(&asks(Some(1_000), None), at(1_005)));
    assert!(!login().serves(&asks(Some(1_000), None), at(1_006)));
}

#[test]
fn a_request_uri_is_read_as_it_was_written() {
    let handle = RequestHandle::from_random([9; 32]);
    assert_eq!(RequestHandle::from_uri(&handle.to_uri()).unwrap().expose(), handle.expose());
    assert!(RequestHandle::from_uri("https://app.example/request").is_none());
}
