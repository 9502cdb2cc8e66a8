//! Actions: tracked by backends, decided by phones.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure, Update};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionFilter, ActionName, ActionState};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ChallengeId, TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Actions, ListsActions, MAX_ACTIONS, SetsActionState, Tracks};

use crate::Cloud;
use crate::failure::{condition_mismatch, database, malformed};
use crate::item::{Item, Reader, Writer, json_text, millis, number, text};
use crate::key;
use crate::query::{Part, sort_key};

const NO_CUSTOM: &str = "null";
const TRACE: &str = "trace";

fn action_item(action: &Action) -> Item {
    Writer::new(key::action(&action.name))
        .text("state", action.state.as_str())
        .at("stateUpdatedAt", action.state_updated_at)
        .at("createdAt", action.created_at)
        .at("expiresAt", action.expires_at)
        // Written even if there is none, so that no decision fills it with a screen's data.
        .text("custom", action.custom.as_ref().map_or_else(|| NO_CUSTOM.to_owned(), Custom::to_text))
        .maybe("verifiedBy", action.verified_by.map(|id| id.to_string()))
        .maybe("decidedIn", action.decided_in.map(|id| id.to_string()))
        .maybe("newest", action.newest.map(|id| id.to_string()))
        .maybe_json(TRACE, action.trace.as_ref())
        .json("context", &action.context)
        .ttl(action.expires_at)
        .done()
}

pub(crate) fn read_state(item: &Item) -> Result<ActionState, Unavailable> {
    ActionState::from_text(Reader(item).text("state")?).ok_or_else(|| malformed("state"))
}

pub(crate) fn read_action(name: &ActionName, item: &Item) -> Result<Action, Unavailable> {
    let state = read_state(item)?;
    let item = Reader(item);
    let challenge = |field| item.maybe(field).map(ChallengeId::parse).transpose().map_err(|_| malformed(field));
    Ok(Action {
        name: name.clone(),
        state,
        state_updated_at: item.at("stateUpdatedAt")?,
        created_at: item.at("createdAt")?,
        expires_at: item.at("expiresAt")?,
        custom: if item.maybe("custom") == Some(NO_CUSTOM) { None } else { item.custom()? },
        context: item.context()?,
        verified_by: item.maybe("verifiedBy").map(|_| item.credential_id("verifiedBy")).transpose()?,
        decided_in: challenge("decidedIn")?,
        newest: challenge("newest")?,
        trace: item.maybe_json(TRACE)?,
    })
}

/// The part of a decision's transaction that records the decision. The backend's tracked data stays, and the previous
/// state is kept in case the decision is taken back. If the action `must_be_there` and is gone, it was deleted with its
/// user, and the decision fails.
pub(crate) fn action_update(table: &str, action: &Action, must_be_there: bool) -> Result<Update, Unavailable> {
    let open = "NOT #state IN (:blocked, :refused, :succeeded)";
    let condition = if must_be_there {
        format!("attribute_exists(#state) AND {open}")
    } else {
        format!("attribute_not_exists(#state) OR {open}")
    };
    let update = on_action(table, &action.name)
        .expression_attribute_names("#ttl", "ttl")
        .expression_attribute_names("#context", "context")
        .condition_expression(condition)
        .expression_attribute_values(":blocked", text(ActionState::Block.as_str()))
        .expression_attribute_values(":refused", text(ActionState::ReviewFailed.as_str()))
        .expression_attribute_values(":succeeded", text(ActionState::ChallengeSucceeded.as_str()))
        .expression_attribute_values(":failed", text(ActionState::ChallengeFailed.as_str()))
        .expression_attribute_values(":by", text(action.verified_by.map(|id| id.to_string()).unwrap_or_default()))
        .expression_attribute_values(":in", text(action.decided_in.map(|id| id.to_string()).unwrap_or_default()))
        .expression_attribute_values(":state", text(action.state.as_str()))
        .expression_attribute_values(":updated", millis(action.state_updated_at))
        .expression_attribute_values(":created", millis(action.created_at))
        .expression_attribute_values(":expires", millis(action.expires_at))
        .expression_attribute_values(":ttl", number(action.expires_at.seconds()))
        .expression_attribute_values(":context", json_text(&action.context));
    let always = "SET stateBefore = if_not_exists(#state, :failed), #state = :state, stateUpdatedAt = :updated, \
                  createdAt = if_not_exists(createdAt, :created), expiresAt = :expires, #ttl = :ttl, verifiedBy = :by, \
                  decidedIn = :in, #context = if_not_exists(#context, :context)";
    let (set, update) = match &action.custom {
        None => (always.to_owned(), update),
        Some(custom) => (
            format!("{always}, custom = if_not_exists(custom, :custom)"),
            update.expression_attribute_values(":custom", text(custom.to_text())),
        ),
    };
    match &action.trace {
        None => update.update_expression(format!("{set} REMOVE {TRACE}")),
        Some(trace) => update
            .update_expression(format!("{set}, {TRACE} = :trace"))
            .expression_attribute_values(":trace", json_text(trace)),
    }
    .build()
    .map_err(|_| malformed("action update"))
}

/// The part of a take-back that undoes the record of this challenge's decision.
pub(crate) fn action_restored(
    table: &str,
    name: &ActionName,
    decided_in: ChallengeId,
    now: Timestamp,
) -> UpdateBuilder {
    on_action(table, name)
        .update_expression(
            "SET #state = stateBefore, stateUpdatedAt = :now REMOVE verifiedBy, decidedIn, stateBefore, trace",
        )
        .condition_expression("#state = :succeeded AND decidedIn = :in")
        .expression_attribute_values(":now", millis(now))
        .expression_attribute_values(":succeeded", text(ActionState::ChallengeSucceeded.as_str()))
        .expression_attribute_values(":in", text(decided_in.to_string()))
}

/// The part of a new challenge's transaction that makes its action name it. The action must still name the same
/// challenge as when it was read, and must be neither expired nor barred.
pub(crate) fn action_naming(table: &str, action: &Action, challenge: &Challenge) -> UpdateBuilder {
    let open = "attribute_exists(#state) AND expiresAt > :now AND NOT #state IN (:blocked, :refused)";
    let update = on_action(table, &action.name)
        .update_expression("SET newest = :new")
        .expression_attribute_values(":new", text(challenge.id.to_string()))
        .expression_attribute_values(":now", millis(challenge.created_at))
        .expression_attribute_values(":blocked", text(ActionState::Block.as_str()))
        .expression_attribute_values(":refused", text(ActionState::ReviewFailed.as_str()));
    match action.newest {
        None => update.condition_expression(format!("{open} AND attribute_not_exists(newest)")),
        Some(newest) => update
            .condition_expression(format!("{open} AND newest = :newest"))
            .expression_attribute_values(":newest", text(newest.to_string())),
    }
}

fn on_action(table: &str, name: &ActionName) -> UpdateBuilder {
    Update::builder()
        .table_name(table)
        .set_key(Some(key::action(name).into_attributes()))
        .expression_attribute_names("#state", "state")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
}

impl Tracks for Cloud {
    async fn track(&self, action: &Action) -> Result<Action, Unavailable> {
        let put = self
            .db
            .put_item()
            .table_name(&self.settings.directory_table)
            .set_item(Some(action_item(action)))
            .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now")
            .expression_attribute_values(":now", millis(action.created_at))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else { return Ok(action.clone()) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                read_action(&action.name, failed.item.as_ref().ok_or_else(condition_mismatch)?)
            }
            _ => Err(database(&error)),
        }
    }
}

impl Actions for Cloud {
    async fn action(&self, name: &ActionName, now: Timestamp) -> Result<Option<Action>, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::action(name)).await?;
        let action = item.map(|item| read_action(name, &item)).transpose()?;
        Ok(action.filter(|action| now < action.expires_at))
    }
}

impl ListsActions for Cloud {
    async fn actions_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        sought: &ActionFilter,
        now: Timestamp,
    ) -> Result<Vec<Action>, Unavailable> {
        let partition = key::user_partition(tenant, user);
        let items = self.query(&self.settings.directory_table, &partition, Part::Beginning(key::ACTION)).await?;
        let mut actions = Vec::new();
        for item in &items {
            let name = key::action_name(tenant, user, sort_key(item)).ok_or_else(|| malformed("action"))?;
            let action = read_action(&name, item)?;
            actions.extend(Some(action).filter(|action| now < action.expires_at && sought.matches(action)));
        }
        actions.sort_by_key(|action| std::cmp::Reverse(action.created_at));
        actions.truncate(MAX_ACTIONS);
        Ok(actions)
    }
}

impl SetsActionState for Cloud {
    async fn set_state(
        &self,
        name: &ActionName,
        state: ActionState,
        now: Timestamp,
    ) -> scanlatch_service::Result<Action> {
        let update = self
            .db
            .update_item()
            .table_name(&self.settings.directory_table)
            .set_key(Some(key::action(name).into_attributes()))
            .update_expression("SET #state = :state, stateUpdatedAt = :now REMOVE decidedIn")
            .condition_expression("expiresAt > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state.as_str()))
            .expression_attribute_values(":now", millis(now))
            .return_values(ReturnValue::AllNew);
        match update.send().await {
            Ok(output) => Ok(read_action(name, &output.attributes.unwrap_or_default())?),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(Refusal::UnknownAction.into()),
                _ => Err(database(&error).into()),
            },
        }
    }
}

#[cfg(test)]
mod tests;
