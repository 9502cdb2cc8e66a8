//! Who pays how much. The backend names the amount, and only the customer's phone can approve it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use scanlatch_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::DECLINED;
use super::payment::Payment;
use super::person;
use super::question::{Asked, Handed};
use super::refusal::Refusal;
use super::secret::secret;
use super::shop::{self, Line, Wish};
use super::site::Site;
use crate::system::now_ms;

/// The action that a phone approves.
const ACTION: &str = "payment";

/// How long a payment can be approved, in milliseconds.
const OPEN_MS: i64 = 10 * 60 * 1000;

/// How many customers a till offers.
const CUSTOMERS: usize = 4;

/// An order of a customer.
#[derive(Debug, Deserialize)]
pub struct Order {
    name: String,
    items: Vec<Wish>,
}

/// What can be ordered, and who could pay.
pub async fn menu(State(site): State<Arc<Site>>) -> Json<Value> {
    let items: Vec<Value> = shop::MENU.iter().map(|(id, price)| json!({ "id": id, "price": price })).collect();
    let customers = site.people.newest(CUSTOMERS);
    Json(json!({ "payee": shop::PAYEE, "currency": shop::CURRENCY, "items": items, "customers": customers }))
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
    fn of(id: &str, payment: Payment, status: Status, site: &Site) -> Self {
        let (receipt, at) = payment.paid.map_or((None, payment.made), |(receipt, at)| (Some(receipt), at));
        Self {
            payment_id: id.to_owned(),
            status,
            payee: shop::PAYEE,
            amount: shop::amount(&payment.bill),
            currency: shop::CURRENCY,
            name: site.people.name(&payment.user),
            items: payment.bill,
            at: Timestamp::from_millis(at).iso(),
            receipt,
            token: None,
        }
    }
}

/// Makes a payment for a customer who has a phone.
pub async fn track(
    State(site): State<Arc<Site>>,
    Asked(Order { name, items }): Asked<Order>,
) -> Result<Json<Told>, Refusal> {
    let user = person::id_of(&name).ok_or(Refusal::InvalidRequest)?;
    let bill = shop::bill(&items).ok_or(Refusal::InvalidRequest)?;
    if site.api.devices(&user).await?.is_empty() {
        return Err(Refusal::UnknownCustomer);
    }
    let id = secret::<16>()?;
    let custom = json!({ "amount": shop::amount(&bill), "currency": shop::CURRENCY, "payee": shop::PAYEE });
    let tracked = site.api.track(&user, ACTION, &json!({ "idempotencyKey": id, "custom": custom })).await?;
    let payment = Payment { user, bill, made: now_ms(), paid: None };
    site.payments.insert(id.clone(), payment.clone());
    Ok(Json(Told { token: Some(tracked.token), ..Told::of(&id, payment, Status::Open, &site) }))
}

/// How a payment stands. Whoever knows its id, as the phone that claimed it does, may ask.
pub async fn current(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Result<Json<Told>, Refusal> {
    let payment = site.payments.of(&id)?;
    let status = if payment.paid.is_some() {
        Status::Paid
    } else if site.api.state(&payment.user, ACTION, &id).await? == DECLINED {
        Status::Declined
    } else if now_ms() - payment.made > OPEN_MS {
        Status::Expired
    } else {
        Status::Open
    };
    Ok(Json(Told::of(&id, payment, status, &site)))
}

/// Takes the approval of a payment and gives its receipt.
pub async fn settle(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Asked(Handed { token }): Asked<Handed>,
) -> Result<Json<Told>, Refusal> {
    let payment = site.payments.of(&id)?;
    match site.api.approval(&token, ACTION, Some(&payment.user)).await? {
        Some((_, key)) if key == id => {}
        _ => return Err(Refusal::PaymentRefused),
    }
    Ok(Json(Told::of(&id, site.payments.pay(&id)?, Status::Paid, &site)))
}
