//! Who is logged in. A result token makes one session, in the browser that brings it first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use scanlatch_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cookie::{self, Set};
use super::door::Door;
use super::question::Asked;
use super::refusal::Refusal;
use super::secret::secret;
use super::{Demo, shop};
use crate::system::now_ms;

/// The actions that are logins: on a web page and on a TV.
const LOGINS: [&str; 2] = ["login-with-qr-code", "tv-login"];

/// The action of a kiosk.
const KIOSK: &str = "kiosk-identify";

/// How long a session and the memory of its token last, in milliseconds.
const LIFE_MS: i64 = 12 * 60 * 60 * 1000;

/// What a screen hands over.
#[derive(Debug, Deserialize)]
pub struct Handed {
    /// The result token.
    pub token: String,
}

/// The sessions that are open.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// By cookie.
    open: HashMap<String, Session>,
    /// The cookies that tokens have served for, and when.
    served: HashMap<String, (String, i64)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Session {
    user: String,
    /// The idempotency key of the login.
    login: String,
    since: i64,
}

impl Sessions {
    fn of(&self, cookie: Option<&str>) -> Option<Session> {
        self.kept().open.get(cookie?).cloned()
    }

    /// What a token has served for: nothing yet, this browser's session, or something else, which is refused.
    fn of_token(&self, token: &str, cookie: Option<&str>) -> Result<Option<Session>, Refusal> {
        self.kept().of_token(token, cookie)
    }

    /// Keeps a session for a token that nobody else has brought meanwhile.
    fn begin(&self, token: &str, cookie: &str, session: Session) -> Result<(), Refusal> {
        let mut kept = self.kept();
        kept.of_token(token, None)?;
        kept.served.insert(token.to_owned(), (cookie.to_owned(), session.since));
        kept.open.insert(cookie.to_owned(), session);
        Ok(())
    }

    fn end(&self, cookie: &str) {
        self.kept().open.remove(cookie);
    }

    /// Whether a login of a user still has a session.
    pub fn is_open(&self, user: &str, login: &str) -> bool {
        self.kept().open.values().any(|session| session.is(user, login))
    }

    /// Ends every session of a user's login. Returns how many there were.
    pub fn end_login(&self, user: &str, login: &str) -> usize {
        let mut kept = self.kept();
        let before = kept.open.len();
        kept.open.retain(|_, session| !session.is(user, login));
        before - kept.open.len()
    }

    /// What is kept, without what is over.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = now_ms() - LIFE_MS;
        kept.open.retain(|_, session| session.since > oldest);
        kept.served.retain(|_, (_, since)| *since > oldest);
        kept
    }
}

impl Kept {
    fn of_token(&self, token: &str, cookie: Option<&str>) -> Result<Option<Session>, Refusal> {
        match self.served.get(token) {
            None => Ok(None),
            Some((own, _)) if Some(own.as_str()) == cookie => {
                self.open.get(own).cloned().map(Some).ok_or(Refusal::LoginRefused)
            }
            Some(_) => Err(Refusal::LoginRefused),
        }
    }
}

impl Session {
    fn is(&self, user: &str, login: &str) -> bool {
        self.user == user && self.login == login
    }
}

/// A session as pages are told it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    user_id: String,
    name: String,
    since: String,
}

impl Told {
    fn of(session: &Session, demo: &Demo) -> Self {
        let (name, since) = (demo.people.name(&session.user), Timestamp::from_millis(session.since).iso());
        Self { user_id: session.user.clone(), name, since }
    }
}

/// The session of the browser that asks.
pub async fn current(State(demo): State<Arc<Demo>>, headers: HeaderMap) -> Json<Value> {
    let session = demo.sessions.of(cookie::SESSION.of(&headers));
    Json(json!({ "session": session.map(|session| Told::of(&session, &demo)) }))
}

/// Begins a session for an approved login.
pub async fn enter(
    State(demo): State<Arc<Demo>>,
    door: Door,
    headers: HeaderMap,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<(Option<Set>, Json<Told>), Refusal> {
    if let Some(session) = demo.sessions.of_token(&token, cookie::SESSION.of(&headers))? {
        return Ok((None, Json(Told::of(&session, &demo))));
    }
    let (user, login) = approved(&demo, &token).await?;
    let (key, session) = (secret::<32>()?, Session { user, login, since: now_ms() });
    demo.sessions.begin(&token, &key, session.clone())?;
    // Whoever was logged in with this browser before is not any more.
    if let Some(before) = cookie::SESSION.of(&headers) {
        demo.sessions.end(before);
    }
    Ok((Some(cookie::SESSION.set(&key, &door)), Json(Told::of(&session, &demo))))
}

async fn approved(demo: &Demo, token: &str) -> Result<(String, String), Refusal> {
    for action in LOGINS {
        if let Some(approval) = demo.api.approval(token, action, None).await? {
            return Ok(approval);
        }
    }
    Err(Refusal::LoginRefused)
}

/// Ends the session of the browser that asks.
pub async fn leave(State(demo): State<Arc<Demo>>, door: Door, headers: HeaderMap) -> (Set, Json<Value>) {
    if let Some(cookie) = cookie::SESSION.of(&headers) {
        demo.sessions.end(cookie);
    }
    (cookie::SESSION.clear(&door), Json(json!({})))
}

/// Says who stands before a kiosk, once. There is no session.
pub async fn greet(
    State(demo): State<Arc<Demo>>,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<Json<Value>, Refusal> {
    let approval = demo.api.approval(&token, KIOSK, None).await?;
    let (user, _) = approval.ok_or(Refusal::LoginRefused)?;
    let custom = demo.api.user(&user).await?.custom;
    let usual = custom["usual"].as_str().and_then(shop::item);
    Ok(Json(json!({
        "name": demo.people.name(&user),
        "points": custom["points"].as_u64().unwrap_or(0),
        "usual": usual.map(|(id, price)| json!({ "id": id, "price": price })),
        "currency": shop::CURRENCY,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(since: i64) -> Session {
        Session { user: "ann".to_owned(), login: "login".to_owned(), since }
    }

    #[test]
    fn a_token_serves_the_browser_that_brought_it_first() {
        let sessions = Sessions::default();
        sessions.begin("token", "own", session(now_ms())).unwrap();
        assert_eq!(sessions.begin("token", "other", session(now_ms())), Err(Refusal::LoginRefused));
        assert!(sessions.of_token("token", Some("own")).unwrap().is_some());
        assert_eq!(sessions.of_token("token", Some("other")), Err(Refusal::LoginRefused));
        assert_eq!(sessions.of_token("token", None), Err(Refusal::LoginRefused));
    }

    #[test]
    fn a_token_does_not_bring_back_a_session_that_was_ended() {
        let sessions = Sessions::default();
        sessions.begin("token", "own", session(now_ms())).unwrap();
        assert_eq!(sessions.end_login("ann", "login"), 1);
        assert_eq!(sessions.of_token("token", Some("own")), Err(Refusal::LoginRefused));
    }

    #[test]
    fn a_session_is_over_after_twelve_hours() {
        let sessions = Sessions::default();
        sessions.begin("token", "own", session(now_ms() - LIFE_MS)).unwrap();
        assert_eq!(sessions.of(Some("own")), None);
    }

    #[test]
    fn nobody_ends_the_login_of_another_user() {
        let sessions = Sessions::default();
        sessions.begin("token", "own", session(now_ms())).unwrap();
        assert_eq!(sessions.end_login("ben", "login"), 0);
        assert!(sessions.is_open("ann", "login") && !sessions.is_open("ben", "login"));
    }
}
