//! Cognito's three triggers of a custom sign-in, in which the answer to the challenge is a result token.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>
//!
//! An event may get new members, so nothing is refused that is not needed. A reply is the whole event with its `response`
//! filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;
use crate::base64;
use crate::id::{ActionCode, ClientId, TenantId};
use crate::secret::redacted;

/// The name of the challenge, which `challengeMetadata` and the app's parameter `type` say.
pub const CHALLENGE: &str = "SCANLATCH";

/// Cognito's name for a challenge that a trigger makes.
const CUSTOM_CHALLENGE: &str = "CUSTOM_CHALLENGE";

/// The private parameter that tells attempts apart. It is no secret.
const ATTEMPT: &str = "attempt";

/// What Cognito asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// How the sign-in goes on.
    Define(Next),
    /// What the app is to bring.
    Create,
    /// Whether what it brought is right.
    Verify(Verification),
}

/// How a sign-in goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// With the challenge.
    Challenge,
    /// The user is signed in.
    Issue,
    /// It has failed.
    Fail,
}

impl Next {
    /// A sign-in begins with the challenge and has one try: a right answer signs in, and a wrong one ends it. Another
    /// challenge before it, such as a password's, is no way in. An unknown user gets the challenge too, so that nobody
    /// learns who exists.
    fn after(steps: &[Step], user_not_found: bool) -> Self {
        match steps {
            [] => Self::Challenge,
            [step] if step.is_solved() && !user_not_found => Self::Issue,
            _ => Self::Fail,
        }
    }
}

/// What the app brought.
#[derive(Clone, PartialEq, Eq)]
pub struct Verification {
    /// The result token, unread; empty if the answer is no text.
    pub token: String,
    /// The attempt, as [`Parameters`] named it.
    pub attempt: ClientId,
    user_not_found: bool,
    user_name: String,
    attributes: BTreeMap<String, String>,
}
redacted!(Verification);

impl Verification {
    /// The user who signs in, by this attribute or by their name in the pool; `None` if the pool has no such user.
    pub fn user(&self, attribute: Option<&str>) -> Option<&str> {
        let known = match attribute {
            None => Some(&self.user_name),
            Some(attribute) => self.attributes.get(attribute),
        };
        known.filter(|user| !self.user_not_found && !user.is_empty()).map(String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    trigger_source: String,
    #[serde(default)]
    user_name: Option<String>,
    request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    user_attributes: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    user_not_found: Option<bool>,
    #[serde(default)]
    session: Option<Vec<Option<Step>>>,
    #[serde(default)]
    private_challenge_parameters: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    challenge_answer: Value,
}

/// A challenge of this sign-in and how it went.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    #[serde(default)]
    challenge_name: Option<String>,
    #[serde(default)]
    challenge_result: Option<bool>,
}

impl Step {
    fn is_solved(&self) -> bool {
        self.challenge_name.as_deref() == Some(CUSTOM_CHALLENGE) && self.challenge_result == Some(true)
    }
}

impl Trigger {
    /// Reads an event.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is none of the three, or if another function made the challenge.
    pub fn read(event: &Value) -> Result<Self, Refusal> {
        let event = Event::deserialize(event).map_err(|_| UNKNOWN)?;
        let request = event.request;
        let user_not_found = request.user_not_found == Some(true);
        match event.trigger_source.as_str() {
            "DefineAuthChallenge_Authentication" => {
                let unknown = || Step { challenge_name: None, challenge_result: None };
                let steps = request.session.unwrap_or_default().into_iter().map(|step| step.unwrap_or_else(unknown));
                Ok(Self::Define(Next::after(&steps.collect::<Vec<_>>(), user_not_found)))
            }
            "CreateAuthChallenge_Authentication" => Ok(Self::Create),
            "VerifyAuthChallengeResponse_Authentication" => {
                let attempt = request.private_challenge_parameters.as_ref().and_then(|all| all.get(ATTEMPT)?.as_str());
                let attributes = request.user_attributes.into_iter().flatten();
                Ok(Self::Verify(Verification {
                    token: request.challenge_answer.as_str().unwrap_or_default().to_owned(),
                    attempt: attempt.and_then(|attempt| ClientId::parse(attempt).ok()).ok_or(OTHERS_CHALLENGE)?,
                    user_not_found,
                    user_name: event.user_name.unwrap_or_default(),
                    attributes: attributes
                        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                        .collect(),
                }))
            }
            _ => Err(UNKNOWN),
        }
    }
}

const UNKNOWN: Refusal = Refusal::malformed(
    "triggerSource",
    "must be that of DefineAuthChallenge, CreateAuthChallenge or VerifyAuthChallengeResponse",
);
const OTHERS_CHALLENGE: Refusal =
    Refusal::malformed("privateChallengeParameters", "has no `attempt`; let this function create the challenge too");

/// The name of a fresh attempt to sign in.
///
/// # Errors
/// None: its characters are those of a client id.
pub fn attempt(random: [u8; 16]) -> Result<ClientId, Refusal> {
    ClientId::parse(format!("cognito.{}", base64::encode_url(&random)))
}

/// What is wanted, and who wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The tenant whose approval is wanted.
    pub tenant: TenantId,
    /// The action that it must be for.
    pub action: Option<ActionCode>,
    /// The attempt to sign in.
    pub attempt: ClientId,
}

/// The `response` of a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// To [`Trigger::Define`].
    Next(Next),
    /// To [`Trigger::Create`].
    Challenge(Parameters),
    /// To [`Trigger::Verify`]: whether the answer is right.
    Verified(bool),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Defined {
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_name: Option<&'static str>,
    issue_tokens: bool,
    fail_authentication: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    public_challenge_parameters: BTreeMap<&'static str, String>,
    private_challenge_parameters: BTreeMap<&'static str, String>,
    challenge_metadata: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    answer_correct: bool,
}

impl Response {
    /// The whole event with this response.
    pub fn into_reply(self, mut event: Value) -> Value {
        let response = match self {
            Self::Next(next) => serde_json::to_value(Defined {
                challenge_name: (next == Next::Challenge).then_some(CUSTOM_CHALLENGE),
                issue_tokens: next == Next::Issue,
                fail_authentication: next == Next::Fail,
            }),
            Self::Challenge(Parameters { tenant, action, attempt }) => {
                let mut public = BTreeMap::from([("type", CHALLENGE.to_owned()), ("tenantId", tenant.to_string())]);
                public.extend(action.map(|action| ("action", action.to_string())));
                serde_json::to_value(Created {
                    public_challenge_parameters: public,
                    private_challenge_parameters: BTreeMap::from([(ATTEMPT, attempt.to_string())]),
                    challenge_metadata: CHALLENGE,
                })
            }
            Self::Verified(answer_correct) => serde_json::to_value(Verified { answer_correct }),
        };
        if let Some(members) = event.as_object_mut() {
            members.insert("response".to_owned(), response.unwrap_or_default());
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn define(request: &Value) -> Value {
        let event = json!({ "triggerSource": "DefineAuthChallenge_Authentication", "request": request });
        let Ok(Trigger::Define(next)) = Trigger::read(&event) else { panic!("not understood: {event}") };
        Response::Next(next).into_reply(event)["response"].take()
    }

    fn step(name: &str, result: bool) -> Value {
        json!({ "challengeName": name, "challengeResult": result })
    }

    #[test]
    fn a_sign_in_begins_with_the_challenge() {
        let expected =
            json!({ "challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false });
        for request in [json!({ "session": [] }), json!({ "session": null }), json!({})] {
            assert_eq!(define(&request), expected, "{request}");
        }
    }

    #[test]
    fn a_right_answer_signs_in() {
        let expected = json!({ "issueTokens": true, "failAuthentication": false });
        assert_eq!(define(&json!({ "session": [step("CUSTOM_CHALLENGE", true)] })), expected);
    }

    #[test]
    fn nothing_but_one_right_answer_signs_in() {
        let custom = |result| step("CUSTOM_CHALLENGE", result);
        for session in [
            json!([custom(false)]),
            json!([custom(false), custom(true)]),
            json!([custom(true), custom(true)]),
            json!([step("SRP_A", true)]),
            json!([step("PASSWORD_VERIFIER", true)]),
            json!([step("SRP_A", true), step("PASSWORD_VERIFIER", true), custom(true)]),
            json!([{ "challengeName": "CUSTOM_CHALLENGE" }]),
            json!([null]),
            json!([null, custom(true)]),
        ] {
            let expected = json!({ "issueTokens": false, "failAuthentication": true });
            assert_eq!(define(&json!({ "session": session })), expected, "{session}");
        }
    }

    #[test]
    fn an_unknown_user_is_challenged_and_never_signed_in() {
        let response = |session: Value| define(&json!({ "session": session, "userNotFound": true }));
        assert_eq!(response(json!([])), define(&json!({ "session": [] })));
        assert_eq!(response(json!([step("CUSTOM_CHALLENGE", true)]))["issueTokens"], false);
    }

    fn verification(change: impl FnOnce(&mut Value)) -> Result<Verification, Refusal> {
        let mut event = json!({
            "triggerSource": "VerifyAuthChallengeResponse_Authentication",
            "userName": "ann",
            "request": {
                "userAttributes": { "sub": "7f1c", "custom:scanlatch": "ann@shop" },
                "privateChallengeParameters": { "attempt": "cognito.1" },
                "challengeAnswer": "a.b.c",
                "userNotFound": false,
            },
        });
        change(&mut event);
        match Trigger::read(&event)? {
            Trigger::Verify(verification) => Ok(verification),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_user_is_the_pools_name_or_the_attribute() {
        let verification = verification(|_| ()).unwrap();
        assert_eq!(verification.user(None), Some("ann"));
        assert_eq!(verification.user(Some("custom:scanlatch")), Some("ann@shop"));
        assert_eq!(verification.user(Some("email")), None);
    }

    #[test]
    fn a_user_whom_the_pool_does_not_know_is_nobody() {
        let verification = verification(|event| event["request"]["userNotFound"] = true.into()).unwrap();
        assert_eq!(verification.user(None), None);
    }

    #[test]
    fn an_answer_that_is_no_text_is_no_token() {
        for answer in [json!(null), json!(7), json!({ "token": "a.b.c" })] {
            assert_eq!(verification(|event| event["request"]["challengeAnswer"] = answer).unwrap().token, "");
        }
    }

    #[test]
    fn what_another_function_began_is_an_error() {
        assert_eq!(
            verification(|event| event["request"]["privateChallengeParameters"] = json!({ "answer": "5" })),
            Err(OTHERS_CHALLENGE)
        );
        for event in [json!({}), json!({ "triggerSource": "PreSignUp_SignUp", "request": {} }), json!(null)] {
            assert_eq!(Trigger::read(&event), Err(UNKNOWN), "{event}");
        }
    }

    #[test]
    fn an_app_is_told_what_is_wanted_and_the_rest_of_the_event_comes_back() {
        let tenant = TenantId::from_random([1; 16]);
        let attempt = attempt([2; 16]).unwrap();
        let parameters = Parameters { tenant, action: ActionCode::parse("login").ok(), attempt: attempt.clone() };
        let event = json!({ "version": "1", "newMember": [1], "response": { "publicChallengeParameters": null } });
        let expected = json!({
            "version": "1",
            "newMember": [1],
            "response": {
                "publicChallengeParameters": { "type": "SCANLATCH", "tenantId": tenant.to_string(), "action": "login" },
                "privateChallengeParameters": { "attempt": attempt.to_string() },
                "challengeMetadata": "SCANLATCH",
            },
        });
        assert_eq!(Response::Challenge(parameters).into_reply(event), expected);
    }
}
