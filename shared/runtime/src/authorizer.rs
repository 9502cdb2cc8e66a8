//! A function that an API asks whether a call may go on.

use std::future::Future;

use lambda_http::http::StatusCode;
use lambda_runtime::{Diagnostic, Error};
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_service::admit::Needs;
use serde_json::Value;

use crate::config::{VariableError, optional, variable};
use crate::{Problem, invoked};

/// Whose tokens serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The tenant (`AUTHORIZER_TENANT_ID`).
    pub tenant: TenantId,
    /// Its applications (`AUTHORIZER_CLIENTS`, with commas) and the scopes that a token needs (`AUTHORIZER_SCOPES`, with
    /// spaces).
    pub needs: Needs,
}

impl Admission {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing or wrong.
    pub fn from_env() -> Result<Self, VariableError> {
        let clients = |text: &str| text.split(',').map(|id| Ok(ClientId::parse(id.trim())?.to_string())).collect();
        Ok(Self {
            tenant: variable("AUTHORIZER_TENANT_ID", TenantId::parse)?,
            needs: Needs {
                clients: optional("AUTHORIZER_CLIENTS", clients)?.unwrap_or_default(),
                scopes: optional("AUTHORIZER_SCOPES", Scopes::parse)?.unwrap_or_default(),
            },
        })
    }
}

/// Serves events until the environment ends. A refusal becomes the error `Unauthorized`, to which a REST API answers 401;
/// other errors become its 500.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>
///
/// # Errors
/// If the runtime's API fails.
pub async fn serve<'a, F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, Problem>> + Send + 'a,
{
    invoked::serve("authorizer", failed, handler).await
}

fn failed(problem: &Problem) -> Diagnostic {
    let failed = invoked::failed(problem);
    match problem.status() {
        StatusCode::UNAUTHORIZED => Diagnostic { error_message: "Unauthorized".to_owned(), ..failed },
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use scanlatch_protocol::Refusal;
    use scanlatch_service::Unavailable;

    use super::*;

    #[test]
    fn a_token_that_does_not_serve_is_the_word_that_rest_apis_wait_for() {
        for refusal in [Refusal::InvalidToken, Refusal::ExpiredToken] {
            assert_eq!(failed(&refusal.into()).error_message, "Unauthorized");
        }
    }

    #[test]
    fn a_dependency_that_is_down_is_another_word() {
        assert_ne!(failed(&Unavailable::new("DynamoDB", "").into()).error_message, "Unauthorized");
    }
}
