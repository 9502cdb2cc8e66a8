//! API Gateway's HTTP API: finds the route, calls the function with payload format 2.0, converts its reply.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use scanlatch_protocol::wire::base_url::NOTHING_HERE;
use scanlatch_protocol::wire::error::ErrorBody;
use serde_json::{Map, Value, json};

use crate::gateway::api::{HttpApi, Route};
use crate::gateway::cors::Cors;
use crate::gateway::event::{clf, gateway_id};
use crate::lambda::error::InvokeError;
use crate::lambda::invoker::Invoker;
use crate::logins::Logins;
use crate::recorder::{Fact, Recorder, RouteCall};
use crate::system::now_ms;

/// API Gateway itself refuses larger bodies.
pub const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The limit of request line and header values together.
const MAX_HEAD_BYTES: usize = 10_240;

/// A request as it came.
#[derive(Debug)]
pub struct Incoming {
    /// Its method.
    pub method: Method,
    /// Its target.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; `None` if it was larger than [`MAX_BODY_BYTES`].
    pub body: Option<Bytes>,
    /// Who sent it.
    pub peer: IpAddr,
}

/// Answers a request.
pub async fn answer(
    api: &HttpApi,
    invoker: &Invoker,
    recorder: &Recorder,
    logins: &Logins,
    incoming: Incoming,
) -> Response {
    let preflight = Cors::is_preflight(&incoming.method, &incoming.headers);
    let request_headers = incoming.headers.clone();
    let mut response = route(api, invoker, recorder, logins, incoming).await;
    if let Some(cors) = &api.cors {
        cors.apply(&request_headers, preflight, response.headers_mut());
    }
    response
}

async fn route(api: &HttpApi, invoker: &Invoker, recorder: &Recorder, logins: &Logins, incoming: Incoming) -> Response {
    if api.behind_cloudfront
        && incoming.method == Method::GET
        && incoming.body.as_ref().is_none_or(|body| !body.is_empty())
    {
        return refused_by_cloudfront();
    }
    let path = percent_decode_str(incoming.uri.path()).decode_utf8_lossy().into_owned();
    let Some(within) = api.within(&path) else { return outside() };
    let Some((route, parameters)) = find(&api.routes, &incoming.method, within) else {
        // An API with a CORS configuration itself answers a preflight that no route takes, not even `$default`.
        if api.cors.is_some() && Cors::is_preflight(&incoming.method, &incoming.headers) {
            return plain(StatusCode::NO_CONTENT, None);
        }
        return plain(StatusCode::NOT_FOUND, Some("Not Found"));
    };
    if !api.throttles.admit(&route.key()) {
        return plain(StatusCode::TOO_MANY_REQUESTS, Some("Too Many Requests"));
    }
    let Some(body) = incoming.body else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, Some("Request Entity Too Large"));
    };
    let event = event(
        api,
        route,
        parameters,
        &Request {
            method: &incoming.method,
            uri: &incoming.uri,
            path: &path,
            headers: &incoming.headers,
            body: &body,
            peer: incoming.peer,
        },
    );
    let response = match tokio::time::timeout(api.patience, invoker.invoke(&route.function, event)).await {
        Ok(Ok(reply)) => {
            logins.http(&route.key(), &body, &reply);
            map_reply(&reply).unwrap_or_else(|| {
                eprintln!("{} answered what API Gateway cannot map: {reply}", route.function);
                plain(StatusCode::INTERNAL_SERVER_ERROR, Some("Internal Server Error"))
            })
        }
        Ok(Err(failed)) => {
            eprintln!("{}: {failed}", route.function);
            match failed {
                InvokeError::Throttled => plain(StatusCode::SERVICE_UNAVAILABLE, Some("Service Unavailable")),
                InvokeError::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE, Some("Request Entity Too Large")),
                InvokeError::Function(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, Some("Internal Server Error")),
            }
        }
        Err(_elapsed) => {
            eprintln!("{} took longer than API Gateway waits", route.function);
            plain(StatusCode::SERVICE_UNAVAILABLE, Some("Service Unavailable"))
        }
    };
    recorder.note(Fact::Route(RouteCall {
        method: route.method().to_owned(),
        path: route.path().to_owned(),
        function: route.function.clone(),
        status: response.status().as_u16(),
    }));
    response
}

/// Whether request line and header values exceed the limit of both APIs.
pub fn is_head_too_large(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let line = method.as_str().len() + uri.to_string().len() + "  HTTP/1.1".len();
    line + headers.values().map(HeaderValue::len).sum::<usize>() > MAX_HEAD_BYTES
}

/// API Gateway's answer to such a request.
pub fn head_too_large() -> Response {
    plain(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Some("Request Header Fields Too Large"))
}

/// CloudFront refuses a GET with a body.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>
fn refused_by_cloudfront() -> Response {
    let mut response = Response::new(Body::from("<TITLE>ERROR: The request could not be satisfied</TITLE>\n"));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// API Gateway's own answers.
fn plain(status: StatusCode, message: Option<&str>) -> Response {
    let body = message.map_or_else(Body::empty, |message| Body::from(json!({ "message": message }).to_string()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if message.is_some() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// The edge's answer outside the APIs' paths.
fn outside() -> Response {
    let body = serde_json::to_string(&ErrorBody::new("not_found", NOTHING_HERE)).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// How exact a route is, the most exact first. Its kind decides (literal or with parameters, greedy, `$default`), then
/// fewer parameters or the longer path before a greedy one, then a method before `ANY`.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>
type Rank = (u8, usize, bool);

/// The most exact route for a request.
fn find<'r>(routes: &'r [Route], method: &Method, path: &str) -> Option<(&'r Route, Map<String, Value>)> {
    let candidates = routes.iter().filter_map(|route| {
        let (rank, parameters): (Rank, _) = match &route.matches {
            None => ((2, 0, true), Map::new()),
            Some((verb, pattern)) if verb == method.as_str() || verb == "ANY" => {
                let parameters = matching(pattern, path)?;
                let any = verb == "ANY";
                let greedy = pattern.ends_with("+}");
                (if greedy { (1, usize::MAX - pattern.len(), any) } else { (0, parameters.len(), any) }, parameters)
            }
            Some(_) => return None,
        };
        Some((rank, route, parameters))
    });
    candidates.min_by_key(|(rank, ..)| *rank).map(|(_, route, parameters)| (route, parameters))
}

fn matching(pattern: &str, path: &str) -> Option<Map<String, Value>> {
    let (mut expected, mut actual_segments) = (pattern.split('/'), path.split('/'));
    let mut parameters = Map::new();
    loop {
        match (expected.next(), actual_segments.next()) {
            (None, None) => return Some(parameters),
            (Some(expected), Some(actual)) => {
                match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) if name.ends_with('+') => {
                        let rest = std::iter::once(actual).chain(actual_segments).collect::<Vec<_>>().join("/");
                        parameters.insert(name.trim_end_matches('+').to_owned(), rest.into());
                        return Some(parameters);
                    }
                    Some(_) if actual.is_empty() => return None,
                    Some(name) => {
                        parameters.insert(name.to_owned(), actual.into());
                    }
                    None if expected == actual => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

struct Request<'a> {
    method: &'a Method,
    uri: &'a Uri,
    path: &'a str,
    headers: &'a HeaderMap,
    body: &'a Bytes,
    peer: IpAddr,
}

fn event(api: &HttpApi, route: &Route, parameters: Map<String, Value>, request: &Request<'_>) -> Value {
    let key = route.key();
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    let mut cookies = Vec::new();
    for (name, value) in request.headers {
        // API Gateway replaces these two.
        if name == "x-forwarded-proto" || name == "x-forwarded-port" {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name == header::COOKIE {
            cookies.extend(value.split(';').map(|cookie| Value::from(cookie.trim())));
            continue;
        }
        headers
            .entry(name.as_str())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    let host = headers.get("host").cloned().unwrap_or_default();
    let now = now_ms();
    let user_agent = headers.get("user-agent").cloned();
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": request.path,
        "rawQueryString": request.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split(['.', ':']).next(),
            "http": {
                "method": request.method.as_str(),
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.peer.to_string(),
                "userAgent": user_agent,
            },
            "requestId": gateway_id(),
            "routeKey": key,
            "stage": api.stage,
            "time": clf(now),
            "timeEpoch": now,
        },
        "isBase64Encoded": false,
    });
    let query = query(request.uri.query().unwrap_or_default());
    for (name, value) in [
        ("cookies", Value::from(cookies)),
        ("queryStringParameters", query.into()),
        ("pathParameters", parameters.into()),
    ] {
        if value.as_object().map_or_else(|| value.as_array().is_some_and(|all| !all.is_empty()), |all| !all.is_empty())
        {
            event[name] = value;
        }
    }
    if !request.body.is_empty() {
        if let Ok(text) = std::str::from_utf8(request.body) {
            event["body"] = text.into();
        } else {
            event["body"] = STANDARD.encode(request.body).into();
            event["isBase64Encoded"] = true.into();
        }
    }
    event
}

/// Query parameters, decoded; repeated ones are joined by commas.
pub(crate) fn query(text: &str) -> Map<String, Value> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let mut parameters = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        let joined = match parameters.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        parameters.insert(name, joined.into());
    }
    parameters
}

fn map_reply(reply: &Value) -> Option<Response> {
    let Some(status) = reply.get("statusCode") else {
        // Payload format 2.0: a reply without a status code is the body.
        let mut response = Response::new(Body::from(reply.to_string()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Some(response);
    };
    let status = StatusCode::from_u16(u16::try_from(status.as_u64()?).ok()?).ok()?;
    let body = reply["body"].as_str().unwrap_or_default();
    let body = if reply["isBase64Encoded"] == true { STANDARD.decode(body).ok()? } else { body.into() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in reply["headers"].as_object().into_iter().flatten() {
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.as_str()?).ok()?);
    }
    for (name, values) in reply["multiValueHeaders"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name).ok()?;
        if !headers.contains_key(&name) {
            for value in values.as_array()? {
                headers.append(name.clone(), HeaderValue::try_from(value.as_str()?).ok()?);
            }
        }
    }
    for cookie in reply["cookies"].as_array().into_iter().flatten() {
        headers.append(header::SET_COOKIE, HeaderValue::try_from(cookie.as_str()?).ok()?);
    }
    Some(response)
}
