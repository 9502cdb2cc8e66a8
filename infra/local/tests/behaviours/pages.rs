use super::world::World;

async fn get(world: &World, path: &str) -> String {
    world.raw(&format!("GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n")).await
}

#[tokio::test]
async fn the_root_leads_to_a_start_page_that_links_both_pages() {
    let world = World::usual().await;
    for path in ["/", "/demo"] {
        let answer = get(&world, path).await;
        assert!(answer.starts_with("HTTP/1.1 307") && answer.contains("location: /demo/\r\n"), "{path}: {answer}");
    }
    let start = get(&world, "/demo/").await;
    assert!(start.starts_with("HTTP/1.1 200") && start.contains("content-type: text/html"), "{start}");
    for page in ["/demo/screen", "/demo/phone"] {
        assert!(start.contains(&format!("href=\"{page}\"")), "{page} in {start}");
        assert!(get(&world, page).await.starts_with("HTTP/1.1 200"), "{page}");
    }
}
