//! The pages of `shared/pages`, at the root of the port, as its `BACKEND.md` says.
//!
//! They are read once, from the same checkout as the template and the functions' source: the stack needs that anyway, so
//! nothing is built into the binary, and no build step or package is added.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path as Folder;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::demo::{self, Door, PHONE, Site};

/// The page that shows a code.
pub const SCREEN: &str = "/login";
/// The front door.
pub const GALLERY: &str = "/";

/// Where the built pages are.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/pages/dist");

/// Addresses that are not files' names.
const PAGES: [(&str, &str); 10] = [
    (GALLERY, "index.html"),
    (SCREEN, "login.html"),
    ("/kiosk", "kiosk.html"),
    ("/tv", "tv.html"),
    ("/terminal", "terminal.html"),
    (PHONE, "phone.html"),
    ("/device", "phone.html"),
    ("/sign-in", "sign-in.html"),
    ("/sign-out", "sign-out.html"),
    ("/signed-out", "signed-out.html"),
];

/// Whether a page has this address. The front door has none that could get a slash at its end.
pub fn is_page(path: &str) -> bool {
    PAGES.iter().any(|(page, _)| *page == path)
}

/// Files under their own names, beside those in `assets`.
const FILES: [&str; 3] = ["offline.html", "sw.js", "manifest.webmanifest"];

/// In a policy, the origins that pages may call beside their own.
const CONNECT: &str = "{connect}";

/// What is served for a name.
#[derive(Debug)]
struct Page {
    content: Vec<u8>,
    headers: HeaderMap,
    policy: String,
}

/// The built pages, by name.
#[derive(Clone, Debug)]
pub struct Pages(Arc<BTreeMap<String, Page>>);

impl Pages {
    /// Reads what is built.
    ///
    /// # Errors
    /// If a file is missing or `headers.json` says no headers.
    pub fn built() -> Result<Self> {
        let folder = Folder::new(BUILT);
        let told = fs::read_to_string(folder.join("headers.json"))
            .with_context(|| format!("the pages in {} cannot be read; are they all checked out?", folder.display()))?;
        let told: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(&told).context("headers.json of the pages says no headers")?;
        let mut names: Vec<String> = FILES.map(str::to_owned).to_vec();
        names.extend(PAGES.map(|(_, name)| name.to_owned()));
        for entry in fs::read_dir(folder.join("assets")).context("the pages have no assets")? {
            names.push(format!("assets/{}", entry?.file_name().to_string_lossy()));
        }
        let pages = names.into_iter().map(|name| {
            let content = fs::read(folder.join(&name)).with_context(|| format!("the page {name} cannot be read"))?;
            let page = Page::new(&name, content, &told)?;
            Ok((name, page))
        });
        Ok(Self(Arc::new(pages.collect::<Result<_>>()?)))
    }
}

impl Page {
    fn new(name: &str, content: Vec<u8>, told: &BTreeMap<String, BTreeMap<String, String>>) -> Result<Self> {
        let (mut headers, mut policy) = (HeaderMap::new(), String::new());
        for (header, value) in ["*", name].iter().filter_map(|of| told.get(*of)).flatten() {
            if *header == CONTENT_SECURITY_POLICY.as_str() {
                policy.clone_from(value);
            } else {
                headers.insert(HeaderName::try_from(header)?, HeaderValue::try_from(value)?);
            }
        }
        let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..16]);
        headers.insert(ETAG, HeaderValue::try_from(format!("\"{digest}\""))?);
        let kind = kind(name).with_context(|| format!("the page {name} has no known type"))?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Ok(Self { content, headers, policy })
    }

    /// The answer, or that the browser has it already.
    fn answer(&self, asked: &HeaderMap, connect: &str) -> Response {
        let mut headers = self.headers.clone();
        if let Ok(policy) = HeaderValue::try_from(self.policy.replace(CONNECT, connect)) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        if self.is_known(asked) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.content.clone()).into_response()
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let tags = asked.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        let mut tags = tags.flat_map(|tags| tags.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
        tags.any(|tag| tag == "*" || self.headers.get(ETAG).is_some_and(|own| own == tag))
    }
}

fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

/// The pages at the root, and the backend that they ask.
pub fn routes(pages: Pages, site: Arc<Site>) -> Router {
    let files = FILES.iter().map(|name| (format!("/{name}"), *name));
    let mut routes = Router::new();
    for (path, name) in PAGES.map(|(path, name)| (path.to_owned(), name)).into_iter().chain(files) {
        let serve =
            move |state: State<Served>, door: Door, asked: HeaderMap| async move { state.page(name, &door, &asked) };
        routes = routes.route(&path, get(serve));
    }
    routes
        .route("/assets/{name}", get(asset))
        .with_state(Served { pages, site: site.clone() })
        .merge(demo::routes(site))
}

#[derive(Clone, Debug)]
struct Served {
    pages: Pages,
    site: Arc<Site>,
}

impl Served {
    fn page(&self, name: &str, door: &Door, asked: &HeaderMap) -> Response {
        let page = self.pages.0.get(name);
        page.map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |page| page.answer(asked, &demo::origin(&self.site, door)),
        )
    }
}

async fn asset(State(served): State<Served>, door: Door, Path(name): Path<String>, asked: HeaderMap) -> Response {
    served.page(&format!("assets/{name}"), &door, &asked)
}
