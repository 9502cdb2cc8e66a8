//! How soon a screen hears of its phone's claim, in round trips to the database.

use std::time::Duration;

use anyhow::Result;
use reqwest::Method;
use scanlatch_tests::Stack;
use serde_json::json;

use crate::login::{CLAIM_HEARD, Kind, Nobody, Person, application};
use crate::statistics::Values;
use crate::timer::Timer;

/// A round trip to the database that makes everything else small, in ms.
const ROUND_TRIP_MS: u32 = 100;

/// How many rounds come before the claim's write: those of the tenant and the credential's mark, and half of the write's own.
/// Here each call waits for its whole round trip before it happens, so that half is over when the write is made.
const ROUNDS_TO_THE_WRITE: f64 = 1.5;

/// From the claim's write until the screen hears of it, in round trips to the database; one value a login.
///
/// # Errors
/// If a login fails.
pub async fn after_the_write(stack: &Stack, logins: u32) -> Result<Values> {
    let person = Person::enrol(stack, "pushed", &application(stack).await?).await?;
    Box::pin(person.login(Kind::Socket, &mut Nobody)).await?;
    let delays = |ms: u32| json!({ "database": { "delayMs": ms } });
    stack.control(Method::POST, "faults", &delays(ROUND_TRIP_MS)).await?;
    let mut timer = Timer::default();
    for _ in 0..logins {
        Box::pin(person.login(Kind::Socket, &mut timer)).await?;
    }
    stack.control(Method::POST, "faults", &delays(0)).await?;
    let round_trip = Duration::from_millis(ROUND_TRIP_MS.into()).as_secs_f64();
    let heard = timer.took.iter().filter(|(name, _)| *name == CLAIM_HEARD);
    Ok(heard.map(|(_, took)| took.as_secs_f64() / round_trip - ROUNDS_TO_THE_WRITE).collect())
}
