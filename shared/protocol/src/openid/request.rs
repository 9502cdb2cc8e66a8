//! An authorization request: an application asks, a browser takes it up, a person approves, the application exchanges.
//!
//! ```text
//! pushed --open--> open --authorize--> authorized --exchange--> exchanged
//!                    \--deny--> denied
//! ```
//! A request belongs to the browser that opened it, so that nobody finishes a login in another person's browser by a link.
//! Its code serves once. Who presents it again has stolen it, or lost the race against a thief (RFC 6749 section 4.1.2), so
//! what it gave is taken back.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::action::ActionName;
use crate::base64::encode_url;
use crate::credential::Holder;
use crate::id::{ActionCode, ClientId, CredentialId, IdempotencyKey, SessionId, TenantId, UserId};
use crate::secret::{Digest, Randomness, redacted};
use crate::time::Timestamp;

use super::authorization::Authorization;
use super::client::Client;
use super::fault::OAuthError;

/// How long a pushed request waits for a browser, in milliseconds (RFC 9126 section 2.2).
pub const PUSHED_MS: i64 = 60_000;
/// How long a person may take to log in, in milliseconds.
pub const OPEN_MS: i64 = 30 * 60_000;
/// How long a code serves, in milliseconds.
pub const CODE_MS: i64 = 60_000;

/// The prefix of the `request_uri` of a pushed request (RFC 9126 section 2.2).
const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

macro_rules! handle {
    ($(#[$doc:meta])+ $name:ident) => {
        $(#[$doc])+
        #[derive(Clone)]
        pub struct $name(String);
        redacted!($name);

        impl $name {
            /// A fresh one.
            pub fn from_random(bytes: Randomness) -> Self {
                Self(encode_url(&bytes))
            }

            /// One as a browser presents it; `None` if the text cannot be one.
            pub fn parse(text: &str) -> Option<Self> {
                let is_one = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                (text.len() == 43 && text.bytes().all(is_one)).then(|| Self(text.to_owned()))
            }

            /// The text.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// The digest, which is stored.
            pub fn digest(&self) -> Digest {
                Digest::of(self.0.as_bytes())
            }
        }
    };
}

handle! {
    /// Names a request: 256 random bits. Only its digest is stored.
    RequestHandle
}
handle! {
    /// Tells browsers apart: 256 random bits in a cookie. Only its digest is stored.
    BrowserSecret
}

impl RequestHandle {
    /// A handle as an application presents it, in `request_uri`.
    pub fn from_uri(uri: &str) -> Option<Self> {
        uri.strip_prefix(REQUEST_URI).and_then(Self::parse)
    }

    /// `request_uri`.
    pub fn to_uri(&self) -> String {
        format!("{REQUEST_URI}{}", self.0)
    }
}

/// A person's login, which a request gets and a browser's session keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// Who.
    pub user: UserId,
    /// The device that approved.
    pub credential: CredentialId,
    /// When they approved, in milliseconds (`auth_time`).
    pub at_ms: i64,
    /// The user's session epoch then.
    pub epoch: u32,
    /// The approved action.
    pub action: ActionCode,
    /// Which use of it.
    pub idempotency_key: IdempotencyKey,
}

impl Login {
    /// When they approved.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at_ms)
    }

    /// The user and the device that approved.
    pub fn holder(&self) -> Holder {
        Holder { user: self.user.clone(), credential: self.credential }
    }

    /// The action record of the approval.
    pub fn action_name(&self, tenant: &TenantId) -> ActionName {
        ActionName {
            tenant: *tenant,
            user: self.user.clone(),
            code: self.action.clone(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }

    /// Whether it is recent enough for a request.
    pub fn serves(&self, asks: &Authorization, now: Timestamp) -> bool {
        asks.max_age_ms.is_none_or(|max_age| now <= self.at().plus(max_age))
            && asks.login_hint.as_ref().is_none_or(|expected| *expected == self.user)
            && asks.allows(&self.user)
    }
}

/// How far a request got. Stores keep its serialized form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestState {
    /// The application has pushed it, and no browser has come.
    Pushed,
    /// This browser asks its person.
    Open {
        /// The digest of the browser's secret.
        browser: String,
    },
    /// The person gave up.
    Denied,
    /// The person has logged in.
    Authorized {
        /// The digest of the browser's secret.
        browser: String,
        /// The login.
        login: Login,
        /// From when the code serves, in milliseconds.
        since_ms: i64,
    },
    /// The application has its tokens.
    Exchanged {
        /// The login.
        login: Login,
    },
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum RequestEvent {
    /// A browser takes it up.
    Open(Digest),
    /// The person logged in, in this browser.
    Authorize(Digest, Login),
    /// The person gave up, in this browser.
    Deny(Digest),
    /// The application exchanges the code.
    Exchange,
}

/// An authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The digest of its handle.
    pub id: Digest,
    /// Its tenant.
    pub tenant: TenantId,
    /// The application.
    pub client: ClientId,
    /// The application's name, which page and phone show.
    pub name: String,
    /// What it asks.
    pub asks: Authorization,
    /// The id of the session that it begins.
    pub session: SessionId,
    /// From this instant nobody can log in.
    pub expires_at: Timestamp,
    /// How far it got.
    pub state: RequestState,
}

impl AuthorizationRequest {
    /// The request after an event.
    ///
    /// # Errors
    /// [`OAuthError::InvalidRequestUri`] for a pushed request that is spent or expired, [`Refusal::Expired`] and
    /// [`Refusal::UnknownChallenge`] for a page that comes too late or in another browser, [`OAuthError::InvalidGrant`]
    /// for a code that is spent, expired or not given yet.
    pub fn apply(&self, event: &RequestEvent, now: Timestamp) -> Result<Self, Refusal> {
        match event {
            RequestEvent::Open(browser) => self.opened(browser, now),
            RequestEvent::Authorize(browser, login) => self.authorized(browser, login, now),
            RequestEvent::Deny(browser) => self.denied(browser, now),
            RequestEvent::Exchange => self.exchanged(now),
        }
    }

    fn opened(&self, browser: &Digest, now: Timestamp) -> Result<Self, Refusal> {
        const SPENT: Refusal = OAuthError::InvalidRequestUri.because("The request_uri is wrong, spent or expired.");
        if self.state != RequestState::Pushed || now >= self.expires_at {
            return Err(SPENT);
        }
        let state = RequestState::Open { browser: browser.to_text() };
        Ok(Self { state, expires_at: now.plus(OPEN_MS), ..self.clone() })
    }

    fn authorized(&self, browser: &Digest, login: &Login, now: Timestamp) -> Result<Self, Refusal> {
        match &self.state {
            // A page that lost the reply asks again.
            RequestState::Authorized { browser: own, login: before, .. }
                if *own == browser.to_text() && before == login =>
            {
                Ok(self.clone())
            }
            _ => {
                self.check_open(browser, now)?;
                let state = RequestState::Authorized {
                    browser: browser.to_text(),
                    login: login.clone(),
                    since_ms: now.millis(),
                };
                Ok(Self { state, ..self.clone() })
            }
        }
    }

    fn denied(&self, browser: &Digest, now: Timestamp) -> Result<Self, Refusal> {
        if self.state != RequestState::Denied {
            self.check_open(browser, now)?;
        }
        Ok(Self { state: RequestState::Denied, ..self.clone() })
    }

    fn exchanged(&self, now: Timestamp) -> Result<Self, Refusal> {
        match &self.state {
            RequestState::Authorized { login, since_ms, .. }
                if now < Timestamp::from_millis(*since_ms).plus(CODE_MS) =>
            {
                Ok(Self { state: RequestState::Exchanged { login: login.clone() }, ..self.clone() })
            }
            _ => Err(spent_code()),
        }
    }

    /// Checks that this browser may bring an approval: it asks its person, or it has brought one and lost the reply.
    ///
    /// # Errors
    /// As [`Self::check_open`].
    pub fn check_completes(&self, browser: &Digest, now: Timestamp) -> Result<(), Refusal> {
        match &self.state {
            RequestState::Authorized { browser: own, .. } if *own == browser.to_text() => Ok(()),
            _ => self.check_open(browser, now),
        }
    }

    /// Checks that this browser may ask its person now.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`] for another browser or a request that is over, [`Refusal::Expired`].
    pub fn check_open(&self, browser: &Digest, now: Timestamp) -> Result<(), Refusal> {
        match &self.state {
            RequestState::Open { browser: own } if *own == browser.to_text() => {
                if now >= self.expires_at {
                    Err(Refusal::Expired)
                } else {
                    Ok(())
                }
            }
            _ => Err(Refusal::UnknownChallenge),
        }
    }

    /// Checks that whoever presents its code asked for it: the same application, the same redirect URI, and the verifier if
    /// it sent a challenge (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
    ///
    /// # Errors
    /// [`OAuthError::InvalidGrant`].
    pub fn check_exchange(&self, by: &Client, uri: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
        let is_proven = match (&self.asks.code_challenge, verifier) {
            (Some(challenge), Some(verifier)) => challenge.is_of(verifier),
            (None, None) => true,
            // A verifier without a challenge: the challenge was cut out of the request (RFC 9700 section 4.8.2).
            _ => return Err(OAuthError::InvalidGrant.because("The code_verifier is missing, or was not announced.")),
        };
        let destination = &self.asks.destination;
        let is_same = self.client == by.id && uri == Some(destination.redirect_uri.as_str()) && destination.is_of(by);
        if is_same && is_proven { Ok(()) } else { Err(spent_code()) }
    }

    /// When to purge: one hour after its code has expired.
    pub fn forgettable_at(&self) -> Timestamp {
        self.expires_at.plus(CODE_MS).plus(3_600_000)
    }
}

/// The refusal of a code; its application is not told why.
pub const fn spent_code() -> Refusal {
    OAuthError::InvalidGrant
        .because("The code is wrong, spent, expired, or was given for another application, redirect_uri or verifier.")
}

#[cfg(test)]
mod tests;
