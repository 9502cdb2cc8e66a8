//! Functions may do what the template grants, here as on AWS.

use anyhow::{Context as _, Result};
use scanlatch_tests::{Stack, template_with};
use serde_json::json;

#[tokio::test]
async fn what_the_template_does_not_grant_is_refused_and_reaches_clients_as_unavailable() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = template_with(folder.path(), "ChallengeCreate", "dynamodb:PutItem", "dynamodb:GetItem")?;
    let stack = Stack::start(&["--template", path.to_str().context("an odd path")?]).await?;
    let screen = stack.polling_screen();
    screen.create(&json!({ "action": "login" })).await?.assert_refused(503, "unavailable");
    Ok(())
}

#[tokio::test]
async fn a_push_that_the_template_does_not_grant_is_lost_and_the_login_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = template_with(folder.path(), "ChallengeClaim", "execute-api:ManageConnections", "execute-api:Invoke")?;
    let stack = Stack::start(&["--template", path.to_str().context("an odd path")?]).await?;
    let phone = stack.phone_of("ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    assert!(screen.is_silent().await?);
    phone.decide(&id, true).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "approved");
    Ok(())
}

#[tokio::test]
async fn the_first_token_of_a_deployment_is_signed_whichever_function_signs_it() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (id, _) = stack.polling_screen().open().await?;
    let taken = json!({ "challengeId": id, "userId": "ann", "skipVerificationCheck": true });
    let token = stack.backend().post("/claim", &taken).await?.assert_ok().text("token");
    stack.polling_screen().with_token(&token).open().await?;

    let stack = Stack::start(&[]).await?;
    let token = stack.backend().user_token("team%2Fann", "add:authenticators").await?;
    stack.phone().enrol(&token).await?.assert_ok();
    Ok(())
}
