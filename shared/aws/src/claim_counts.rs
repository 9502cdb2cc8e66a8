//! Counts the claims of credentials, in their own items.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::credential::conduct::{Conduct, MAX_CLAIM_MARKS, Mark};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::key::Thumbprint;
use scanlatch_service::Unavailable;
use scanlatch_service::port::CountsClaims;

use crate::Cloud;
use crate::conduct::{CLAIMS, DECLINES, UNASKED_DECLINES, WRONG_CODES, set};
use crate::credentials::read_credential;
use crate::failure::database;
use crate::item::{Item, number};
use crate::key;

/// How many old marks are left alone until they are deleted, which takes a write.
const OLD_MARKS: usize = 8;

impl CountsClaims for Cloud {
    async fn count_claim(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        mark: Mark,
    ) -> Result<Option<Credential>, Unavailable> {
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::credential(tenant, key).into_attributes()))
            .update_expression("ADD claims :mark")
            .condition_expression(
                "attribute_exists(credentialId) AND (attribute_not_exists(claims) OR size(claims) < :most)",
            )
            .expression_attribute_values(":mark", set([&mark]))
            .expression_attribute_values(":most", number(i64::try_from(MAX_CLAIM_MARKS).unwrap_or(i64::MAX)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let item: Option<Item> = match update.send().await {
            Ok(output) => output.attributes,
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
                _ => return Err(database(&error)),
            },
        };
        let Some(item) = item.filter(|item| item.contains_key("credentialId")) else { return Ok(None) };
        let credential = read_credential(tenant, &item)?;
        let old = credential.conduct.old(mark.at);
        if old.len() >= OLD_MARKS {
            self.forget(tenant, key, &old).await?;
        }
        Ok(Some(credential))
    }

    async fn forget_claim(&self, tenant: &TenantId, key: &Thumbprint, mark: Mark) -> Result<(), Unavailable> {
        self.forget(tenant, key, &Conduct { claims: BTreeSet::from([mark]), ..Conduct::default() }).await
    }
}

impl Cloud {
    async fn forget(&self, tenant: &TenantId, key: &Thumbprint, marks: &Conduct) -> Result<(), Unavailable> {
        let sets = [
            (CLAIMS, ":claims", &marks.claims),
            (WRONG_CODES, ":wrongCodes", &marks.wrong_codes),
            (UNASKED_DECLINES, ":unaskedDeclines", &marks.unasked_declines),
            (DECLINES, ":declines", &marks.declines),
        ];
        let sets: Vec<_> = sets.into_iter().filter(|(.., marks)| !marks.is_empty()).collect();
        let names: Vec<String> = sets.iter().map(|(name, value, _)| format!("{name} {value}")).collect();
        let mut update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::credential(tenant, key).into_attributes()))
            .update_expression(format!("DELETE {}", names.join(", ")))
            .condition_expression("attribute_exists(credentialId)");
        for (_, value, marks) in sets {
            update = update.expression_attribute_values(value, set(marks));
        }
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // The credential was removed meanwhile.
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(database(&error)),
            },
        }
    }
}
