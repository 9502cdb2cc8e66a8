//! Copies items that the directory lacks from a table that was restored from a backup.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use scanlatch_protocol::id::TenantId;
use scanlatch_service::Unavailable;
use scanlatch_service::port::Rotates as _;

use crate::Cloud;
use crate::failure::database;
use crate::item::{Item, Reader};
use crate::key::{self, PK};
use crate::query::sort_key;

/// What a restoration found in the restored table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// How many items the directory lacked and has again.
    pub brought: u64,
    /// How many items were not copied, because the directory has their key or they are signing keys.
    pub kept: u64,
}

impl Cloud {
    /// Copies each item of the table `from` whose key the directory lacks, or only those of `tenant`. It may be
    /// repeated. Signing keys are copied only if the directory has none. Otherwise a rotation removed the missing ones,
    /// because they were over or had leaked.
    ///
    /// # Errors
    /// If the database refuses or cannot be reached. What was copied until then stays.
    pub async fn restore(&self, from: &str, tenant: Option<&TenantId>) -> Result<Restored, Unavailable> {
        let keys_are_lost = self.key_set().await?.is_empty();
        let mut restored = Restored::default();
        let mut start = None;
        loop {
            let page = self.db.scan().table_name(from).consistent_read(true).set_exclusive_start_key(start);
            let page = page.send().await.map_err(|error| database(&error))?;
            for item in page.items.unwrap_or_default() {
                if tenant.is_some_and(|tenant| !belongs(&item, tenant)) {
                    continue;
                }
                if is_signing_key(&item) && !keys_are_lost {
                    restored.kept += 1;
                    continue;
                }
                if self.put_if_absent(item).await? { restored.brought += 1 } else { restored.kept += 1 }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(restored);
            }
        }
    }

    async fn put_if_absent(&self, item: Item) -> Result<bool, Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.directory_table).set_item(Some(item));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(database(&error)),
        }
    }
}

fn is_signing_key(item: &Item) -> bool {
    item.get(PK).and_then(|pk| pk.as_s().ok()).is_some_and(|pk| pk == key::SIGNING)
}

fn belongs(item: &Item, tenant: &TenantId) -> bool {
    let own = key::tenant(tenant).pk;
    let Some(pk) = item.get(PK).and_then(|pk| pk.as_s().ok()) else { return false };
    let row = key::tenants_row(tenant);
    let is_its_name = *pk == key::tenant_name("").pk && Reader(item).maybe("tenant") == Some(&tenant.to_string());
    pk == &own || pk.starts_with(&format!("{own}#")) || (*pk == row.pk && sort_key(item) == row.sk) || is_its_name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::text;

    #[test]
    fn a_tenants_items_are_its_own_partitions_and_its_row() {
        let (mine, other) = (TenantId::from_random([1; 16]), TenantId::from_random([2; 16]));
        let item = |pk: String, sk: &str| Item::from([(PK.to_owned(), text(pk)), ("sk".to_owned(), text(sk))]);
        assert!(belongs(&item(format!("T#{mine}"), "TENANT"), &mine));
        assert!(belongs(&item(format!("T#{mine}#U#ann"), "USER"), &mine));
        assert!(belongs(&item("TENANTS".to_owned(), &mine.to_string()), &mine));
        assert!(!belongs(&item("TENANTS".to_owned(), &other.to_string()), &mine));
        let named = |by: TenantId| {
            let mut row = item("TENANT_NAMES".to_owned(), "Acme");
            row.insert("tenant".to_owned(), text(by.to_string()));
            row
        };
        assert!(belongs(&named(mine), &mine) && !belongs(&named(other), &mine));
        assert!(!belongs(&item(format!("T#{other}#U#ann"), "USER"), &mine));
        assert!(!belongs(&item("SERVICE#SIGNING".to_owned(), "0"), &mine));
    }
}
