//! What a path names.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;

/// Checks that a request names nothing beyond its path. SDKs write ids into paths unescaped. If an id holds `?`, the
/// rest of it arrives as a query, and the path names another user. Calls that take a query skip this check.
///
/// # Errors
/// [`Refusal::Malformed`] if there is a query, or a path that holds more than its parameters do.
pub fn exact(request: &Request) -> Result<(), Refusal> {
    let has_query = request.uri().query().is_some_and(|query| !query.is_empty());
    let path = request.raw_http_path();
    let is_cut = path.contains('#') && !request.path_parameters().iter().any(|(_, value)| value.contains('#'));
    if has_query || path.contains('?') || is_cut {
        return Err(Refusal::malformed(
            "path",
            "goes on after a `?` or `#`, and this call takes no query; no id may hold `?`",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exact_at(user: &str, raw_path: &str, raw_query: &str) -> Result<(), Refusal> {
        let http = json!({ "method": "DELETE", "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7" });
        let event = json!({
            "version": "2.0",
            "routeKey": "DELETE /users/{userId}",
            "rawPath": raw_path,
            "rawQueryString": raw_query,
            "headers": { "host": "login.example" },
            "requestContext": { "http": http, "stage": "v1", "timeEpoch": 0 },
            "pathParameters": { "userId": user },
            "isBase64Encoded": false,
        });
        exact(&lambda_http::request::from_str(&event.to_string()).unwrap())
    }

    #[test]
    fn a_path_that_goes_on_where_its_id_ends_is_refused_however_it_arrives() {
        for (path, query) in
            [("/v1/users/ann", "x"), ("/v1/users/ann?x", ""), ("/v1/users/ann#x", ""), ("/v1/users/ann?", "")]
        {
            assert!(exact_at("ann", path, query).is_err(), "{path} {query}");
        }
    }

    #[test]
    fn a_path_that_is_its_id_passes() {
        for user in ["ann", "ann b|ü", "ann#x"] {
            assert_eq!(exact_at(user, &format!("/v1/users/{user}"), ""), Ok(()), "{user}");
        }
    }
}
