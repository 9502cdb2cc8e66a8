use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::world::{Ran, World, endpoint, scanlatch, tables};

fn run(words: &[&str]) -> Ran {
    Ran::from(scanlatch().args(words).output().unwrap())
}

/// The part of a local stack that the command line reads: it says where its database is.
fn stack(says: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut request = [0; 4096];
            let length = socket.read(&mut request).unwrap();
            let known = request[..length].starts_with(b"GET /_local/ready HTTP/1.1\r\n");
            let status = if known { "200 OK" } else { "404 Not Found" };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", says.len());
            socket.write_all(format!("{head}{says}").as_bytes()).unwrap();
        }
    });
    url
}

#[tokio::test]
async fn the_local_stack_says_where_its_tables_are() {
    let cloud = tables("LiveTable", "DirectoryTable").await;
    let ready = json!({ "apiUrl": "http://localhost:4000/v1", "dynamodbEndpoint": endpoint().await });
    let url = stack(ready.to_string());
    let made = run(&["tenant", "create", "Local", "--json", "--local", &url]);
    assert_eq!(made.code, 0, "{made:?}");
    let made = made.json();
    assert_eq!(made["apiUrl"], "http://localhost:4000/v1");
    let id = scanlatch_protocol::id::TenantId::parse(made["tenantId"].as_str().unwrap()).unwrap();
    assert!(scanlatch_service::port::Tenants::tenant(&cloud, &id).await.unwrap().is_some());
    let made = run(&["--local", &url, "tenant", "create", "Tunnel", "--api-url", "https://tunnel.example/v1"]);
    assert!(made.stdout.starts_with("AUTHSIGNAL_API_URL=https://tunnel.example/v1\n"), "{made:?}");
}

#[tokio::test]
async fn the_local_stack_says_whether_an_edge_gives_places() {
    tables("LiveTable", "DirectoryTable").await;
    for (places, code) in [(true, 0), (false, 2)] {
        let ready = json!({ "apiUrl": "", "dynamodbEndpoint": endpoint().await, "places": places });
        let name = format!("Distant {places}");
        let made = run(&["tenant", "create", &name, "--distance", "deny", "--local", &stack(ready.to_string())]);
        assert_eq!(made.code, code, "{made:?}");
    }
}

#[tokio::test]
async fn a_variable_or_a_context_says_that_an_edge_gives_places() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    world.tenant("Acme");
    let there = ["--dynamodb-endpoint", &world.endpoint, "--live-table", &world.live, "--directory-table"];
    let there = [&there[..], &[&world.directory]].concat();
    let deny = ["tenant", "update", "Acme", "--distance", "deny"];
    let at = |words: &[&str], variable: Option<&str>| {
        let mut command = scanlatch();
        command.env("XDG_CONFIG_HOME", folder.path()).args(words);
        command.envs(variable.map(|value| ("SCANLATCH_PLACES", value)));
        Ran::from(command.output().unwrap())
    };
    let on_tables = [&there[..], &deny].concat();
    at(&on_tables, Some("off")).refused(2, "distance `deny` needs an edge");
    assert_eq!(at(&on_tables, Some("on")).code, 0);
    world.json(&["tenant", "update", "Acme", "--distance", "tell"]);

    at(&["use", "nowhere", "--places"], None).refused(1, "there is no context nowhere");
    at(&[&["use", "prod"], &there[..]].concat(), None);
    at(&deny, None).refused(2, "distance `deny` needs an edge");
    at(&["use", "prod", "--places"], None);
    let denied = at(&deny, None);
    assert_eq!(denied.code, 0, "{denied:?}");
    assert!(at(&["use"], None).stdout.contains("with places"));
}

#[test]
fn a_local_stack_that_is_not_there_is_one_sentence() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    run(&["tenant", "list", "--local", &url]).refused(1, &format!("no local stack answers at {url}"));
    run(&["tenant", "list", "--local", &stack("[]".to_owned())]).refused(1, "is not the local stack");
    let aws = json!({ "apiUrl": "", "dynamodbEndpoint": "https://dynamodb.eu-west-1.amazonaws.com" });
    run(&["tenant", "list", "--local", &stack(aws.to_string())]).refused(2, "keeps its tables on AWS");
}

#[tokio::test]
async fn the_environment_names_the_tables_too() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let mut command = scanlatch();
    command.env("SCANLATCH_LIVE_TABLE", &world.live).env("SCANLATCH_DIRECTORY_TABLE", &world.directory);
    command.env("SCANLATCH_API_URL", "https://login.example/v1");
    command.args(["key", "create", &id.to_string(), "--dynamodb-endpoint", &world.endpoint]);
    let ran = Ran::from(command.output().unwrap());
    assert!(ran.stdout.starts_with("AUTHSIGNAL_API_URL=https://login.example/v1\n"), "{ran:?}");
}

#[test]
fn who_names_no_place_is_told_how() {
    run(&["tenant", "list"]).refused(2, "say where: --local");
    run(&["tenant", "list", "--live-table", "a"]).refused(2, "SCANLATCH_DIRECTORY_TABLE is missing");
    run(&["tenant", "list", "--directory-table", "a"]).refused(2, "SCANLATCH_LIVE_TABLE is missing");
    run(&["tenant", "list", "--local", "--live-table", "a"]).refused(2, "cannot be used with");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_one_sentence() {
    let endpoint = endpoint().await;
    let place = ["--dynamodb-endpoint", &endpoint, "--live-table", "nowhere", "--directory-table", "nowhere"];
    run(&[&place[..], &["tenant", "list"]].concat()).refused(1, "one of the two tables is not there");
}

#[tokio::test]
async fn without_an_endpoint_the_callers_own_credentials_are_used() {
    let world = World::new().await;
    let id = world.tenant("Acme");
    let on_aws = |credentials: &[(&str, &str)]| {
        let mut command = scanlatch();
        for name in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        let nowhere = [("AWS_CONFIG_FILE", "/dev/null"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")];
        command.envs(nowhere).env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", "us-east-1");
        command.env("AWS_ENDPOINT_URL_DYNAMODB", &world.endpoint).envs(credentials.iter().copied());
        command.args(["--live-table", &world.live, "--directory-table", &world.directory]);
        Ran::from(command.args(["tenant", "show", &id.to_string(), "--json"]).output().unwrap())
    };
    let own = on_aws(&[("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")]);
    assert_eq!((own.code, &own.json()["name"]), (0, &json!("Acme")), "{own:?}");
    on_aws(&[]).refused(1, "AWS_PROFILE");
}
