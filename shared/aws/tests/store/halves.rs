//! A socket's first challenge is stored by two writes. Whichever of them fails, nobody is told of the challenge, and the
//! next one is shown and can be claimed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dynoxide::{Database, DynoxideError};
use scanlatch_aws::Cloud;
use scanlatch_protocol::challenge::{Challenge, Screen};
use scanlatch_service::port::{Challenges as _, Connection, Connections as _, Connects as _, Replaces as _};
use scanlatch_testkit::scene::{self, tenant};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::database::{cloud, serve};

/// What happens to a write that fails.
#[derive(Clone, Copy, PartialEq)]
enum Lost {
    Write,
    Answer,
    FirstAnswer,
}

/// A database that fails one operation while it is told to.
#[derive(Clone)]
struct Failing {
    database: Database,
    operation: &'static str,
    lost: Lost,
    fails: Arc<AtomicBool>,
}

async fn first_challenge_fails(operation: &'static str, lost: Lost) {
    let database = Database::memory().unwrap();
    cloud(&serve(database.clone()).await).create_tables().await.unwrap();
    let fails = Arc::new(AtomicBool::new(false));
    let store = cloud(&serve_failing(Failing { database, operation, lost, fails: fails.clone() }).await);
    let screen = scene::connection(tenant());
    store.connect(&screen).await.unwrap();

    fails.store(true, Ordering::SeqCst);
    let untold = on(&screen);
    let told = store.replace(&screen, &untold).await;
    assert!(!matches!(told, Ok(true)), "{operation} failed");
    fails.store(false, Ordering::SeqCst);

    let next = on(&screen);
    let now = seen(&store, &screen).await;
    assert!(store.replace(&now, &next).await.unwrap());
    assert_eq!(seen(&store, &screen).await.shows.unwrap().challenge, next.id);
    let phone = scene::enrolled(&store, screen.tenant, "ann").await;
    scene::claim(&store, &next, &phone.holder(), 2).await.unwrap();
    if now.shows.is_some() {
        // The connection showed the first one, whose id nobody knows. It is withdrawn like any other, if it is there.
        let left = store.challenge(&screen.tenant, &untold.id).await.unwrap();
        assert!(left.is_none_or(|left| left.withdrawn.is_some()));
    }
}

fn on(screen: &Connection) -> Challenge {
    Challenge { screen: Screen::Socket(screen.id.clone()), ..scene::challenge(screen.tenant) }
}

async fn seen(store: &Cloud, screen: &Connection) -> Connection {
    store.connection(&screen.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_challenge_that_is_not_stored_is_not_told() {
    first_challenge_fails("PutItem", Lost::Write).await;
}

#[tokio::test]
async fn a_challenge_that_may_be_stored_is_not_told() {
    first_challenge_fails("PutItem", Lost::Answer).await;
}

#[tokio::test]
async fn a_challenge_that_its_connection_does_not_show_is_not_told() {
    first_challenge_fails("UpdateItem", Lost::Write).await;
}

#[tokio::test]
async fn a_challenge_that_its_connection_may_show_is_not_told() {
    first_challenge_fails("UpdateItem", Lost::Answer).await;
}

#[tokio::test]
async fn a_challenge_whose_first_answer_was_lost_is_told() {
    let database = Database::memory().unwrap();
    cloud(&serve(database.clone()).await).create_tables().await.unwrap();
    let fails = Arc::new(AtomicBool::new(true));
    let failing = Failing { database, operation: "UpdateItem", lost: Lost::FirstAnswer, fails };
    let store = cloud(&serve_failing(failing).await);
    let screen = scene::connection(tenant());
    store.connect(&screen).await.unwrap();
    let first = on(&screen);
    assert!(store.replace(&screen, &first).await.unwrap());
    assert_eq!(seen(&store, &screen).await.shows.unwrap().challenge, first.id);
}

async fn serve_failing(failing: Failing) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer).with_state(failing)).await });
    url
}

async fn answer(State(failing): State<Failing>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().unwrap();
    let operation = target.trim_start_matches("DynamoDB_20120810.");
    let strikes = operation == failing.operation && failing.fails.load(Ordering::SeqCst);
    if strikes && failing.lost == Lost::FirstAnswer {
        failing.fails.store(false, Ordering::SeqCst);
    }
    let broken = || (StatusCode::INTERNAL_SERVER_ERROR, "{}").into_response();
    if strikes && failing.lost == Lost::Write {
        return broken();
    }
    let database = &failing.database;
    let answer = match operation {
        "BatchGetItem" => written(database.batch_get_item(serde_json::from_slice(&body).unwrap())),
        "GetItem" => written(database.get_item(serde_json::from_slice(&body).unwrap())),
        "PutItem" => written(database.put_item(serde_json::from_slice(&body).unwrap())),
        "UpdateItem" => written(database.update_item(serde_json::from_slice(&body).unwrap())),
        "TransactWriteItems" => written(database.transact_write_items(serde_json::from_slice(&body).unwrap())),
        "Query" => written(database.query(serde_json::from_slice(&body).unwrap())),
        other => panic!("{other} is not needed here"),
    };
    if strikes { broken() } else { answer }
}

fn written(answer: Result<impl Serialize, DynoxideError>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    match answer {
        Ok(answer) => (json, serde_json::to_string(&answer).unwrap()).into_response(),
        Err(error) => (StatusCode::from_u16(error.status_code()).unwrap(), json, error.to_json()).into_response(),
    }
}
