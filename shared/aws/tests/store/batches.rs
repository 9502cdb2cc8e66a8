//! Items are read in batches, whatever DynamoDB leaves unread. This database reads only half of each table's keys.

use std::collections::HashSet;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use dynoxide::Database;
use scanlatch_aws::Cloud;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::tenant::{Settings as TenantSettings, Tenant};
use scanlatch_service::port::{Administers as _, Challenges as _, Tenants as _};
use scanlatch_testkit::scene::{self, at};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::database::{cloud, serve};

const TENANTS: usize = 120;

/// How many keys each call asked for.
type Asked = Arc<Mutex<Vec<usize>>>;

#[tokio::test]
async fn a_list_asks_for_a_hundred_at_most_and_again_for_what_was_left_unread() {
    let database = Database::memory().unwrap();
    let whole = cloud(&serve(database.clone()).await);
    whole.create_tables().await.unwrap();
    let mut ids = HashSet::new();
    for _ in 0..TENANTS {
        let tenant = new_tenant();
        ids.insert(tenant.id);
        whole.put_tenant(&tenant).await.unwrap();
    }

    let asked = Asked::default();
    let listed = cloud(&serve_halves(database, asked.clone()).await).tenants().await.unwrap();

    assert_eq!(listed.iter().map(|tenant| tenant.id).collect::<HashSet<_>>(), ids);
    assert_eq!(listed.len(), TENANTS);
    let asked = asked.lock().unwrap();
    assert_eq!(asked[..3], [100, 50, 25]);
    assert!(asked.contains(&20), "{asked:?}");
}

/// A store with two tenants.
async fn with_two_tenants() -> (Cloud, [TenantId; 2], Asked) {
    let database = Database::memory().unwrap();
    let whole = cloud(&serve(database.clone()).await);
    whole.create_tables().await.unwrap();
    let tenants = [new_tenant(), new_tenant()];
    for tenant in &tenants {
        whole.put_tenant(tenant).await.unwrap();
    }
    let asked = Asked::default();
    let store = cloud(&serve_halves(database, asked.clone()).await);
    (store, tenants.map(|tenant| tenant.id), asked)
}

#[tokio::test]
async fn what_is_asked_for_at_once_is_one_call_of_all_tables() {
    let (store, [one, _], asked) = with_two_tenants().await;
    let id = scene::challenge(one).id;
    let (tenant, challenge) = tokio::join!(store.tenant(&one), store.challenge(&one, &id));
    assert_eq!((tenant.unwrap().map(|tenant| tenant.id), challenge.unwrap()), (Some(one), None));
    assert_eq!(*asked.lock().unwrap(), [2]);
}

#[tokio::test]
async fn what_a_batch_leaves_unread_is_read_next() {
    let (store, [one, other], asked) = with_two_tenants().await;
    let (first, second) = tokio::join!(store.tenant(&one), store.tenant(&other));
    assert_eq!([first, second].map(|found| found.unwrap().unwrap().id), [one, other]);
    assert_eq!(*asked.lock().unwrap(), [2, 1]);
}

#[tokio::test]
async fn an_item_that_is_asked_for_twice_at_once_is_read_once() {
    let (store, [one, _], asked) = with_two_tenants().await;
    let (first, second) = tokio::join!(store.tenant(&one), store.tenant(&one));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(*asked.lock().unwrap(), [1]);
}

#[tokio::test]
async fn one_read_after_another_is_a_call_of_its_own() {
    let (store, [one, other], asked) = with_two_tenants().await;
    store.tenant(&one).await.unwrap();
    store.tenant(&other).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [1, 1]);
}

#[tokio::test]
async fn a_read_is_answered_though_the_one_that_asked_for_both_is_given_up() {
    let (store, [one, other], _) = with_two_tenants().await;
    let (mut first, mut second) = (Box::pin(store.tenant(&one)), Box::pin(store.tenant(&other)));
    // Once to join the batch, and once more, in which the first one asks for it.
    for _ in 0..2 {
        poll_fn(|context| {
            assert!(first.as_mut().poll(context).is_pending() && second.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        tokio::task::yield_now().await;
    }
    drop(first);
    let found = timeout(Duration::from_secs(10), second).await.expect("it waits for the one that was given up");
    assert_eq!(found.unwrap().map(|tenant| tenant.id), Some(other));
}

fn new_tenant() -> Tenant {
    let id: TenantId = scene::tenant();
    Tenant::new(id, format!("Cafe {id}"), TenantSettings::default(), at(3))
}

async fn serve_halves(database: Database, asked: Asked) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |headers: HeaderMap, body: Bytes| {
        let (database, asked) = (database.clone(), asked.clone());
        async move {
            let body = match headers["x-amz-target"].to_str().unwrap() {
                "DynamoDB_20120810.Query" => {
                    serde_json::to_value(database.query(serde_json::from_slice(&body).unwrap()).unwrap()).unwrap()
                }
                "DynamoDB_20120810.GetItem" => {
                    asked.lock().unwrap().push(1);
                    serde_json::to_value(database.get_item(serde_json::from_slice(&body).unwrap()).unwrap()).unwrap()
                }
                "DynamoDB_20120810.BatchGetItem" => half(&database, &asked, serde_json::from_slice(&body).unwrap()),
                other => panic!("{other} is no reading of a list"),
            };
            ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

/// Reads the first half of each table's keys, rounded up.
fn half(database: &Database, asked: &Mutex<Vec<usize>>, mut request: Value) -> Value {
    let (mut count, mut unread) = (0, Map::new());
    for (table, wanted) in request["RequestItems"].as_object_mut().unwrap() {
        let keys = wanted["Keys"].as_array_mut().unwrap();
        count += keys.len();
        let left = keys.split_off(keys.len().div_ceil(2));
        if !left.is_empty() {
            unread.insert(table.clone(), json!({ "Keys": left, "ConsistentRead": true }));
        }
    }
    asked.lock().unwrap().push(count);
    let answer = database.batch_get_item(serde_json::from_value(request).unwrap()).unwrap();
    let mut answer = serde_json::to_value(answer).unwrap();
    answer["UnprocessedKeys"] = unread.into();
    answer
}
