//! The two APIs as the template describes them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::gateway::cors::Cors;
use crate::gateway::throttle::Throttles;

/// An HTTP API.
#[derive(Clone, Debug)]
pub struct HttpApi {
    /// The stage, which is the first path segment.
    pub stage: String,
    /// Routes in the template's order.
    pub routes: Vec<Route>,
    /// Its CORS configuration.
    pub cors: Option<Cors>,
    /// The limits of its routes.
    pub throttles: Throttles,
    /// The longest wait for a function.
    pub patience: Duration,
    /// Whether CloudFront stands before it.
    pub behind_cloudfront: bool,
}

impl HttpApi {
    /// What follows the stage in a path; `None` if the path is outside of the stage.
    pub fn within<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix('/')?.strip_prefix(&self.stage)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

/// One route of an HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Method and path; absent for `$default`.
    pub matches: Option<(String, String)>,
    /// The function's logical id.
    pub function: String,
}

impl Route {
    /// Its method; `ANY` for `$default`.
    pub fn method(&self) -> &str {
        self.matches.as_ref().map_or("ANY", |(method, _)| method)
    }

    /// Its path, or `$default`.
    pub fn path(&self) -> &str {
        self.matches.as_ref().map_or("$default", |(_, path)| path)
    }

    /// The route key as API Gateway writes it: `GET /users`, or `$default`.
    pub fn key(&self) -> String {
        self.matches.as_ref().map_or_else(|| "$default".to_owned(), |(method, path)| format!("{method} {path}"))
    }
}

/// A WebSocket API.
#[derive(Clone, Debug)]
pub struct SocketApi {
    /// Its logical id.
    pub id: String,
    /// The stage, which is the first path segment.
    pub stage: String,
    /// Such as `$request.body.type`.
    pub selection: String,
    /// Routes by key.
    pub routes: BTreeMap<String, SocketRoute>,
    /// The limits of its routes.
    pub throttles: Throttles,
    /// The longest wait for a function.
    pub patience: Duration,
}

/// One route of a WebSocket API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketRoute {
    /// The function's logical id.
    pub function: String,
    /// Whether the function's reply goes back on the socket.
    pub responds: bool,
}
