//! `infra/openapi.yaml` and `infra/asyncapi.yaml` describe what is served, and their examples match what travels.

mod document;
mod oauth;
mod shape;
mod socket;
mod story;

use std::collections::BTreeSet;
use std::fmt::Debug;

use anyhow::Result;
use scanlatch_protocol::{Refusal, json};
use scanlatch_runtime::Problem;
use serde_json::Value;

use crate::workspace::template;
use document::Document;

fn assert_same<T: Ord + Clone + Debug>(described: &BTreeSet<T>, real: &BTreeSet<T>) {
    let (made_up, left_out) = (described - real, real - described);
    assert!(made_up.is_empty() && left_out.is_empty(), "described but not there: {made_up:?}; left out: {left_out:?}");
}

#[test]
fn openapi_has_every_route_of_the_template_and_no_other() -> Result<()> {
    let template = template()?;
    // The greedy route serves what the exact ones serve, and `$default` serves nothing.
    let exact = template.http.routes.iter().filter_map(|route| {
        let (method, path) = route.matches.clone().filter(|(_, path)| !path.ends_with("+}"))?;
        Some((method, path, template.functions[&route.function].binary.clone()))
    });
    let described = Document::openapi()?;
    let operations: BTreeSet<_> = described
        .operations()
        .map(|operation| (operation.method.clone(), operation.path.to_owned(), operation.function().to_owned()))
        .collect();
    assert_same(&operations, &exact.collect());
    let server = described.root()["servers"][0]["url"].as_str().unwrap_or_default();
    assert!(server.ends_with(&format!("/{}", template.http.stage)), "{server}");
    Ok(())
}

#[test]
fn asyncapi_has_every_route_of_the_socket_and_no_other() -> Result<()> {
    let template = template()?;
    let described = Document::asyncapi()?;
    let operations = described.root()["operations"].as_object().into_iter().flatten();
    let routes: BTreeSet<_> = operations
        .filter_map(|(_, operation)| {
            let text = |name: &str| operation[name].as_str().map(str::to_owned);
            text("x-route-key").zip(text("x-function"))
        })
        .collect();
    let routed = template.socket.routes.iter();
    let routed = routed.map(|(key, route)| (key.clone(), template.functions[&route.function].binary.clone()));
    assert_same(&routes, &routed.collect());
    let address = described.root()["channels"]["challenge"]["address"].as_str().unwrap_or_default();
    assert_eq!(address, format!("/{}", template.socket.stage));
    Ok(())
}

/// Each status with its codes, and the sentence of each code whose sentence never varies.
fn problems() -> Vec<(String, String, Option<String>)> {
    let refusals = [
        Refusal::BodyTooLarge { max_bytes: json::MAX_BODY_BYTES },
        Refusal::BodyTooLarge { max_bytes: json::MAX_ENROLMENT_BYTES },
        Refusal::malformed("challengeId", "is not a UUID"),
        Refusal::Unauthorized,
        Refusal::InvalidToken,
        Refusal::ExpiredToken,
        Refusal::OriginNotAllowed,
        Refusal::MethodDisabled,
        Refusal::InvalidCredential,
        Refusal::CredentialTaken,
        Refusal::ScopeMissing,
        Refusal::TokenSpent,
        Refusal::TooManyDevices,
        Refusal::UnknownChallenge,
        Refusal::Expired,
        Refusal::Superseded,
        Refusal::Cancelled,
        Refusal::AlreadyClaimed,
        Refusal::NotClaimed,
        Refusal::AlreadyDecided,
        Refusal::SpentSignature,
        Refusal::OtherAction,
        Refusal::NotApproved,
        Refusal::NotOpen,
        Refusal::UnknownAction,
        Refusal::Lapsed,
        Refusal::VerificationCodeNeeded,
        Refusal::NumberNotShown,
        Refusal::TooFar,
        Refusal::BackendChallengeNeeded,
        Refusal::OriginMissing,
        Refusal::Paused,
        Refusal::ActionBlocked,
        Refusal::ActionSucceeded,
        Refusal::UnknownAuthenticator,
        Refusal::UnknownClient,
        Refusal::TooManyRequests,
        Refusal::TooManyTries,
        Refusal::UnknownTenant,
        Refusal::UnknownRoute,
    ];
    let unavailable = Problem::from(scanlatch_service::Unavailable::new("the store", "it is a test"));
    let problems = refusals.map(Problem::from).into_iter().chain([unavailable, Problem::internal()]);
    let told = problems.map(|problem| {
        let body = problem.body();
        (problem.status().as_str().to_owned(), body.error_code.clone(), Some(body.error_description.clone()))
    });
    told.collect()
}

#[test]
fn every_refusal_is_in_openapi_with_its_status_and_sentence() -> Result<()> {
    let described = Document::openapi()?;
    let (mut codes, mut of_oauth, mut sentences) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for operation in described.operations() {
        for (status, response) in operation.responses().filter(|(status, _)| *status >= "400") {
            let content = &response["content"]["application/json"];
            if content.is_null() {
                assert!(response["content"]["text/html"].is_object(), "{} has nothing for {status}", operation.id());
                continue;
            }
            if status == "429" && content["example"]["message"].is_string() {
                // Only API Gateway answers this, in its own words.
                continue;
            }
            let schema = &content["schema"];
            for schema in schema["oneOf"].as_array().map_or(std::slice::from_ref(schema), Vec::as_slice) {
                let is_of_oauth = schema["$ref"] == "#/components/schemas/OAuthError";
                let codes = if is_of_oauth { &mut of_oauth } else { &mut codes };
                for code in schema["properties"]["errorCode"]["enum"].as_array().into_iter().flatten() {
                    codes.insert((status.to_owned(), code.as_str().unwrap_or_default().to_owned()));
                }
            }
            let text = |member: &str| content["example"][member].as_str().unwrap_or_default().to_owned();
            assert_eq!(text("error"), text("errorCode"), "{}", operation.id());
            if content["example"].get("error_description").is_some() {
                // Their sentences are compared with real answers.
                assert_eq!(text("error_description"), text("errorDescription"), "{}", operation.id());
            } else {
                sentences.insert((status.to_owned(), text("errorCode"), Some(text("errorDescription"))));
            }
        }
    }
    let problems = problems();
    assert_same(&codes, &problems.iter().map(|(status, code, _)| (status.clone(), code.clone())).collect());
    assert_same(&of_oauth, &oauth::answered());
    let made_up: Vec<_> = sentences.iter().filter(|sentence| !problems.contains(sentence)).collect();
    assert!(made_up.is_empty(), "{made_up:?}");
    let listed = |schema: &str| {
        let codes = described.root()["components"]["schemas"][schema]["enum"].as_array().into_iter().flatten();
        codes.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    assert_same(&listed("ErrorCode"), &problems.into_iter().map(|(_, code, _)| code).collect());
    assert_same(&listed("OAuthErrorCode"), &oauth::answered().into_iter().map(|(_, code)| code).collect());
    Ok(())
}

#[test]
fn every_error_that_a_browser_takes_to_an_application_is_in_openapi() -> Result<()> {
    let described = Document::openapi()?;
    let mut told = BTreeSet::new();
    for operation in described.operations() {
        let errors = operation.success()?.1["x-errors"].as_array().into_iter().flatten();
        told.extend(errors.filter_map(Value::as_str).map(str::to_owned));
    }
    assert_same(&told, &oauth::taken().into_iter().map(|(_, code)| code).collect());
    Ok(())
}

#[test]
fn every_refusal_is_in_the_page_of_errors_with_its_status() -> Result<()> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md"))?;
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let listed = rows.filter(|(status, _)| status.parse::<u16>().is_ok()).flat_map(|(status, rest)| {
        let codes = rest.split(" | ").next().unwrap_or_default().split('`').skip(1).step_by(2);
        codes.map(|code| (status.to_owned(), code.to_owned()))
    });
    // This refusal is for calls that no description has.
    let elsewhere = Problem::from(Refusal::MethodNotSupported { what: "Codes" });
    let elsewhere = (elsewhere.status().as_str().to_owned(), elsewhere.body().error_code.clone());
    let known = problems().into_iter().map(|(status, code, _)| (status, code)).chain([elsewhere]);
    let known = known.chain(oauth::answered()).chain(oauth::taken());
    assert_same(&listed.collect(), &known.collect());
    Ok(())
}

#[test]
fn every_refusal_on_the_socket_has_an_example_with_its_sentence() -> Result<()> {
    let described = Document::asyncapi()?;
    let components = &described.root()["components"];
    let problems = problems();
    let mut shown = BTreeSet::new();
    for example in components["messages"]["error"]["examples"].as_array().into_iter().flatten() {
        let text = |member: &str| example["payload"]["data"][member].as_str().unwrap_or_default().to_owned();
        let (code, sentence) = (text("errorCode"), text("errorDescription"));
        assert_eq!(text("error"), code);
        // This sentence names what is malformed, so it varies.
        let is_told = problems.iter().any(|(_, known, told)| *known == code && told.as_ref() == Some(&sentence));
        assert!(is_told || code == "invalid_request", "{code}: {sentence}");
        shown.insert(code);
    }
    let listed = components["schemas"]["ErrorCode"]["enum"].as_array().into_iter().flatten();
    assert_same(&listed.filter_map(Value::as_str).map(str::to_owned).collect(), &shown);
    Ok(())
}
