//! Who is logged in. A result token makes one session, in the browser that brings it first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::refusal::Refusal;
use crate::system::now_ms;

/// How long a session and the memory of its token last, in milliseconds.
const LIFE_MS: i64 = 12 * 60 * 60 * 1000;

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

/// A user who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The user.
    pub user: String,
    /// The idempotency key of the login.
    pub login: String,
    /// When it began, in milliseconds since 1970.
    pub since: i64,
}

impl Sessions {
    /// The session of this cookie.
    pub fn of(&self, cookie: Option<&str>) -> Option<Session> {
        self.kept().open.get(cookie?).cloned()
    }

    /// What a token has served for: nothing yet, or the session of the browser with this cookie.
    ///
    /// # Errors
    /// [`Refusal::LoginRefused`] if it was something else.
    pub fn of_token(&self, token: &str, cookie: Option<&str>) -> Result<Option<Session>, Refusal> {
        self.kept().of_token(token, cookie)
    }

    /// Keeps a session for a token that nobody else has brought meanwhile.
    ///
    /// # Errors
    /// [`Refusal::LoginRefused`] if somebody has.
    pub fn begin(&self, token: &str, cookie: &str, session: Session) -> Result<(), Refusal> {
        let mut kept = self.kept();
        kept.of_token(token, None)?;
        kept.served.insert(token.to_owned(), (cookie.to_owned(), session.since));
        kept.open.insert(cookie.to_owned(), session);
        Ok(())
    }

    /// Ends the session of this cookie.
    pub fn end(&self, cookie: &str) {
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
