use crate::Refusal;
use crate::credential::{Credential, EnrolledBy, Grant, Permit};
use crate::id::UserId;
use crate::tenant::Settings;
use crate::token::Scope;
use crate::user::User;

/// What the caller's token and tenant allow an enrolment to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentRules {
    /// The token carries `add:authenticators`.
    pub has_scope: bool,
    /// Every enrolment needs that scope; otherwise a user's first device needs none.
    pub needs_scope: bool,
    /// A key that another user owns moves to the new user; otherwise it is refused.
    pub may_reassign: bool,
    /// How many devices the user may have.
    pub max_devices: u32,
}

impl EnrolmentRules {
    /// The rules for a token with this scope.
    pub fn of(settings: &Settings, scope: &Scope) -> Self {
        Self {
            has_scope: scope.may_add_authenticators(),
            needs_scope: settings.enrolment_needs_scope,
            may_reassign: settings.key_reassignment,
            max_devices: settings.max_devices,
        }
    }

    /// What allows an enrolment by these rules with this permit.
    pub fn enrolled_by(&self, permit: &Permit) -> EnrolledBy {
        EnrolledBy {
            grant: if self.has_scope { Grant::Scope } else { Grant::FirstDevice },
            kind: permit.kind,
            action: permit.action.code.clone(),
            token: permit.token,
        }
    }
}

/// What became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// A new credential.
    Added(Credential),
    /// The user had the key already. Only the device's description may have changed.
    Kept(Credential),
    /// The key was another user's.
    Moved {
        /// The new credential.
        to: Credential,
        /// Who owned the key until now.
        from: UserId,
    },
}

impl Enrolled {
    /// The credential that the key has now.
    pub fn credential(&self) -> &Credential {
        match self {
            Self::Added(credential) | Self::Kept(credential) | Self::Moved { to: credential, .. } => credential,
        }
    }
}

/// Enrols `new` for `user`. `current` is the key's credential so far. Every store follows exactly these rules.
///
/// # Errors
/// [`Refusal::CredentialTaken`], [`Refusal::ScopeMissing`] and [`Refusal::TooManyDevices`].
pub fn enrol(
    new: &Credential,
    current: Option<&Credential>,
    user: &User,
    rules: EnrolmentRules,
) -> Result<Enrolled, Refusal> {
    let enrolled = match current {
        Some(current) if current.user == new.user => {
            let device = current.device.updated(&new.device);
            return Ok(Enrolled::Kept(Credential { device, ..current.clone() }));
        }
        Some(_) if !rules.may_reassign => return Err(Refusal::CredentialTaken),
        Some(current) => Enrolled::Moved { to: new.clone(), from: current.user.clone() },
        None => Enrolled::Added(new.clone()),
    };
    let comes_first = !user.is_enrolled() && !user.was_revoked;
    if !rules.has_scope && (rules.needs_scope || !comes_first) {
        return Err(Refusal::ScopeMissing);
    }
    if user.devices >= rules.max_devices { Err(Refusal::TooManyDevices) } else { Ok(enrolled) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::ActionName;
    use crate::credential::CredentialKind;
    use crate::id::{ActionCode, IdempotencyKey, TenantId, TokenId, UserId};
    use crate::time::Timestamp;

    #[test]
    fn a_token_with_the_scope_and_one_without_are_told_apart() {
        let permit = Permit {
            action: ActionName {
                tenant: TenantId::from_random([1; 16]),
                user: UserId::parse("ann").unwrap(),
                code: ActionCode::parse("enrol").unwrap(),
                idempotency_key: IdempotencyKey::parse("1").unwrap(),
            },
            token: TokenId::from_random([2; 16]),
            issued_at: Timestamp::from_millis(0),
            kind: CredentialKind::InApp,
        };
        let rules = EnrolmentRules { has_scope: true, needs_scope: true, may_reassign: false, max_devices: 1 };
        let by = rules.enrolled_by(&permit);
        assert_eq!(
            (by.grant, by.kind, by.action.as_str(), by.token),
            (Grant::Scope, permit.kind, "enrol", permit.token)
        );
        let rules = EnrolmentRules { has_scope: false, needs_scope: false, ..rules };
        assert_eq!(rules.enrolled_by(&permit).grant, Grant::FirstDevice);
        let stored = serde_json::to_string(&by).unwrap();
        assert!(stored.contains(r#""kind":"in-app""#) && !stored.contains("ann"), "{stored}");
        assert_eq!(serde_json::from_str::<EnrolledBy>(&stored).unwrap(), by);
    }
}
