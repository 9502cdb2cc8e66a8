//! The error codes of OAuth 2.0 and its extensions.

/// An error code, as applications read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthError {
    /// RFC 6749 sections 4.1.2.1 and 5.2: a parameter is missing, malformed or comes twice.
    InvalidRequest,
    /// RFC 6749 section 5.2: the application is unknown, or did not prove itself.
    InvalidClient,
    /// RFC 6749 section 5.2: the code or token is wrong, spent, expired, or another application's.
    InvalidGrant,
    /// RFC 6749 section 5.2: the application is not registered for this.
    UnauthorizedClient,
    /// RFC 6749 section 5.2.
    UnsupportedGrantType,
    /// RFC 6749 section 4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 section 5.2.
    InvalidScope,
    /// RFC 6749 section 4.1.2.1: the user declined, or gave up.
    AccessDenied,
    /// OpenID Connect Core section 3.1.2.6: nobody is logged in, and no page may ask.
    LoginRequired,
    /// OpenID Connect Core section 3.1.2.6: the `request` parameter is not supported.
    RequestNotSupported,
    /// OpenID Connect Core section 3.1.2.6: the `request_uri` is not one that was pushed here, or is spent.
    InvalidRequestUri,
    /// OpenID Connect Core section 3.1.2.6: the `registration` parameter is not supported.
    RegistrationNotSupported,
    /// RFC 8628 section 3.5: nobody has decided yet.
    AuthorizationPending,
    /// RFC 8628 section 3.5: as before, and the device asks too often.
    SlowDown,
    /// RFC 8628 section 3.5: the device code has expired.
    ExpiredToken,
    /// RFC 6750 section 3.1: the access token serves no more, or never did.
    InvalidToken,
    /// RFC 6750 section 3.1: the access token lacks the scope.
    InsufficientScope,
}

impl OAuthError {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}
