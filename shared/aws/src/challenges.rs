//! Challenges as items, and the meaning of a failed condition on one.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, ClaimFacts, Event, Hold, Resumable, Screen, State, Withdrawal};
use scanlatch_protocol::credential::Holder;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ActionCode, CallId, ChallengeId, ConnectionId, IdempotencyKey, TenantId, UserId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::verification_code::VerificationCode;
use scanlatch_service::port::Challenges;
use scanlatch_service::{Result, Unavailable};

use crate::Cloud;
use crate::failure::{ATTEMPTS, condition_mismatch, database, malformed};
use crate::item::{Item, Reader, Writer, text};
use crate::key;

pub(crate) const UNCLAIMED: &str = "unclaimed";
pub(crate) const CLAIMED: &str = "claimed";
pub(crate) const APPROVED: &str = "approved";
pub(crate) const REJECTED: &str = "rejected";
pub(crate) const CONSUMED: &str = "consumed";
pub(crate) const CANCELLED: &str = "cancelled";
pub(crate) const REVOKED: &str = "revoked";

const SUPERSEDED: &str = "superseded";

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
        .set("tokenMs", crate::item::number(challenge.token_ms))
        .set("nearKm", crate::item::number(challenge.near_km.into()))
        .maybe("withdrawn", challenge.withdrawn.map(withdrawal_text))
        .ttl(challenge.forgettable_at());
    item = match &challenge.screen {
        Screen::Socket(connection) => item.text("socket", connection.as_str()),
        Screen::Resumable(Resumable { code, socket, lost_at }) => item
            .text("deviceCodeDigest", code.to_text())
            .maybe("socket", socket.as_ref().map(ConnectionId::as_str))
            .maybe_at("lostAt", *lost_at),
        Screen::TrustedDevice => item.set("trustedDevice", AttributeValue::Bool(true)),
    };
    if let Some(sight) = &challenge.sight {
        item = item.json("sight", sight);
    }
    if challenge.shows_number {
        item = item.set("showsNumber", AttributeValue::Bool(true));
    }
    if challenge.is_backends {
        item = item.set(BACKENDS, AttributeValue::Bool(true));
    }
    item = item.maybe(SUCCESSOR, challenge.successor.map(|id| id.to_string()));
    if let Some(claim) = &challenge.claim {
        item = item.text(CODE, claim.code.to_text()).at(DECIDE_BY, claim.decide_by);
        if let Some(seen) = &claim.seen {
            item = item.json(SEEN, seen);
        }
    }
    if !challenge.spent.is_empty() {
        item = item.set(SPENT, spent(&challenge.spent));
    }
    item = item.maybe("shortCodeDigest", challenge.short_code.as_ref().map(Digest::to_text));
    if let Some(application) = challenge.application.as_deref() {
        item = item.json("application", application);
    }
    item = item.maybe("takenFor", challenge.taken_for.as_ref().map(ActionCode::as_str));
    if let Some(by) = challenge.state.holder() {
        item = item.text("holderUser", by.user.as_str()).text("holderCredential", by.credential.to_string());
    }
    match &challenge.state {
        State::Unclaimed => item.text("state", UNCLAIMED),
        State::Claimed { at, .. } => item.text("state", CLAIMED).at("claimedAt", *at),
        State::Approved { at, hold, .. } => {
            let item = item.text("state", APPROVED).at("decidedAt", *at);
            match hold {
                Hold::Free => item,
                Hold::Repeated { calls, unheard } => {
                    let item = item.set(HELD, held(calls));
                    if *unheard { item.text(UNHEARD, "yes") } else { item }
                }
                Hold::Settled => item.text(SETTLED, "yes"),
            }
        }
        State::Cancelled { at, .. } => item.text("state", CANCELLED).at("decidedAt", *at),
        State::Revoked { at, .. } => item.text("state", REVOKED).at("decidedAt", *at),
        State::Rejected { at, .. } => item.text("state", REJECTED).at("decidedAt", *at),
        State::Consumed { at, redeemed_at, .. } => {
            item.text("state", CONSUMED).at("decidedAt", *at).at("redeemedAt", *redeemed_at)
        }
    }
    .done()
}

pub(crate) fn read_challenge(tenant: &TenantId, item: &Item) -> std::result::Result<Challenge, Unavailable> {
    let item = Reader(item);
    let socket = item.maybe("socket").map(ConnectionId::parse).transpose().map_err(|_| malformed("socket"))?;
    let screen = match (item.maybe("deviceCodeDigest"), socket) {
        (Some(digest), socket) => Screen::Resumable(Resumable {
            code: Digest::from_text(digest).ok_or_else(|| malformed("deviceCodeDigest"))?,
            socket,
            lost_at: item.maybe_at("lostAt"),
        }),
        (None, Some(socket)) => Screen::Socket(socket),
        (None, None) if item.has("trustedDevice") => Screen::TrustedDevice,
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
        APPROVED => State::Approved { by: holder()?, at: item.at("decidedAt")?, hold: read_hold(item)? },
        CANCELLED => State::Cancelled { by: holder()?, at: item.at("decidedAt")? },
        REVOKED => State::Revoked { by: holder()?, at: item.at("decidedAt")? },
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
        token_ms: item.number("tokenMs")?,
        near_km: item.count("nearKm")?,
        sight: item.maybe_json("sight")?,
        shows_number: item.has("showsNumber"),
        is_backends: item.has(BACKENDS),
        withdrawn,
        successor: item.maybe(SUCCESSOR).map(ChallengeId::parse).transpose().map_err(|_| malformed(SUCCESSOR))?,
        claim: read_facts(item)?,
        spent: read_spent(item)?,
        short_code: match item.maybe("shortCodeDigest") {
            None => None,
            Some(digest) => Some(Digest::from_text(digest).ok_or_else(|| malformed("shortCodeDigest"))?),
        },
        application: item.maybe_json("application")?.map(Box::new),
        taken_for: item.maybe("takenFor").map(ActionCode::parse).transpose().map_err(|_| malformed("takenFor"))?,
        state,
    })
}

/// Present if a backend's user token opened the challenge.
pub(crate) const BACKENDS: &str = "backends";
/// The newer challenge that its screen follows too.
pub(crate) const SUCCESSOR: &str = "successor";
/// The number that the claim fixed.
pub(crate) const CODE: &str = "verificationCode";
/// When the claimer can no longer decide.
pub(crate) const DECIDE_BY: &str = "decideBy";
/// What the trusted edge saw of the claimer.
pub(crate) const SEEN: &str = "seen";
/// The `r` of each accepted claim's signature.
pub(crate) const SPENT: &str = "spent";
/// The calls that hold an approval.
pub(crate) const HELD: &str = "held";
/// Present if the call that made the approval found its screen gone.
pub(crate) const UNHEARD: &str = "unheard";
/// Present if nobody can take the approval back any more.
pub(crate) const SETTLED: &str = "settled";

pub(crate) fn held<'a>(calls: impl IntoIterator<Item = &'a CallId>) -> AttributeValue {
    AttributeValue::Ss(calls.into_iter().map(CallId::to_string).collect())
}

fn read_facts(item: Reader<'_>) -> std::result::Result<Option<ClaimFacts>, Unavailable> {
    if !item.has(CODE) {
        return Ok(None);
    }
    Ok(Some(ClaimFacts {
        seen: item.maybe_json(SEEN)?,
        code: item.parse(CODE, VerificationCode::parse)?,
        decide_by: item.at(DECIDE_BY)?,
    }))
}

fn read_hold(item: Reader<'_>) -> std::result::Result<Hold, Unavailable> {
    if item.has(SETTLED) {
        return Ok(Hold::Settled);
    }
    let calls = item.texts(HELD).into_iter().map(CallId::parse).collect::<std::result::Result<BTreeSet<_>, _>>();
    let calls = calls.map_err(|_| malformed(HELD))?;
    Ok(if calls.is_empty() { Hold::Free } else { Hold::Repeated { calls, unheard: item.has(UNHEARD) } })
}

pub(crate) fn spent(signatures: &[SignatureR]) -> AttributeValue {
    AttributeValue::Ss(signatures.iter().map(SignatureR::to_text).collect())
}

/// A set has no order, so it is read in the order of its texts.
fn read_spent(item: Reader<'_>) -> std::result::Result<Vec<SignatureR>, Unavailable> {
    let mut texts = item.texts(SPENT);
    texts.sort_unstable();
    texts.into_iter().map(|text| SignatureR::from_text(text).ok_or_else(|| malformed(SPENT))).collect()
}

pub(crate) fn withdrawal_text(why: Withdrawal) -> &'static str {
    match why {
        Withdrawal::Superseded => SUPERSEDED,
        Withdrawal::Cancelled => CANCELLED,
    }
}

/// The result after a failed condition, by the rules and the challenge that was found.
pub(crate) fn stands_after(tenant: &TenantId, item: Option<&Item>, event: &Event, now: Timestamp) -> Result<Challenge> {
    let Some(item) = item else { return Err(Refusal::UnknownChallenge.into()) };
    let stood = read_challenge(tenant, item)?;
    let then = stood.apply(event, now)?;
    if then == stood { Ok(stood) } else { Err(condition_mismatch().into()) }
}

/// The item of a conditional update: new, or old if the condition failed.
pub(crate) enum Updated {
    New(Item),
    Refused(Option<Item>),
}

impl Cloud {
    pub(crate) fn update_challenge(&self, tenant: &TenantId, id: &ChallengeId) -> UpdateItemFluentBuilder {
        self.db
            .update_item()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::challenge(tenant, id).into_attributes()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// The same update as a part of a transaction.
    pub(crate) fn challenge_part(&self, tenant: &TenantId, id: &ChallengeId) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.settings.live_table)
            .set_key(Some(key::challenge(tenant, id).into_attributes()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// Sends a conditional update, again if it is in conflict with a transaction on the same item.
    pub(crate) async fn send(&self, update: UpdateItemFluentBuilder) -> std::result::Result<Updated, Unavailable> {
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

    /// The updated challenge. If the condition failed, the result of [`stands_after`].
    pub(crate) async fn changed(
        &self,
        tenant: &TenantId,
        update: UpdateItemFluentBuilder,
        event: &Event,
        now: Timestamp,
    ) -> Result<Challenge> {
        match self.send(update).await? {
            Updated::New(item) => Ok(read_challenge(tenant, &item)?),
            Updated::Refused(item) => stands_after(tenant, item.as_ref(), event, now),
        }
    }
}

/// A finished part of a transaction.
pub(crate) fn part(update: UpdateBuilder) -> std::result::Result<TransactWriteItem, Unavailable> {
    let update = update.build().map_err(|_| malformed("update"))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Withdraws a challenge that a newer one replaces.
pub(crate) fn superseding(update: UpdateBuilder) -> UpdateBuilder {
    update
        .update_expression("SET withdrawn = if_not_exists(withdrawn, :superseded)")
        .expression_attribute_values(":superseded", text(SUPERSEDED))
}

impl Challenges for Cloud {
    async fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> Result<Option<Challenge>, Unavailable> {
        let item = self.get(&self.settings.live_table, key::challenge(tenant, id)).await?;
        item.map(|item| read_challenge(tenant, &item)).transpose()
    }
}
