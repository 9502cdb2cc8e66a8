//! Users: their own items, and the rows that list them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use scanlatch_protocol::credential::{RemovedBy, RemovedCredential};
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::{Profile, Revision, User, UserFilter};
use scanlatch_service::port::{Forgets, ListsUsers, Revises, Revokes as _, Users};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{ATTEMPTS, Transacted, condition_mismatch, failed, malformed};
use crate::item::{Item, Reader, Writer, as_stored, json_text, millis, number, text};
use crate::key::{self, Index, Key};
use crate::query::{Part, sort_key};

/// Present if the backend removed an authenticator.
pub(crate) const WAS_REVOKED: &str = "wasRevoked";

/// Reads a user's item. One that only counts devices has no profile yet.
pub(crate) fn read_user(id: &UserId, item: &Item) -> std::result::Result<User, Unavailable> {
    let item = Reader(item);
    let devices = item.maybe_count("devices");
    let created_at = item.maybe_at("createdAt").unwrap_or(Timestamp::from_millis(0));
    let session_epoch = item.maybe_count("sessionEpoch");
    let (profile, verified) = match item.maybe("profile") {
        None => (Profile::default(), Vec::new()),
        Some(_) => (item.json::<Profile>("profile")?, item.json("verified")?),
    };
    Ok(User {
        id: id.clone(),
        created_at,
        devices,
        was_revoked: item.has(WAS_REVOKED),
        profile,
        verified,
        session_epoch,
    })
}

/// The partitions that list a user of this profile.
fn indexes(tenant: &TenantId, profile: &Profile) -> Vec<String> {
    let values = [
        (Index::Email, &profile.email),
        (Index::PhoneNumber, &profile.phone_number),
        (Index::Username, &profile.username),
    ];
    values.iter().filter_map(|(index, value)| Some(key::indexed(tenant, *index, value.as_deref()?))).collect()
}

impl Users for Cloud {
    async fn user(&self, tenant: &TenantId, id: &UserId) -> Result<Option<User>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::user(tenant, id)).await?;
        item.map(|item| read_user(id, &item)).transpose()
    }
}

impl Revises for Cloud {
    async fn revise(
        &self,
        tenant: &TenantId,
        id: &UserId,
        current: Option<&User>,
        revision: &Revision,
        now: Timestamp,
    ) -> Result<User> {
        let mut current = current.cloned();
        let mut stored = Item::new();
        for _ in 0..ATTEMPTS {
            let stands = current.clone().unwrap_or_else(|| User::unknown(id.clone(), now));
            let revised = stands.revised(revision)?;
            let mut items = self.revision(tenant, current.as_ref().map(|user| (user, &stored)), &stands, &revised)?;
            if let Revision::Forgotten(method) = revision {
                let left = RemovedCredential::of_method(*method, RemovedBy::Backend, now);
                items.push(self.tombstone(tenant, id, &left, &BTreeSet::new())?);
            }
            match self.transact(items).await? {
                Transacted::Done => return Ok(revised),
                Transacted::Refused(reasons) if failed(&reasons, 0) => {
                    let item = reasons.into_iter().next().and_then(|reason| reason.item);
                    current = item.as_ref().map(|item| read_user(id, item)).transpose()?;
                    stored = item.unwrap_or_default();
                }
                Transacted::Refused(_) => return Err(condition_mismatch().into()),
            }
        }
        Err(condition_mismatch().into())
    }
}

impl Cloud {
    /// The transaction that stores the user as revised, with the rows that list them. `current` is the user as read,
    /// with the item if it was read here.
    fn revision(
        &self,
        tenant: &TenantId,
        current: Option<(&User, &Item)>,
        stands: &User,
        revised: &User,
    ) -> std::result::Result<Vec<TransactWriteItem>, Unavailable> {
        let set = "SET profile = :profile, verified = :verified, createdAt = if_not_exists(createdAt, :created)";
        let update = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::user(tenant, &revised.id).into_attributes()));
        let update = if revised.was_revoked && !stands.was_revoked {
            update
                .update_expression(format!("{set}, {WAS_REVOKED} = :yes"))
                .expression_attribute_values(":yes", AttributeValue::Bool(true))
        } else {
            update.update_expression(set)
        };
        let update = update
            .expression_attribute_values(":profile", json_text(&revised.profile))
            .expression_attribute_values(":verified", json_text(&revised.verified))
            .expression_attribute_values(":created", millis(revised.created_at))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = match current {
            None => update.condition_expression("attribute_not_exists(pk)"),
            // An item that only counts devices has neither text.
            Some((seen, stored)) => update
                .condition_expression(
                    "(attribute_not_exists(profile) OR (profile = :seen AND verified = :known)) \
                     AND (attribute_not_exists(devices) OR devices = :counted)",
                )
                .expression_attribute_values(":seen", as_stored(stored, "profile", &seen.profile))
                .expression_attribute_values(":known", as_stored(stored, "verified", &seen.verified))
                .expression_attribute_values(":counted", number(i64::from(seen.devices))),
        };
        let update = update.build().map_err(|_| malformed("user update"))?;
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        let (before, after) = (indexes(tenant, &stands.profile), indexes(tenant, &revised.profile));
        items.push(self.list(key::listed(key::users(tenant), &revised.id))?);
        for gone in before.iter().filter(|partition| !after.contains(partition)) {
            items.push(self.delete(key::listed(gone.clone(), &revised.id))?);
        }
        for new in after.into_iter().filter(|partition| !before.contains(partition)) {
            items.push(self.list(key::listed(new, &revised.id))?);
        }
        Ok(items)
    }

    fn list(&self, row: Key) -> std::result::Result<TransactWriteItem, Unavailable> {
        let put = Put::builder().table_name(&self.settings.directory_table).set_item(Some(Writer::new(row).done()));
        Ok(TransactWriteItem::builder().put(put.build().map_err(|_| malformed("user row"))?).build())
    }

    fn delete(&self, row: Key) -> std::result::Result<TransactWriteItem, Unavailable> {
        let delete = Delete::builder().table_name(&self.settings.directory_table).set_key(Some(row.into_attributes()));
        Ok(TransactWriteItem::builder().delete(delete.build().map_err(|_| malformed("row"))?).build())
    }
}

impl ListsUsers for Cloud {
    async fn users(
        &self,
        tenant: &TenantId,
        filter: &UserFilter,
        after: Option<&UserId>,
        limit: u32,
    ) -> std::result::Result<(Vec<User>, bool), Unavailable> {
        let indexed = |index, value: &Option<String>| Some(key::indexed(tenant, index, value.as_deref()?));
        let partition = indexed(Index::Username, &filter.username)
            .or_else(|| indexed(Index::Email, &filter.email))
            .or_else(|| indexed(Index::PhoneNumber, &filter.phone_number))
            .unwrap_or_else(|| key::users(tenant));
        let page = i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX);
        let mut last = after.map_or_else(String::new, UserId::to_string);
        let mut users = Vec::new();
        loop {
            let rows = self.query(&self.settings.directory_table, &partition, Part::After(&last, page)).await?;
            let is_last_page = rows.len() < usize::try_from(page).unwrap_or(usize::MAX);
            let ids = rows.iter().map(|row| UserId::parse(sort_key(row)).map_err(|_| malformed("user row")));
            let ids = ids.collect::<std::result::Result<Vec<_>, _>>()?;
            let keys = ids.iter().map(|id| key::user(tenant, id)).collect();
            let items = self.get_all(&self.settings.directory_table, keys).await?;
            for (id, item) in ids.iter().zip(items) {
                let Some(item) = item else { continue };
                let user = read_user(id, &item)?;
                if !filter.matches(&user) {
                    continue;
                }
                if users.len() >= limit as usize {
                    return Ok((users, true));
                }
                users.push(user);
            }
            match rows.last() {
                Some(row) if !is_last_page => sort_key(row).clone_into(&mut last),
                _ => return Ok((users, false)),
            }
        }
    }
}

impl Forgets for Cloud {
    /// Deletes the items of the user's partition until it is empty. A call that began before can only add an item if
    /// the partition still holds one, so an empty partition stays empty.
    async fn forget(&self, tenant: &TenantId, id: &UserId) -> std::result::Result<(), Unavailable> {
        let partition = key::user_partition(tenant, id);
        for _ in 0..FORGETTING_ROUNDS {
            let items = self.query(&self.settings.directory_table, &partition, Part::Whole).await?;
            if items.is_empty() {
                return Ok(());
            }
            for item in &items {
                let sk = sort_key(item);
                match self.listed(tenant, item).await? {
                    Some(credential) => {
                        self.revoke(tenant, id, &credential.id).await?;
                        // Its trace in the directory goes with the user.
                        tracing::info!(credential = %credential.id, "a credential was removed with its user");
                    }
                    None if sk == key::USER => self.forget_profile(tenant, id, item).await?,
                    None => self.forget_item(&partition, sk).await?,
                }
            }
        }
        Err(Unavailable::new("DynamoDB", "a user who is to be forgotten is written to again and again"))
    }
}

const FORGETTING_ROUNDS: usize = 32;

impl Cloud {
    async fn forget_item(&self, partition: &str, sk: &str) -> std::result::Result<(), Unavailable> {
        let delete = self.db.delete_item().table_name(&self.settings.directory_table);
        let delete = delete.key(key::PK, text(partition)).key(key::SK, text(sk));
        delete.send().await.map_err(|error| crate::failure::database(&error))?;
        Ok(())
    }

    /// Deletes the user's own item and the rows that list them, unless it changed since it was read. Another round then
    /// does.
    async fn forget_profile(
        &self,
        tenant: &TenantId,
        id: &UserId,
        item: &Item,
    ) -> std::result::Result<(), Unavailable> {
        let user = read_user(id, item)?;
        let own = Delete::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::user(tenant, id).into_attributes()))
            .condition_expression("attribute_not_exists(profile) OR profile = :seen")
            .expression_attribute_values(":seen", as_stored(item, "profile", &user.profile))
            .build()
            .map_err(|_| malformed("user"))?;
        let mut items =
            vec![TransactWriteItem::builder().delete(own).build(), self.delete(key::listed(key::users(tenant), id))?];
        for partition in indexes(tenant, &user.profile) {
            items.push(self.delete(key::listed(partition, id))?);
        }
        self.transact(items).await.map(|_| ())
    }
}
