//! A stand-in for Lambda's Runtime API that serves one process and notes the times of its requests and answers.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The longest wait for a process.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long an invocation may take, in ms: the template's `Timeout`.
const DEADLINE_MS: i64 = 10_000;

/// What a process answered.
#[derive(Debug)]
pub struct Answer {
    /// The time of the answer.
    pub at: Instant,
    /// The status of an HTTP answer, `ok` for an answer without one, `error` for a failure.
    pub status: String,
    /// What it sent.
    pub body: Value,
}

#[derive(Debug)]
struct Shared {
    polls: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<Answer>,
    events: Mutex<mpsc::UnboundedReceiver<String>>,
}

/// The API for one process.
#[derive(Debug)]
pub struct RuntimeApi {
    address: String,
    server: JoinHandle<()>,
    polls: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<Answer>,
    events: mpsc::UnboundedSender<String>,
}

impl RuntimeApi {
    /// Listens on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the Runtime API")?;
        let address = listener.local_addr()?.to_string();
        let (poll_sender, polls) = mpsc::unbounded_channel();
        let (answer_sender, answers) = mpsc::unbounded_channel();
        let (events, event_receiver) = mpsc::unbounded_channel();
        let shared = Shared { polls: poll_sender, answers: answer_sender, events: Mutex::new(event_receiver) };
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(Arc::new(shared));
        let server = tokio::spawn(async move {
            // The task ends with this value. If a process cannot reach it, the wait for the process times out.
            let _ended = axum::serve(listener, routes).await;
        });
        Ok(Self { address, server, polls, answers, events })
    }

    /// `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Queues an event.
    ///
    /// # Errors
    /// If the server has ended.
    pub fn give(&self, event: &Value) -> Result<()> {
        self.events.send(event.to_string()).context("the Runtime API has ended")
    }

    /// The time when the process asked for its next event.
    ///
    /// # Errors
    /// If it does not within 20 s.
    pub async fn polled(&mut self) -> Result<Instant> {
        let poll = timeout(PATIENCE, self.polls.recv()).await.context("the process did not ask for an event")?;
        poll.context("the Runtime API has ended")
    }

    /// What the process answered.
    ///
    /// # Errors
    /// If it does not within 20 s.
    pub async fn answered(&mut self) -> Result<Answer> {
        let answer = timeout(PATIENCE, self.answers.recv()).await.context("the process did not answer")?;
        answer.context("the Runtime API has ended")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let _sent = shared.polls.send(Instant::now());
    let Some(event) = shared.events.lock().await.recv().await else { return StatusCode::GONE.into_response() };
    let deadline = System.now().plus(DEADLINE_MS).millis().to_string();
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", &deadline),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:benchmark"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"),
        ("content-type", "application/json"),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    let status = answer["statusCode"].as_u64().map_or_else(|| "ok".to_owned(), |status| status.to_string());
    let _sent = shared.answers.send(Answer { at, status, body: answer });
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let _sent = shared.answers.send(Answer { at, status: "error".to_owned(), body });
    StatusCode::ACCEPTED
}
