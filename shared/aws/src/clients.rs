//! Registered applications and their secrets.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::{Client, MAX_SECRETS, Registration};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Clients, RegistersClients};
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{database, malformed};
use crate::item::{Item, Reader, Writer, as_stored, json_text, millis, number};
use crate::key;
use crate::query::{Part, sort_key};
use crate::tenants::secret_records;

const SECRETS: &str = "secrets";
const REGISTRATION: &str = "registration";

fn read_client(tenant: &TenantId, item: &Item) -> std::result::Result<Client, Unavailable> {
    Ok(Client {
        tenant: *tenant,
        id: ClientId::parse(sort_key(item)).map_err(|_| malformed("sk"))?,
        created_at: Reader(item).at("createdAt")?,
        secrets: secret_records(item, SECRETS)?,
        registration: Reader(item).json(REGISTRATION)?,
    })
}

impl Clients for Cloud {
    async fn client(&self, tenant: &TenantId, id: &ClientId) -> Result<Option<Client>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::client(tenant, id)).await?;
        item.map(|item| read_client(tenant, &item)).transpose()
    }
}

impl Cloud {
    fn update_client(&self, tenant: &TenantId, id: &ClientId) -> UpdateItemFluentBuilder {
        self.db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::client(tenant, id).into_attributes()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Whether an update happened; the item that stands otherwise, if there is one.
async fn sent(update: UpdateItemFluentBuilder) -> std::result::Result<Option<Option<Item>>, Unavailable> {
    let Err(error) = update.send().await else { return Ok(None) };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(Some(failed.item.clone())),
        _ => Err(database(&error)),
    }
}

impl RegistersClients for Cloud {
    async fn add_client(&self, client: &Client) -> Result<bool, Unavailable> {
        let item = Writer::new(key::client(&client.tenant, &client.id))
            .at("createdAt", client.created_at)
            .set(SECRETS, AttributeValue::M(HashMap::new()))
            .json(REGISTRATION, &client.registration);
        let put = self.db.put_item().table_name(&self.settings.directory_table).set_item(Some(item.done()));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(database(&error)),
        }
    }

    async fn change_client(&self, seen: &Client, to: &Registration) -> Result<bool, Unavailable> {
        let stored = self.get(&self.settings.directory_table, key::client(&seen.tenant, &seen.id)).await?;
        let Some(stored) = stored else { return Ok(false) };
        let before = match Reader(&stored).json::<Registration>(REGISTRATION) {
            Ok(registration) if registration == seen.registration => as_stored(&stored, REGISTRATION, &registration),
            _ => return Ok(false),
        };
        let update = self
            .update_client(&seen.tenant, &seen.id)
            .update_expression("SET registration = :to")
            .condition_expression("registration = :seen")
            .expression_attribute_values(":to", json_text(to))
            .expression_attribute_values(":seen", before);
        Ok(sent(update).await?.is_none())
    }

    async fn add_client_secret(&self, tenant: &TenantId, id: &ClientId, digest: &Digest, now: Timestamp) -> Result<()> {
        let most = i64::try_from(MAX_SECRETS).unwrap_or(i64::MAX);
        let update = self
            .update_client(tenant, id)
            .update_expression("SET #secrets.#digest = if_not_exists(#secrets.#digest, :now)")
            .condition_expression("attribute_exists(#secrets.#digest) OR size(#secrets) < :most")
            .expression_attribute_names("#secrets", SECRETS)
            .expression_attribute_names("#digest", digest.to_text())
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":most", number(most));
        match sent(update).await? {
            None => Ok(()),
            Some(Some(_)) => Err(Refusal::TooManySecretKeys.into()),
            Some(None) => Err(Refusal::UnknownClient.into()),
        }
    }

    async fn remove_client_secret(
        &self,
        tenant: &TenantId,
        id: &ClientId,
        digest: &Digest,
    ) -> Result<bool, Unavailable> {
        let update = self
            .update_client(tenant, id)
            .update_expression("REMOVE #secrets.#digest")
            .condition_expression(
                "size(#secrets) > :one OR (attribute_exists(#secrets) AND attribute_not_exists(#secrets.#digest))",
            )
            .expression_attribute_names("#secrets", SECRETS)
            .expression_attribute_names("#digest", digest.to_text())
            .expression_attribute_values(":one", number(1));
        Ok(!matches!(sent(update).await?, Some(Some(_))))
    }

    async fn clients(&self, tenant: &TenantId) -> Result<Vec<Client>, Unavailable> {
        let items = self.query(&self.settings.directory_table, &key::clients(tenant), Part::Whole).await?;
        items.iter().map(|item| read_client(tenant, item)).collect()
    }

    async fn forget_client(&self, tenant: &TenantId, id: &ClientId) -> Result<(), Unavailable> {
        let delete = self.db.delete_item().table_name(&self.settings.directory_table);
        let delete = delete.set_key(Some(key::client(tenant, id).into_attributes())).send().await;
        delete.map(|_| ()).map_err(|error| database(&error))
    }
}
