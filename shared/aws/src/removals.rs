//! Removals of device keys, by the device itself and by a backend, and the tombstones that stay for a day.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::{Credential, RemovedBy};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::key::{Removal, Thumbprint};
use scanlatch_service::port::{Clock as _, Removes, Revokes};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::approvals::{DECISIONS, approved_by, remembering};
use crate::credentials::{ATTEMPTS, KEY_ITEM, put};
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, number, text};
use crate::key::{self, Key};
use crate::users::WAS_REVOKED;

const TOMBSTONE_MS: i64 = 24 * 60 * 60_000;

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
    /// Removes exactly this enrolment, in one step with the part `with`. A tombstone keeps its approvals for a day.
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
            let row = key::users_credential(&credential.tenant, &credential.user, &credential.id);
            let mut items = vec![
                TransactWriteItem::builder().delete(delete).build(),
                self.tombstone(row, &approved)?,
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
        let update = match by {
            RemovedBy::Device => update.update_expression(format!("ADD devices :less REMOVE {WAS_REVOKED}")),
            RemovedBy::Backend => update
                .update_expression(format!("ADD devices :less SET {WAS_REVOKED} = :yes"))
                .expression_attribute_values(":yes", AttributeValue::Bool(true)),
        };
        let update = update.build().map_err(|_| malformed("user update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Replaces a user's row by a one-day tombstone, so that a repeated removal succeeds. It keeps the credential's
    /// approvals.
    pub(crate) fn tombstone(
        &self,
        row: Key,
        approved: &BTreeSet<String>,
    ) -> std::result::Result<TransactWriteItem, Unavailable> {
        let now = self.now();
        let row = Writer::new(row).at("removedAt", now).ttl(now.plus(TOMBSTONE_MS));
        let row = remembering(row, approved).done();
        put(Put::builder().table_name(&self.settings.directory_table).set_item(Some(row)))
    }
}
