//! The example backend of the pages on the real service: each call and each refusal of shared/pages/BACKEND.md.

use std::collections::BTreeMap;

use anyhow::Result;
use http::Method;
use scanlatch_client::{Device, PollingScreen, Service, SoftwareKey, Transport};
use scanlatch_tests::{Answer, Phone, Stack};
use serde_json::{Value, json};

/// A browser at the pages, which keeps cookies as browsers do, by their paths.
struct Browser {
    demo: String,
    transport: Transport,
    cookies: BTreeMap<String, (String, String)>,
    /// What the last answer set.
    set: String,
}

impl Browser {
    fn at(stack: &Stack) -> Self {
        Self::over(format!("{}demo/", stack.ready("demoUrl")), Transport::new())
    }

    fn over(demo: String, transport: Transport) -> Self {
        Self { demo, transport, cookies: BTreeMap::new(), set: String::new() }
    }

    async fn ask(&mut self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        self.send(method, path, "application/json", &body.to_string()).await
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: &str) -> Result<Answer> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.demo));
        for (name, (value, at)) in &self.cookies {
            if format!("/demo/{path}").starts_with(at) {
                request = request.header("cookie", format!("{name}={value}"));
            }
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let answer = self.transport.call(request.body(body.as_bytes().to_vec())?).await?;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        let set = answer.headers.get("set-cookie").and_then(|set| set.to_str().ok());
        set.unwrap_or_default().clone_into(&mut self.set);
        if let Some((name, rest)) = self.set.split_once('=') {
            let (value, attributes) = rest.split_once("; Path=").unwrap_or_default();
            let path = attributes.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), (value.to_owned(), path.to_owned()));
        }
        Ok(answer.into())
    }

    async fn get(&mut self, path: &str) -> Result<Value> {
        Ok(self.ask(Method::GET, path, &Value::Null).await?.assert_ok().json.clone())
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        Ok(self.ask(Method::POST, path, body).await?.assert_ok().json.clone())
    }

    async fn refused(&mut self, method: Method, path: &str, body: &Value, status: u16, code: &str) -> Result<()> {
        self.ask(method, path, body).await?.assert_refused(status, code);
        Ok(())
    }

    async fn session(&mut self) -> Result<Value> {
        Ok(self.get("session").await?["session"].clone())
    }
}

/// A phone page that is set up, and the key that it keeps.
async fn phone(stack: &Stack, name: &str) -> Result<(Browser, Phone)> {
    let (mut page, phone) = (Browser::at(stack), stack.phone());
    let token = page.post("phone/enrol", &json!({ "name": name })).await?["token"].clone();
    phone.enrol(token.as_str().unwrap_or_default()).await?.assert_ok();
    Ok((page, phone))
}

/// A screen that anybody may log in on.
fn screen(stack: &Stack) -> PollingScreen {
    PollingScreen::new(Service::new(stack.ready("apiUrl")), stack.tenant_id())
}

/// The result token of an anonymous screen's action that this phone approves.
async fn approved(stack: &Stack, phone: &Phone, action: &str) -> Result<Value> {
    decided(&screen(stack), phone, action, true).await
}

/// What a screen is told once this phone has decided.
async fn decided(screen: &PollingScreen, phone: &Phone, action: &str, approves: bool) -> Result<Value> {
    let shown = screen.open(action).await?;
    phone.claim(&shown.challenge_id).await?.assert_ok();
    phone.decide(&shown.challenge_id, approves).await?.assert_ok();
    Ok(json!({ "token": screen.poll(&shown.challenge_id, &shown.device_code).await?.access_token }))
}

/// What a till with this user token is told of a payment that this phone decides.
async fn decided_payment(stack: &Stack, phone: &Phone, payment: &Value, approves: bool) -> Result<Value> {
    let token = payment["token"].as_str().unwrap_or_default();
    decided(&screen(stack).with_token(token), phone, "payment", approves).await
}

fn order(name: &str) -> Value {
    json!({ "name": name, "items": [{ "id": "flat-white", "count": 2 }, { "id": "orange-juice", "count": 1 }] })
}

#[tokio::test]
async fn what_does_not_say_that_it_is_json_is_refused_at_every_call_that_changes_something() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut browser = Browser::at(&stack);
    for (method, path) in [
        (Method::POST, "session"),
        (Method::DELETE, "session"),
        (Method::POST, "kiosk"),
        (Method::POST, "payments"),
        (Method::POST, "payments/none/settle"),
        (Method::POST, "phone/enrol"),
        (Method::POST, "phone/history/none/report"),
        (Method::DELETE, "phone/devices/none"),
    ] {
        for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            browser.send(method.clone(), path, kind, "{}").await?.assert_refused(415, "invalid_request");
        }
    }
    for path in ["session", "kiosk", "payments", "phone/enrol"] {
        for body in ["", "{", "[\"token\"]", "null", "{}", "{\"token\":7,\"name\":7}", &"[".repeat(20_000)] {
            let answer = browser.send(Method::POST, path, "application/json", body).await?;
            answer.assert_refused(400, "invalid_request");
        }
    }
    stack.stop().await
}

#[tokio::test]
async fn a_login_is_a_session_for_the_browser_that_brings_its_token_first() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (_, ann) = phone(&stack, "Ann").await?;
    for action in ["login-with-qr-code", "tv-login"] {
        let token = approved(&stack, &ann, action).await?;
        let (mut browser, mut other) = (Browser::at(&stack), Browser::at(&stack));
        let session = browser.post("session", &token).await?;
        assert_eq!((&session["userId"], &session["name"]), (&json!("ann"), &json!("Ann")));
        assert!(browser.set.ends_with("; Path=/demo; HttpOnly; SameSite=Strict"), "{}", browser.set);
        assert_eq!(browser.post("session", &token).await?, session);
        other.refused(Method::POST, "session", &token, 401, "login_refused").await?;
        assert_eq!((browser.session().await?, other.session().await?), (session, Value::Null));
        let cookie = browser.cookies.clone();
        browser.ask(Method::DELETE, "session", &json!({})).await?.assert_ok();
        browser.cookies = cookie;
        assert_eq!(browser.session().await?, Value::Null);
        browser.refused(Method::POST, "session", &token, 401, "login_refused").await?;
    }
    stack.stop().await
}

#[tokio::test]
async fn only_an_approval_of_its_own_action_is_a_login_or_a_guest() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (_, ann) = phone(&stack, "Ann").await?;
    let user_token = json!({ "token": stack.backend().user_token("ann", "read:authenticators").await? });
    let kiosk = approved(&stack, &ann, "kiosk-identify").await?;
    let login = approved(&stack, &ann, "login-with-qr-code").await?;
    let mut browser = Browser::at(&stack);
    for wrong in [json!({ "token": "" }), json!({ "token": "nonsense" }), user_token.clone(), kiosk.clone()] {
        browser.refused(Method::POST, "session", &wrong, 401, "login_refused").await?;
    }
    for wrong in [json!({ "token": "nonsense" }), user_token, login] {
        browser.refused(Method::POST, "kiosk", &wrong, 401, "login_refused").await?;
    }
    let usual = json!({ "id": "flat-white", "price": 350 });
    let guest = json!({ "name": "Ann", "points": 420, "usual": usual, "currency": "EUR" });
    assert_eq!((browser.post("kiosk", &kiosk).await?, browser.set.as_str()), (guest, ""));
    stack.stop().await
}

#[tokio::test]
async fn enrolling_keeps_what_the_site_knows_of_a_user_already() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let known = json!({ "custom": { "points": 7, "usual": "tea" } });
    stack.backend().post("/users/ann", &known).await?.assert_ok();
    let (_, ann) = phone(&stack, "Ann").await?;
    let token = approved(&stack, &ann, "kiosk-identify").await?;
    let guest = Browser::at(&stack).post("kiosk", &token).await?;
    assert_eq!((&guest["points"], &guest["usual"]), (&json!(7), &Value::Null));
    stack.stop().await
}

#[tokio::test]
async fn a_payment_is_paid_by_its_own_approval_alone_and_once() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (mut page, ann) = phone(&stack, "Ann").await?;
    let mut till = Browser::at(&stack);
    assert_eq!(till.get("menu").await?["customers"], json!(["Ann"]));
    let (one, other) = (till.post("payments", &order("ann")).await?, till.post("payments", &order("ann")).await?);
    assert_eq!((&one["status"], &one["amount"], &one["payee"]), (&json!("open"), &json!(1150), &json!("Cafe Nord")));
    let path = |payment: &Value| format!("payments/{}", payment["paymentId"].as_str().unwrap_or_default());
    let token = decided_payment(&stack, &ann, &one, true).await?;
    let login = approved(&stack, &ann, "login-with-qr-code").await?;
    for wrong in [token.clone(), login, json!({ "token": other["token"] }), json!({ "token": "nonsense" })] {
        let settle = format!("{}/settle", path(&other));
        till.refused(Method::POST, &settle, &wrong, 403, "payment_refused").await?;
    }
    assert_eq!(page.get(&path(&other)).await?["status"], "open");
    let paid = till.post(&format!("{}/settle", path(&one)), &token).await?;
    assert_eq!((&paid["status"], &paid["receipt"]), (&json!("paid"), &json!("N-1001")));
    assert_eq!(till.post(&format!("{}/settle", path(&one)), &token).await?, paid);
    assert_eq!(page.get(&path(&one)).await?, paid);
    decided_payment(&stack, &ann, &other, false).await?;
    assert_eq!(page.get(&path(&other)).await?["status"], "declined");
    stack.stop().await
}

#[tokio::test]
async fn the_phone_is_shown_the_amount_that_the_backend_has_tracked() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (_, ann) = phone(&stack, "Ann").await?;
    let payment = Browser::at(&stack).post("payments", &order("Ann")).await?;
    let token = payment["token"].as_str().unwrap_or_default();
    let claimed = ann.claim(&screen(&stack).with_token(token).open("payment").await?.challenge_id).await?;
    let custom = json!({ "amount": 1150, "currency": "EUR", "payee": "Cafe Nord" });
    assert_eq!((&claimed.json["custom"], &claimed.json["idempotencyKey"]), (&custom, &payment["paymentId"]));
    stack.stop().await
}

#[tokio::test]
async fn a_payment_that_cannot_be_is_refused() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut till = Browser::at(&stack);
    till.refused(Method::POST, "payments", &order("Nobody"), 404, "unknown_customer").await?;
    till.refused(Method::POST, "payments", &order("?!"), 400, "invalid_request").await?;
    for count in [json!(0), json!(10), json!(1.5), json!("2"), json!(-1), Value::Null] {
        let order = json!({ "name": "Ann", "items": [{ "id": "sandwich", "count": count }] });
        till.refused(Method::POST, "payments", &order, 400, "invalid_request").await?;
    }
    till.refused(Method::GET, "payments/none", &Value::Null, 404, "payment_not_found").await?;
    let token = json!({ "token": "x" });
    till.refused(Method::POST, "payments/none/settle", &token, 404, "payment_not_found").await?;
    stack.stop().await
}

#[tokio::test]
async fn a_login_is_in_the_history_of_its_user_who_alone_ends_it() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let ((mut page, ann), (mut other, _)) = (phone(&stack, "Ann").await?, phone(&stack, "Ben").await?);
    let mut browser = Browser::at(&stack);
    browser.post("session", &approved(&stack, &ann, "login-with-qr-code").await?).await?;
    let logins = page.get("phone/history").await?["logins"].clone();
    let [login] = logins.as_array().map(Vec::as_slice).unwrap_or_default() else { panic!("{logins}") };
    assert_eq!((&login["action"], &login["isActive"]), (&json!("login-with-qr-code"), &json!(true)));
    let report = format!("phone/history/{}/report", login["id"].as_str().unwrap_or_default());
    other.refused(Method::POST, &report, &json!({}), 404, "login_not_found").await?;
    page.refused(Method::POST, "phone/history/none/report", &json!({}), 404, "login_not_found").await?;
    assert!(browser.session().await?.is_object());
    assert_eq!(page.post(&report, &json!({})).await?, json!({ "ended": 1 }));
    assert_eq!(browser.session().await?, Value::Null);
    stack.stop().await
}

#[tokio::test]
async fn a_device_that_its_user_removes_can_claim_nothing_and_no_other_user_removes_it() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let ((mut page, ann), (mut other, _)) = (phone(&stack, "Ann").await?, phone(&stack, "Ben").await?);
    let devices = page.get("phone/devices").await?["devices"].clone();
    assert_eq!((devices.as_array().map(Vec::len), &devices[0]["name"]), (Some(1), &json!("Pixel 9")));
    let path = format!("phone/devices/{}", devices[0]["id"].as_str().unwrap_or_default());
    other.refused(Method::DELETE, &path, &json!({}), 404, "device_not_found").await?;
    page.refused(Method::DELETE, "phone/devices/none", &json!({}), 404, "device_not_found").await?;
    page.ask(Method::DELETE, &path, &json!({})).await?.assert_ok();
    assert_eq!(page.get("phone/devices").await?["devices"], json!([]));
    ann.credential().await?.assert_refused(401, "invalid_credential");
    stack.stop().await
}

#[tokio::test]
async fn whoever_has_no_phone_here_is_told_nothing() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut stranger = Browser::at(&stack);
    let (mut gone, _) = phone(&stack, "Ann").await?;
    assert!(gone.get("phone/here").await?["ipAddress"].is_string());
    stack.backend().delete("/users/ann").await?.assert_ok();
    for browser in [&mut stranger, &mut gone] {
        for (method, path) in [
            (Method::GET, "phone/here"),
            (Method::GET, "phone/history"),
            (Method::POST, "phone/history/none/report"),
            (Method::GET, "phone/devices"),
            (Method::DELETE, "phone/devices/none"),
        ] {
            browser.refused(method, path, &json!({}), 401, "not_enrolled").await?;
        }
    }
    stack.stop().await
}

#[tokio::test]
async fn a_call_that_there_is_not_is_refused_in_the_same_shape() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let mut browser = Browser::at(&stack);
    for (method, path) in [(Method::GET, "nothing"), (Method::DELETE, "menu"), (Method::GET, "phone/devices/none")] {
        browser.refused(method, path, &json!({}), 404, "not_found").await?;
    }
    stack.stop().await
}

#[tokio::test]
async fn an_api_that_fails_is_told_as_unavailable() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (mut page, _) = phone(&stack, "Ann").await?;
    stack.control(Method::POST, "faults", &json!({ "database": { "failEvery": 1 } })).await?;
    page.refused(Method::GET, "phone/history", &Value::Null, 502, "unavailable").await?;
    page.refused(Method::POST, "phone/enrol", &json!({ "name": "Ben" }), 502, "unavailable").await?;
    stack.stop().await
}

/// Every address of 127.0.0.0/8 is this machine's on Linux alone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn cookies_of_a_page_that_came_by_https_go_by_https_alone() -> Result<()> {
    let stack = Stack::start(&["--host", "127.0.0.2"]).await?;
    let transport = Transport::trusting(&std::fs::read_to_string(stack.ready("certificateFile"))?)?;
    let host = stack.ready("hostUrl");
    let mut page = Browser::over(format!("{host}/demo/"), transport.clone());
    let token = page.post("phone/enrol", &json!({ "name": "Ann" })).await?["token"].clone();
    assert!(
        page.set.ends_with("; Path=/demo/phone; HttpOnly; SameSite=Strict; Secure; Max-Age=34560000"),
        "{}",
        page.set
    );
    let service = Service::new(&format!("{host}/v1")).with_transport(transport);
    let device = Device::new(service, stack.tenant_id(), SoftwareKey::generate());
    device.enrol(token.as_str().unwrap_or_default(), "Phone", "web").await?;
    assert_eq!(page.get("phone/devices").await?["devices"][0]["name"], "Phone");
    stack.stop().await
}
