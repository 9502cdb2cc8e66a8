//! Lists read their items in batches, whatever DynamoDB leaves unread. This database reads only half of each batch.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use dynoxide::Database;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::tenant::{Settings as TenantSettings, Tenant};
use scanlatch_service::port::Administers as _;
use scanlatch_testkit::scene::at;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::database::{DIRECTORY, cloud, serve};

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

fn new_tenant() -> Tenant {
    let id: TenantId = scanlatch_testkit::scene::tenant();
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
                "DynamoDB_20120810.BatchGetItem" => half(&database, &asked, serde_json::from_slice(&body).unwrap()),
                other => panic!("{other} is no reading of a list"),
            };
            ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

/// Reads the first half of the keys, rounded up.
fn half(database: &Database, asked: &Mutex<Vec<usize>>, mut request: Value) -> Value {
    let keys = request["RequestItems"][DIRECTORY]["Keys"].as_array_mut().unwrap();
    asked.lock().unwrap().push(keys.len());
    let unread = keys.split_off(keys.len().div_ceil(2));
    let mut answer =
        serde_json::to_value(database.batch_get_item(serde_json::from_value(request).unwrap()).unwrap()).unwrap();
    if !unread.is_empty() {
        answer["UnprocessedKeys"] = json!({ DIRECTORY: { "Keys": unread, "ConsistentRead": true } });
    }
    answer
}
