//! A backend.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::{ActionCode, ClientId, CredentialId, IdempotencyKey, UserId};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::session::NewSession;
use scanlatch_protocol::wire::backend::{TrackRequest, ValidateRequest, ValidateResponse};
use scanlatch_protocol::wire::challenge::ClaimRequest;
use scanlatch_service::port::Tenants as _;
use scanlatch_service::sessions::{Issuing, begin};
use scanlatch_service::{Result, actions, assign, authenticators, credential, track, validate};
use serde_json::{Value, json, to_value};

use super::{Phone, World};

impl World {
    /// Tracks an action for a user; the body is the wire's.
    pub async fn try_track_as(&self, user: &str, action: &str, body: Value) -> Result<track::Tracking> {
        let request: TrackRequest = serde_json::from_value(body).unwrap();
        track::run(&self.store, &self.issuer, &self.secret, request.accept(user, action)?).await
    }

    pub async fn try_track(&self, user: &str, body: Value) -> Result<track::Tracking> {
        self.try_track_as(user, "login", body).await
    }

    /// The user token of a tracked `login`.
    pub async fn token(&self, user: &str, body: Value) -> String {
        self.try_track(user, body).await.unwrap().token
    }

    /// The action that records this user's decision on a challenge.
    pub async fn record(&self, user: &str, challenge: &Challenge) -> Action {
        let name = challenge.action_of(&UserId::parse(user).unwrap());
        actions::show(&self.store, &name).await.unwrap()
    }

    /// The state of a user's `login` with this idempotency key.
    pub async fn state(&self, user: &str, key: &str) -> ActionState {
        self.try_track(user, json!({"idempotencyKey": key})).await.unwrap().action.state
    }

    /// Sets the state of a user's `login` with this idempotency key.
    pub async fn set_state(&self, user: &str, key: &str, state: ActionState) {
        let name = ActionName {
            tenant: self.tenant,
            user: UserId::parse(user).unwrap(),
            code: ActionCode::parse("login").unwrap(),
            idempotency_key: IdempotencyKey::parse(key).unwrap(),
        };
        actions::set_state(&self.store, &name, state).await.unwrap();
    }

    pub async fn try_validate(&self, secret: &SecretKey, body: Value) -> Result<Value> {
        let request: ValidateRequest = serde_json::from_value(body).unwrap();
        let (token, expected) = request.accept();
        let validation = validate::run(&self.store, &self.issuer, secret, &token, &expected).await?;
        Ok(to_value(ValidateResponse::from(&validation)).unwrap())
    }

    pub async fn validate(&self, token: &str) -> Value {
        self.try_validate(&self.secret, json!({"token": token})).await.unwrap()
    }

    /// The same, for the action that the backend expects.
    pub async fn validate_for(&self, action: &str, token: &str) -> Value {
        self.try_validate(&self.secret, json!({"token": token, "action": action})).await.unwrap()
    }

    /// The token from `POST /claim`.
    pub async fn try_take(&self, body: Value) -> Result<String> {
        let tenant = self.store.tenant(&self.tenant).await?.unwrap();
        let taken = serde_json::from_value::<ClaimRequest>(body).unwrap().accept()?;
        assign::run(&self.store, &self.issuer, &tenant, &taken).await
    }

    pub async fn take(&self, body: Value) -> String {
        self.try_take(body).await.unwrap()
    }

    /// Tries to begin a session.
    pub async fn try_begin(&self, token: &str) -> Result<()> {
        let client = ClientId::parse("web").unwrap();
        self.change(|tenant| tenant.settings.session_clients = vec![client.clone()]).await;
        let tenant = self.store.tenant(&self.tenant).await?.unwrap();
        let by = Issuing { issuer: &self.issuer, base_url: "https://login.example/v1" };
        begin(&self.store, by, &tenant, NewSession { client, token: token.to_owned(), action: None }).await.map(|_| ())
    }

    /// Deletes the authenticator behind a phone.
    pub async fn revoke(&self, phone: &Phone) {
        let found = credential::run(&self.store, &self.tenant, &phone.key).await.unwrap();
        self.revoke_by_id(found.user.as_str(), &found.id).await;
    }

    /// Deletes a user's authenticator.
    pub async fn revoke_by_id(&self, user: &str, id: &CredentialId) {
        let tenant = self.store.tenant(&self.tenant).await.unwrap().unwrap();
        authenticators::delete(&self.store, &tenant, &UserId::parse(user).unwrap(), id).await.unwrap();
    }
}
