//! One port for everything: the two APIs by their stages, the Invoke API, the pages and the switches.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::{Extension, Router};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use crate::control;
use crate::gateway::api::HttpApi;
use crate::gateway::connections::MAX_PAYLOAD_BYTES;
use crate::gateway::handshake;
use crate::gateway::http::{self, Incoming, MAX_BODY_BYTES};
use crate::gateway::management;
use crate::gateway::session::Gateway;
use crate::host::{self, Hosts, Peer};
use crate::lambda::invoke_api;
use crate::lambda::invoker::Invoker;
use crate::missing;
use crate::network::Listener;

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

/// Everything on one router. The demo's secret key, the functions and the switches are only for requests from this
/// machine; the pages are for its network too.
pub fn routes(
    served: Served,
    functions: invoke_api::Functions,
    controls: control::Controls,
    pages: Router,
    hosts: Hosts,
) -> Router {
    let pages = pages.layer(from_fn(host::from_own_pages));
    let controls = Router::new().nest("/_local", control::routes(controls)).layer(from_fn(host::from_this_machine));
    Router::new()
        .fallback(dispatch)
        .with_state(served)
        .merge(invoke_api::routes(functions))
        .merge(pages)
        .merge(controls)
        .layer(from_fn_with_state(hosts, host::under_a_known_name))
}

/// Serves these listeners, all on loopback, until the process ends.
pub fn serve(listeners: Vec<TcpListener>, routes: &Router) {
    for listener in listeners {
        let routes = routes.clone();
        tokio::spawn(async move {
            loop {
                let Ok((socket, peer)) = listener.accept().await else { continue };
                let _unimportant = socket.set_nodelay(true);
                tokio::spawn(converse(socket, peer, routes.clone()));
            }
        });
    }
}

/// Serves the network until the process ends. Each of its requests is marked, so that no name which it gives makes it one
/// from this machine.
///
/// # Errors
/// If the certificate cannot be used.
pub fn serve_network(listener: Listener, routes: &Router) -> Result<()> {
    let routes = routes.clone().layer(Extension(listener.network));
    let acceptor = listener.acceptor()?;
    tokio::spawn(async move {
        loop {
            let Ok((socket, peer)) = listener.next().await else { continue };
            let (acceptor, routes) = (acceptor.clone(), routes.clone());
            tokio::spawn(async move {
                let _unimportant = socket.set_nodelay(true);
                if let Some(socket) = acceptor.accept(socket).await {
                    converse(socket, peer, routes).await;
                }
            });
        }
    });
    Ok(())
}

async fn converse(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr, routes: Router) {
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
            if !host::is_from_this_machine(&request) {
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
            if served.http.within(parts.uri.path()).is_none()
                && let Some(answer) = missing::answer(&parts.method, &parts.uri, &parts.headers)
            {
                return answer;
            }
            let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await.ok();
            let incoming = Incoming { method: parts.method, uri: parts.uri, headers: parts.headers, body, peer };
            let Gateway { recorder, logins, .. } = &*served.gateway;
            http::answer(&served.http, &served.invoker, recorder, logins, incoming).await
        }
    }
}
