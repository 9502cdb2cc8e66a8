//! No log line holds anything secret or personal, not even at the most detailed level. `tests/run canaries` searches
//! every line of a whole run for every secret of it; this does the same for one person with recognisable values.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use scanlatch_client::Method;
use scanlatch_tests::{Answer, SocketScreen, Stack};
use serde_json::{Value, json};

/// A part of every planted value and of nothing else.
const MARK: &str = "canary";

const USER: &str = "canary-user@secrets.example";

fn person() -> Value {
    json!({
        "scope": "add:authenticators",
        "email": "canary.mail@secrets.example",
        "phoneNumber": "+6427-canary-5550100",
        "username": "canary-username",
        "custom": { "note": "a canary custom value", "deep": [{ "er": "a deep canary value" }] },
    })
}

/// The secrets that a login makes.
struct Secrets(Vec<String>);

impl Secrets {
    fn keep(&mut self, answer: &Answer, members: &[&str]) -> String {
        let values: Vec<String> = members.iter().map(|member| answer.assert_ok().text(member)).collect();
        self.0.extend(values.clone());
        values.into_iter().next().unwrap_or_default()
    }
}

async fn a_login_by_socket(stack: &Stack, secrets: &mut Secrets) -> Result<()> {
    let backend = stack.backend();
    let token = secrets.keep(&backend.track(USER, "login", &person()).await?, &["token"]);
    let phone = stack.phone();
    phone.enrol(&token).await?.assert_ok();
    let mut screen = SocketScreen::open_for_user(stack.ws_url(), &token).await?;
    let id = screen.challenge().await?;
    phone.pending().await?.assert_ok();
    let claim = phone.signed(&id);
    phone.claim_with(&claim).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let _claimed = screen.next().await?;
    let result = screen.next().await?["data"]["accessToken"].as_str().context("no token")?.to_owned();
    backend.validate(&json!({ "token": result, "userId": USER })).await?.assert_ok();
    let begun = backend.post("/sessions", &json!({ "clientId": "demo", "token": result })).await?;
    secrets.keep(&begun, &["accessToken", "refreshToken"]);
    let refresh = json!({ "refreshToken": begun.text("refreshToken") });
    let refreshed = backend.post("/sessions/refresh", &refresh).await?;
    secrets.keep(&refreshed, &["accessToken", "refreshToken"]);
    let access = json!({ "accessToken": refreshed.text("accessToken") });
    backend.post("/sessions/validate", &access).await?.assert_ok();
    let _again = backend.post("/sessions/refresh", &refresh).await?;
    backend.post("/sessions/revoke", &access).await?.assert_ok();
    screen.close().await?;
    phone.remove().await?.assert_ok();
    let signature = claim["signature"].as_str().context("no signature")?.to_owned();
    secrets.0.extend([result, phone.public_key(), signature]);
    Ok(())
}

async fn a_login_by_polling(stack: &Stack, secrets: &mut Secrets) -> Result<()> {
    let phone = stack.phone_of(USER).await?;
    let screen = stack.polling_screen();
    let asked = json!({ "action": "login", "custom": { "note": "a canary on a screen" } });
    let created = screen.create(&asked).await?;
    let code = secrets.keep(&created, &["deviceCode"]);
    let id = created.text("challengeId");
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    secrets.keep(&screen.poll(&id, &code).await?, &["accessToken"]);
    Ok(())
}

/// A refusal does not quote what it refuses.
async fn refusals(stack: &Stack) -> Result<()> {
    let backend = stack.backend();
    for token in [json!("a canary that is no token"), json!({ "a canary": "of the wrong type" })] {
        let _refused = backend.validate(&json!({ "token": token })).await?;
    }
    let api = stack.api();
    for authorization in ["Bearer a-canary-of-a-token", "Basic Y2FuYXJ5LWtleS1pbi1iYXNlNjQ6", "Canary canary-scheme"] {
        let _refused = api.post("/validate", authorization, &json!({})).await?;
        let _refused =
            api.post_raw("/client/user-authenticators/device", authorization, b"{\"canary\":".into()).await?;
    }
    let _refused = api.send_as_is("GET", "/users/canary-user", "Authorization: Bearer canary-é\r\n", "").await?;
    let _refused = backend.call(Method::PATCH, &format!("/users/{USER}"), &json!({ "email": ["a canary"] })).await?;
    backend.get(&format!("/users?email={USER}&username=canary-username")).await?.assert_ok();
    assert_eq!(backend.get(&format!("/users/{USER}/actions")).await?.status, 200);
    let _unknown = backend.get("/canary/of-a-path").await?;
    Ok(())
}

/// The folder where a whole run keeps its logs, or `scratch` outside of such a run.
fn log_folder(scratch: &Path) -> PathBuf {
    std::env::var_os("SCANLATCH_LOGS").map_or_else(|| scratch.to_owned(), PathBuf::from)
}

#[tokio::test]
async fn no_line_at_the_most_detailed_level_holds_a_secret_or_says_who_somebody_is() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let logs = log_folder(scratch.path());
    let stack = Stack::start(&["--logs", logs.to_str().unwrap_or_default(), "--log-level", "TRACE"]).await?;
    let mut secrets = Secrets(vec![stack.secret_key().to_owned()]);
    a_login_by_socket(&stack, &mut secrets).await?;
    a_login_by_polling(&stack, &mut secrets).await?;
    refusals(&stack).await?;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;

    let read = |extension: &str| std::fs::read_to_string(logs.join(format!("{}.{extension}", stack.pid())));
    let lines = read("log")?;
    ensure!(lines.lines().count() > 50, "little was logged: {lines}");
    for line in lines.lines() {
        assert!(!line.to_lowercase().contains(MARK), "{line}");
        for secret in &secrets.0 {
            assert!(!secret.is_empty() && !line.contains(secret), "{line}");
        }
        serde_json::from_str::<Value>(line).with_context(|| format!("no JSON: {line}"))?;
    }

    let overheard = read("secrets")?;
    for secret in &secrets.0 {
        let noted = secret.get(..secret.len().min(200)).unwrap_or_default();
        assert!(overheard.contains(noted), "{secret} was not noted");
    }
    for planted in ["canary.mail@secrets", "+6427-canary-5550100", "canary-username", "a deep canary value", USER] {
        assert!(overheard.contains(planted), "{planted} was not noted");
    }
    Ok(())
}
