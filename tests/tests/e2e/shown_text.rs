//! Text by strangers that a person sees: nothing in it is invisible, reverses the line or breaks out of it.

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::shared_stack;
use serde_json::{Value, json};

/// Whether no shown text may hold this character; joiners and variation selectors are allowed where Unicode wants them.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0001}'..='\u{e007f}')
}

/// Members with deceptive values and names, and what is left of them.
fn hostile() -> (Value, Value) {
    let sent = json!({
        "amount": "\u{202e}1 EUR\u{202c}",
        "esc\u{1b}[31m": "a\u{7}\u{9b}b",
        "lines": "Terminal 4\r\nAmount: 0",
        "deep": [{ "na\u{200b}me": "\u{feff}x\u{e0041}" }],
        "\u{2066}": "a name of nothing",
        "nothing": "\u{200b}\u{2060}",
        "marks": format!("e{}", "\u{301}".repeat(40)),
        "empty": "",
        "farsi": "می\u{200c}خواهم",
        "hindi": "क्\u{200d}ष",
        "family": "👨\u{200d}👩\u{200d}👧",
        "wales": "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    });
    let shown = json!({
        "amount": "1 EUR",
        "esc[31m": "ab",
        "lines": "Terminal 4 Amount: 0",
        "deep": [{ "name": "x" }],
        "marks": format!("e{}", "\u{301}".repeat(4)),
        "empty": "",
        "farsi": "می\u{200c}خواهم",
        "hindi": "क्\u{200d}ष",
        "family": "👨\u{200d}👩\u{200d}👧",
        "wales": "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    });
    (sent, shown)
}

#[tokio::test]
async fn the_words_of_a_polling_screen_are_cleaned() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("shown-poll-ann").await?;
    let (sent, shown) = hostile();
    let created = stack.polling_screen().create(&json!({ "action": "login", "custom": sent })).await?;
    let claimed = phone.claim(&created.assert_ok().text("challengeId")).await?;
    assert_eq!(claimed.assert_ok().json["custom"], shown);
    Ok(())
}

#[tokio::test]
async fn the_words_of_a_listening_screen_are_cleaned() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("shown-socket-ann").await?;
    let (sent, shown) = hostile();
    let mut screen = stack.socket_screen().await?;
    let created = screen.ask(&json!({ "challengeType": "QR_CODE", "actionCode": "login", "custom": sent })).await?;
    let claimed = phone.claim(created["data"]["challengeId"].as_str().context("no challenge")?).await?;
    assert_eq!(claimed.assert_ok().json["custom"], shown);
    Ok(())
}

#[tokio::test]
async fn what_a_backend_passes_on_from_others_is_cleaned_where_a_phone_is_told() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("shown-track-ann").await?;
    let (sent, shown) = hostile();
    backend.call(Method::PATCH, "/users/shown-track-ann", &json!({ "custom": sent })).await?.assert_ok();
    let tracked = json!({ "custom": sent, "userAgent": "Fire\u{202e}fox", "deviceId": "kiosk\u{200b}-7" });
    let token = backend.track("shown-track-ann", "pay", &tracked).await?.assert_ok().text("token");
    let (id, _) = stack.polling_screen().with_token(&token).open().await?;
    let pending = phone.pending().await?;
    let claimed = phone.claim(&id).await?;
    for answer in [&pending, &claimed] {
        assert_eq!(answer.assert_ok().json["custom"], shown);
        assert_eq!(answer.json["user"]["custom"], shown);
        assert_eq!(answer.text("userAgent"), "Firefox");
    }
    assert_eq!(pending.text("deviceId"), "kiosk-7");
    // The record of the user is the backend's own, so it comes back unchanged.
    assert_eq!(backend.get("/users/shown-track-ann").await?.json["custom"], sent);
    Ok(())
}

#[tokio::test]
async fn words_that_leave_nothing_are_no_words() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("shown-nothing-ann").await?;
    let custom = json!({ "\u{200b}": "x", "note": "\u{202e}" });
    let created = stack.polling_screen().create(&json!({ "action": "login", "custom": custom })).await?;
    let claimed = phone.claim(&created.assert_ok().text("challengeId")).await?;
    assert_eq!(claimed.assert_ok().json.get("custom"), None);
    Ok(())
}

#[tokio::test]
async fn what_a_phone_calls_itself_is_cleaned() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone();
    let token = backend.user_token("shown-device-ann", "add:authenticators").await?;
    let body = json!({
        "publicKey": phone.public_key(),
        "deviceName": "Ann\u{2019}s\u{200b} Pi\u{202e}xel\u{1b}[2J\n9 \u{e0041}",
        "devicePlatform": "and\u{200d}roid",
    });
    stack.api().post(&phone.path(""), &format!("Bearer {token}"), &body).await?.assert_ok();
    let listed = backend.get("/users/shown-device-ann/authenticators").await?;
    let device = &listed.json[0];
    assert_eq!(device["displayName"], "Ann\u{2019}s Pixel[2J 9");
    assert_eq!(device["devicePlatform"], "android");
    Ok(())
}

#[tokio::test]
async fn a_user_agent_in_any_script_is_shown() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("agent-ann").await?;
    let screen = stack.polling_screen();
    for (bytes, shown) in [
        ("大麦/1.0".as_bytes(), "大麦/1.0"),
        ("Müller \u{202e}Kasse".as_bytes(), "Müller Kasse"),
        (b"M\xfcller/1.0", "M\u{fffd}ller/1.0"),
    ] {
        let request = stack.api().request(Method::POST, "/client/challenge/qr-code");
        let request = request.header("user-agent", bytes).header("authorization", screen.authorization());
        let created: Value = serde_json::from_slice(&request.body(r#"{"action":"login"}"#).send().await?.body)?;
        let claimed = phone.claim(created["challengeId"].as_str().context("no challenge")?).await?;
        assert_eq!(claimed.assert_ok().text("userAgent"), shown);
    }
    Ok(())
}

#[tokio::test]
async fn nothing_hostile_is_left_in_anything_that_a_phone_is_told() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("hostile-ann").await?;
    let all: Vec<char> = ('\u{1}'..='\u{e0fff}').filter(|c| is_hostile(*c) && u32::from(*c) % 0x100 < 0x80).collect();
    for some in all.chunks(150) {
        let some: String = some.iter().collect();
        let custom = json!({ "note": format!("a{some}b"), "list": [some, "c"] });
        let created = stack.polling_screen().create(&json!({ "action": "login", "custom": custom })).await?;
        let id = created.assert_ok().text("challengeId");
        let claimed = phone.claim(&id).await?;
        phone.decide(&id, true).await?.assert_ok();
        let told = &claimed.assert_ok().json["custom"];
        assert_eq!(told["list"], json!(["c"]));
        assert!(["ab", "a b"].contains(&told["note"].as_str().context("no note")?), "{told}");
    }
    Ok(())
}
