//! What people are answered who open an address that has no page, as the edge answers them (`EdgePaths` of the template).

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::pages;

/// The page. The template has a copy, which the stage `edge` compares.
const PAGE: &str = include_str!("missing.html");

/// Nothing but the page's own style, by its hash.
const POLICY: &str = "default-src 'none'; style-src 'sha256-zrZ9SsPBidVuaLJHKSaR/UwpRQ9wF69kgbmisyfRlV8='; base-uri 'none'; frame-ancestors 'none'";

/// The answer to a person's browser; `None` for all other callers, who are answered in JSON. A page's address with a slash at
/// its end leads to the page.
pub fn answer(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    if ![Method::GET, Method::HEAD].contains(method) {
        return None;
    }
    if let Some(path) = uri.path().strip_suffix('/').filter(|path| pages::is_page(path)) {
        let there = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        return Some((StatusCode::PERMANENT_REDIRECT, [(LOCATION, there)]).into_response());
    }
    takes_pages(headers).then(|| {
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (CONTENT_SECURITY_POLICY, POLICY),
        ];
        (StatusCode::NOT_FOUND, headers, PAGE).into_response()
    })
}

/// Browsers name this type when a person opens an address; SDKs and `fetch` take anything.
fn takes_pages(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|types| types.to_str().ok()).is_some_and(|types| types.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

    fn asked(method: &Method, uri: &str, accept: &'static str) -> Option<Response> {
        let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
        answer(method, &uri.parse().unwrap(), &headers)
    }

    #[test]
    fn a_person_is_told_in_words() {
        let answer = asked(&Method::GET, "/nothing", BROWSER).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[test]
    fn programs_are_not_answered_by_a_page() {
        assert!(asked(&Method::GET, "/nothing", "*/*").is_none());
        assert!(asked(&Method::GET, "/nothing", "application/json").is_none());
        assert!(asked(&Method::POST, "/login/", BROWSER).is_none());
    }

    #[test]
    fn a_slash_at_the_end_leads_to_the_page() {
        for (uri, there) in [("/login/", "/login"), ("/phone/?c=1", "/phone?c=1"), ("/device/", "/device")] {
            let answer = asked(&Method::GET, uri, "*/*").unwrap();
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()[LOCATION]),
                (308, &there.parse().unwrap()),
                "{uri}"
            );
        }
    }

    #[test]
    fn no_other_address_is_led_anywhere() {
        for uri in ["//evil.example/", "/login//", "/nothing/"] {
            assert_eq!(asked(&Method::GET, uri, BROWSER).unwrap().status(), StatusCode::NOT_FOUND, "{uri}");
        }
    }
}
