//! A function that a Cognito user pool invokes as its trigger.

use std::future::Future;

use lambda_runtime::Error;
use scanlatch_protocol::id::{ActionCode, TenantId};
use serde_json::Value;

use crate::config::{VariableError, optional, variable};
use crate::{Problem, invoked};

/// Whose approvals sign users in to the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The tenant (`COGNITO_TENANT_ID`).
    pub tenant: TenantId,
    /// The action that an approval must be for (`COGNITO_ACTION`); any if absent.
    pub action: Option<ActionCode>,
    /// The attribute that holds the tenant's id of a user (`COGNITO_USER_ATTRIBUTE`); the user's name in the pool if
    /// absent.
    pub user_attribute: Option<String>,
}

impl SignIn {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing or wrong.
    pub fn from_env() -> Result<Self, VariableError> {
        Ok(Self {
            tenant: variable("COGNITO_TENANT_ID", TenantId::parse)?,
            action: optional("COGNITO_ACTION", |text| ActionCode::parse(text))?,
            user_attribute: optional("COGNITO_USER_ATTRIBUTE", |text| Ok(text.to_owned()))?,
        })
    }
}

/// Serves events until the environment ends. A problem or a panic fails the invocation. Cognito calls again where no answer
/// came in time, three times in all, and then fails the sign-in.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>
///
/// # Errors
/// If the runtime's API fails.
pub async fn serve<'a, F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, Problem>> + Send + 'a,
{
    invoked::serve("cognito", invoked::failed, handler).await
}
