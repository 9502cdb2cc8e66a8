//! What operators see of a call: a span around its log lines, and one line on how it ended. If the call counted
//! anything, a line of metrics follows. Telemetry never makes a call fail.
//!
//! A span names the call, its route, its tenant, its challenge, its action, the credential that signed or is removed, and
//! the outcome. It never names a user, since ids may be e-mail
//! addresses, nor holds a token, key, signature, device code or body.

pub mod emf;
mod line;
mod log;

use std::future::Future;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as SocketEvent;
use futures_util::FutureExt as _;
use lambda_http::http::StatusCode;
use lambda_http::request::RequestContext;
use lambda_http::{Context, Request, RequestExt as _};
use scanlatch_service::measure::{self, Gathered, Measure};
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, error_span};

use self::emf::{Deployment, Labels};
use crate::Problem;

/// Which call is observed.
#[derive(Clone, Debug)]
pub struct Call {
    request: String,
    trace: Option<String>,
    route: String,
    is_handshake: bool,
}

impl Call {
    /// A call of this route, such as `schedule`.
    pub fn new(context: &Context, route: impl Into<String>) -> Self {
        Self {
            request: context.request_id.clone(),
            trace: context.xray_trace_id.clone(),
            route: route.into(),
            is_handshake: false,
        }
    }

    /// An HTTP request. Its route is the template's, not its path, which may name a user.
    pub fn request(request: &Request) -> Self {
        let route = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.route_key.clone(),
            _ => None,
        };
        let nameless = Context::default();
        Self::new(request.lambda_context_ref().unwrap_or(&nameless), route.unwrap_or_default())
    }

    /// An event of a socket.
    pub fn socket(context: &Context, event: &SocketEvent) -> Self {
        let route = event.request_context.route_key.clone().unwrap_or_default();
        let is_handshake = event.request_context.event_type.as_deref() == Some("CONNECT");
        Self { is_handshake, ..Self::new(context, route) }
    }
}

struct Process {
    deployment: Deployment,
    cold: AtomicBool,
}

static PROCESS: LazyLock<Process> = LazyLock::new(|| Process::new(Deployment::from_env(log::kept_at(log::level()))));

/// Starts logging; once per process, before the first call.
pub fn start() {
    log::start(log::level());
}

/// Runs a call's handler and logs its outcome; `status` gives the status of a success. A panic becomes
/// [`Problem::internal`].
///
/// # Errors
/// Those of the handler.
pub async fn observed<T>(
    call: Call,
    handler: impl Future<Output = Result<T, Problem>>,
    status: impl FnOnce(&T) -> StatusCode,
) -> Result<T, Problem> {
    let (handled, line) = PROCESS.observed(&call, handler, status).await;
    if let Some(mut line) = line {
        line.push('\n');
        // A closed output must not fail the call.
        let _written = std::io::stdout().lock().write_all(line.as_bytes());
    }
    handled
}

impl Process {
    fn new(deployment: Deployment) -> Self {
        Self { deployment, cold: AtomicBool::new(true) }
    }

    async fn observed<T>(
        &self,
        call: &Call,
        handler: impl Future<Output = Result<T, Problem>>,
        status: impl FnOnce(&T) -> StatusCode,
    ) -> (Result<T, Problem>, Option<String>) {
        // At the highest level, so that warnings name their call at every log level.
        let span = error_span!(
            "call",
            function = self.deployment.function,
            route = call.route,
            request = call.request,
            trace = call.trace,
            tenant = Empty,
            challenge = Empty,
            action = Empty,
            credential = Empty,
            outcome = Empty,
        );
        let began = Instant::now();
        let caught = AssertUnwindSafe(handler).catch_unwind();
        let whole = async { caught.await.unwrap_or_else(|_| Err(Problem::internal())) };
        let (handled, mut gathered) = measure::gathered(whole).instrument(span.clone()).await;
        self.count(call, handled.as_ref().err(), &mut gathered);
        let problem = handled.as_ref().err();
        let labels = Labels {
            request: &call.request,
            status: handled.as_ref().map_or_else(Problem::status, status).as_u16(),
            code: problem.map(|problem| problem.body().error.as_str()),
        };
        say(&span, labels, began);
        let line = emf::line(&self.deployment, System.now(), labels, &gathered);
        (handled, line)
    }

    fn count(&self, call: &Call, problem: Option<&Problem>, gathered: &mut Gathered) {
        let measure = problem.map(Problem::measure);
        match measure {
            None | Some(Measure::Refused) => {}
            Some(trouble) => gathered.add(trouble, 1.0),
        }
        match (call.is_handshake, measure) {
            (true, None) => gathered.add(Measure::HandshakesAccepted, 1.0),
            (true, Some(_)) => gathered.add(Measure::HandshakesRefused, 1.0),
            (false, Some(Measure::Refused)) => gathered.add(Measure::Refused, 1.0),
            (false, _) => {}
        }
        if self.cold.swap(false, Ordering::Relaxed) {
            gathered.add(Measure::ColdStarts, 1.0);
        }
    }
}

/// Logs how the call ended.
fn say(span: &Span, labels: Labels<'_>, began: Instant) {
    let Labels { status, code, .. } = labels;
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match code {
        None => tracing::info!(status, duration_ms, "answered"),
        Some(code) => tracing::info!(status, code, duration_ms, "refused"),
    });
}

#[cfg(test)]
mod tests {
    use scanlatch_protocol::Refusal;
    use scanlatch_service::Unavailable;
    use serde_json::Value;

    use super::*;

    fn process() -> Process {
        let deployment = Deployment {
            namespace: "Scanlatch".to_owned(),
            stack: "test".to_owned(),
            function: "validate".to_owned(),
            level: "INFO",
        };
        Process { cold: AtomicBool::new(false), ..Process::new(deployment) }
    }

    fn call(is_handshake: bool) -> Call {
        Call { request: "r".to_owned(), trace: None, route: "POST /validate".to_owned(), is_handshake }
    }

    /// The metrics that a handler's call writes.
    async fn written(is_handshake: bool, handler: impl Future<Output = Result<(), Problem>>) -> Value {
        let (_, line) = process().observed(&call(is_handshake), handler, |()| StatusCode::OK).await;
        line.map_or(Value::Null, |line| serde_json::from_str(&line).unwrap())
    }

    #[tokio::test]
    async fn a_panic_still_writes_its_metrics_and_what_was_counted_before() {
        let handler = async {
            measure::count(Measure::Claims);
            panic!("on purpose");
        };
        let (handled, line) = process().observed(&call(false), handler, |()| StatusCode::OK).await;
        assert_eq!(handled, Err::<(), _>(Problem::internal()));
        let document: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!((&document["Claims"], &document["Failures"]), (&1.0.into(), &1.0.into()));
        assert_eq!(document["Code"], "internal_error");
    }

    #[tokio::test]
    async fn a_refusal_is_counted_with_its_status() {
        let document = written(false, async { Err(Refusal::InvalidToken.into()) }).await;
        assert_eq!((&document["Refused"], &document["Status"]), (&1.0.into(), &"401".into()));
    }

    #[tokio::test]
    async fn a_failing_dependency_is_counted_by_name() {
        let document = written(false, async { Err(Unavailable::new("DynamoDB", "secret reasons").into()) }).await;
        assert_eq!((&document["Unavailable"], &document["Dependency"]), (&1.0.into(), &"DynamoDB".into()));
        assert_eq!(document["Refused"], Value::Null);
    }

    #[tokio::test]
    async fn handshakes_are_counted_apart() {
        let accepted = written(true, async { Ok(()) }).await;
        assert_eq!(accepted["HandshakesAccepted"], 1.0);
        let refused = written(true, async { Err(Refusal::OriginNotAllowed.into()) }).await;
        assert_eq!((&refused["HandshakesRefused"], &refused["Status"]), (&1.0.into(), &"403".into()));
        assert_eq!(refused["Refused"], Value::Null);
        let failed = written(true, async { Err(Unavailable::new("DynamoDB", "gone").into()) }).await;
        assert_eq!((&failed["HandshakesRefused"], &failed["Unavailable"]), (&1.0.into(), &1.0.into()));
    }

    #[tokio::test]
    async fn a_quiet_call_writes_no_metrics() {
        assert_eq!(written(false, async { Ok(()) }).await, Value::Null);
    }

    #[tokio::test]
    async fn the_first_call_of_a_process_is_a_cold_start() {
        let process = Process { cold: AtomicBool::new(true), ..process() };
        let (_, first) = process.observed(&call(false), async { Ok(()) }, |()| StatusCode::OK).await;
        let (_, second) = process.observed(&call(false), async { Ok(()) }, |()| StatusCode::OK).await;
        assert!(first.unwrap().contains("\"ColdStarts\":1.0"));
        assert_eq!(second, None);
    }
}
