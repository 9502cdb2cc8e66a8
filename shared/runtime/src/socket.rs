//! A WebSocket function: events in, replies out.
//!
//! `lambda_http` would put reply headers where API Gateway does not look for the sub-protocol, so these functions
//! take the events themselves.

use std::future::{Future, ready};

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest as Event};
use aws_lambda_events::encodings::Body;
use futures_util::future::BoxFuture;
use lambda_http::http::{HeaderMap, HeaderValue, StatusCode};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::json;
use scanlatch_protocol::wire::socket::{self, Answer, Message, SUB_PROTOCOL};

use crate::edge::{Edge, Source};
use crate::telemetry::{self, Call};
use crate::{Problem, header};

const PROTOCOL_HEADER: &str = "Sec-WebSocket-Protocol";

/// What a handler answers.
#[derive(Debug)]
pub enum Reply {
    /// The handshake is accepted.
    Accept,
    /// Text for the screen.
    Say(Answer),
    /// Nothing to say.
    Quiet,
}

/// Serves events until the environment ends. Handlers learn who sent a handshake; later events have no headers.
///
/// # Errors
/// If the runtime's API fails.
pub async fn serve<'a, F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Event, Source) -> Fut,
    Fut: Future<Output = Result<Reply, Problem>> + Send + 'a,
{
    telemetry::start();
    let edge = Edge::from_env();
    lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| {
        let call = Call::socket(&event.context, &event.payload);
        let connecting = event.payload.request_context.event_type.as_deref() == Some("CONNECT");
        // Boxed, or the type of all futures within each other outgrows the compiler's limit.
        let handled: BoxFuture<'a, Result<Reply, Problem>> = match edge.admit(&event.payload.headers) {
            // Only a handshake has headers; later events come from an admitted screen.
            Err(problem) if connecting => Box::pin(ready(Err(problem))),
            admitted => Box::pin(handler(event.payload, admitted.unwrap_or_default())),
        };
        async move { Ok::<_, Error>(answered(telemetry::observed(call, handled, |_| StatusCode::OK).await, connecting)) }
    }))
    .await
}

/// A refusal sets the status of a handshake. Later only the answer can carry it: the SDK ignores it, developers see it.
fn answered(handled: Result<Reply, Problem>, connecting: bool) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = 200;
    match handled {
        Ok(Reply::Accept) => {
            response.headers.insert(PROTOCOL_HEADER, HeaderValue::from_static(SUB_PROTOCOL));
        }
        Ok(Reply::Say(answer)) => response.body = Some(Body::Text(answer.to_text())),
        Ok(Reply::Quiet) => {}
        Err(problem) => {
            if connecting {
                response.status_code = i64::from(problem.status().as_u16());
            }
            response.body = Some(Body::Text(Answer::Error(problem.body().clone()).to_text()));
        }
    }
    response
}

/// The connection that an event is about.
///
/// # Errors
/// [`Refusal::Malformed`]; API Gateway always names one.
pub fn connection(event: &Event) -> Result<ConnectionId, Refusal> {
    ConnectionId::parse(event.request_context.connection_id.clone().unwrap_or_default())
}

/// Who a handshake says is connecting.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub fn identity(event: &Event) -> Result<Identity, Refusal> {
    // `headers` holds only the last line of a repeated header.
    let has_all = event.multi_value_headers.contains_key(PROTOCOL_HEADER);
    let headers = if has_all { &event.multi_value_headers } else { &event.headers };
    let lines = headers.get_all(PROTOCOL_HEADER).iter().map(|value| value.to_str().unwrap_or_default());
    socket::identity(&lines.collect::<Vec<&str>>().join(","))
}

/// The page that a browser connects from.
pub fn origin(event: &Event) -> Option<&str> {
    event.headers.get("origin").map(header::origin)
}

/// A handshake's headers and the address that API Gateway saw, for [`crate::edge::observed`] and
/// [`crate::edge::sight`].
pub fn observation(event: &Event) -> (&HeaderMap, Option<&str>) {
    (&event.headers, event.request_context.identity.source_ip.as_deref())
}

/// A screen's message.
///
/// # Errors
/// [`Refusal::BodyTooLarge`] and [`Refusal::Malformed`].
pub fn message(event: &Event) -> Result<Message, Refusal> {
    if event.is_base64_encoded {
        return Err(Refusal::malformed("body", "is not text"));
    }
    json::parse(event.body.as_deref().unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TENANT: &str = "x.authsignal.tenant.01010101-0101-4101-8101-010101010101";

    fn identified(headers: &Value, multi: &Value) -> Result<Identity, Refusal> {
        let mut event: Value = serde_json::from_str(include_str!("../../../events/socket-connect.json")).unwrap();
        event["headers"] = headers.clone();
        event["multiValueHeaders"] = multi.clone();
        identity(&serde_json::from_value(event).unwrap())
    }

    /// `headers` holds the last line and `multiValueHeaders` all of them, with names as the client wrote them.
    #[test]
    fn sub_protocols_on_several_header_lines_are_one_list() {
        for (headers, multi) in [
            (
                json!({ "Sec-WebSocket-Protocol": TENANT }),
                json!({ "Sec-WebSocket-Protocol": ["authsignal-ws", TENANT] }),
            ),
            (
                json!({ "sec-websocket-protocol": "authsignal-ws" }),
                json!({ "sec-websocket-protocol": [TENANT, "authsignal-ws"] }),
            ),
            (
                json!({ "Sec-WebSocket-Protocol": "authsignal-ws", "SEC-WEBSOCKET-PROTOCOL": TENANT }),
                json!({ "Sec-WebSocket-Protocol": ["authsignal-ws"], "SEC-WEBSOCKET-PROTOCOL": [TENANT] }),
            ),
            (json!({ "Sec-WebSocket-Protocol": format!("authsignal-ws, {TENANT}") }), json!({ "Host": ["x"] })),
            (json!({ "Sec-WebSocket-Protocol": format!("authsignal-ws, {TENANT}") }), Value::Null),
        ] {
            assert!(matches!(identified(&headers, &multi), Ok(Identity::Tenant(_))), "{headers} {multi}");
        }
    }

    #[test]
    fn two_identities_on_two_lines_are_one_too_many() {
        let lines = json!(["authsignal-ws", TENANT, "x.authsignal.token.a.b.c"]);
        let refused =
            identified(&json!({ "Sec-WebSocket-Protocol": TENANT }), &json!({ "Sec-WebSocket-Protocol": lines }));
        assert_eq!(refused, Err(Refusal::Unauthorized));
    }
}
