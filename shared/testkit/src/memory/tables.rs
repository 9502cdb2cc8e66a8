use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::credential::{Credential, CredentialKind, RemovedCredential};
use scanlatch_protocol::id::{ChallengeId, ConnectionId, CredentialId, SessionId, TenantId, TokenId, UserId};
use scanlatch_protocol::key::Thumbprint;
use scanlatch_protocol::key_set::KeySet;
use scanlatch_protocol::openid::client::Client;
use scanlatch_protocol::openid::request::AuthorizationRequest;
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::short_code::Tries;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::User;
use scanlatch_service::port::Connection;

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) challenges: BTreeMap<(TenantId, ChallengeId), Challenge>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    pub(super) tenants: BTreeMap<TenantId, Tenant>,
    pub(super) credentials: BTreeMap<(TenantId, Thumbprint), Credential>,
    pub(super) removed: BTreeMap<(TenantId, UserId, CredentialId), RemovedCredential>,
    pub(super) users: BTreeMap<(TenantId, UserId), User>,
    pub(super) actions: BTreeMap<String, Action>,
    /// How an action stood before its last decision.
    pub(super) before_decision: BTreeMap<String, ActionState>,
    pub(super) spent_removals: BTreeSet<(TenantId, Thumbprint, String)>,
    pub(super) spent_permits: BTreeSet<(String, TokenId, CredentialKind)>,
    /// The challenge of each short code, by the code's digest, and when it expires.
    pub(super) short_codes: BTreeMap<(TenantId, String), (ChallengeId, Timestamp)>,
    pub(super) tries: BTreeMap<(TenantId, UserId), Tries>,
    pub(super) sessions: BTreeMap<(TenantId, UserId, SessionId), Session>,
    pub(super) clients: BTreeMap<(TenantId, String), Client>,
    /// Authorization requests, by the digests of their handles.
    pub(super) requests: BTreeMap<(TenantId, String), AuthorizationRequest>,
    /// When devices polled last.
    pub(super) polled_at: BTreeMap<(TenantId, ChallengeId), Timestamp>,
    pub(super) rsa_key_set: KeySet<RsaPublicKey>,
    pub(super) rsa_private_keys: BTreeMap<u64, Arc<RsaSigningKey>>,
    pub(super) key_set: KeySet,
    pub(super) private_keys: BTreeMap<u64, Arc<SigningKey>>,
}

impl Tables {
    pub(super) fn look(&self) -> (Vec<Challenge>, Vec<Action>) {
        (self.challenges.values().cloned().collect(), self.actions.values().cloned().collect())
    }
}
