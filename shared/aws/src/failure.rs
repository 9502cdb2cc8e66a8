//! What an AWS error means. Only its code is kept: a failed condition may carry an item, and items hold digests.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use scanlatch_service::Unavailable;
use scanlatch_service::port::Entropy as _;

use crate::Cloud;

pub(crate) const DATABASE: &str = "DynamoDB";

/// An item with content that this crate does not write.
pub(crate) fn malformed(field: &str) -> Unavailable {
    Unavailable::new(DATABASE, format!("an item's `{field}` is missing or malformed"))
}

/// A condition failed that should hold by the rules of `protocol`. A clock that jumped can cause that.
pub(crate) fn condition_mismatch() -> Unavailable {
    Unavailable::new(DATABASE, "a condition failed that should have held")
}

/// A failed call.
pub(crate) fn database<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Unavailable {
    Unavailable::new(DATABASE, describe(error))
}

pub(crate) fn describe<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let kind = match error {
        SdkError::ConstructionFailure(_) => "the request could not be built",
        SdkError::TimeoutError(_) => "it timed out",
        SdkError::DispatchFailure(_) => "it could not be reached",
        SdkError::ResponseError(_) => "its answer made no sense",
        _ => "it answered with an error",
    };
    match error.code() {
        Some(code) => format!("{kind}: {code}"),
        None => kind.to_owned(),
    }
}

/// The outcome of a transaction.
pub(crate) enum Transacted {
    /// All of it happened.
    Done,
    /// None of it happened. There is one reason per item, in order.
    Refused(Vec<CancellationReason>),
}

/// Whether a transaction was refused because of this item's condition.
pub(crate) fn failed(reasons: &[CancellationReason], index: usize) -> bool {
    reasons.get(index).and_then(|reason| reason.code.as_deref()) == Some("ConditionalCheckFailed")
}

/// How often a write is tried if it is in conflict with others.
pub(crate) const ATTEMPTS: u32 = 6;

impl Cloud {
    /// Writes all or nothing. Two transactions on the same item at once may cancel each other. Such a conflict is tried
    /// again, a failed condition is not.
    pub(crate) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Transacted, Unavailable> {
        for attempt in 0..ATTEMPTS {
            let call = self.db.transact_write_items().set_transact_items(Some(items.clone())).send();
            let Some(reasons) = reasons(call.await)? else { return Ok(Transacted::Done) };
            if reasons.iter().any(|reason| reason.code.as_deref() == Some("ConditionalCheckFailed")) {
                return Ok(Transacted::Refused(reasons));
            }
            self.wait(attempt).await?;
        }
        Err(Unavailable::new(DATABASE, "a transaction was in conflict with others again and again"))
    }

    /// Waits before another attempt, longer each time.
    pub(crate) async fn wait(&self, attempt: u32) -> Result<(), Unavailable> {
        let [jitter] = self.random::<1>()?;
        tokio::time::sleep(Duration::from_millis((10 << attempt) + u64::from(jitter % 10))).await;
        Ok(())
    }
}

fn reasons<R>(
    result: Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError, R>>,
) -> Result<Option<Vec<CancellationReason>>, Unavailable> {
    let Err(error) = result else { return Ok(None) };
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let known = |code: &str| matches!(code, "None" | "ConditionalCheckFailed" | "TransactionConflict");
            let reasons = cancelled.cancellation_reasons();
            match reasons.iter().filter_map(|reason| reason.code.as_deref()).find(|code| !known(code)) {
                Some(code) => Err(Unavailable::new(DATABASE, format!("a transaction was cancelled: {code}"))),
                None => Ok(Some(reasons.to_vec())),
            }
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Ok(Some(Vec::new())),
        _ => Err(database(&error)),
    }
}
