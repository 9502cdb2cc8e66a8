//! Partition and sort keys, built nowhere else. Every key starts with its tenant, except four kinds. A connection is
//! named by itself, because a message on a socket names nothing else. The signing keys, the list of tenants and their
//! names belong to the deployment.
//!
//! A user id may hold any character, so it always comes last in a key. So do an idempotency key and a tenant's name in
//! their sort keys. No other part holds a `#`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_protocol::action::ActionName;
use scanlatch_protocol::id::{
    ActionCode, ChallengeId, ClientId, ConnectionId, CredentialId, IdempotencyKey, SessionId, TenantId, UserId,
};
use scanlatch_protocol::key::{SignatureR, Thumbprint};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;

/// Partition key attribute.
pub(crate) const PK: &str = "pk";
/// Sort key attribute.
pub(crate) const SK: &str = "sk";

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// The key of an item, if it has one.
    pub(crate) fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let part = |name| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: part(PK)?, sk: part(SK)? })
    }

    pub(crate) fn into_attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([(PK.to_owned(), AttributeValue::S(self.pk)), (SK.to_owned(), AttributeValue::S(self.sk))])
    }
}

pub(crate) fn challenge(tenant: &TenantId, id: &ChallengeId) -> Key {
    Key::new(format!("T#{tenant}#C#{id}"), "CHALLENGE")
}

pub(crate) fn connection(id: &ConnectionId) -> Key {
    Key::new(format!("W#{id}"), "CONNECTION")
}

pub(crate) fn tenant(id: &TenantId) -> Key {
    Key::new(format!("T#{id}"), "TENANT")
}

/// The partition that lists all tenants.
pub(crate) const TENANTS: &str = "TENANTS";

pub(crate) fn tenants_row(id: &TenantId) -> Key {
    Key::new(TENANTS.to_owned(), id.to_string())
}

/// The row of a tenant's name, so that no other tenant takes it.
pub(crate) fn tenant_name(name: &str) -> Key {
    Key::new("TENANT_NAMES".to_owned(), name)
}

pub(crate) fn credential(tenant: &TenantId, key: &Thumbprint) -> Key {
    Key::new(format!("T#{tenant}#K#{key}"), "CREDENTIAL")
}

/// The mark of a spent removal, in the partition of the key's credential.
pub(crate) fn removal(tenant: &TenantId, key: &Thumbprint, signature: SignatureR) -> Key {
    Key::new(credential(tenant, key).pk, format!("REMOVAL#{}", signature.to_text()))
}

pub(crate) fn user_partition(tenant: &TenantId, id: &UserId) -> String {
    format!("T#{tenant}#U#{id}")
}

pub(crate) fn user(tenant: &TenantId, id: &UserId) -> Key {
    Key::new(user_partition(tenant, id), USER)
}

pub(crate) fn users_credential(tenant: &TenantId, user: &UserId, id: &CredentialId) -> Key {
    Key::new(user_partition(tenant, user), format!("{CREDENTIAL}{id}"))
}

/// The prefixes of the sort keys in a user's partition.
pub(crate) const ACTION: &str = "ACTION#";
pub(crate) const CREDENTIAL: &str = "CREDENTIAL#";
pub(crate) const SESSION: &str = "SESSION#";
pub(crate) const USER: &str = "USER";

pub(crate) fn action(name: &ActionName) -> Key {
    Key::new(user_partition(&name.tenant, &name.user), format!("{ACTION}{}#{}", name.code, name.idempotency_key))
}

/// The name of the action that is stored under this sort key.
pub(crate) fn action_name(tenant: &TenantId, user: &UserId, sk: &str) -> Option<ActionName> {
    let (code, key) = sk.strip_prefix(ACTION)?.split_once('#')?;
    Some(ActionName {
        tenant: *tenant,
        user: user.clone(),
        code: ActionCode::parse(code).ok()?,
        idempotency_key: IdempotencyKey::parse(key).ok()?,
    })
}

pub(crate) fn session(tenant: &TenantId, user: &UserId, id: &SessionId) -> Key {
    Key::new(user_partition(tenant, user), format!("{SESSION}{id}"))
}

/// The partition of a tenant's registered applications.
pub(crate) fn clients(tenant: &TenantId) -> String {
    format!("T#{tenant}#A")
}

pub(crate) fn client(tenant: &TenantId, id: &ClientId) -> Key {
    Key::new(clients(tenant), id.as_str())
}

/// An authorization request, by the digest of its handle.
pub(crate) fn authorization_request(tenant: &TenantId, id: &Digest) -> Key {
    Key::new(format!("T#{tenant}#R#{}", id.to_text()), "AUTHORIZATION_REQUEST")
}

/// The row of a short code, by the code's digest.
pub(crate) fn short_code(tenant: &TenantId, code: &Digest) -> Key {
    Key::new(format!("T#{tenant}#S#{}", code.to_text()), "SHORT_CODE")
}

/// The short codes that a user has tried of late.
pub(crate) fn tries(tenant: &TenantId, user: &UserId) -> Key {
    Key::new(format!("T#{tenant}#G#{user}"), "TRIES")
}

/// The partition of a user's waiting challenges.
pub(crate) fn waiting(tenant: &TenantId, user: &UserId) -> String {
    format!("T#{tenant}#P#{user}")
}

/// A row of a waiting challenge. Rows sort by age.
pub(crate) fn waiting_row(tenant: &TenantId, user: &UserId, since: Timestamp, id: &ChallengeId) -> Key {
    Key::new(waiting(tenant, user), format!("{:015}#{id}", since.millis()))
}

/// A sort key between the rows before this instant and the rows of it.
pub(crate) fn waiting_since(since: Timestamp) -> String {
    format!("{:015}", since.millis())
}

/// A member of the profile by which users are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    Email,
    PhoneNumber,
    Username,
}

/// The partition that lists a tenant's users.
pub(crate) fn users(tenant: &TenantId) -> String {
    format!("T#{tenant}#L")
}

/// The partition that lists the users with this value. It holds a digest, because keys are short and values private.
pub(crate) fn indexed(tenant: &TenantId, index: Index, value: &str) -> String {
    format!("T#{tenant}#X#{index:?}#{}", Digest::of(value.as_bytes()).to_text())
}

/// A user's row in a partition that lists users.
pub(crate) fn listed(partition: String, id: &UserId) -> Key {
    Key::new(partition, id.as_str())
}

/// The partition of all signing keys.
pub(crate) const SIGNING: &str = "SERVICE#SIGNING";

/// The partition of all RSA keys.
pub(crate) const RSA: &str = "SERVICE#RSA";

/// The key in this slot of the key set with this partition. Keys sort by age.
pub(crate) fn signing(partition: &str, number: u64) -> Key {
    Key::new(partition.to_owned(), format!("{number:015}"))
}

#[cfg(test)]
mod tests {
    use scanlatch_protocol::id::{ActionCode, IdempotencyKey};

    use super::*;

    fn name(user: &str, code: &str, idempotency_key: &str) -> ActionName {
        ActionName {
            tenant: TenantId::from_random([1; 16]),
            user: UserId::parse(user).unwrap(),
            code: ActionCode::parse(code).unwrap(),
            idempotency_key: IdempotencyKey::parse(idempotency_key).unwrap(),
        }
    }

    #[test]
    fn delimiters_inside_ids_do_not_make_two_names_one() {
        let names = [
            name("a", "login", "b#c"),
            name("a#b", "login", "c"),
            name("a", "login", "b"),
            name("a#U#b", "login", "b"),
            name("a", "log-in", "b"),
        ];
        for (n, one) in names.iter().enumerate() {
            for other in &names[n + 1..] {
                assert_ne!(action(one), action(other));
            }
        }
    }
}
