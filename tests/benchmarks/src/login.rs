//! The cost of a login at the database, counted by the local stack's front.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Method;
use scanlatch_tests::Stack;
use serde_json::{Value, json};
use tokio::time::sleep;

/// The longest time from a socket's close to the end of its function.
const DISCONNECT: Duration = Duration::from_secs(1);

/// The cost of one step.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Calls to the database.
    pub calls: usize,
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
}

/// The steps of one kind of login, in order.
pub type Steps = Vec<(&'static str, Cost)>;

/// A login by a screen that polls twice, and the validation of its token. Nothing is cold: another login went before.
///
/// # Errors
/// If a step fails.
pub async fn by_polling(stack: &Stack) -> Result<Steps> {
    let (phone, screen) = (stack.phone_of("ann").await?, stack.polling_screen());
    let mut steps = Steps::new();
    for _ in 0..2 {
        steps.clear();
        let (id, code) = step(stack, &mut steps, "challenge", screen.open()).await?;
        step(stack, &mut steps, "poll, unclaimed", screen.poll(&id, &code)).await?.assert_ok();
        step(stack, &mut steps, "claim", phone.claim(&id)).await?.assert_ok();
        step(stack, &mut steps, "decide", phone.decide(&id, true)).await?.assert_ok();
        let polled = step(stack, &mut steps, "poll, approved", screen.poll(&id, &code)).await?;
        let token = json!({ "token": polled.text("accessToken") });
        step(stack, &mut steps, "validate", stack.backend().validate(&token)).await?.assert_ok();
    }
    Ok(steps)
}

/// A login by a screen on a socket, and the validation of its token.
///
/// # Errors
/// If a step fails.
pub async fn by_socket(stack: &Stack) -> Result<Steps> {
    let phone = stack.phone_of("ben").await?;
    let mut steps = Steps::new();
    for _ in 0..2 {
        steps.clear();
        let mut screen = step(stack, &mut steps, "connect", stack.socket_screen()).await?;
        let id = step(stack, &mut steps, "challenge", screen.challenge()).await?;
        step(stack, &mut steps, "claim", phone.claim(&id)).await?.assert_ok();
        screen.next().await?;
        step(stack, &mut steps, "decide", phone.decide(&id, true)).await?.assert_ok();
        let told = screen.next().await?;
        let token = told["data"]["accessToken"].as_str().context("the screen was told no token")?;
        step(stack, &mut steps, "validate", stack.backend().validate(&json!({ "token": token }))).await?.assert_ok();
        let disconnect = async {
            screen.close().await?;
            sleep(DISCONNECT).await;
            Ok(())
        };
        Box::pin(step(stack, &mut steps, "disconnect", disconnect)).await?;
    }
    Ok(steps)
}

async fn step<T>(
    stack: &Stack,
    steps: &mut Steps,
    name: &'static str,
    call: impl Future<Output = Result<T>>,
) -> Result<T> {
    stack.control(Method::DELETE, "database-calls", &Value::Null).await?;
    let result = call.await?;
    let counted = stack.control(Method::GET, "database-calls", &Value::Null).await?;
    let units = |kind: &str| counted["units"][kind].as_f64().with_context(|| format!("no {kind} units"));
    let calls = counted["calls"].as_array().context("no list of calls")?.len();
    steps.push((name, Cost { calls, read: units("read")?, write: units("write")? }));
    Ok(result)
}
