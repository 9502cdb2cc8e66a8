use crate::Refusal;
use crate::action::{Action, ActionName};
use crate::credential::CredentialKind;
use crate::id::TokenId;
use crate::time::Timestamp;

/// What allows an enrolment: a user token, on one kind of path. An app enrols a key for each kind with the same token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The tracked action that the token is about.
    pub action: ActionName,
    /// The token.
    pub token: TokenId,
    /// When it was issued, in whole seconds.
    pub issued_at: Timestamp,
    /// The kind of path.
    pub kind: CredentialKind,
}

impl Permit {
    /// An action that was created at or after this instant is not the token's own. The token's own was deleted with its
    /// user, or expired. The instant leaves 2 seconds, because the clocks of two processes differ a little.
    pub fn outlived_at(&self) -> Timestamp {
        self.issued_at.plus(2_000)
    }

    /// Whether the stored `action` still allows the enrolment. `is_spent` says that this permit has allowed one before.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] if the token's own action is gone, [`Refusal::TokenSpent`] if the permit is spent.
    pub fn check_grant(&self, action: Option<&Action>, is_spent: bool) -> Result<(), Refusal> {
        if action.is_none_or(|action| action.created_at >= self.outlived_at()) {
            return Err(Refusal::InvalidToken);
        }
        if is_spent { Err(Refusal::TokenSpent) } else { Ok(()) }
    }
}
