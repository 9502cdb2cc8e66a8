//! Device keys. The item under the key's thumbprint is the truth. A row under its user lists it, and the user's own
//! item counts it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use scanlatch_protocol::credential::{
    Credential, Device, Enrolled, EnrolmentRules, Permit, RemovedBy, RemovedCredential, enrol,
};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::key::{PublicKey, Thumbprint};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::User;
use scanlatch_service::port::{Clock as _, Credentials, Enrolments, Enrols, ListsCredentials};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::actions::read_action;
use crate::conduct::{read_conduct, with_conduct};
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key::{self, Key};
use crate::query::{Part, sort_key};
use crate::users::{WAS_REVOKED, read_user};

pub(crate) const ATTEMPTS: usize = 4;

pub(crate) const DEVICE_NAME: &str = "deviceName";
pub(crate) const DEVICE_PLATFORM: &str = "devicePlatform";
pub(crate) const ENROLLED_BY: &str = "enrolledBy";

fn credential_item(credential: &Credential) -> Item {
    let item = Writer::new(key::credential(&credential.tenant, &credential.thumbprint()))
        .text("credentialId", credential.id.to_string())
        .text("user", credential.user.as_str())
        .text("publicKey", credential.key.to_text())
        .maybe(DEVICE_NAME, credential.device.name.as_deref())
        .maybe(DEVICE_PLATFORM, credential.device.platform.as_deref())
        .at("verifiedAt", credential.verified_at)
        .maybe_at("lastVerifiedAt", credential.last_verified_at)
        .maybe_json(ENROLLED_BY, credential.enrolled_by.as_ref());
    with_conduct(item, &credential.conduct).done()
}

pub(crate) fn read_credential(tenant: &TenantId, item: &Item) -> std::result::Result<Credential, Unavailable> {
    let item = Reader(item);
    Ok(Credential {
        tenant: *tenant,
        id: item.credential_id("credentialId")?,
        user: item.parse("user", UserId::parse)?,
        key: item.parse("publicKey", PublicKey::parse)?,
        device: Device {
            name: item.maybe(DEVICE_NAME).map(str::to_owned),
            platform: item.maybe(DEVICE_PLATFORM).map(str::to_owned),
        },
        verified_at: item.at("verifiedAt")?,
        last_verified_at: item.maybe_at("lastVerifiedAt"),
        conduct: read_conduct(item)?,
        enrolled_by: item.maybe_json(ENROLLED_BY)?,
    })
}

fn list_row(credential: &Credential) -> Item {
    Writer::new(key::users_credential(&credential.tenant, &credential.user, &credential.id))
        .text("thumbprint", credential.thumbprint().as_str())
        .done()
}

impl Credentials for Cloud {
    async fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> Result<Option<Credential>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::credential(tenant, key)).await?;
        item.map(|item| read_credential(tenant, &item)).transpose()
    }
}

impl Enrols for Cloud {
    async fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        permit: &Permit,
    ) -> Result<Enrolled> {
        let mut current = current.cloned();
        // The user is unknown until a failed condition returns the item.
        let mut user = User::unknown(new.user.clone(), new.verified_at);
        let mut may_be_stale = true;
        for _ in 0..ATTEMPTS {
            let outcome = match enrol(new, current.as_ref(), &user, rules) {
                // A refusal must not rest on what was read before, so the credential is read again first.
                Err(_) if may_be_stale => {
                    current = self.credential(&new.tenant, &new.thumbprint()).await?;
                    may_be_stale = false;
                    continue;
                }
                outcome => outcome?,
            };
            if let Enrolled::Kept(kept) = &outcome {
                if current.as_ref() == Some(kept) || self.describe(kept).await? {
                    return Ok(outcome);
                }
                current = self.credential(&new.tenant, &new.thumbprint()).await?;
                continue;
            }
            let reasons = match self.transact(self.enrolment(new, current.as_ref(), rules, permit)?).await? {
                Transacted::Done => return Ok(outcome),
                Transacted::Refused(reasons) => reasons,
            };
            let item = |index: usize| reasons.get(index).and_then(|reason| reason.item.as_ref());
            if failed(&reasons, PERMIT) && !failed(&reasons, KEY_ITEM) && !failed(&reasons, USER_ITEM) {
                let item = item(PERMIT).filter(|item| !item.is_empty());
                let action = item.map(|item| read_action(&permit.action, item)).transpose()?;
                permit.check_grant(action.as_ref(), item.is_some_and(|item| Reader(item).has(&spent(permit))))?;
            }
            if failed(&reasons, KEY_ITEM) {
                current = item(KEY_ITEM).map(|item| read_credential(&new.tenant, item)).transpose()?;
            }
            if failed(&reasons, USER_ITEM) {
                user = read_user(&new.user, item(USER_ITEM).ok_or_else(condition_mismatch)?)?;
            }
        }
        Err(condition_mismatch().into())
    }
}

/// The indexes of the items in the transaction of an enrolment.
pub(crate) const KEY_ITEM: usize = 0;
const USER_ITEM: usize = 1;
const PERMIT: usize = 2;

/// The attribute of an action that marks a spent permit.
fn spent(permit: &Permit) -> String {
    format!("enrolled#{}#{}", permit.kind.as_str(), permit.token)
}

impl Cloud {
    fn enrolment(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        permit: &Permit,
    ) -> std::result::Result<Vec<TransactWriteItem>, Unavailable> {
        let table = &self.settings.directory_table;
        let key_item = Put::builder()
            .table_name(table)
            .set_item(Some(credential_item(new)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let key_item = match current {
            None => key_item.condition_expression("attribute_not_exists(pk)"),
            Some(current) => key_item
                .condition_expression("credentialId = :current")
                .expression_attribute_values(":current", text(current.id.to_string())),
        };
        let row = Put::builder().table_name(table).set_item(Some(list_row(new)));
        let mut items = vec![
            put(key_item)?,
            self.add_device(key::user(&new.tenant, &new.user), rules)?,
            self.spend_permit(permit, new.verified_at)?,
            put(row)?,
        ];
        if let Some(current) = current {
            let by = RemovedBy::OtherUser;
            let left = RemovedCredential::of(current, by, self.now());
            items.push(self.tombstone(&current.tenant, &current.user, &left, &BTreeSet::new())?);
            items.push(self.take_device(current, by)?);
        }
        Ok(items)
    }

    /// Stores a device's description; `false` if this enrolment is gone.
    async fn describe(&self, credential: &Credential) -> std::result::Result<bool, Unavailable> {
        let mut update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::credential(&credential.tenant, &credential.thumbprint()).into_attributes()))
            .condition_expression("credentialId = :id")
            .expression_attribute_values(":id", text(credential.id.to_string()));
        let mut set = Vec::new();
        let Device { name, platform } = &credential.device;
        for (attribute, value) in [(DEVICE_NAME, name), (DEVICE_PLATFORM, platform)] {
            if let Some(value) = value {
                set.push(format!("{attribute} = :{attribute}"));
                update = update.expression_attribute_values(format!(":{attribute}"), text(value));
            }
        }
        let update = update.update_expression(format!("SET {}", set.join(", ")));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(database(&error)),
        }
    }

    /// Spends the permit, if its action exists and the permit was not spent before.
    fn spend_permit(&self, permit: &Permit, now: Timestamp) -> std::result::Result<TransactWriteItem, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::action(&permit.action).into_attributes()))
            .update_expression("SET #spent = :now")
            .condition_expression("createdAt < :outlived AND attribute_not_exists(#spent)")
            .expression_attribute_names("#spent", spent(permit))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":outlived", millis(permit.outlived_at()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = update.build().map_err(|_| malformed("action update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn add_device(&self, user: Key, rules: EnrolmentRules) -> std::result::Result<TransactWriteItem, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(user.into_attributes()))
            .update_expression("ADD devices :one")
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = if rules.has_scope {
            update
                .condition_expression("attribute_not_exists(devices) OR devices < :most")
                .expression_attribute_values(":most", number(i64::from(rules.max_devices)))
        } else {
            update
                .condition_expression(format!(
                    "(attribute_not_exists(devices) OR devices = :none) \
                     AND (attribute_not_exists(verified) OR verified = :nothing) AND attribute_not_exists({WAS_REVOKED})",
                ))
                .expression_attribute_values(":none", number(0))
                .expression_attribute_values(":nothing", text("[]"))
        };
        let update = update.build().map_err(|_| malformed("user update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The credential that a user's row lists; `None` if it is gone.
    pub(crate) async fn listed(&self, tenant: &TenantId, row: &Item) -> Result<Option<Credential>, Unavailable> {
        let Some(key) = listed_key(tenant, row) else { return Ok(None) };
        let item = self.get(&self.settings.directory_table, key).await?;
        item.map_or(Ok(None), |item| read_listed(tenant, row, &item))
    }
}

impl Enrolments for Cloud {
    async fn is_enrolled(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> std::result::Result<bool, Unavailable> {
        let row = self.get(&self.settings.directory_table, key::users_credential(tenant, user, id)).await?;
        Ok(row.is_some_and(|row| Reader(&row).maybe("thumbprint").is_some()))
    }
}

impl ListsCredentials for Cloud {
    async fn credentials_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> std::result::Result<Vec<Credential>, Unavailable> {
        let partition = key::user_partition(tenant, user);
        let rows = self.query(&self.settings.directory_table, &partition, Part::Beginning(key::CREDENTIAL)).await?;
        // A row without a key is a tombstone.
        let (rows, keys): (Vec<_>, Vec<_>) =
            rows.iter().filter_map(|row| Some((row, listed_key(tenant, row)?))).unzip();
        let items = self.get_all(&self.settings.directory_table, keys).await?;
        rows.iter().zip(items).filter_map(|(row, item)| read_listed(tenant, row, &item?).transpose()).collect()
    }
}

/// The key of the credential that a user's row lists.
fn listed_key(tenant: &TenantId, row: &Item) -> Option<Key> {
    let thumbprint = Reader(row).maybe("thumbprint")?;
    Some(key::credential(tenant, &Thumbprint::from_stored(thumbprint.to_owned())))
}

/// The credential, unless its key has been enrolled again since.
fn read_listed(tenant: &TenantId, row: &Item, item: &Item) -> std::result::Result<Option<Credential>, Unavailable> {
    let credential = read_credential(tenant, item)?;
    let id = sort_key(row).trim_start_matches(key::CREDENTIAL);
    Ok(Some(credential).filter(|credential| credential.id.to_string() == id))
}

/// The part of a transaction that puts an item.
pub(crate) fn put(
    put: aws_sdk_dynamodb::types::builders::PutBuilder,
) -> std::result::Result<TransactWriteItem, Unavailable> {
    Ok(TransactWriteItem::builder().put(put.build().map_err(|_| malformed("credential"))?).build())
}
