//! The one place where a refusal becomes a status, a code and a sentence.

use lambda_http::http::header::WWW_AUTHENTICATE;
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::wire::error::{ErrorBody, OAuthErrorBody};
use scanlatch_service::measure::{self, Measure};
use scanlatch_service::{Error, Unavailable};

use crate::reply::json;

/// A refusal or a failure as it leaves: status, code and sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    body: ErrorBody,
    /// When trying again is worth it, in seconds, for a status that says so.
    retry_after: &'static str,
    /// The error of OAuth that it is, if it is one.
    oauth: Option<OAuthError>,
}

const SOON: &str = "1";
/// [`scanlatch_protocol::short_code::TRIES_MS`].
const IN_AN_HOUR: &str = "3600";

impl Problem {
    fn new(status: StatusCode, code: &str, description: impl Into<String>) -> Self {
        Self { status, body: ErrorBody::new(code, description), retry_after: SOON, oauth: None }
    }

    /// What a panic or a broken invariant looks like from outside.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong here. Try again.")
    }

    /// The measure that counts the answer.
    pub(crate) fn measure(&self) -> Measure {
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Measure::Unavailable,
            status if status.is_server_error() => Measure::Failures,
            _ => Measure::Refused,
        }
    }

    /// What an application of OAuth is told (RFC 6749 section 5.2, RFC 6750 section 3).
    fn oauth(error: OAuthError, why: &'static str) -> Self {
        let status = match error {
            OAuthError::InvalidClient | OAuthError::InvalidToken => StatusCode::UNAUTHORIZED,
            OAuthError::InsufficientScope => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { oauth: Some(error), ..Self::new(status, error.as_str(), why) }
    }

    /// A request that bypasses CloudFront and calls an API's own host.
    pub fn round_the_edge() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This host answers only behind the public URL. Call that one.")
    }

    /// Whether the caller is refused, rather than a dependency down.
    pub fn is_refusal(&self) -> bool {
        self.status.is_client_error()
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body that SDKs read.
    pub fn body(&self) -> &ErrorBody {
        &self.body
    }

    /// The HTTP reply.
    pub fn into_response(self) -> Response<Body> {
        let mut response = match self.oauth {
            Some(_) => json(self.status, &OAuthErrorBody::from(&self.body)),
            None => json(self.status, &self.body),
        };
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert("retry-after", HeaderValue::from_static(self.retry_after));
        }
        if let Some(challenge) = self.oauth.and_then(challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// How a caller is to prove itself (RFC 9110 section 11.6.1).
const fn challenge(error: OAuthError) -> Option<&'static str> {
    match error {
        OAuthError::InvalidClient => Some("Basic realm=\"scanlatch\""),
        OAuthError::InvalidToken => Some("Bearer error=\"invalid_token\""),
        OAuthError::InsufficientScope => Some("Bearer error=\"insufficient_scope\", scope=\"openid\""),
        _ => None,
    }
}

impl From<Refusal> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each refusal")]
    fn from(refusal: Refusal) -> Self {
        use StatusCode as S;
        let (status, code, description) = match refusal {
            Refusal::BodyTooLarge { max_bytes } => {
                let description = format!("The body is larger than {} KiB.", max_bytes / 1024);
                return Self::new(S::PAYLOAD_TOO_LARGE, "invalid_request", description);
            }
            Refusal::Malformed { field, why } => {
                return Self::new(S::BAD_REQUEST, "invalid_request", format!("`{field}` {why}."));
            }
            Refusal::Unauthorized => (
                S::UNAUTHORIZED,
                "unauthorized",
                "The request is unauthorized. Check that your API key and region base URL are correctly configured.",
            ),
            Refusal::InvalidToken => (S::UNAUTHORIZED, "token_invalid", "The token is not valid here."),
            Refusal::ExpiredToken => (S::UNAUTHORIZED, "expired_token", "The token has expired."),
            Refusal::OriginMissing => (
                S::FORBIDDEN,
                "forbidden",
                "Only pages may open challenges here. Send an Origin header, or let a backend track the action.",
            ),
            Refusal::OriginNotAllowed => (S::FORBIDDEN, "forbidden", "This origin may not open challenges."),
            Refusal::MethodDisabled => (
                S::BAD_REQUEST,
                "invalid_configuration",
                "The device credential method is not enabled for this tenant.",
            ),
            Refusal::InvalidCredential => (
                S::UNAUTHORIZED,
                "invalid_credential",
                "The credential is not enrolled or the signature does not match.",
            ),
            Refusal::CredentialTaken => (
                S::CONFLICT,
                "credential_taken",
                "This device key belongs to another user. Remove it there first, or enrol a new key.",
            ),
            Refusal::ScopeMissing => (
                S::FORBIDDEN,
                "insufficient_scope",
                "Enrolling this device needs another token. Pass scope: \"add:authenticators\" to track.",
            ),
            Refusal::TokenSpent => {
                (S::FORBIDDEN, "token_spent", "This token has enrolled a device. Ask the backend for a new token.")
            }
            Refusal::TooManyDevices => {
                (S::FORBIDDEN, "too_many_devices", "The user has as many devices as are allowed. Remove one first.")
            }
            Refusal::UnknownChallenge => {
                (S::NOT_FOUND, "challenge_not_found", "There is no challenge of this id or code for this caller.")
            }
            Refusal::Expired => (S::GONE, "challenge_expired", "The challenge has expired."),
            Refusal::Lapsed => {
                (S::GONE, "challenge_expired", "The question was open for too long. Scan the code on the screen again.")
            }
            Refusal::Superseded => (S::GONE, "challenge_superseded", "The screen shows a newer code. Scan that one."),
            Refusal::Cancelled => (S::GONE, "challenge_cancelled", "The screen that showed this code has left."),
            Refusal::AlreadyClaimed => {
                (S::CONFLICT, "challenge_already_claimed", "Another device has claimed this challenge.")
            }
            Refusal::NotClaimed => {
                (S::CONFLICT, "challenge_not_claimed", "The challenge must be claimed before it is decided.")
            }
            Refusal::AlreadyDecided => {
                (S::CONFLICT, "challenge_already_decided", "The challenge was decided the other way.")
            }
            Refusal::VerificationCodeNeeded => (
                S::BAD_REQUEST,
                "verification_code_needed",
                "The approval needs the number that the screen shows, as `verificationCode`.",
            ),
            Refusal::NumberNotShown => (
                S::FORBIDDEN,
                "number_not_shown",
                "This tenant demands a number on the screen. Send showsNumber: true and show `verificationCode`; official screens cannot.",
            ),
            Refusal::TooFar => {
                (S::FORBIDDEN, "too_far", "This phone is too far from the screen to approve this action.")
            }
            Refusal::BackendChallengeNeeded => (
                S::FORBIDDEN,
                "backend_challenge_needed",
                "This action takes only challenges that a backend began. Track it and give the screen its token.",
            ),
            Refusal::Paused => (
                S::TOO_MANY_REQUESTS,
                "too_many_requests",
                "This device claimed or declined too much without an answer, or typed wrong numbers. Scan the code to approve it, or try again in an hour.",
            ),
            Refusal::SpentSignature => (
                S::CONFLICT,
                "signature_spent",
                "The signature was used for the claim. Sign the challenge again for the decision.",
            ),
            Refusal::OtherAction => {
                (S::CONFLICT, "challenge_for_another_action", "The challenge is for another action.")
            }
            Refusal::NotApproved => (S::CONFLICT, "challenge_not_approved", "The challenge was not approved."),
            Refusal::NotOpen => {
                (S::UNAUTHORIZED, "challenge_not_open", "The challenge is unknown, claimed, over, or another user's.")
            }
            Refusal::UnknownAction => (S::NOT_FOUND, "action_not_found", "There is no such action, or it has expired."),
            Refusal::ActionBlocked => (S::FORBIDDEN, "action_blocked", "The action is blocked."),
            Refusal::ActionSucceeded => (
                S::CONFLICT,
                "action_already_succeeded",
                "The user has approved this action already. Track a new one for another approval.",
            ),
            Refusal::UnknownAuthenticator => {
                (S::NOT_FOUND, "authenticator_not_found", "The user has no such authenticator.")
            }
            Refusal::UnknownClient => {
                (S::BAD_REQUEST, "unknown_client", "The `clientId` is not registered for this tenant.")
            }
            Refusal::TooManySecretKeys => {
                (S::CONFLICT, "too_many_secret_keys", "Two secret keys are active already. Revoke one first.")
            }
            Refusal::NameTaken => (S::CONFLICT, "name_taken", "Another tenant has this name. Choose another one."),
            Refusal::TooManyRequests => (
                S::TOO_MANY_REQUESTS,
                "too_many_requests",
                "This was asked too often. Wait for the answer, or scan a new code.",
            ),
            Refusal::TooManyTries => (
                S::TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many short codes were wrong. Scan the code instead, or wait an hour.",
            ),
            Refusal::UnknownTenant => {
                (S::NOT_FOUND, "tenant_not_found", "There is no tenant of this id. Check the path.")
            }
            Refusal::MethodNotSupported { what } => {
                const WHY: &str = "not part of this service, which verifies users by QR code and by trusted devices";
                return Self::new(S::NOT_FOUND, "method_not_supported", format!("{what} are {WHY}."));
            }
            Refusal::OAuth { error, why } => return Self::oauth(error, why),
            Refusal::UnknownRoute => (
                S::NOT_FOUND,
                "not_found",
                "Nothing is served at this path and method. Check the list of served calls, and that the base URL ends in /v1, without a slash after it.",
            ),
        };
        let retry_after = if refusal == Refusal::TooManyTries { IN_AN_HOUR } else { SOON };
        Self { retry_after, ..Self::new(status, code, description) }
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        measure::failed(unavailable.what);
        tracing::error!(what = unavailable.what, why = unavailable.why, "a dependency failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The service cannot answer right now. Trying again is safe.",
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_three_members_that_sdks_read_and_a_plain_content_type() {
        let response = Problem::from(Refusal::Unauthorized).into_response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["content-type"], "application/json");
        let Body::Text(body) = response.body() else { panic!("not text") };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["error"], "unauthorized");
        assert_eq!(body["errorCode"], body["error"]);
        assert!(body["errorDescription"].as_str().unwrap().starts_with("The request is unauthorized."));
    }

    #[test]
    fn who_may_try_again_is_told_when() {
        let later = |problem: Problem| problem.into_response().headers().get("retry-after").cloned();
        assert_eq!(later(Unavailable::new("DynamoDB", "").into()), Some(HeaderValue::from_static("1")));
        assert_eq!(later(Refusal::TooManyRequests.into()), Some(HeaderValue::from_static("1")));
        assert_eq!(later(Refusal::TooManyTries.into()), Some(HeaderValue::from_static("3600")));
        assert_eq!(later(Refusal::Unauthorized.into()), None);
    }

    #[test]
    fn a_failing_dependency_is_503_and_says_nothing_of_itself() {
        let problem = Problem::from(Unavailable::new("DynamoDB", "ProvisionedThroughputExceeded on table x"));
        assert_eq!(problem.status(), 503);
        assert!(!problem.body().error_description.contains("table"));
    }
}
