//! Whose word each value is that a phone shows.

use serde::Serialize;

use crate::challenge::Challenge;

/// Who said a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Source {
    /// The service saw it itself.
    Service,
    /// The tenant's backend told it.
    Backend,
    /// The screen told it, and nobody checked it.
    Screen,
}

/// The source of each value that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<Source>,
}

impl Sources {
    /// Those of a challenge. For a user, or for an application, no value of `custom` comes from the screen.
    pub fn of(challenge: &Challenge) -> Self {
        let context = &challenge.context;
        let told = |by_backend: bool, else_by: Source| if by_backend { Source::Backend } else { else_by };
        let is_applications = challenge.application.is_some();
        let custom = if is_applications { Source::Service } else { told(challenge.subject.is_some(), Source::Screen) };
        Self {
            ip_address: context.ip_address.as_ref().map(|_| told(context.told.ip_address, Source::Service)),
            location: context.location.as_ref().map(|_| Source::Service),
            origin: context.origin.as_ref().map(|_| Source::Service),
            user_agent: context.user_agent.as_ref().map(|_| told(context.told.user_agent, Source::Screen)),
            device_id: context.device_id.as_ref().map(|_| Source::Backend),
            custom: challenge.custom.as_ref().map(|_| custom),
            application: challenge.application.as_ref().map(|_| Source::Service),
        }
    }

    /// The same for an answer that tells no place.
    pub fn without_place(self) -> Self {
        Self { location: None, ..self }
    }

    /// The same for an answer that tells no device.
    pub fn without_device(self) -> Self {
        Self { device_id: None, ..self }
    }
}
