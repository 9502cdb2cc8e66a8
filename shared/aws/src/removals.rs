//! Removals of device keys, by the device itself and by a backend, and the tombstones that stay as their trace.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::{Credential, Device, RemovedBy, RemovedCredential};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::key::{Removal, Thumbprint};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Clock as _, ListsRemoved, Removes, Revokes};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::approvals::{DECISIONS, approved_by, remembering};
use crate::credentials::{ATTEMPTS, DEVICE_NAME, DEVICE_PLATFORM, ENROLLED_BY, KEY_ITEM, put, read_credential};
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, number, text};
use crate::key;
use crate::query::{Part, sort_key};
use crate::users::WAS_REVOKED;

impl Removes for Cloud {
    async fn remove(&self, credential: &Credential, removal: &Removal) -> Result<()> {
        let (tenant, key) = (&credential.tenant, &credential.thumbprint());
        let mark = Put::builder()
            .table_name(&self.settings.live_table)
            .set_item(Some(spent_removal(tenant, key, removal)))
            .condition_expression("attribute_not_exists(pk)");
        match self.take_away(credential, RemovedBy::Device, Some(put(mark)?)).await? {
            Removed::Now(_) => Ok(()),
            // The enrolment is gone. If the key has another one by now, that stays.
            Removed::Before => Ok(self.spend(tenant, key, removal).await?),
            Removed::Refused => {
                tracing::warn!(credential = %credential.id, "a removal was sent again after its key came back");
                Err(Refusal::InvalidCredential.into())
            }
        }
    }

    async fn spend(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        removal: &Removal,
    ) -> std::result::Result<(), Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.live_table);
        let put = put.set_item(Some(spent_removal(tenant, key, removal)));
        put.send().await.map_err(|error| database(&error))?;
        Ok(())
    }
}

/// It is in the table without backups, because it is useless once the signature has expired.
fn spent_removal(tenant: &TenantId, key: &Thumbprint, removal: &Removal) -> Item {
    Writer::new(key::removal(tenant, key, removal.signature)).ttl(removal.valid_until).done()
}

/// The outcome of a removal.
enum Removed {
    /// The enrolment is gone. These are its recent approvals.
    Now(BTreeSet<String>),
    /// The enrolment was gone before.
    Before,
    /// Another part of the transaction was refused.
    Refused,
}

impl Cloud {
    /// Removes exactly this enrolment, in one step with the part `with`. A tombstone keeps its trace and
    /// its approvals.
    async fn take_away(
        &self,
        credential: &Credential,
        by: RemovedBy,
        with: Option<TransactWriteItem>,
    ) -> std::result::Result<Removed, Unavailable> {
        let (table, id) = (&self.settings.directory_table, credential.id.to_string());
        for _ in 0..ATTEMPTS {
            let item = self.get(table, key::credential(&credential.tenant, &credential.thumbprint())).await?;
            let Some(item) = item.filter(|item| Reader(item).maybe("credentialId") == Some(&id)) else {
                return Ok(Removed::Before);
            };
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(key::credential(&credential.tenant, &credential.thumbprint()).into_attributes()))
                .expression_attribute_values(":id", text(&id));
            // If a decision came in between, the item is read again.
            let delete = match Reader(&item).maybe_number(DECISIONS) {
                None => delete.condition_expression("credentialId = :id AND attribute_not_exists(decisions)"),
                Some(seen) => delete
                    .condition_expression("credentialId = :id AND decisions = :seen")
                    .expression_attribute_values(":seen", number(seen)),
            };
            let delete = delete.build().map_err(|_| malformed("credential"))?;
            let approved = approved_by(&item);
            let left = RemovedCredential::of(&read_credential(&credential.tenant, &item)?, by, self.now());
            let mut items = vec![
                TransactWriteItem::builder().delete(delete).build(),
                self.tombstone(&credential.tenant, &credential.user, &left, &approved)?,
                self.take_device(credential, by)?,
            ];
            items.extend(with.clone());
            match self.transact(items).await? {
                Transacted::Done => return Ok(Removed::Now(approved)),
                Transacted::Refused(reasons) if failed(&reasons, KEY_ITEM) => {}
                Transacted::Refused(_) => return Ok(Removed::Refused),
            }
        }
        Err(condition_mismatch())
    }
}

impl Revokes for Cloud {
    async fn revoke(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> std::result::Result<bool, Unavailable> {
        let row = || self.get(&self.settings.directory_table, key::users_credential(tenant, user, id));
        let Some(found) = row().await? else { return Ok(false) };
        let taken = match self.listed(tenant, &found).await? {
            Some(credential) => self.take_away(&credential, RemovedBy::Backend, None).await?,
            None => Removed::Before,
        };
        let approved = match taken {
            Removed::Now(approved) => approved,
            // A repeated call finishes what an earlier call began.
            Removed::Before | Removed::Refused => approved_by(&row().await?.unwrap_or_default()),
        };
        self.void(tenant, id, &approved).await?;
        Ok(true)
    }
}

impl Cloud {
    /// [`scanlatch_protocol::user::User::without_device`].
    pub(crate) fn take_device(
        &self,
        of: &Credential,
        by: RemovedBy,
    ) -> std::result::Result<TransactWriteItem, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::user(&of.tenant, &of.user).into_attributes()))
            .expression_attribute_values(":less", number(-1));
        let update = if by.is_revocation() {
            update
                .update_expression(format!("ADD devices :less SET {WAS_REVOKED} = :yes"))
                .expression_attribute_values(":yes", AttributeValue::Bool(true))
        } else {
            update.update_expression(format!("ADD devices :less REMOVE {WAS_REVOKED}"))
        };
        let update = update.build().map_err(|_| malformed("user update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Replaces a user's row by a tombstone, which keeps the credential's trace and its approvals. While it is there, a
    /// repeated removal succeeds.
    pub(crate) fn tombstone(
        &self,
        tenant: &TenantId,
        user: &UserId,
        left: &RemovedCredential,
        approved: &BTreeSet<String>,
    ) -> std::result::Result<TransactWriteItem, Unavailable> {
        let row = Writer::new(key::users_credential(tenant, user, &left.id))
            .at(REMOVED_AT, left.removed_at)
            .maybe(REMOVED_BY, left.removed_by.map(RemovedBy::as_str))
            .maybe_at(ENROLLED_AT, left.enrolled_at)
            .maybe_json(ENROLLED_BY, left.enrolled_by.as_ref())
            .maybe(DEVICE_NAME, left.device.name.as_deref())
            .maybe(DEVICE_PLATFORM, left.device.platform.as_deref())
            .ttl(left.kept_until());
        let row = remembering(row, approved).done();
        put(Put::builder().table_name(&self.settings.directory_table).set_item(Some(row)))
    }
}

const REMOVED_AT: &str = "removedAt";
const REMOVED_BY: &str = "removedBy";
const ENROLLED_AT: &str = "enrolledAt";

/// The trace in a user's row; `None` if the row lists an enrolled credential.
fn read_removed(row: &Item) -> std::result::Result<Option<RemovedCredential>, Unavailable> {
    let item = Reader(row);
    let Some(removed_at) = item.maybe_at(REMOVED_AT) else { return Ok(None) };
    let id = sort_key(row).trim_start_matches(key::CREDENTIAL);
    Ok(Some(RemovedCredential {
        id: CredentialId::parse(id).map_err(|_| malformed("credential row"))?,
        device: Device {
            name: item.maybe(DEVICE_NAME).map(str::to_owned),
            platform: item.maybe(DEVICE_PLATFORM).map(str::to_owned),
        },
        enrolled_at: item.maybe_at(ENROLLED_AT),
        enrolled_by: item.maybe_json(ENROLLED_BY)?,
        removed_at,
        removed_by: item.maybe(REMOVED_BY).and_then(RemovedBy::from_text),
    }))
}

impl ListsRemoved for Cloud {
    async fn removed_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> std::result::Result<Vec<RemovedCredential>, Unavailable> {
        let partition = key::user_partition(tenant, user);
        let rows = self.query(&self.settings.directory_table, &partition, Part::Beginning(key::CREDENTIAL)).await?;
        let removed = rows.iter().filter_map(|row| read_removed(row).transpose());
        removed.filter(|left| left.as_ref().map_or(true, |left| now < left.kept_until())).collect()
    }
}
