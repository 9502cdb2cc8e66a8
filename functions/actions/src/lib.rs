//! `/users/{userId}/actions…`: a backend looks at what became of its users' actions, and judges them.

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionName;
use scanlatch_protocol::id::{ActionCode, IdempotencyKey, UserId};
use scanlatch_protocol::wire::action::{ActionRequest, ActionResponse, ActionSummary, ActionsQuery};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{caller, path};
use scanlatch_service::actions;
use scanlatch_service::port::Tenants;

/// Answers one request; the method says what is to be done.
pub async fn handle(deps: &(impl Tenants + actions::Deps), request: Request) -> Handled {
    let tenant = caller::backend(deps, &request).await?;
    let named = request.path_parameters();
    let user = UserId::parse(named.first("userId").unwrap_or_default())?;
    let Some(code) = named.first("action") else {
        if *request.method() != Method::GET {
            return Err(Refusal::UnknownRoute.into());
        }
        let query = request.query_string_parameters();
        let text = |name: &str| query.first(name).map(str::to_owned);
        let query = ActionsQuery { from: text("fromDate"), codes: text("codes"), state: text("state") };
        let found = actions::list(deps, &tenant, &user, &query.accept()?).await?;
        return Ok(ok(&found.iter().map(ActionSummary::from).collect::<Vec<_>>()));
    };
    path::exact(&request)?;
    let name = ActionName {
        tenant: tenant.id,
        user,
        code: ActionCode::parse(code)?,
        idempotency_key: IdempotencyKey::parse(named.first("idempotencyKey").unwrap_or_default())?,
    };
    match *request.method() {
        Method::GET => Ok(ok(&ActionResponse::from(&actions::show(deps, &name).await?))),
        Method::PATCH => {
            let state = body::<ActionRequest>(&request)?.accept()?;
            Ok(ok(&ActionResponse::from(&actions::set_state(deps, &name, state).await?)))
        }
        _ => Err(Refusal::UnknownRoute.into()),
    }
}
