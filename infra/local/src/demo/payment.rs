//! Who pays how much. The backend names the amount, and only the customer's phone can approve it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use scanlatch_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Demo;
use super::api::DECLINED;
use super::person;
use super::question::Asked;
use super::refusal::Refusal;
use super::secret::secret;
use super::session::Handed;
use super::shop::{self, Line, Wish};
use crate::system::now_ms;

/// The action that a phone approves.
const ACTION: &str = "payment";

/// How long a payment can be approved, in milliseconds.
const OPEN_MS: i64 = 10 * 60 * 1000;

/// How long a payment is remembered, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// The first receipt's number.
const FIRST_RECEIPT: u32 = 1001;

/// An order of a customer.
#[derive(Debug, Deserialize)]
pub struct Order {
    name: String,
    items: Vec<Wish>,
}

/// The payments of the last day.
#[derive(Debug, Default)]
pub struct Payments {
    kept: Mutex<HashMap<String, Payment>>,
    receipts: AtomicU32,
}

#[derive(Clone, Debug)]
struct Payment {
    user: String,
    bill: Vec<Line>,
    /// When it was made, in milliseconds since 1970.
    made: i64,
    /// The number of its receipt and when it was paid.
    paid: Option<(String, i64)>,
}

impl Payments {
    fn insert(&self, id: String, payment: Payment) {
        self.kept().insert(id, payment);
    }

    fn of(&self, id: &str) -> Result<Payment, Refusal> {
        self.kept().get(id).cloned().ok_or(Refusal::PaymentNotFound)
    }

    /// Notes that a payment is paid. A second time changes nothing.
    fn pay(&self, id: &str) -> Result<Payment, Refusal> {
        let mut kept = self.kept();
        let payment = kept.get_mut(id).ok_or(Refusal::PaymentNotFound)?;
        if payment.paid.is_none() {
            let number = FIRST_RECEIPT + self.receipts.fetch_add(1, Ordering::Relaxed);
            payment.paid = Some((format!("N-{number}"), now_ms()));
        }
        Ok(payment.clone())
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Payment>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = now_ms() - KEPT_MS;
        kept.retain(|_, payment| payment.made > oldest);
        kept
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Open,
    Paid,
    Declined,
    Expired,
}

/// A payment as pages are told it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    payment_id: String,
    status: Status,
    payee: &'static str,
    /// In cents.
    amount: u32,
    currency: &'static str,
    name: String,
    items: Vec<Line>,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// With which the terminal asks for its code; told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Told {
    fn of(id: &str, payment: Payment, status: Status, demo: &Demo) -> Self {
        let (receipt, at) = payment.paid.map_or((None, payment.made), |(receipt, at)| (Some(receipt), at));
        Self {
            payment_id: id.to_owned(),
            status,
            payee: shop::PAYEE,
            amount: shop::amount(&payment.bill),
            currency: shop::CURRENCY,
            name: demo.people.name(&payment.user),
            items: payment.bill,
            at: Timestamp::from_millis(at).iso(),
            receipt,
            token: None,
        }
    }
}

/// Makes a payment for a customer who has a phone.
pub async fn track(
    State(demo): State<Arc<Demo>>,
    Asked(Order { name, items }): Asked<Order>,
) -> Result<Json<Told>, Refusal> {
    let user = person::id_of(&name).ok_or(Refusal::InvalidRequest)?;
    let bill = shop::bill(&items).ok_or(Refusal::InvalidRequest)?;
    if demo.api.devices(&user).await?.is_empty() {
        return Err(Refusal::UnknownCustomer);
    }
    let id = secret::<16>()?;
    let custom = json!({ "amount": shop::amount(&bill), "currency": shop::CURRENCY, "payee": shop::PAYEE });
    let tracked = demo.api.track(&user, ACTION, &json!({ "idempotencyKey": id, "custom": custom })).await?;
    let payment = Payment { user, bill, made: now_ms(), paid: None };
    demo.payments.insert(id.clone(), payment.clone());
    Ok(Json(Told { token: Some(tracked.token), ..Told::of(&id, payment, Status::Open, &demo) }))
}

/// How a payment stands. Whoever knows its id, as the phone that claimed it does, may ask.
pub async fn current(State(demo): State<Arc<Demo>>, Path(id): Path<String>) -> Result<Json<Told>, Refusal> {
    let payment = demo.payments.of(&id)?;
    let status = if payment.paid.is_some() {
        Status::Paid
    } else if demo.api.state(&payment.user, ACTION, &id).await? == DECLINED {
        Status::Declined
    } else if now_ms() - payment.made > OPEN_MS {
        Status::Expired
    } else {
        Status::Open
    };
    Ok(Json(Told::of(&id, payment, status, &demo)))
}

/// Takes the approval of a payment and gives its receipt.
pub async fn settle(
    State(demo): State<Arc<Demo>>,
    Path(id): Path<String>,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<Json<Told>, Refusal> {
    let payment = demo.payments.of(&id)?;
    match demo.api.approval(&token, ACTION, Some(&payment.user)).await? {
        Some((_, key)) if key == id => {}
        _ => return Err(Refusal::PaymentRefused),
    }
    Ok(Json(Told::of(&id, demo.payments.pay(&id)?, Status::Paid, &demo)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payments(made: i64) -> Payments {
        let payments = Payments::default();
        payments.insert("one".to_owned(), Payment { user: "ann".to_owned(), bill: Vec::new(), made, paid: None });
        payments
    }

    #[test]
    fn paying_twice_gives_the_same_receipt() {
        let payments = payments(now_ms());
        let first = payments.pay("one").unwrap().paid;
        assert_eq!(payments.pay("one").unwrap().paid, first);
        assert!(first.is_some_and(|(receipt, _)| receipt == "N-1001"));
    }

    #[test]
    fn a_payment_is_forgotten_after_a_day() {
        assert_eq!(payments(now_ms() - KEPT_MS).of("one").unwrap_err(), Refusal::PaymentNotFound);
    }
}
