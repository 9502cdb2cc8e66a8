//! Tenants and their secret keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::tenant::{MAX_SECRET_KEYS, SecretKeyRecord, Settings, Tenant};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Administers, Tenants};

use crate::Cloud;
use crate::failure::{Transacted, condition_mismatch, database, failed, malformed};
use crate::item::{Item, Reader, Writer, as_stored, json_text, millis, number, text};
use crate::key;
use crate::query::{Part, sort_key};

const SECRET_KEYS: &str = "secretKeys";

fn read_tenant(id: &TenantId, item: &Item) -> Result<Tenant, Unavailable> {
    let reader = Reader(item);
    let enabled = match reader.text("status")? {
        "enabled" => true,
        "disabled" => false,
        _ => return Err(malformed("status")),
    };
    Ok(Tenant {
        id: *id,
        name: reader.text("name")?.to_owned(),
        enabled,
        created_at: reader.at("createdAt")?,
        settings: reader.json("settings")?,
        secret_keys: secret_records(item, SECRET_KEYS)?,
    })
}

/// The text of the settings, for a condition that they are still as in `seen`. Another version may have stored a text
/// without members that have their default.
fn seen_settings(seen: &Tenant, stored: &Item) -> AttributeValue {
    match Reader(stored).json::<Settings>("settings") {
        Ok(settings) if settings == seen.settings => as_stored(stored, "settings", &settings),
        _ => json_text(&seen.settings),
    }
}

fn status(tenant: &Tenant) -> &'static str {
    if tenant.enabled { "enabled" } else { "disabled" }
}

/// The secrets of a map from their digests to when they were made, the oldest first.
pub(crate) fn secret_records(item: &Item, name: &str) -> Result<Vec<SecretKeyRecord>, Unavailable> {
    let secrets = item.get(name).and_then(|value| value.as_m().ok()).ok_or_else(|| malformed(name))?;
    let record = |(digest, made): (&String, &AttributeValue)| {
        let made = made.as_n().ok().and_then(|millis| millis.parse().ok())?;
        Some(SecretKeyRecord { digest: Digest::from_text(digest)?, created_at: Timestamp::from_millis(made) })
    };
    let records: Option<Vec<_>> = secrets.iter().map(record).collect();
    let mut records = records.ok_or_else(|| malformed(name))?;
    records.sort_by_key(|record| (record.created_at, record.digest.to_text()));
    Ok(records)
}

impl Tenants for Cloud {
    async fn tenant(&self, id: &TenantId) -> Result<Option<Tenant>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::tenant(id)).await?;
        item.map(|item| read_tenant(id, &item)).transpose()
    }
}

/// The indexes of the tenant's own item and the row of its name in a transaction.
const OWN_ITEM: usize = 0;
const NAME_ITEM: usize = 1;

impl Cloud {
    fn tenant_update(&self, tenant: &Tenant) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::tenant(&tenant.id).into_attributes()))
            .expression_attribute_names("#name", "name")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":name", text(&tenant.name))
            .expression_attribute_values(":status", text(status(tenant)))
            .expression_attribute_values(":settings", json_text(&tenant.settings))
    }

    /// The parts of a transaction that take a tenant's name, and give up the name before if it was another.
    async fn take_name(&self, before: Option<&Tenant>, tenant: &Tenant) -> Result<Vec<TransactWriteItem>, Unavailable> {
        let row = Writer::new(key::tenant_name(&tenant.name)).text("tenant", tenant.id.to_string()).done();
        let put = Put::builder()
            .table_name(&self.settings.directory_table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk) OR tenant = :id")
            .expression_attribute_values(":id", text(tenant.id.to_string()));
        let put = put.build().map_err(|_| malformed("tenant name"))?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(before) = before.filter(|before| before.name != tenant.name) {
            items.extend(self.give_up_name(before).await?);
        }
        Ok(items)
    }

    /// The part of a transaction that gives up a tenant's name; `None` if it is not the tenant's own. A restored tenant
    /// may have lost its name to another.
    async fn give_up_name(&self, tenant: &Tenant) -> Result<Option<TransactWriteItem>, Unavailable> {
        let table = &self.settings.directory_table;
        let id = tenant.id.to_string();
        let row = self.get(table, key::tenant_name(&tenant.name)).await?;
        if row.is_none_or(|row| Reader(&row).maybe("tenant") != Some(&id)) {
            return Ok(None);
        }
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key::tenant_name(&tenant.name).into_attributes()))
            .condition_expression("tenant = :id")
            .expression_attribute_values(":id", text(id));
        let delete = delete.build().map_err(|_| malformed("tenant name"))?;
        Ok(Some(TransactWriteItem::builder().delete(delete).build()))
    }
}

impl Administers for Cloud {
    async fn put_tenant(&self, tenant: &Tenant) -> scanlatch_service::Result<()> {
        let before = self.tenant(&tenant.id).await?;
        let update = self
            .tenant_update(tenant)
            .update_expression(
                "SET #name = :name, #status = :status, settings = :settings, \
                 createdAt = if_not_exists(createdAt, :created), #keys = if_not_exists(#keys, :none)",
            )
            .condition_expression("attribute_not_exists(pk) OR #name = :seenName")
            .expression_attribute_names("#keys", SECRET_KEYS)
            .expression_attribute_values(":created", millis(tenant.created_at))
            .expression_attribute_values(":none", AttributeValue::M(HashMap::new()))
            .expression_attribute_values(":seenName", text(&before.as_ref().unwrap_or(tenant).name));
        let update = update.build().map_err(|_| malformed("tenant update"))?;
        let row = Writer::new(key::tenants_row(&tenant.id)).done();
        let row = Put::builder().table_name(&self.settings.directory_table).set_item(Some(row));
        let row = row.build().map_err(|_| malformed("tenant row"))?;
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        items.extend(self.take_name(before.as_ref(), tenant).await?);
        items.push(TransactWriteItem::builder().put(row).build());
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(reasons) if failed(&reasons, NAME_ITEM) => Err(Refusal::NameTaken.into()),
            Transacted::Refused(_) => Err(condition_mismatch().into()),
        }
    }

    async fn change_tenant(&self, seen: &Tenant, to: &Tenant) -> scanlatch_service::Result<bool> {
        let stored = self.get(&self.settings.directory_table, key::tenant(&seen.id)).await?.unwrap_or_default();
        let update = self
            .tenant_update(to)
            .update_expression("SET #name = :name, #status = :status, settings = :settings")
            .condition_expression("#name = :seenName AND #status = :seenStatus AND settings = :seenSettings")
            .expression_attribute_values(":seenName", text(&seen.name))
            .expression_attribute_values(":seenStatus", text(status(seen)))
            .expression_attribute_values(":seenSettings", seen_settings(seen, &stored));
        let update = update.build().map_err(|_| malformed("tenant update"))?;
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        if to.name != seen.name {
            items.extend(self.take_name(Some(seen), to).await?);
        }
        match self.transact(items).await? {
            Transacted::Done => Ok(true),
            Transacted::Refused(reasons) if failed(&reasons, OWN_ITEM) => Ok(false),
            Transacted::Refused(reasons) if failed(&reasons, NAME_ITEM) => Err(Refusal::NameTaken.into()),
            Transacted::Refused(_) => Err(condition_mismatch().into()),
        }
    }

    async fn add_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> scanlatch_service::Result<()> {
        let most = i64::try_from(MAX_SECRET_KEYS).unwrap_or(i64::MAX);
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::tenant(tenant).into_attributes()))
            .update_expression("SET #keys.#digest = if_not_exists(#keys.#digest, :now)")
            .condition_expression("attribute_exists(#keys.#digest) OR size(#keys) < :most")
            .expression_attribute_names("#keys", SECRET_KEYS)
            .expression_attribute_names("#digest", digest.to_text())
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":most", number(most))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = update.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) if failed.item.is_some() => {
                Err(Refusal::TooManySecretKeys.into())
            }
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(Refusal::Unauthorized.into()),
            _ => Err(database(&error).into()),
        }
    }

    async fn remove_secret_key(&self, tenant: &TenantId, digest: &Digest) -> Result<(), Unavailable> {
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::tenant(tenant).into_attributes()))
            .update_expression("REMOVE #keys.#digest")
            .condition_expression("attribute_exists(#keys)")
            .expression_attribute_names("#keys", SECRET_KEYS)
            .expression_attribute_names("#digest", digest.to_text());
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(database(&error)),
            },
        }
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, Unavailable> {
        let rows = self.query(&self.settings.directory_table, key::TENANTS, Part::Whole).await?;
        let ids = rows.iter().map(|row| TenantId::parse(sort_key(row)).map_err(|_| malformed("tenant row")));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let items = self.get_all(&self.settings.directory_table, ids.iter().map(key::tenant).collect()).await?;
        ids.iter().zip(items).filter_map(|(id, item)| Some(read_tenant(id, &item?))).collect()
    }

    async fn forget_tenant(&self, id: &TenantId) -> Result<(), Unavailable> {
        let delete = |key: key::Key| {
            let delete = Delete::builder().table_name(&self.settings.directory_table);
            let delete = delete.set_key(Some(key.into_attributes())).build().map_err(|_| malformed("tenant"))?;
            Ok(TransactWriteItem::builder().delete(delete).build())
        };
        let mut items = vec![delete(key::tenant(id))?, delete(key::tenants_row(id))?];
        if let Some(tenant) = self.tenant(id).await? {
            items.extend(self.give_up_name(&tenant).await?);
        }
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(_) => Err(condition_mismatch()),
        }
    }
}
