//! The server SDKs whose packages are not available here: their requests, byte for byte, and what their parsers need in
//! answers. `tests/sdk` tests Node and Python with the official packages.

mod dotnet;
mod go;
mod java;
mod php;
mod ruby;

use anyhow::Result;
use scanlatch_protocol::base64;
use scanlatch_tests::{Answer, shared_stack};
use serde_json::{Value, json};

const UNAUTHORIZED: &str =
    "The request is unauthorized. Check that your API key and region base URL are correctly configured.";
const STATES: [&str; 8] = [
    "ALLOW",
    "BLOCK",
    "CHALLENGE_REQUIRED",
    "CHALLENGE_SUCCEEDED",
    "CHALLENGE_FAILED",
    "REVIEW_REQUIRED",
    "REVIEW_SUCCEEDED",
    "REVIEW_FAILED",
];
/// The methods that every version of the .NET enumeration has.
const METHODS: [&str; 12] = [
    "SMS",
    "EMAIL_MAGIC_LINK",
    "EMAIL_OTP",
    "AUTHENTICATOR_APP",
    "PASSKEY",
    "SECURITY_KEY",
    "PUSH",
    "VERIFF",
    "IPROOV",
    "IDVERSE",
    "RECOVERY_CODE",
    "DEVICE",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sdk {
    Go,
    Java,
    Ruby,
    Php,
    Dotnet,
}

impl Sdk {
    const ALL: [Self; 5] = [Self::Go, Self::Java, Self::Ruby, Self::Php, Self::Dotnet];

    /// The HTTP method of its `updateUser`.
    fn updates_by(self) -> &'static str {
        match self {
            Self::Java | Self::Ruby => "POST",
            Self::Go | Self::Php | Self::Dotnet => "PATCH",
        }
    }

    /// Its header lines, except `Authorization`.
    fn headers(self, method: &str, body: Option<&str>) -> Vec<String> {
        let mut lines: Vec<String> = match self {
            Self::Go => vec!["User-Agent: authsignalgo/v1", "Accept: */*", "Content-Type: application/json"],
            Self::Java if method == "GET" => vec!["User-Agent: authsignal-java", "X-Authsignal-Version: 3.1.0"],
            Self::Java => vec!["User-Agent: Java-http-client/17.0.9", "X-Authsignal-Version: 3.1.0"],
            Self::Ruby => vec![
                "User-Agent: authsignal-ruby",
                "X-Authsignal-Version: 5.2.1",
                "Accept: application/json",
                "Content-Type: application/json",
            ],
            Self::Php => vec![
                "User-Agent: authsignal-php",
                "X-Authsignal-Version: 4.6.0",
                "Accept: */*",
                "Content-Type: application/json",
            ],
            Self::Dotnet => vec!["User-Agent: authsignal-dotnet", "X-Authsignal-Version: 4.3.0"],
        }
        .into_iter()
        .map(str::to_owned)
        .collect();
        match (self, body) {
            (Self::Java, Some(_)) => lines.push("Content-Type: application/json".to_owned()),
            (Self::Dotnet, Some(_)) => lines.push("Content-Type: application/json; charset=utf-8".to_owned()),
            _ => {}
        }
        match (self, body) {
            (_, Some(body)) => lines.push(format!("Content-Length: {}", body.len())),
            (Self::Java | Self::Php, None) => lines.push("Content-Length: 0".to_owned()),
            _ => {}
        }
        lines
    }
}

/// Sends what an SDK sends for `line`, a method and a path below the base URL, with this secret key.
async fn call_with(sdk: Sdk, secret: &str, line: &str, body: Option<&str>) -> Result<Answer> {
    let (method, path) = line.split_once(' ').unwrap();
    let authorization = base64::encode(format!("{secret}:").as_bytes());
    let mut headers = format!("Authorization: Basic {authorization}\r\n");
    for header in sdk.headers(method, body) {
        headers.push_str(&header);
        headers.push_str("\r\n");
    }
    shared_stack().await.api().send_as_is(method, path, &headers, body.unwrap_or_default()).await
}

/// The same with the tenant's secret key.
async fn call(sdk: Sdk, line: &str, body: Option<&str>) -> Result<Answer> {
    call_with(sdk, shared_stack().await.secret_key(), line, body).await
}

/// Checks that this is a success that every one of the parsers accepts.
fn suits_all(answer: &Answer) -> &Value {
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"), "{answer:?}");
    assert!(answer.json.is_object() || answer.json.is_array(), "Ruby merges into it: {answer:?}");
    suits(&answer.json);
    &answer.json
}

/// .NET throws on a null, on an unknown text of an enumeration and on a number over 32 bits. Go fails on any member of
/// another type than its own.
fn suits(value: &Value) {
    let is_one_of = |value: &Value, known: &[&str]| value.as_str().is_some_and(|text| known.contains(&text));
    match value {
        Value::Null => panic!("a null is in the answer"),
        Value::Number(number) => {
            let fits = number.as_i64().is_some_and(|number| i32::try_from(number).is_ok());
            assert!(fits, "{number} is no integer of 32 bits");
        }
        Value::Array(values) => values.iter().for_each(suits),
        Value::Object(members) => {
            for (name, value) in members {
                let right = match name.as_str() {
                    "state" => is_one_of(value, &STATES),
                    "verificationMethod" | "defaultVerificationMethod" => is_one_of(value, &METHODS),
                    "enrolledVerificationMethods" | "allowedVerificationMethods" => {
                        value.as_array().is_some_and(|all| all.iter().all(|one| is_one_of(one, &METHODS)))
                    }
                    "isEnrolled" | "emailVerified" | "phoneNumberVerified" | "isValid" => value.is_boolean(),
                    "users" | "rules" => value.is_array(),
                    "custom" | "output" | "tokenPayload" | "user" | "authenticator" => value.is_object(),
                    "expiresAt" => value.is_i64(),
                    _ => true,
                };
                assert!(right, "{name} is {value}");
                suits(value);
            }
        }
        Value::Bool(_) | Value::String(_) => {}
    }
}

/// A login that a phone approved: its result token, its challenge and its idempotency key.
struct Login {
    token: String,
    challenge: String,
    key: String,
}

async fn login(user: &str) -> Result<Login> {
    let stack = shared_stack().await;
    let phone = stack.phone_of(user).await?;
    let tracked = stack.backend().track(user, "login", &json!({})).await?;
    let screen = stack.polling_screen().with_token(&tracked.assert_ok().text("token"));
    let (challenge, code) = screen.open().await?;
    phone.claim(&challenge).await?.assert_ok();
    phone.decide(&challenge, true).await?.assert_ok();
    let token = screen.poll(&challenge, &code).await?.text("accessToken");
    Ok(Login { token, challenge, key: tracked.text("idempotencyKey") })
}

/// Opens a challenge for a user and returns its id.
async fn pending(user: &str) -> Result<String> {
    let stack = shared_stack().await;
    let tracked = stack.backend().track(user, "login", &json!({})).await?;
    Ok(stack.polling_screen().with_token(&tracked.assert_ok().text("token")).open().await?.0)
}

#[tokio::test]
async fn every_success_is_200_and_suits_all_parsers() -> Result<()> {
    for sdk in Sdk::ALL {
        let user = format!("round-{sdk:?}");
        let Login { token, challenge, key } = login(&user).await?;
        let update = sdk.updates_by();
        let validate = format!(r#"{{"token":"{token}","userId":"{user}","action":"login"}}"#);
        let claim = format!(r#"{{"challengeId":"{challenge}","userId":"{user}"}}"#);
        for (line, body) in [
            (format!("GET /users/{user}"), None),
            (format!("{update} /users/{user}"), Some(r#"{"email":"ann@example.com","custom":{"plan":"gold"}}"#)),
            ("GET /users?email=ann%40example.com&limit=1".to_owned(), None),
            (format!("GET /users?token={token}"), None),
            (format!("GET /users/{user}/authenticators"), None),
            (format!("POST /users/{user}/authenticators"), Some(r#"{"verificationMethod":"AUTHENTICATOR_APP"}"#)),
            (format!("POST /users/{user}/actions/pay"), Some("{}")),
            (format!("GET /users/{user}/actions?codes=login%2Cpay"), None),
            (format!("GET /users/{user}/actions/login/{key}"), None),
            (format!("PATCH /users/{user}/actions/login/{key}"), Some(r#"{"state":"CHALLENGE_SUCCEEDED"}"#)),
            ("POST /validate".to_owned(), Some(validate.as_str())),
            ("POST /claim".to_owned(), Some(claim.as_str())),
            (format!("GET /challenges?userId={user}"), None),
        ] {
            suits_all(&call(sdk, &line, body).await?);
        }
        let listed = call(sdk, &format!("GET /users/{user}/authenticators"), None).await?;
        for authenticator in listed.json.as_array().unwrap() {
            let id = authenticator["userAuthenticatorId"].as_str().unwrap();
            suits_all(&call(sdk, &format!("DELETE /users/{user}/authenticators/{id}"), None).await?);
        }
        suits_all(&call(sdk, &format!("DELETE /users/{user}"), None).await?);
    }
    Ok(())
}

#[tokio::test]
async fn every_success_about_sessions_is_200_and_suits_all_parsers() -> Result<()> {
    // PHP lacks these calls.
    for sdk in [Sdk::Go, Sdk::Java, Sdk::Ruby, Sdk::Dotnet] {
        let user = format!("session-{sdk:?}");
        let Login { token, .. } = login(&user).await?;
        let create = format!(r#"{{"clientId":"demo","token":"{token}"}}"#);
        let created = call(sdk, "POST /sessions", Some(&create)).await?;
        suits_all(&created);
        let (access, refresh) = (created.text("accessToken"), created.text("refreshToken"));
        assert!(!access.is_empty() && !refresh.is_empty(), "{created:?}");
        let validate = format!(r#"{{"accessToken":"{access}","clientIds":["demo"]}}"#);
        let validated = call(sdk, "POST /sessions/validate", Some(&validate)).await?;
        assert_eq!(suits_all(&validated)["user"]["userId"], user);
        assert!(validated.json["expiresAt"].is_i64(), "{validated:?}");
        let refresh = format!(r#"{{"refreshToken":"{refresh}"}}"#);
        let refreshed = call(sdk, "POST /sessions/refresh", Some(&refresh)).await?;
        suits_all(&refreshed);
        let revoke = format!(r#"{{"accessToken":"{}"}}"#, refreshed.text("accessToken"));
        suits_all(&call(sdk, "POST /sessions/revoke", Some(&revoke)).await?);
        call(sdk, "POST /sessions/validate", Some(&validate)).await?.assert_refused(401, "token_invalid");
        let of_user = format!(r#"{{"userId":"{user}"}}"#);
        suits_all(&call(sdk, "POST /sessions/user/revoke", Some(&of_user)).await?);
    }
    Ok(())
}

#[tokio::test]
async fn every_sdk_writes_an_odd_id_in_its_own_way_and_all_mean_one_user() -> Result<()> {
    let id = "auth0|a b/c+d:e用";
    let ways = [
        (Sdk::Go, "auth0%7Ca%20b/c+d:e%E7%94%A8"),
        // Java refuses an unescaped id, so its callers escape it.
        (Sdk::Java, "auth0%7Ca%20b%2Fc+d:e%E7%94%A8"),
        (Sdk::Ruby, "auth0%7Ca%20b%2Fc%2Bd%3Ae%E7%94%A8"),
        (Sdk::Dotnet, "auth0%7Ca%20b/c+d:e%E7%94%A8"),
    ];
    for (writer, path) in ways {
        let (line, name) = (format!("{} /users/{path}", writer.updates_by()), format!("from {writer:?}"));
        suits_all(&call(writer, &line, Some(&json!({ "username": name }).to_string())).await?);
        for (reader, path) in ways {
            let read = call(reader, &format!("GET /users/{path}"), None).await?;
            assert_eq!(suits_all(&read)["username"], name, "{reader:?} reads what {writer:?} wrote");
        }
        let tracked = call(writer, &format!("POST /users/{path}/actions/login"), Some("{}")).await?;
        let body = json!({ "token": suits_all(&tracked)["token"], "userId": id }).to_string();
        let validated = call(writer, "POST /validate", Some(&body)).await?;
        assert_eq!(suits_all(&validated)["userId"], id, "{writer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_secret_key_is_a_401_that_every_sdk_can_read_whatever_is_asked() -> Result<()> {
    for sdk in Sdk::ALL {
        let update = format!("{} /users/ann", sdk.updates_by());
        for (line, body) in [
            ("GET /users/ann", None),
            ("GET /users/a%2Fb", None),
            ("GET /users?limit=1000", None),
            ("DELETE /users/ann", None),
            (update.as_str(), Some(r#"{"email":7}"#)),
            (update.as_str(), Some("null")),
            ("GET /users/ann/authenticators", None),
            ("POST /users/ann/authenticators", Some(r#"{"verificationMethod":"PASSKEY"}"#)),
            ("DELETE /users/ann/authenticators/1", None),
            ("POST /users/ann/actions/login", Some("{}")),
            ("GET /users/ann/actions?fromDate=yesterday", None),
            ("GET /users/ann/actions/login/key", None),
            ("GET /users/ann/actions/login/", None),
            ("PATCH /users/ann/actions/login/", Some("{}")),
            ("POST /validate", Some("{}")),
            ("POST /claim", Some("{}")),
            ("GET /challenges", None),
            ("GET /v1/challenges", None),
            ("POST /challenges", Some("{}")),
            ("POST /challengesuserId=ann", Some("{}")),
            ("POST /sessions", Some("{}")),
            ("POST /sessions/validate", Some("{}")),
            ("POST /sessions/refresh", Some("{}")),
            ("POST /sessions/revoke", Some("{}")),
            ("POST /sessions/user/revoke", Some("{}")),
            ("POST /users/authenticators", Some("{}")),
            ("GET /users/ann/devices", None),
            ("GET //users/ann", None),
        ] {
            let answer = call_with(sdk, "wrong", line, body).await?;
            answer.assert_refused(401, "unauthorized");
            assert_eq!(answer.text("errorDescription"), UNAUTHORIZED, "{line}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_base_url_with_a_slash_at_its_end_is_told_so() -> Result<()> {
    for sdk in Sdk::ALL {
        let answer = call(sdk, "GET //users/ann", None).await?;
        answer.assert_refused(404, "not_found");
        assert!(answer.text("errorDescription").contains("slash"), "{answer:?}");
    }
    Ok(())
}
