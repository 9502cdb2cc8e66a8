//! API Gateway: the HTTP API, the WebSocket API and its `@connections`.

pub mod api;
pub mod connections;
pub mod cors;
pub mod event;
pub mod handshake;
pub mod http;
pub mod management;
pub mod session;
pub mod throttle;
