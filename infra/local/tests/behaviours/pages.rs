use std::fs;

use super::world::World;

const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/pages/dist");

const PAGES: [&str; 10] =
    ["/", "/login", "/kiosk", "/tv", "/terminal", "/phone", "/device", "/sign-in", "/sign-out", "/signed-out"];

async fn get(world: &World, path: &str, headers: &str) -> String {
    world.raw(&format!("GET {path} HTTP/1.1\nHost: localhost:3000\nConnection: close\n{headers}\n")).await
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    answer.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
}

#[tokio::test]
async fn each_page_is_a_file_that_was_built() {
    let world = World::usual().await;
    for path in PAGES {
        let file = match path {
            "/" => "index",
            "/device" => "phone",
            path => &path[1..],
        };
        let answer = get(&world, path, "").await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        assert_eq!(header(head, "content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(body, fs::read_to_string(format!("{BUILT}/{file}.html")).unwrap(), "{path}");
    }
}

#[tokio::test]
async fn every_file_that_pages_ask_for_is_there_under_its_type() {
    let world = World::usual().await;
    let assets = fs::read_dir(format!("{BUILT}/assets")).unwrap();
    let assets = assets.map(|entry| format!("assets/{}", entry.unwrap().file_name().to_string_lossy()));
    let named = ["offline.html", "sw.js", "manifest.webmanifest"].map(str::to_owned);
    for name in assets.chain(named) {
        let head = world.raw_head(&format!("GET /{name} HTTP/1.1\nHost: localhost\nConnection: close\n\n")).await;
        assert!(head.starts_with("HTTP/1.1 200") && !header(&head, "content-type").is_empty(), "{name}: {head}");
    }
}

#[tokio::test]
async fn a_page_may_call_its_own_origin_and_the_socket_of_its_own_host() {
    let world = World::usual().await;
    for path in PAGES {
        let answer = get(&world, path, "").await;
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains("connect-src 'self' ws://localhost:3000;"), "{path}: {policy}");
        assert_eq!(header(&answer, "cache-control"), "no-cache", "{path}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test]
async fn the_phone_page_alone_may_use_the_camera() {
    let world = World::usual().await;
    for path in PAGES {
        let answer = get(&world, path, "").await;
        let has_camera = header(&answer, "permissions-policy").contains("camera=(self)");
        assert_eq!(has_camera, ["/phone", "/device"].contains(&path), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_the_browser_has_is_not_sent_again() {
    let world = World::usual().await;
    let tag = header(&get(&world, "/login", "").await, "etag").to_owned();
    for same in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = get(&world, "/login", &format!("If-None-Match: {same}\n")).await;
        assert!(answer.starts_with("HTTP/1.1 304") && answer.ends_with("\r\n\r\n"), "{same}: {answer}");
        assert_eq!(header(&answer, "etag"), tag);
    }
    let other = get(&world, "/login", "If-None-Match: \"other\"\n").await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
}

#[tokio::test]
async fn nothing_else_in_the_folder_or_outside_it_is_served() {
    let world = World::usual().await;
    for path in [
        "/headers.json",
        "/licences.txt",
        "/login.html",
        "/assets",
        "/assets/",
        "/assets/none.js",
        "/assets/..%2fheaders.json",
        "/assets/../headers.json",
        "/assets/..%2f..%2fpackage.json",
    ] {
        let answer = get(&world, path, "").await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}
