//! A credential's recent approvals, so that its revocation can void them.
//!
//! The credential's item keeps them in four sets, one for each hour in turn. An approval can be redeemed for an hour at
//! most, so only the sets of this hour and of the one before count. A set is dropped before its name is used again. A
//! login never reads them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use scanlatch_protocol::challenge::Decision;
use scanlatch_protocol::id::{ChallengeId, CredentialId, TenantId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::Deciding;

use crate::Cloud;
use crate::challenges::{APPROVED, CONSUMED, REVOKED};
use crate::conduct::changed;
use crate::failure::malformed;
use crate::item::{Item, Reader, Writer, millis, number, text};
use crate::key;

const HOUR_MS: i64 = 60 * 60_000;
const SETS: [&str; 4] = ["approved0", "approved1", "approved2", "approved3"];

/// Counts decisions, so that a revocation notices a decision between its read and its write.
pub(crate) const DECISIONS: &str = "decisions";

/// The credential's part of a decision. The credential must still be enrolled.
pub(crate) fn decided_by(
    table: &str,
    Deciding { by, challenge, decision, wrong_code, .. }: &Deciding<'_>,
    now: Timestamp,
) -> Result<TransactWriteItem, Unavailable> {
    let hour = usize::try_from(now.millis().div_euclid(HOUR_MS).rem_euclid(4)).unwrap_or_default();
    let set = |hours: usize| SETS[(hour + hours) % SETS.len()];
    let mut add = String::from("ADD decisions :one");
    let change = by.conduct.decision(challenge, *decision, *wrong_code, now);
    let (conduct, delete, mut update) = changed(&change, Update::builder());
    add += &conduct;
    if *decision == Decision::Approve {
        add += ", #now :challenge";
        update = update
            .expression_attribute_names("#now", set(0))
            .expression_attribute_values(":challenge", AttributeValue::Ss(vec![challenge.id.to_string()]));
    }
    let update = update
        .table_name(table)
        .set_key(Some(key::credential(&by.tenant, &by.thumbprint()).into_attributes()))
        .update_expression(format!("SET lastVerifiedAt = :now REMOVE #next, #over {add}{delete}"))
        .condition_expression("credentialId = :credential")
        .expression_attribute_names("#next", set(1))
        .expression_attribute_names("#over", set(2))
        .expression_attribute_values(":now", millis(now))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":credential", text(by.id.to_string()))
        .build()
        .map_err(|_| malformed("credential update"))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// The recent approvals of the credential of this item.
pub(crate) fn approved_by(item: &Item) -> BTreeSet<String> {
    SETS.iter().flat_map(|set| Reader(item).texts(set)).map(str::to_owned).collect()
}

/// The row with a credential's approvals.
pub(crate) fn remembering(row: Writer, approved: &BTreeSet<String>) -> Writer {
    if approved.is_empty() { row } else { row.set(SETS[0], AttributeValue::Ss(approved.iter().cloned().collect())) }
}

impl Cloud {
    /// [`scanlatch_protocol::challenge::Event::Revoke`] for each of these challenges.
    pub(crate) async fn void(
        &self,
        tenant: &TenantId,
        credential: &CredentialId,
        challenges: &BTreeSet<String>,
    ) -> Result<(), Unavailable> {
        for id in challenges {
            let id = ChallengeId::parse(id).map_err(|_| malformed("approvals"))?;
            let update = self
                .update_challenge(tenant, &id)
                .update_expression("SET #state = :revoked")
                .condition_expression("#state IN (:approved, :consumed) AND holderCredential = :credential")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":revoked", text(REVOKED))
                .expression_attribute_values(":approved", text(APPROVED))
                .expression_attribute_values(":consumed", text(CONSUMED))
                .expression_attribute_values(":credential", text(credential.to_string()));
            self.send(update).await?;
        }
        Ok(())
    }
}
