//! `/users/{proxy+}`: what a backend asks about users whose ids hold a slash.
//!
//! API Gateway decodes `%2F` before it routes, so such an id takes several segments, which no other route can name.
//! The handlers are those of the exact routes.

use std::collections::HashMap;

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_runtime::http::Handled;
use scanlatch_runtime::{Config, caller};
use scanlatch_service::{actions, authenticators, track, users};

/// Answers one request as the function of its exact route would.
///
/// # Errors
/// Those of that function; [`Refusal::UnknownRoute`] for known backends if there is none.
pub async fn handle(
    deps: &(impl users::Deps + authenticators::Deps + actions::Deps + track::Deps),
    config: &Config,
    request: Request,
) -> Handled {
    let Target { resource, parameters } = target(request.path_parameters().first("proxy").unwrap_or_default());
    let tracks = *request.method() == Method::POST;
    let request = request.with_path_parameters(parameters);
    match resource {
        Resource::User => scanlatch_users::handle(deps, config, request).await,
        Resource::Authenticators => scanlatch_authenticators::handle(deps, request).await,
        Resource::Action if tracks => scanlatch_action_track::handle(deps, config, request).await,
        Resource::Actions => scanlatch_actions::handle(deps, request).await,
        Resource::Action | Resource::Unserved => {
            caller::backend(deps, &request).await?;
            Err(Refusal::UnknownRoute.into())
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource {
    User,
    Authenticators,
    /// One action without its idempotency key.
    Action,
    /// One with it, or all of them.
    Actions,
    /// A path below a user that is not served. It must not count as part of the user's id.
    Unserved,
}

#[derive(Debug, PartialEq, Eq)]
struct Target {
    resource: Resource,
    parameters: HashMap<String, Vec<String>>,
}

/// What SDKs ask for below a user. A segment of this name ends the id.
const BELOW: [&str; 4] = ["actions", "authenticators", "devices", "sessions"];

/// Where a path below `/users/` leads. The first name of [`BELOW`] after the id's first segment ends the id, so an id
/// cannot itself hold such a segment later on.
fn target(below: &str) -> Target {
    let segments: Vec<&str> = below.split('/').collect();
    let ends = segments.iter().skip(1).position(|part| BELOW.contains(part)).map(|at| at + 1);
    let (user, rest) = segments.split_at(ends.unwrap_or(segments.len()));
    // An empty first or last segment of the id is a mistake, not another user.
    let is_slip = user.first().is_none_or(|part| part.is_empty()) || user.last().is_some_and(|part| part.is_empty());
    let mut named = vec![("userId", user.join("/"))];
    let resource = match rest {
        [] => Resource::User,
        ["devices" | "sessions", ..] => Resource::Unserved,
        ["authenticators", id @ ..] => {
            named.extend((!id.is_empty()).then(|| ("userAuthenticatorId", id.join("/"))));
            Resource::Authenticators
        }
        [_] => Resource::Actions,
        [_, code, key @ ..] => {
            named.push(("action", (*code).to_owned()));
            named.extend((!key.is_empty()).then(|| ("idempotencyKey", key.join("/"))));
            if key.is_empty() { Resource::Action } else { Resource::Actions }
        }
    };
    let resource = if is_slip { Resource::Unserved } else { resource };
    let parameters = named.into_iter().map(|(name, value)| (name.to_owned(), vec![value])).collect();
    Target { resource, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(below: &str) -> (Resource, String) {
        let Target { resource, parameters } = target(below);
        let text = |name: &str| parameters.get(name).and_then(|all| all.first()).cloned();
        let names = ["userId", "userAuthenticatorId", "action", "idempotencyKey"];
        (resource, names.iter().filter_map(|name| text(name)).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn an_id_ends_where_its_resource_begins() {
        for (below, resource, parts) in [
            ("a/b", Resource::User, "a/b"),
            ("a//b", Resource::User, "a//b"),
            ("a/", Resource::Unserved, "a/"),
            ("/a", Resource::Unserved, "/a"),
            ("a//actions", Resource::Unserved, "a/"),
            ("a/b/authenticators", Resource::Authenticators, "a/b"),
            ("a/b/authenticators/7", Resource::Authenticators, "a/b 7"),
            ("a/b/actions", Resource::Actions, "a/b"),
            ("a/b/actions/login", Resource::Action, "a/b login"),
            ("a/b/actions/login/k", Resource::Actions, "a/b login k"),
            ("a/actions/login/k/1", Resource::Actions, "a login k/1"),
            ("a/actions/login/", Resource::Actions, "a login "),
            ("actions/b", Resource::User, "actions/b"),
            ("a/devices/7/invalidate", Resource::Unserved, "a"),
            ("a/b/sessions/revoke", Resource::Unserved, "a/b"),
        ] {
            assert_eq!(at(below), (resource, parts.to_owned()), "{below}");
        }
    }
}
