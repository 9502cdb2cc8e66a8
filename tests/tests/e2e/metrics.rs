//! The metrics in the functions' logs count what happened.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use scanlatch_client::Method;
use scanlatch_tests::{Document, Stack, handshake_status};
use serde_json::{Value, json};

/// The documents in a stack's logs; an invalid one is an error.
fn documents(logs: &Path) -> Result<Vec<Document>> {
    let mut documents = Vec::new();
    for file in std::fs::read_dir(logs)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            for line in std::fs::read_to_string(path)?.lines() {
                documents.extend(Document::read(line)?);
            }
        }
    }
    Ok(documents)
}

/// The sums of these metrics, once the log holds all of them.
async fn sums(logs: &Path, expected: &BTreeMap<&str, f64>) -> Result<BTreeMap<String, f64>> {
    let mut sums = BTreeMap::new();
    for _ in 0..100 {
        let documents = documents(logs)?;
        sums = expected
            .keys()
            .map(|metric| ((*metric).to_owned(), documents.iter().map(|document| document.sum(metric)).sum()))
            .collect();
        if expected.iter().all(|(metric, count)| sums[*metric] >= *count) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(sums)
}

async fn faults(stack: &Stack, faults: Value) -> Result<()> {
    stack.control(Method::POST, "faults", &faults).await.map(|_| ())
}

#[tokio::test]
async fn the_log_counts_what_happened() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let logs = folder.path().join("logs");
    let stack = Stack::start(&["--logs", logs.to_str().unwrap_or_default()]).await?;
    let phone = stack.phone_of("ann").await?;

    // A login by socket.
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    tokio::time::sleep(Duration::from_millis(20)).await;
    phone.decide(&id, true).await?.assert_ok();
    let _claimed = screen.next().await?;
    let token = screen.next().await?["data"]["accessToken"].clone();
    for _ in 0..2 {
        stack.backend().validate(&json!({ "token": token })).await?.assert_ok();
    }

    // A rejection, seen by polling.
    let (id, _) = stack.polling_screen().open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, false).await?.assert_ok();
    phone.decide(&id, false).await?.assert_ok();

    // A push that fails, and one to a screen that left unnoticed.
    let id = screen.challenge().await?;
    faults(&stack, json!({ "failPushes": true })).await?;
    phone.claim(&id).await?.assert_ok();
    faults(&stack, json!({ "loseDisconnects": true })).await?;
    screen.close().await?;
    phone.claim(&id).await?.assert_refused(410, "challenge_cancelled");
    faults(&stack, json!({})).await?;

    // A refused handshake, a refused call and a call that a dependency fails.
    assert_eq!(handshake_status(stack.ws_url(), Some("authsignal-ws"), None).await?, 401);
    stack.backend().get("/users/nobody/actions/login/none").await?.assert_refused(404, "action_not_found");
    faults(&stack, json!({ "database": { "failEvery": 1 } })).await?;
    stack.polling_screen().create(&json!({ "action": "login" })).await?.assert_refused(503, "unavailable");
    faults(&stack, json!({})).await?;

    let rotated = stack.invoke("signing-key-rotate", &json!({ "emergency": true })).await?;
    assert_eq!(rotated.map(|report| report["made"].clone()), Ok(json!(true)));

    let expected = BTreeMap::from([
        ("SigningKeysMade", 2.0),
        ("ChallengesOnSockets", 2.0),
        ("ChallengesPolled", 1.0),
        ("Claims", 3.0),
        ("Approvals", 1.0),
        ("Rejections", 1.0),
        ("Logins", 1.0),
        ("Validations", 2.0),
        ("CredentialsEnrolled", 1.0),
        ("HandshakesAccepted", 1.0),
        ("HandshakesRefused", 1.0),
        ("Refused", 2.0),
        ("PushesSent", 2.0),
        ("PushesFailed", 1.0),
        ("PushesGone", 1.0),
        ("Unavailable", 1.0),
        ("Failures", 0.0),
    ]);
    let counted = sums(&logs, &expected).await?;
    assert_eq!(counted, expected.iter().map(|(metric, count)| ((*metric).to_owned(), *count)).collect());

    let documents = documents(&logs)?;
    assert!(documents.iter().any(|document| document.0["SigningKeyAgeDays"] == 0.0));
    let took: Vec<f64> = documents.iter().filter_map(|document| document.0["ClaimToDecision"].as_f64()).collect();
    assert_eq!(took.len(), 2);
    assert!(took[0] >= 20.0, "{took:?}");
    let labels = |metric: &str, label: &str| -> Vec<Value> {
        let with = documents.iter().filter(|document| document.sum(metric) > 0.0);
        with.map(|document| document.0[label].clone()).collect()
    };
    assert_eq!(labels("HandshakesRefused", "Status"), ["401"]);
    let mut refused: Vec<String> = labels("Refused", "Code").iter().map(Value::to_string).collect();
    refused.sort_unstable();
    assert_eq!(refused, [r#""action_not_found""#, r#""challenge_cancelled""#]);
    assert_eq!(labels("Unavailable", "Dependency"), ["DynamoDB"]);
    assert_eq!(labels("Validations", "Outcome"), ["first", "repeated"]);
    assert_eq!(labels("Logins", "Tenant"), [stack.tenant_id()]);
    Ok(())
}

#[tokio::test]
async fn metrics_outlive_a_log_level_that_hides_everything_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let logs = folder.path().join("logs");
    let stack = Stack::start(&["--logs", logs.to_str().unwrap_or_default(), "--log-level", "ERROR"]).await?;
    stack.polling_screen().open().await?;
    let expected = BTreeMap::from([("ChallengesPolled", 1.0)]);
    assert_eq!(sums(&logs, &expected).await?, [("ChallengesPolled".to_owned(), 1.0)].into());
    let Some(document) = documents(&logs)?.into_iter().next() else { bail!("nothing was logged") };
    // Lambda drops lines below the function's log level.
    assert_eq!(document.0["level"], "ERROR");
    Ok(())
}
