//! The formats on the wire. A request takes what SDKs send, ignores the rest, and becomes a checked value or a refusal.
//! A reply has every field that some SDK's parser requires.

pub mod action;
pub mod authenticator;
pub mod authorizer;
pub mod backend;
pub mod base_url;
pub mod challenge;
pub mod cognito;
pub mod device;
pub mod error;
mod method;
pub mod openid;
pub mod rotation;
pub mod screen;
pub mod session;
pub mod socket;
mod sources;
mod text;
pub mod unserved;
pub mod user;

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{from_value, json};

    use super::{backend, challenge, device, screen, session, socket, user};
    use crate::authorization::Authorization;

    fn printed<T: DeserializeOwned + std::fmt::Debug>() -> String {
        let body = json!({
            "accessToken": "canary", "challengeId": "canary", "clientId": "canary", "deviceCode": "canary",
            "publicKey": "canary", "refreshToken": "canary", "signature": "canary", "token": "canary",
            "approved": true,
        });
        format!("{:?}", from_value::<T>(body).unwrap())
    }

    #[test]
    fn what_carries_a_secret_does_not_print_it() {
        for text in [
            printed::<backend::ValidateRequest>(),
            printed::<session::CreateRequest>(),
            printed::<session::ValidateRequest>(),
            printed::<session::RefreshRequest>(),
            printed::<session::RevokeRequest>(),
            printed::<screen::PollRequest>(),
            printed::<device::AddRequest>(),
            printed::<device::RemoveRequest>(),
            printed::<device::ClaimRequest>(),
            printed::<device::DecideRequest>(),
            printed::<device::VerifyRequest>(),
            format!("{:?}", challenge::ClaimResponse::new("canary".to_owned())),
            format!("{:?}", user::UsersQuery { token: Some("canary".to_owned()), ..user::UsersQuery::default() }),
            format!("{:?}", Authorization::parse("Bearer canary")),
            format!("{:?}", socket::identity("authsignal-ws, x.authsignal.token.canary")),
        ] {
            assert!(text.contains("[redacted]") && !text.contains("canary"), "{text}");
        }
    }
}
