//! What is answered instead.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a call is refused; the API refuses in the same shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A member is absent or malformed.
    InvalidRequest,
    /// The body does not say that it is JSON.
    NotJson,
    /// The token is not one of an approved login of this action.
    LoginRefused,
    /// No phone's cookie came, or its user is gone.
    NotEnrolled,
    /// The token is not one of this payment's approval.
    PaymentRefused,
    /// Nobody of this name has a phone.
    UnknownCustomer,
    /// There is no such payment.
    PaymentNotFound,
    /// There is no such login of this user.
    LoginNotFound,
    /// There is no such device of this user.
    DeviceNotFound,
    /// There is no such call.
    NotFound,
    /// The API did not answer.
    Unavailable,
}

impl Refusal {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidRequest => {
                (StatusCode::BAD_REQUEST, "invalid_request", "A member of the body is absent or malformed.")
            }
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "The call needs the header content-type: application/json.",
            ),
            Self::LoginRefused => {
                (StatusCode::UNAUTHORIZED, "login_refused", "This token is not one of a login that was approved.")
            }
            Self::NotEnrolled => {
                (StatusCode::UNAUTHORIZED, "not_enrolled", "This phone is not set up here. Set it up again.")
            }
            Self::PaymentRefused => {
                (StatusCode::FORBIDDEN, "payment_refused", "This token is not one of this payment's approval.")
            }
            Self::UnknownCustomer => {
                (StatusCode::NOT_FOUND, "unknown_customer", "Nobody of this name has a phone here.")
            }
            Self::PaymentNotFound => (StatusCode::NOT_FOUND, "payment_not_found", "There is no such payment."),
            Self::LoginNotFound => (StatusCode::NOT_FOUND, "login_not_found", "You have no such login."),
            Self::DeviceNotFound => (StatusCode::NOT_FOUND, "device_not_found", "You have no such device."),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such call."),
            Self::Unavailable => {
                (StatusCode::BAD_GATEWAY, "unavailable", "The service did not answer. Try again in a moment.")
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, why) = self.parts();
        (status, Json(json!({ "error": code, "errorCode": code, "errorDescription": why }))).into_response()
    }
}
