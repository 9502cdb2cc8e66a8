//! A web page, and what its browser checks before and after a call to the service.
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use ::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN,
};
use ::http::{HeaderMap, Method, Request};
use scanlatch_client::Answer;

use crate::commands::smoke::error::SmokeError;

/// The browser SDK's headers that need a preflight.
const HEADERS: [&str; 2] = ["authorization", "content-type"];

/// Methods that a preflight need not allow.
const SAFELISTED: [Method; 3] = [Method::GET, Method::HEAD, Method::POST];

/// A page by its origin.
#[derive(Clone, Debug)]
pub struct Page(pub String);

impl Page {
    /// The preflight of this call.
    ///
    /// # Errors
    /// If the URL is not valid.
    pub fn preflight(&self, method: &Method, url: &str) -> Result<Request<String>, SmokeError> {
        Request::builder()
            .method(Method::OPTIONS)
            .uri(url)
            .header(ORIGIN, &self.0)
            .header(ACCESS_CONTROL_REQUEST_METHOD, method.as_str())
            .header(ACCESS_CONTROL_REQUEST_HEADERS, HEADERS.join(","))
            .body(String::new())
            .map_err(|error| SmokeError::Silence(error.to_string()))
    }

    /// Whether the answer to a preflight lets the page make the call.
    ///
    /// # Errors
    /// Why the browser refuses it.
    pub fn may_call(&self, method: &Method, answer: &Answer) -> Result<(), SmokeError> {
        if !answer.status.is_success() {
            return Err(refused(&format!("its preflight was answered {}", answer.status)));
        }
        self.may_read(&answer.headers)?;
        let allowed = listed(&answer.headers, &ACCESS_CONTROL_ALLOW_METHODS);
        let names_method = allowed.iter().any(|name| name == "*" || name == method.as_str());
        if !names_method && !SAFELISTED.contains(method) {
            return Err(refused(&format!("{ACCESS_CONTROL_ALLOW_METHODS} does not name {method}")));
        }
        let allowed = listed(&answer.headers, &ACCESS_CONTROL_ALLOW_HEADERS);
        for wanted in HEADERS {
            // The wildcard includes every header except `Authorization`.
            let by_wildcard = wanted != "authorization" && allowed.iter().any(|name| name == "*");
            if !by_wildcard && !allowed.iter().any(|name| name.eq_ignore_ascii_case(wanted)) {
                return Err(refused(&format!("{ACCESS_CONTROL_ALLOW_HEADERS} does not name {wanted}")));
            }
        }
        Ok(())
    }

    /// Whether the browser lets the page read an answer with these headers.
    ///
    /// # Errors
    /// Why the browser does not.
    pub fn may_read(&self, headers: &HeaderMap) -> Result<(), SmokeError> {
        let mut allowed = headers.get_all(ACCESS_CONTROL_ALLOW_ORIGIN).iter();
        match (allowed.next().and_then(|value| value.to_str().ok()), allowed.next()) {
            (Some(value), None) if value == "*" || value == self.0 => Ok(()),
            (None, None) => Err(refused(&format!("the answer has no {ACCESS_CONTROL_ALLOW_ORIGIN}"))),
            _ => Err(refused(&format!("{ACCESS_CONTROL_ALLOW_ORIGIN} does not name {}", self.0))),
        }
    }
}

fn refused(why: &str) -> SmokeError {
    SmokeError::Answer(format!("a browser would not let a page do this: {why}"))
}

/// The members of a list, which may be spread over several headers.
fn listed(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|member| member.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use ::http::StatusCode;

    use super::*;

    const ALLOWING: [(&str, &str); 3] = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET,POST,OPTIONS"),
        ("access-control-allow-headers", "Authorization, content-type"),
    ];

    /// Whether a browser accepts this answer to a call's preflight.
    fn judged(method: &Method, status: u16, headers: &[(&'static str, &'static str)]) -> Result<(), String> {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Vec::new() };
        Page("https://shop.example".to_owned()).may_call(method, &answer).map_err(|trouble| match trouble {
            SmokeError::Answer(why) => why,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_preflight_that_allows_origin_and_headers_passes() {
        let [origin, methods, headers] = ALLOWING;
        for origin in [origin, (origin.0, "https://shop.example")] {
            assert_eq!(judged(&Method::POST, 204, &[origin, methods, headers]), Ok(()));
        }
        assert_eq!(judged(&Method::POST, 200, &[origin, headers]), Ok(()), "POST is safelisted");
    }

    #[test]
    fn a_browser_refuses_whatever_is_not_allowed_in_so_many_words() {
        let [origin, methods, headers] = ALLOWING;
        for (method, status, answered, why) in [
            (Method::POST, 404, vec![origin, methods, headers], "its preflight was answered 404 Not Found"),
            (Method::POST, 204, vec![methods, headers], "the answer has no access-control-allow-origin"),
            (
                Method::POST,
                204,
                vec![(origin.0, "https://other.example"), headers],
                "access-control-allow-origin does not name https://shop.example",
            ),
            (Method::PATCH, 204, ALLOWING.to_vec(), "access-control-allow-methods does not name PATCH"),
            (Method::POST, 204, vec![origin, methods], "access-control-allow-headers does not name authorization"),
            (
                Method::POST,
                204,
                vec![origin, (headers.0, "*")],
                "access-control-allow-headers does not name authorization",
            ),
            (
                Method::POST,
                204,
                vec![origin, (headers.0, "authorization")],
                "access-control-allow-headers does not name content-type",
            ),
        ] {
            let refused = judged(&method, status, &answered).unwrap_err();
            assert_eq!(refused, format!("a browser would not let a page do this: {why}"));
        }
    }
}
