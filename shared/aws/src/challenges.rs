//! Challenges: each transition of `protocol::challenge` as one conditional write.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use protocol::Refusal;
use protocol::action::Action;
use protocol::challenge::{Challenge, Decision, Event, Screen, State, Withdrawal};
use protocol::credential::{Credential, Holder};
use protocol::custom::Custom;
use protocol::id::{ActionCode, ChallengeId, ConnectionId, IdempotencyKey, TenantId, UserId};
use protocol::secret::Digest;
use protocol::time::Timestamp;
use service::port::{Challenges, Claims, Creates, Decides, Found, Redeems, Withdraws};
use service::{Error, Result, Unavailable};

use crate::Cloud;
use crate::actions::action_update;
use crate::failure::{ATTEMPTS, Transacted, database, disagreement, failed, malformed};
use crate::item::{Item, Reader, Writer, millis, text};
use crate::key;
use crate::waiting::waiting;

pub(crate) const UNCLAIMED: &str = "unclaimed";
const CLAIMED: &str = "claimed";
const APPROVED: &str = "approved";
const REJECTED: &str = "rejected";
const CONSUMED: &str = "consumed";

const SUPERSEDED: &str = "superseded";
const CANCELLED: &str = "cancelled";

pub(crate) fn challenge_item(challenge: &Challenge) -> Item {
    let mut item = Writer::new(key::challenge(&challenge.tenant, &challenge.id))
        .text("id", challenge.id.to_string())
        .text("action", challenge.action.as_str())
        .text("idempotencyKey", challenge.idempotency_key.as_str())
        .maybe("custom", challenge.custom.as_ref().map(Custom::to_text))
        .json("context", &challenge.context)
        .maybe("subject", challenge.subject.as_ref().map(UserId::as_str))
        .at("createdAt", challenge.created_at)
        .at("expiresAt", challenge.expires_at)
        .set("redeemableMs", crate::item::number(challenge.redeemable_ms))
        .maybe("withdrawn", challenge.withdrawn.map(withdrawal_text))
        .ttl(challenge.forgettable_at());
    item = match &challenge.screen {
        Screen::Socket(connection) => item.text("socket", connection.as_str()),
        Screen::Poll(digest) => item.text("deviceCodeDigest", digest.to_text()),
        Screen::Own => item.text("openedBy", "device"),
    };
    if let Some(by) = challenge.state.holder() {
        item = item.text("holderUser", by.user.as_str()).text("holderCredential", by.credential.to_string());
    }
    match &challenge.state {
        State::Unclaimed => item.text("state", UNCLAIMED),
        State::Claimed { at, .. } => item.text("state", CLAIMED).at("claimedAt", *at),
        State::Approved { at, .. } => item.text("state", APPROVED).at("decidedAt", *at),
        State::Rejected { at, .. } => item.text("state", REJECTED).at("decidedAt", *at),
        State::Consumed { at, redeemed_at, .. } => {
            item.text("state", CONSUMED).at("decidedAt", *at).at("redeemedAt", *redeemed_at)
        }
    }
    .done()
}

pub(crate) fn read_challenge(tenant: &TenantId, item: &Item) -> std::result::Result<Challenge, Unavailable> {
    let item = Reader(item);
    let screen = match (item.maybe("socket"), item.maybe("deviceCodeDigest")) {
        (Some(socket), _) => Screen::Socket(ConnectionId::parse(socket).map_err(|_| malformed("socket"))?),
        (None, Some(digest)) => Screen::Poll(Digest::from_text(digest).ok_or_else(|| malformed("deviceCodeDigest"))?),
        (None, None) if item.maybe("openedBy").is_some() => Screen::Own,
        (None, None) => return Err(malformed("socket")),
    };
    let holder = || -> std::result::Result<Holder, Unavailable> {
        Ok(Holder {
            user: item.parse("holderUser", UserId::parse)?,
            credential: item.credential_id("holderCredential")?,
        })
    };
    let state = match item.text("state")? {
        UNCLAIMED => State::Unclaimed,
        CLAIMED => State::Claimed { by: holder()?, at: item.at("claimedAt")? },
        APPROVED => State::Approved { by: holder()?, at: item.at("decidedAt")? },
        REJECTED => State::Rejected { by: holder()?, at: item.at("decidedAt")? },
        CONSUMED => State::Consumed { by: holder()?, at: item.at("decidedAt")?, redeemed_at: item.at("redeemedAt")? },
        _ => return Err(malformed("state")),
    };
    let withdrawn = match item.maybe("withdrawn") {
        None => None,
        Some(SUPERSEDED) => Some(Withdrawal::Superseded),
        Some(CANCELLED) => Some(Withdrawal::Cancelled),
        Some(_) => return Err(malformed("withdrawn")),
    };
    Ok(Challenge {
        id: item.parse("id", ChallengeId::parse)?,
        tenant: *tenant,
        action: item.parse("action", ActionCode::parse)?,
        idempotency_key: item.parse("idempotencyKey", IdempotencyKey::parse)?,
        custom: item.custom()?,
        context: item.context()?,
        subject: item.maybe("subject").map(UserId::parse).transpose().map_err(|_| malformed("subject"))?,
        screen,
        created_at: item.at("createdAt")?,
        expires_at: item.at("expiresAt")?,
        redeemable_ms: item.number("redeemableMs")?,
        withdrawn,
        state,
    })
}

fn withdrawal_text(why: Withdrawal) -> &'static str {
    match why {
        Withdrawal::Superseded => SUPERSEDED,
        Withdrawal::Cancelled => CANCELLED,
    }
}

/// What a failed condition means: the rules say, from the challenge as it stood.
pub(crate) fn judge(tenant: &TenantId, item: Option<&Item>, event: &Event, now: Timestamp) -> Result<Challenge> {
    let Some(item) = item else { return Err(Refusal::UnknownChallenge.into()) };
    let stood = read_challenge(tenant, item)?;
    let then = stood.apply(event, now)?;
    if then == stood { Ok(stood) } else { Err(disagreement().into()) }
}

impl Cloud {
    fn update_challenge(&self, tenant: &TenantId, id: &ChallengeId) -> UpdateItemFluentBuilder {
        self.db
            .update_item()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::challenge(tenant, id).into_attributes()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// A conditional update's item, new or, if the condition failed, old.
enum Updated {
    New(Item),
    Refused(Option<Item>),
}

impl Cloud {
    /// Sends a conditional update; one that a transaction on the same item got in the way of is sent again.
    async fn send(&self, update: UpdateItemFluentBuilder) -> std::result::Result<Updated, Unavailable> {
        let mut attempt = 0;
        loop {
            let error = match update.clone().send().await {
                Ok(output) => return Ok(Updated::New(output.attributes.unwrap_or_default())),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    return Ok(Updated::Refused(failed.item.clone()));
                }
                Some(UpdateItemError::TransactionConflictException(_)) if attempt < ATTEMPTS => {
                    self.wait(attempt).await?;
                    attempt += 1;
                }
                _ => return Err(database(&error)),
            }
        }
    }
}

impl Creates for Cloud {
    async fn create(&self, challenge: &Challenge) -> std::result::Result<(), Unavailable> {
        let table = &self.settings.live_table;
        let new = "attribute_not_exists(pk)";
        if let Some(row) = waiting(table, challenge)? {
            let put =
                Put::builder().table_name(table).set_item(Some(challenge_item(challenge))).condition_expression(new);
            let put = put.build().map_err(|_| malformed("challenge"))?;
            // Ids are random: only an earlier attempt of the same call can have stored it.
            self.transact(vec![TransactWriteItem::builder().put(put).build(), row]).await?;
            return Ok(());
        }
        let put =
            self.db.put_item().table_name(table).set_item(Some(challenge_item(challenge))).condition_expression(new);
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(database(&error)),
            },
        }
    }
}

impl Challenges for Cloud {
    async fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> Found<Challenge> {
        let item = self.get(&self.settings.live_table, key::challenge(tenant, id)).await?;
        item.map(|item| read_challenge(tenant, &item)).transpose()
    }
}

impl Claims for Cloud {
    async fn claim(&self, tenant: &TenantId, id: &ChallengeId, by: &Holder, now: Timestamp) -> Result<Challenge> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression(
                "SET #state = :claimed, claimedAt = :now, holderUser = :user, holderCredential = :credential",
            )
            .condition_expression(
                "#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) \
                 AND attribute_not_exists(openedBy) AND (attribute_not_exists(subject) OR subject = :user)",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_values(":user", text(by.user.as_str()))
            .expression_attribute_values(":credential", text(by.credential.to_string()))
            .expression_attribute_values(":now", millis(now));
        match self.send(update).await? {
            Updated::New(item) => Ok(read_challenge(tenant, &item)?),
            Updated::Refused(item) => judge(tenant, item.as_ref(), &Event::Claim(by.clone()), now),
        }
    }
}

impl Decides for Cloud {
    async fn decide(
        &self,
        challenge: &Challenge,
        by: &Credential,
        decision: Decision,
        action: &Action,
        now: Timestamp,
    ) -> Result<Challenge> {
        let event = Event::Decide(by.holder(), decision);
        let decided = challenge.apply(&event, now)?;
        let state = match decision {
            Decision::Approve => APPROVED,
            Decision::Reject => REJECTED,
        };
        let update = Update::builder()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::challenge(&challenge.tenant, &challenge.id).into_attributes()))
            .update_expression(
                "SET #state = :decided, decidedAt = :now, redeemableUntil = :until, holderUser = :user, \
                 holderCredential = :credential",
            )
            .condition_expression(
                "expiresAt > :now AND (attribute_not_exists(subject) OR subject = :user) \
                 AND ((#state = :claimed AND holderCredential = :credential AND holderUser = :user) \
                 OR (#state = :unclaimed AND attribute_not_exists(withdrawn) \
                 AND (attribute_exists(subject) OR attribute_exists(openedBy))))",
            )
            .expression_attribute_values(":unclaimed", text(UNCLAIMED))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":decided", text(state))
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":credential", text(by.id.to_string()))
            .expression_attribute_values(":user", text(by.user.as_str()))
            .expression_attribute_values(":now", millis(now))
            // A condition cannot add `decidedAt` and `redeemableMs` up, so their sum is stored.
            .expression_attribute_values(":until", millis(now.plus(challenge.redeemable_ms)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|_| malformed("challenge update"))?;
        let touch = Update::builder()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::credential(&by.tenant, &by.thumbprint()).into_attributes()))
            .update_expression("SET lastVerifiedAt = :now")
            .condition_expression("credentialId = :credential")
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":credential", text(by.id.to_string()))
            .build()
            .map_err(|_| malformed("credential update"))?;
        let record = action_update(&self.settings.directory_table, action, challenge.subject.is_some())?;
        let items = [update, touch, record].map(|update| TransactWriteItem::builder().update(update).build());
        match self.transact(items.to_vec()).await? {
            Transacted::Done => Ok(decided),
            Transacted::Refused(reasons) if failed(&reasons, 0) => {
                judge(&challenge.tenant, reasons.first().and_then(|reason| reason.item.as_ref()), &event, now)
            }
            Transacted::Refused(reasons) if failed(&reasons, 1) => Err(Refusal::InvalidCredential.into()),
            Transacted::Refused(reasons) if failed(&reasons, 2) => match reasons[2].item {
                Some(_) => Err(Refusal::ActionBlocked.into()),
                None => Err(Refusal::UnknownChallenge.into()),
            },
            Transacted::Refused(_) => Err(disagreement().into()),
        }
    }
}

impl Redeems for Cloud {
    async fn redeem(&self, tenant: &TenantId, id: &ChallengeId, now: Timestamp) -> Result<(Challenge, bool)> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET #state = :consumed, redeemedAt = :now")
            .condition_expression("#state = :approved AND redeemableUntil > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":consumed", text(CONSUMED))
            .expression_attribute_values(":approved", text(APPROVED))
            .expression_attribute_values(":now", millis(now));
        match self.send(update).await? {
            Updated::New(item) => Ok((read_challenge(tenant, &item)?, true)),
            Updated::Refused(item) => Ok((judge(tenant, item.as_ref(), &Event::Redeem, now)?, false)),
        }
    }
}

impl Withdraws for Cloud {
    async fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> std::result::Result<(), Unavailable> {
        let update = self
            .update_challenge(tenant, id)
            .update_expression("SET withdrawn = if_not_exists(withdrawn, :why)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":why", text(withdrawal_text(why)));
        self.send(update).await.map(|_| ())
    }
}

/// The part of a transaction that withdraws the challenge which a newer one replaces.
pub(crate) fn supersede(table: &str, tenant: &TenantId, id: &ChallengeId) -> std::result::Result<Update, Error> {
    Update::builder()
        .table_name(table)
        .set_key(Some(key::challenge(tenant, id).into_attributes()))
        .update_expression("SET withdrawn = if_not_exists(withdrawn, :superseded)")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_values(":superseded", text(SUPERSEDED))
        .build()
        .map_err(|_| malformed("challenge update").into())
}
