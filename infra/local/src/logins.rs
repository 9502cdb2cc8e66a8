//! What happens to logins, for a developer who watches: taken from what passes through the two APIs. An event names a
//! challenge by the beginning of its id and an action by its code. It never names a user, an address or a secret.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use scanlatch_protocol::id::{ActionCode, ChallengeId};
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::system::now_ms;

/// The number of challenges whose last step is remembered, so that a repeated call is not told again.
const REMEMBERED: usize = 256;
/// The number of events that a slow watcher may be behind before it misses some.
const BUFFERED: usize = 256;
/// The length of a challenge's name: enough to tell a few apart, and too little to claim one.
const NAME_LETTERS: usize = 8;

/// How far a login got, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A screen has a challenge to show.
    Shown,
    /// A phone has claimed it.
    Scanned,
    /// The person approved.
    Approved,
    /// The person declined.
    Declined,
    /// A backend has asked and was told yes.
    Validated,
}

/// A step of a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When it passed; ISO 8601.
    pub at: String,
    /// The step.
    pub step: Step,
    /// The beginning of the challenge's id, if the challenge passed here before.
    pub challenge: Option<String>,
    /// The action, if the call named it.
    pub action: Option<String>,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.step {
            Step::Shown => "is shown",
            Step::Scanned => "was scanned",
            Step::Approved => "was approved",
            Step::Declined => "was declined",
            Step::Validated => "was validated by the backend",
        };
        match &self.challenge {
            Some(challenge) => write!(f, "Challenge {challenge} {what}")?,
            None => write!(f, "A login {what}")?,
        }
        self.action.as_ref().map_or(Ok(()), |action| write!(f, " ({action})"))
    }
}

/// A challenge that passed.
#[derive(Debug)]
struct Known {
    challenge: ChallengeId,
    idempotency_key: Option<String>,
    last: Step,
}

/// Tells the steps of logins to whoever watches.
#[derive(Debug)]
pub struct Logins {
    known: Mutex<VecDeque<Known>>,
    tell: broadcast::Sender<Event>,
}

impl Default for Logins {
    fn default() -> Self {
        Self { known: Mutex::default(), tell: broadcast::channel(BUFFERED).0 }
    }
}

impl Logins {
    /// What happens from now on.
    pub fn watch(&self) -> broadcast::Receiver<Event> {
        self.tell.subscribe()
    }

    /// Notes a call of the HTTP API: its route, its body, and what the function replied.
    pub fn http(&self, route: &str, sent: &[u8], reply: &Value) {
        if !reply["statusCode"].as_u64().is_some_and(|status| (200..300).contains(&status)) {
            return;
        }
        let sent: Value = serde_json::from_slice(sent).unwrap_or_default();
        let answer = answer(reply);
        let device = route.strip_prefix("POST /client/user-authenticators/").and_then(|rest| rest.split_once('/'));
        match (route, device.map(|(_, rest)| rest)) {
            ("POST /client/challenge/qr-code", _) => {
                self.challenge(Step::Shown, &answer["challengeId"], &Value::Null, &sent["action"]);
            }
            ("POST /validate", _) if answer["isValid"] == true => self.validated(&answer),
            (_, Some("challenge/claim")) => {
                let (key, action) = (&answer["idempotencyKey"], &answer["actionCode"]);
                self.challenge(Step::Scanned, &sent["challengeId"], key, action);
            }
            (_, Some("challenge")) => {
                let step = if answer["isVerified"] == true { Step::Approved } else { Step::Declined };
                self.challenge(step, &sent["challengeId"], &Value::Null, &Value::Null);
            }
            _ => {}
        }
    }

    /// Notes a message on a socket, and what the function replied.
    pub fn socket(&self, sent: &str, reply: &Value) {
        let answer = answer(reply);
        if answer["type"] == "CHALLENGE_CREATED" {
            let sent: Value = serde_json::from_str(sent).unwrap_or_default();
            let id = &answer["data"]["challengeId"];
            self.challenge(Step::Shown, id, &Value::Null, &sent["data"]["actionCode"]);
        }
    }

    fn challenge(&self, step: Step, id: &Value, key: &Value, action: &Value) {
        let Some(id) = id.as_str().and_then(|id| ChallengeId::parse(id).ok()) else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|known| known.challenge == id);
        if place.is_some_and(|place| known[place].last >= step) {
            return;
        }
        let before = place.and_then(|place| known.remove(place)).and_then(|known| known.idempotency_key);
        let idempotency_key = key.as_str().map(str::to_owned).or(before);
        known.push_back(Known { challenge: id, idempotency_key, last: step });
        if known.len() > REMEMBERED {
            known.pop_front();
        }
        self.tell(step, Some(id), action);
    }

    fn validated(&self, answer: &Value) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = answer["idempotencyKey"].as_str();
        let its = known.iter().find(|known| key.is_some() && known.idempotency_key.as_deref() == key);
        let id = its.map(|known| known.challenge);
        drop(known);
        match id {
            Some(id) => self.challenge(Step::Validated, &id.to_string().into(), &Value::Null, &answer["action"]),
            None => self.tell(Step::Validated, None, &answer["action"]),
        }
    }

    fn tell(&self, step: Step, id: Option<ChallengeId>, action: &Value) {
        let action = action.as_str().and_then(|action| ActionCode::parse(action).ok());
        let event = Event {
            at: Timestamp::from_millis(now_ms()).iso(),
            step,
            challenge: id.map(|id| id.to_string().chars().take(NAME_LETTERS).collect()),
            action: action.map(|action| action.to_string()),
        };
        // Nobody may be watching.
        let _heard = self.tell.send(event);
    }
}

/// The JSON in a function's reply.
fn answer(reply: &Value) -> Value {
    reply["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

    fn reply(body: &Value) -> Value {
        json!({ "statusCode": 200, "body": body.to_string() })
    }

    fn told(watcher: &mut broadcast::Receiver<Event>) -> Vec<String> {
        std::iter::from_fn(|| watcher.try_recv().ok()).map(|event| event.to_string()).collect()
    }

    /// A login by polling, call by call.
    fn login(logins: &Logins, approved: bool) {
        let sent = json!({ "challengeId": ID, "publicKey": "a-public-key", "signature": "a-signature" }).to_string();
        let device = "POST /client/user-authenticators/qr-code/challenge";
        let created = json!({ "challengeId": ID, "deviceCode": "a-device-code" });
        logins.http("POST /client/challenge/qr-code", br#"{"action":"login"}"#, &reply(&created));
        let claimed = json!({ "ipAddress": "10.0.0.7", "actionCode": "login", "idempotencyKey": "key-1" });
        logins.http(&format!("{device}/claim"), sent.as_bytes(), &reply(&claimed));
        logins.http(device, sent.as_bytes(), &reply(&json!({ "isVerified": approved })));
        let validated =
            json!({ "isValid": approved, "userId": "ann@home", "action": "login", "idempotencyKey": "key-1" });
        logins.http("POST /validate", br#"{"token":"a-token"}"#, &reply(&validated));
    }

    #[test]
    fn each_step_of_a_login_is_one_line_and_none_when_its_call_is_repeated() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        login(&logins, true);
        let lines = [
            "Challenge 3f8e2a91 is shown (login)",
            "Challenge 3f8e2a91 was scanned (login)",
            "Challenge 3f8e2a91 was approved",
            "Challenge 3f8e2a91 was validated by the backend (login)",
        ];
        assert_eq!(told(&mut watcher), lines);
        login(&logins, true);
        assert!(told(&mut watcher).is_empty());
    }

    #[test]
    fn a_login_that_was_declined_is_not_validated() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        login(&logins, false);
        assert_eq!(told(&mut watcher)[2..], ["Challenge 3f8e2a91 was declined"]);
    }

    #[test]
    fn an_event_names_no_person_no_address_and_no_secret() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        login(&logins, true);
        let events: Vec<Event> = std::iter::from_fn(|| watcher.try_recv().ok()).collect();
        let told = serde_json::to_string(&events).unwrap();
        for secret in [ID, "ann@home", "10.0.0.7", "a-public-key", "a-signature", "a-device-code", "a-token", "key-1"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }

    #[test]
    fn a_screen_on_a_socket_is_told_like_one_that_polls() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        let created = reply(&json!({ "type": "CHALLENGE_CREATED", "data": { "challengeId": ID } }));
        logins.socket(r#"{"type":"CREATE_CHALLENGE","data":{"actionCode":"login"}}"#, &created);
        logins.socket(r#"{"type":"PING"}"#, &reply(&json!({ "type": "ERROR", "data": { "challengeId": ID } })));
        assert_eq!(told(&mut watcher), ["Challenge 3f8e2a91 is shown (login)"]);
    }

    #[test]
    fn what_was_refused_and_what_nobody_could_read_is_told_to_nobody() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        let refused = json!({ "statusCode": 410, "body": "{}" });
        logins.http("POST /client/user-authenticators/qr-code/challenge/claim", b"{}", &refused);
        logins.http("POST /client/challenge/qr-code", b"\xff", &json!({ "statusCode": 200, "body": "<html>" }));
        logins.http("POST /client/challenge/qr-code", b"{}", &reply(&json!({ "challengeId": "\u{1b}[2J" })));
        assert!(told(&mut watcher).is_empty());
    }

    #[test]
    fn a_login_that_began_before_the_watch_is_told_without_its_challenge() {
        let logins = Logins::default();
        let mut watcher = logins.watch();
        let validated = reply(&json!({ "isValid": true, "action": "pay\u{1b}", "idempotencyKey": "unknown" }));
        logins.http("POST /validate", b"{}", &validated);
        assert_eq!(told(&mut watcher), ["A login was validated by the backend"]);
    }
}
