//! Device keys. The item under the key's thumbprint is the truth; a row under its user lists it, and the user's own
//! item counts.

use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use protocol::Refusal;
use protocol::action::ActionName;
use protocol::credential::{Credential, Device, Enrolled, EnrolmentRules, enrol};
use protocol::id::{CredentialId, TenantId, UserId};
use protocol::key::{PublicKey, Thumbprint};
use service::port::{Clock as _, Credentials, Enrols, Found, ListsCredentials, Removes, Revokes};
use service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{Transacted, disagreement, failed, malformed};
use crate::item::{Item, Reader, Writer, number, text};
use crate::key::{self, Key};
use crate::query::{Part, at_once, sort_key};

const ATTEMPTS: usize = 4;

const REMEMBERED_MS: i64 = 24 * 60 * 60_000;

fn credential_item(credential: &Credential) -> Item {
    let item = Writer::new(key::credential(&credential.tenant, &credential.thumbprint()))
        .text("credentialId", credential.id.to_string())
        .text("user", credential.user.as_str())
        .text("publicKey", credential.key.to_text())
        .maybe("deviceName", credential.device.name.as_deref())
        .maybe("devicePlatform", credential.device.platform.as_deref())
        .at("verifiedAt", credential.verified_at);
    match credential.last_verified_at {
        Some(at) => item.at("lastVerifiedAt", at),
        None => item,
    }
    .done()
}

fn read_credential(tenant: &TenantId, item: &Item) -> std::result::Result<Credential, Unavailable> {
    let item = Reader(item);
    Ok(Credential {
        tenant: *tenant,
        id: item.credential_id("credentialId")?,
        user: item.parse("user", UserId::parse)?,
        key: item.parse("publicKey", PublicKey::parse)?,
        device: Device {
            name: item.maybe("deviceName").map(str::to_owned),
            platform: item.maybe("devicePlatform").map(str::to_owned),
        },
        verified_at: item.at("verifiedAt")?,
        last_verified_at: item.maybe_at("lastVerifiedAt"),
    })
}

fn list_row(credential: &Credential) -> Item {
    Writer::new(key::users_credential(&credential.tenant, &credential.user, &credential.id))
        .text("thumbprint", credential.thumbprint().as_str())
        .done()
}

impl Credentials for Cloud {
    async fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> Found<Credential> {
        let item = self.get(&self.settings.directory_table, key::credential(tenant, key)).await?;
        item.map(|item| read_credential(tenant, &item)).transpose()
    }
}

fn owned(user: Reader<'_>) -> u32 {
    user.maybe_number("authenticators").and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

impl Enrols for Cloud {
    async fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        allowed_by: &ActionName,
    ) -> Result<Enrolled> {
        let mut current = current.cloned();
        // Nothing is known of the user's other credentials until a condition tells.
        let mut others = 0;
        for _ in 0..ATTEMPTS {
            let outcome = enrol(new, current.as_ref(), others, rules)?;
            if matches!(outcome, Enrolled::Kept(_)) {
                return Ok(outcome);
            }
            let reasons = match self.transact(self.enrolment(new, current.as_ref(), rules, allowed_by)?).await? {
                Transacted::Done => return Ok(outcome),
                Transacted::Refused(reasons) => reasons,
            };
            if failed(&reasons, ALLOWED_BY) && !failed(&reasons, KEY_ITEM) && !failed(&reasons, USER_ITEM) {
                return Err(Refusal::InvalidToken.into());
            }
            let item = |index: usize| reasons.get(index).and_then(|reason| reason.item.as_ref());
            if failed(&reasons, KEY_ITEM) {
                current = item(KEY_ITEM).map(|item| read_credential(&new.tenant, item)).transpose()?;
            }
            if failed(&reasons, USER_ITEM) {
                others = item(USER_ITEM).map_or(0, |item| owned(Reader(item)));
            }
        }
        Err(disagreement().into())
    }
}

/// Places in the transaction of an enrolment.
const KEY_ITEM: usize = 0;
const USER_ITEM: usize = 1;
const ALLOWED_BY: usize = 2;

impl Cloud {
    fn enrolment(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        allowed_by: &ActionName,
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
        let allowed = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key::action(allowed_by).into_attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|_| malformed("action"))?;
        let mut items = vec![
            put(key_item)?,
            self.count(key::user(&new.tenant, &new.user), 1, !rules.may_add)?,
            TransactWriteItem::builder().condition_check(allowed).build(),
            put(row)?,
        ];
        if let Some(current) = current {
            items.push(self.forget_row(current)?);
            items.push(self.count(key::user(&current.tenant, &current.user), -1, false)?);
        }
        Ok(items)
    }

    /// Adds to a user's count; `only_first` refuses if there is a credential already.
    fn count(&self, user: Key, by: i64, only_first: bool) -> std::result::Result<TransactWriteItem, Unavailable> {
        let update = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(user.into_attributes()))
            .update_expression("ADD authenticators :by")
            .expression_attribute_values(":by", number(by))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = if only_first {
            update
                .condition_expression("attribute_not_exists(authenticators) OR authenticators = :none")
                .expression_attribute_values(":none", number(0))
        } else {
            update
        };
        let update = update.build().map_err(|_| malformed("user update"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn forget_row(&self, credential: &Credential) -> std::result::Result<TransactWriteItem, Unavailable> {
        self.remember(key::users_credential(&credential.tenant, &credential.user, &credential.id))
    }

    /// Leaves of a user's row only that it was there, for a day: whoever asks for the removal again is told so.
    pub(crate) fn remember(&self, row: Key) -> std::result::Result<TransactWriteItem, Unavailable> {
        let now = self.now();
        let row = Writer::new(row).at("removedAt", now).ttl(now.plus(REMEMBERED_MS)).done();
        put(Put::builder().table_name(&self.settings.directory_table).set_item(Some(row)))
    }

    /// The credential that a user's row lists, unless it is gone.
    pub(crate) async fn listed(&self, tenant: &TenantId, row: &Item) -> Found<Credential> {
        let Some(thumbprint) = Reader(row).maybe("thumbprint") else { return Ok(None) };
        let credential = self.credential(tenant, &Thumbprint::from_stored(thumbprint.to_owned())).await?;
        let id = sort_key(row).trim_start_matches(key::CREDENTIAL);
        Ok(credential.filter(|credential| credential.id.to_string() == id))
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
        let credentials = at_once(rows.iter().map(|row| self.listed(tenant, row)).collect()).await?;
        Ok(credentials.into_iter().flatten().collect())
    }
}

impl Revokes for Cloud {
    async fn revoke(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> std::result::Result<bool, Unavailable> {
        let row = self.get(&self.settings.directory_table, key::users_credential(tenant, user, id)).await?;
        let Some(row) = row else { return Ok(false) };
        if let Some(credential) = self.listed(tenant, &row).await? {
            self.remove(&credential).await?;
        }
        Ok(true)
    }
}

fn put(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> std::result::Result<TransactWriteItem, Unavailable> {
    Ok(TransactWriteItem::builder().put(put.build().map_err(|_| malformed("credential"))?).build())
}

impl Removes for Cloud {
    async fn remove(&self, credential: &Credential) -> std::result::Result<(), Unavailable> {
        let key_item = Delete::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::credential(&credential.tenant, &credential.thumbprint()).into_attributes()))
            .condition_expression("credentialId = :id")
            .expression_attribute_values(":id", text(credential.id.to_string()))
            .build()
            .map_err(|_| malformed("credential"))?;
        let items = vec![
            TransactWriteItem::builder().delete(key_item).build(),
            self.forget_row(credential)?,
            self.count(key::user(&credential.tenant, &credential.user), -1, false)?,
        ];
        match self.transact(items).await? {
            Transacted::Done => Ok(()),
            // Gone already, or the key came back as another enrolment, which stays.
            Transacted::Refused(reasons) if failed(&reasons, KEY_ITEM) => Ok(()),
            Transacted::Refused(_) => Err(disagreement()),
        }
    }
}
