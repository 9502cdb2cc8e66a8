//! The `$default` route: a screen asks for a challenge, again for each refresh, or for the one that it showed before.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Event;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::wire::socket::{Answer, Asked};
use scanlatch_runtime::socket::{self, Reply};
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::{Error, Result, message, refuse, resume};

/// Answers one event; the reply goes back on the socket as the route's response. A message that is refused costs the
/// socket a token, and closes it if there is none left; see [`refuse::run`].
///
/// # Errors
/// What is not understood, and the refusals of [`message::run`] and [`resume::run`].
pub async fn handle(
    deps: &(impl message::Deps + resume::Deps + refuse::Deps),
    config: &Config,
    event: Event,
) -> Result<Reply, Problem> {
    let id = socket::connection(&event)?;
    let answered = answer(deps, config, &id, &event).await;
    if let Err(Error::Refused(_)) = answered {
        refuse::run(deps, &id).await?;
    }
    Ok(Reply::Say(answered?))
}

async fn answer(
    deps: &(impl message::Deps + resume::Deps),
    config: &Config,
    id: &ConnectionId,
    event: &Event,
) -> Result<Answer> {
    match socket::message(event)?.accept()? {
        Asked::Challenge { params, resumable } => {
            let (challenge, code, short_code) = message::run(deps, id, params, resumable).await?;
            Ok(Answer::created(&challenge, code.as_ref(), short_code.as_ref()))
        }
        Asked::Resume(challenge, code) => {
            let (challenge, standing) = resume::run(deps, &config.issuer, id, &challenge, &code).await?;
            Ok(Answer::resumed(&challenge, &standing))
        }
    }
}
