//! One port for everything: the two APIs by their stages, the Invoke API, the demo pages and the switches.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;

use crate::control;
use crate::gateway::api::HttpApi;
use crate::gateway::connections::MAX_PAYLOAD_BYTES;
use crate::gateway::handshake;
use crate::gateway::http::{self, Incoming, MAX_BODY_BYTES};
use crate::gateway::management;
use crate::gateway::session::Gateway;
use crate::host::{self, Hosts};
use crate::lambda::invoke_api;
use crate::lambda::invoker::Invoker;

/// What answers on the port.
#[derive(Clone, Debug)]
pub struct Served {
    /// The HTTP API.
    pub http: Arc<HttpApi>,
    /// The WebSocket API.
    pub gateway: Arc<Gateway>,
    /// Where functions run.
    pub invoker: Invoker,
}

#[derive(Clone, Copy, Debug)]
struct Peer(IpAddr);

/// Listens on this machine's port, for IPv4 and, if possible, IPv6.
///
/// # Errors
/// If the port is taken.
pub async fn listen(port: u16) -> Result<Vec<TcpListener>> {
    let first = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
        format!("port {port} cannot be had; end what listens there, or choose another with --port (0 for any free one)")
    })?;
    let port = first.local_addr()?.port();
    let second = TcpListener::bind(("::1", port)).await;
    Ok([Some(first), second.ok()].into_iter().flatten().collect())
}

/// Everything on one router. The demo's secret key and the switches are only for requests from this machine.
pub fn routes(
    served: Served,
    functions: invoke_api::Functions,
    controls: control::Controls,
    pages: Router,
    hosts: Hosts,
) -> Router {
    let here = Router::new()
        .route("/", get(|| async { Redirect::temporary("/demo/") }))
        .merge(pages)
        .nest("/_local", control::routes(controls))
        .layer(from_fn(host::from_this_machine));
    Router::new()
        .fallback(dispatch)
        .with_state(served)
        .merge(invoke_api::routes(functions))
        .merge(here)
        .layer(from_fn_with_state(hosts, host::under_a_known_name))
}

/// Serves these listeners until the process ends.
pub fn serve(listeners: Vec<TcpListener>, routes: &Router) {
    for listener in listeners {
        let routes = routes.clone();
        tokio::spawn(async move {
            loop {
                let Ok((socket, peer)) = listener.accept().await else { continue };
                tokio::spawn(converse(socket, peer, routes.clone()));
            }
        });
    }
}

async fn converse(socket: tokio::net::TcpStream, peer: SocketAddr, routes: Router) {
    let _unimportant = socket.set_nodelay(true);
    let service = TowerToHyperService::new(routes.layer(Extension(Peer(peer.ip()))));
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    // A client may hang up at any time.
    let _ended = connection.with_upgrades().await;
}

async fn dispatch(
    State(served): State<Served>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request<Body>,
) -> Response {
    if http::is_head_too_large(request.method(), request.uri(), request.headers()) {
        return http::head_too_large();
    }
    let below_socket =
        request.uri().path().strip_prefix('/').and_then(|path| path.strip_prefix(&served.gateway.api.stage));
    match below_socket {
        Some("" | "/") => handshake::answer(served.gateway, request, peer).await,
        Some(rest) if rest.starts_with("/@connections/") => {
            if !host::is_from_this_machine(request.headers()) {
                return host::refused();
            }
            let id = rest.trim_start_matches("/@connections/").to_owned();
            let id = percent_decode_str(&id).decode_utf8_lossy().into_owned();
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, MAX_PAYLOAD_BYTES * 2).await.unwrap_or_default();
            let gateway = &served.gateway;
            if let Some(logs) = served.invoker.logs() {
                logs.overhear_text(&String::from_utf8_lossy(&body));
            }
            management::answer(gateway, &parts.method, &parts.headers, &id, &body)
        }
        _ => {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await.ok();
            let incoming = Incoming { method: parts.method, uri: parts.uri, headers: parts.headers, body, peer };
            http::answer(&served.http, &served.invoker, &served.gateway.recorder, incoming).await
        }
    }
}
