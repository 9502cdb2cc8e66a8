//! Who pays, and for what.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::refusal::Refusal;
use super::shop::Line;
use crate::system::now_ms;

/// How long a payment is remembered, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// The first receipt's number.
const FIRST_RECEIPT: u32 = 1001;

/// The payments of the last day.
#[derive(Debug, Default)]
pub struct Payments {
    kept: Mutex<HashMap<String, Payment>>,
    receipts: AtomicU32,
}

/// A payment of a customer.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The customer.
    pub user: String,
    /// What for.
    pub bill: Vec<Line>,
    /// When it was made, in milliseconds since 1970.
    pub made: i64,
    /// The number of its receipt and when it was paid.
    pub paid: Option<(String, i64)>,
}

impl Payments {
    /// Keeps a payment under its id.
    pub fn insert(&self, id: String, payment: Payment) {
        self.kept().insert(id, payment);
    }

    /// The payment with this id.
    ///
    /// # Errors
    /// [`Refusal::PaymentNotFound`].
    pub fn of(&self, id: &str) -> Result<Payment, Refusal> {
        self.kept().get(id).cloned().ok_or(Refusal::PaymentNotFound)
    }

    /// Notes that a payment is paid. A second time changes nothing.
    ///
    /// # Errors
    /// [`Refusal::PaymentNotFound`].
    pub fn pay(&self, id: &str) -> Result<Payment, Refusal> {
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
