//! Why a request is refused. Only `runtime` decides what a caller sees of it.

use crate::openid::fault::OAuthError;

/// A reason that the caller can act upon. A failing store is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is larger than its call takes; see [`crate::json`].
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge {
        /// The most that the call takes.
        max_bytes: usize,
    },
    /// A part of the request has the wrong form.
    #[error("`{field}` {why}")]
    Malformed {
        /// The field, header or path part, as the wire names it.
        field: &'static str,
        /// Completes a sentence that begins with the field.
        why: &'static str,
    },
    /// The `Authorization` header names no known tenant or secret key.
    #[error("the caller is not known")]
    Unauthorized,
    /// The bearer token is forged, of another kind, of another tenant, or not a token.
    #[error("the token is not valid here")]
    InvalidToken,
    /// The bearer token was valid and has expired.
    #[error("the token has expired")]
    ExpiredToken,
    /// The page's origin is not among those that the tenant allows.
    #[error("the origin is not allowed")]
    OriginNotAllowed,
    /// The tenant has switched device credentials off.
    #[error("device credentials are disabled for this tenant")]
    MethodDisabled,
    /// The key is unknown or the signature is wrong. The caller is not told which.
    #[error("the credential is not known or the signature does not match")]
    InvalidCredential,
    /// Another user owns the key and the tenant does not allow reassignment.
    #[error("the key belongs to another user")]
    CredentialTaken,
    /// The enrolment needs a token with `add:authenticators`.
    #[error("the token lacks the scope add:authenticators")]
    ScopeMissing,
    /// The token has already enrolled a key on this kind of path.
    #[error("the token has enrolled a key")]
    TokenSpent,
    /// The user has as many devices as the tenant allows.
    #[error("the user has too many devices")]
    TooManyDevices,
    /// No such challenge for this caller: unknown, of another tenant, or meant for another user. Or a short code that does
    /// not lead to a challenge that the caller can claim.
    #[error("no challenge of this id or code for this caller")]
    UnknownChallenge,
    /// The challenge or its approval has expired.
    #[error("the challenge has expired")]
    Expired,
    /// Its claimer took too long to decide.
    #[error("the claim has lapsed")]
    Lapsed,
    /// Its screen shows a newer one.
    #[error("the challenge was replaced by a newer one")]
    Superseded,
    /// Its screen has left.
    #[error("the screen that showed the challenge has left")]
    Cancelled,
    /// Another credential holds it.
    #[error("the challenge is claimed by another device")]
    AlreadyClaimed,
    /// The decision needs a claim first.
    #[error("the challenge has not been claimed")]
    NotClaimed,
    /// The opposite decision stands, or the approval can no longer be taken back.
    #[error("the challenge was decided the other way")]
    AlreadyDecided,
    /// The approval needs the number that the screen shows.
    #[error("the approval lacks the number on the screen")]
    VerificationCodeNeeded,
    /// The tenant's rules demand a number, and the screen cannot show one.
    #[error("the screen cannot show the number that the tenant demands")]
    NumberNotShown,
    /// The phone is too far from the screen for the tenant's rules.
    #[error("the phone is too far from the screen")]
    TooFar,
    /// Only a challenge that a backend began serves for the action.
    #[error("the action needs a challenge that a backend began")]
    BackendChallengeNeeded,
    /// The tenant admits only pages that name their origin.
    #[error("the caller names no origin")]
    OriginMissing,
    /// The credential has claimed or declined too much without deciding, or had too many wrong numbers.
    #[error("the credential is paused")]
    Paused,
    /// The decision came with a signature that a claim had used.
    #[error("the signature was used for a claim")]
    SpentSignature,
    /// The approval counts for another action.
    #[error("the approval was taken for another action")]
    OtherAction,
    /// There is no approval.
    #[error("the challenge was not approved")]
    NotApproved,
    /// The challenge cannot be bound to a user: unknown, claimed, over, or another user's.
    #[error("the challenge is not open for this user")]
    NotOpen,
    /// No such action, or it has expired.
    #[error("no action of this name")]
    UnknownAction,
    /// The backend has barred the action, so no challenge can be opened for it or decided.
    #[error("the action is blocked")]
    ActionBlocked,
    /// The user has approved the action, so no other challenge can be opened for it or decided.
    #[error("the action has succeeded")]
    ActionSucceeded,
    /// The user has no such authenticator, and no trace of a removed one is left.
    #[error("no authenticator of this id for this user")]
    UnknownAuthenticator,
    /// The tenant has not registered the session client.
    #[error("the client is not registered")]
    UnknownClient,
    /// The tenant already has the most active secret keys that it may have.
    #[error("the tenant has two active secret keys already")]
    TooManySecretKeys,
    /// Another tenant has the name.
    #[error("another tenant has this name")]
    NameTaken,
    /// The caller sends requests without waiting for answers, or more of them than it may; see [`crate::bucket`].
    #[error("requests come faster than they may")]
    TooManyRequests,
    /// The user has tried too many wrong short codes within an hour; see [`crate::short_code::Tries`].
    #[error("too many short codes were wrong")]
    TooManyTries,
    /// No tenant of this id, or it is disabled.
    #[error("no tenant of this id")]
    UnknownTenant,
    /// An application gets this error of OAuth 2.0.
    #[error("{why}")]
    OAuth {
        /// Its code.
        error: OAuthError,
        /// What to do, in one sentence for the developer of the application.
        why: &'static str,
    },
    /// The path or method is not served.
    #[error("nothing is served here")]
    UnknownRoute,
    /// The call belongs to a way of verifying users that this service does not offer.
    #[error("{what} is not part of this service")]
    MethodNotSupported {
        /// What the call belongs to.
        what: &'static str,
    },
}

impl Refusal {
    /// A part of the request has the wrong form.
    pub const fn malformed(field: &'static str, why: &'static str) -> Self {
        Self::Malformed { field, why }
    }
}

impl OAuthError {
    /// The refusal with this code. `why` is one sentence for the developer of the application, in ASCII without quotes
    /// and backslashes (RFC 6749 section 5.2).
    pub const fn because(self, why: &'static str) -> Refusal {
        Refusal::OAuth { error: self, why }
    }
}
