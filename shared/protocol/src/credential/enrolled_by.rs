use serde::{Deserialize, Serialize};

use crate::credential::CredentialKind;
use crate::id::{ActionCode, TokenId};

/// What allowed an enrolment. The credential keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolledBy {
    /// By which rule.
    pub grant: Grant,
    /// The kind of path.
    pub kind: CredentialKind,
    /// The action that the user token was about.
    pub action: ActionCode,
    /// The user token.
    pub token: TokenId,
}

/// The rule by which a user token allows an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Grant {
    /// It carried `add:authenticators`.
    Scope,
    /// It carried no scope, and the device was its user's first.
    FirstDevice,
}
