//! The socket's examples: handshakes and requests are accepted, and answers look like their examples.

use anyhow::{Context as _, Result};
use scanlatch_tests::{SocketScreen, handshake_status, shared_stack};
use serde_json::Value;

use super::document::Document;
use super::shape::shape;

fn examples(described: &Document, message: &str, part: &str) -> Result<Vec<Value>> {
    let examples = described.root()["components"]["messages"][message]["examples"].as_array();
    let examples = examples.with_context(|| format!("{message} has no examples"))?;
    Ok(examples.iter().map(|example| example[part].clone()).collect())
}

fn assert_like(described: &Document, message: &str, real: &Value) -> Result<()> {
    for example in examples(described, message, "payload")? {
        assert_eq!(shape(real), shape(&example), "{message}: {real}");
    }
    Ok(())
}

#[tokio::test]
async fn the_handshakes_of_asyncapi_are_accepted() -> Result<()> {
    let stack = shared_stack().await;
    let token = stack.backend().user_token("described-ann", "read:authenticators").await?;
    for headers in examples(&Document::asyncapi()?, "handshake", "headers")? {
        let offers = headers["Sec-WebSocket-Protocol"].as_str().context("no sub-protocols")?;
        let (own, identity) = offers.rsplit_once(", ").context("one sub-protocol")?;
        let (kind, who) = match identity.split('.').nth(2) {
            Some("tenant") => ("tenant", stack.tenant_id()),
            _ => ("token", token.as_str()),
        };
        let offers = format!("{own}, x.authsignal.{kind}.{who}");
        assert_eq!(handshake_status(stack.ws_url(), Some(&offers), headers["Origin"].as_str()).await?, 101, "{offers}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_screen_is_told_looks_like_asyncapis_examples() -> Result<()> {
    let stack = shared_stack().await;
    let described = Document::asyncapi()?;
    let phone = stack.phone_of("described-ben").await?;
    let mut screen = stack.socket_screen().await?;
    for request in examples(&described, "createChallenge", "payload")? {
        for (approved, decision) in [(true, "approved"), (false, "rejected")] {
            screen.send(&request.to_string()).await?;
            let created = screen.next().await?;
            assert_like(&described, "challengeCreated", &created)?;
            let id = created["data"]["challengeId"].as_str().context("no challenge")?;
            phone.claim(id).await?.assert_ok();
            assert_like(&described, "claimed", &screen.next().await?)?;
            phone.decide(id, approved).await?.assert_ok();
            let decided = screen.next().await?;
            assert_eq!(decided["data"]["state"], decision);
            assert_like(&described, decision, &decided)?;
        }
    }
    screen.send(r#"{"type":"CREATE_CHALLENGE","data":{"actionCode":"log in"}}"#).await?;
    let refused = screen.next().await?;
    assert_like(&described, "error", &refused)?;
    assert!(examples(&described, "error", "payload")?.contains(&refused), "{refused}");
    Ok(())
}

/// The answer when a screen resumes a challenge with the device code that it was given.
async fn resume(described: &Document, screen: &mut SocketScreen, created: &Value) -> Result<Value> {
    let mut request = examples(described, "resumeChallenge", "payload")?.pop().context("no example")?;
    for member in ["challengeId", "deviceCode"] {
        request["data"][member] = created["data"][member].clone();
    }
    screen.send(&request.to_string()).await?;
    screen.next().await
}

#[tokio::test]
async fn what_a_screen_that_comes_back_is_told_looks_like_asyncapis_examples() -> Result<()> {
    let stack = shared_stack().await;
    let described = Document::asyncapi()?;
    let phone = stack.phone_of("described-cem").await?;
    for request in examples(&described, "createResumableChallenge", "payload")? {
        for (approved, decided, state) in
            [(true, "approvedChallengeResumed", "approved"), (false, "challengeResumed", "rejected")]
        {
            let mut screen = stack.socket_screen().await?;
            screen.send(&request.to_string()).await?;
            let created = screen.next().await?;
            assert_like(&described, "resumableChallengeCreated", &created)?;
            let id = created["data"]["challengeId"].as_str().context("no challenge")?;
            let mut back = stack.socket_screen().await?;
            let unclaimed = resume(&described, &mut back, &created).await?;
            assert_like(&described, "challengeResumed", &unclaimed)?;
            phone.claim(id).await?.assert_ok();
            assert_like(&described, "claimed", &back.next().await?)?;
            let claimed = resume(&described, &mut back, &created).await?;
            assert_like(&described, "claimedChallengeResumed", &claimed)?;
            phone.decide(id, approved).await?.assert_ok();
            assert_like(&described, state, &back.next().await?)?;
            let last = resume(&described, &mut back, &created).await?;
            assert_like(&described, decided, &last)?;
            let states = [&unclaimed, &claimed, &last].map(|told| told["data"]["state"].as_str());
            assert_eq!(states, [Some("unclaimed"), Some("claimed"), Some(state)]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_screen_with_a_short_code_is_told_looks_like_asyncapis_example() -> Result<()> {
    let stack = shared_stack().await;
    let described = Document::asyncapi()?;
    let phone = stack.phone_of("described-dan").await?;
    let mut screen = stack.socket_screen().await?;
    for request in examples(&described, "createChallengeWithShortCode", "payload")? {
        screen.send(&request.to_string()).await?;
        let created = screen.next().await?;
        assert_like(&described, "challengeWithShortCodeCreated", &created)?;
        phone.claim_by_code(created["data"]["shortCode"].as_str().context("no short code")?).await?.assert_ok();
        assert_like(&described, "claimed", &screen.next().await?)?;
    }
    Ok(())
}
