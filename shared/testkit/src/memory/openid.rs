use std::sync::Arc;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ChallengeId, ClientId, TenantId};
use scanlatch_protocol::key_set::{Change, KeySet};
use scanlatch_protocol::openid::client::{Client, MAX_SECRETS, Registration};
use scanlatch_protocol::openid::device::TOO_SOON_MS;
use scanlatch_protocol::openid::request::{AuthorizationRequest, Login, RequestEvent, RequestState};
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::signing::VerifyingKeys;
use scanlatch_protocol::tenant::SecretKeyRecord;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Answers, Asks, AuthorizationRequests, Clients, Exchanged, Exchanges, MakesRsaKeys, Paces, RegistersClients,
    RotatesRsa, SignsRsa, VerifiesRsa,
};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::tables::Tables;

impl Clients for Memory {
    async fn client(&self, tenant: &TenantId, id: &ClientId) -> Result<Option<Client>, Unavailable> {
        Ok(self.tables("client").await.clients.get(&(*tenant, id.as_str().to_owned())).cloned())
    }
}

impl RegistersClients for Memory {
    async fn add_client(&self, client: &Client) -> Result<bool, Unavailable> {
        let added = {
            let mut tables = self.tables("add_client").await;
            let place = (client.tenant, client.id.as_str().to_owned());
            let is_new = !tables.clients.contains_key(&place);
            if is_new {
                tables.clients.insert(place, Client { secrets: Vec::new(), ..client.clone() });
            }
            is_new
        };
        self.replied(added)
    }

    async fn change_client(&self, seen: &Client, to: &Registration) -> Result<bool, Unavailable> {
        let changed = {
            let mut tables = self.tables("change_client").await;
            match tables.clients.get_mut(&(seen.tenant, seen.id.as_str().to_owned())) {
                Some(stored) if stored.registration == seen.registration => {
                    stored.registration = to.clone();
                    true
                }
                _ => false,
            }
        };
        self.replied(changed)
    }

    async fn add_client_secret(&self, tenant: &TenantId, id: &ClientId, digest: &Digest, now: Timestamp) -> Result<()> {
        {
            let mut tables = self.tables("add_client_secret").await;
            let stored = tables.clients.get_mut(&(*tenant, id.as_str().to_owned())).ok_or(Refusal::UnknownClient)?;
            if !stored.secrets.iter().any(|known| known.digest == *digest) {
                if stored.secrets.len() >= MAX_SECRETS {
                    return Err(Refusal::TooManySecretKeys.into());
                }
                stored.secrets.push(SecretKeyRecord { digest: *digest, created_at: now });
            }
        }
        Ok(self.replied(())?)
    }

    async fn remove_client_secret(
        &self,
        tenant: &TenantId,
        id: &ClientId,
        digest: &Digest,
    ) -> Result<bool, Unavailable> {
        let removed = {
            let mut tables = self.tables("remove_client_secret").await;
            match tables.clients.get_mut(&(*tenant, id.as_str().to_owned())) {
                Some(stored) => {
                    let left = stored.secrets.iter().filter(|known| known.digest != *digest).count();
                    let is_last = left == 0 && !stored.secrets.is_empty();
                    if !is_last {
                        stored.secrets.retain(|known| known.digest != *digest);
                    }
                    !is_last
                }
                None => true,
            }
        };
        self.replied(removed)
    }

    async fn clients(&self, tenant: &TenantId) -> Result<Vec<Client>, Unavailable> {
        let tables = self.tables("clients").await;
        Ok(tables.clients.values().filter(|client| client.tenant == *tenant).cloned().collect())
    }

    async fn forget_client(&self, tenant: &TenantId, id: &ClientId) -> Result<(), Unavailable> {
        self.tables("forget_client").await.clients.remove(&(*tenant, id.as_str().to_owned()));
        self.replied(())
    }
}

impl AuthorizationRequests for Memory {
    async fn authorization_request(
        &self,
        tenant: &TenantId,
        id: &Digest,
    ) -> Result<Option<AuthorizationRequest>, Unavailable> {
        Ok(self.tables("authorization_request").await.requests.get(&(*tenant, id.to_text())).cloned())
    }
}

impl Asks for Memory {
    async fn ask(&self, request: &AuthorizationRequest) -> Result<(), Unavailable> {
        self.tables("ask").await.requests.insert((request.tenant, request.id.to_text()), request.clone());
        self.replied(())
    }
}

impl Answers for Memory {
    async fn answer(
        &self,
        request: &AuthorizationRequest,
        event: &RequestEvent,
        now: Timestamp,
    ) -> Result<AuthorizationRequest> {
        let answered = {
            let mut tables = self.tables("answer").await;
            let place = (request.tenant, request.id.to_text());
            let stored = tables.requests.get_mut(&place).ok_or(Refusal::UnknownChallenge)?;
            *stored = stored.apply(event, now)?;
            stored.clone()
        };
        Ok(self.replied(answered)?)
    }
}

impl Exchanges for Memory {
    async fn exchange(
        &self,
        request: &AuthorizationRequest,
        login: &Login,
        session: &Session,
        now: Timestamp,
    ) -> Result<Exchanged> {
        let exchanged = {
            let mut tables = self.tables("exchange").await;
            let may_log_in = tables.is_enrolled(&request.tenant, &login.holder());
            let user = tables.users.get(&(session.tenant, session.user.clone()));
            let may_begin = may_log_in && user.is_some_and(|user| user.session_epoch == session.epoch);
            let place = (request.tenant, request.id.to_text());
            let stored = tables.requests.get(&place).ok_or(Refusal::InvalidToken)?;
            if matches!(stored.state, RequestState::Exchanged { .. }) {
                Exchanged::Before
            } else {
                let then = stored.apply(&RequestEvent::Exchange, now)?;
                if !may_begin {
                    return Err(Refusal::InvalidToken.into());
                }
                tables.requests.insert(place, then);
                tables.sessions.insert((session.tenant, session.user.clone(), session.id), session.clone());
                Exchanged::Done
            }
        };
        Ok(self.replied(exchanged)?)
    }
}

impl Paces for Memory {
    async fn pace(&self, tenant: &TenantId, id: &ChallengeId, now: Timestamp) -> Result<bool, Unavailable> {
        let in_time = {
            let mut tables = self.tables("pace").await;
            let before = tables.polled_at.get(&(*tenant, *id)).copied();
            let is_there = tables.challenges.contains_key(&(*tenant, *id));
            let in_time = is_there && before.is_none_or(|before| now >= before.plus(TOO_SOON_MS));
            if in_time {
                tables.polled_at.insert((*tenant, *id), now);
            }
            in_time
        };
        self.replied(in_time)
    }
}

impl Tables {
    fn signing_rsa(&self, now: Timestamp) -> Result<Arc<RsaSigningKey>, Unavailable> {
        let signing = self.rsa_key_set.signing(now).and_then(|key| self.rsa_private_keys.get(&key.slot.number));
        signing.cloned().ok_or_else(|| Unavailable::new("RSA key", "there is none"))
    }

    fn change_rsa_key_set(&mut self, change: &Change, key: Option<&RsaSigningKey>) -> bool {
        let is_there = |number: &u64| self.rsa_private_keys.contains_key(number);
        if change.make.is_some_and(|place| is_there(&place.number)) || !change.remove.iter().all(is_there) {
            return false;
        }
        self.rsa_key_set = self.rsa_key_set.changed(change, key.map(RsaSigningKey::public));
        self.rsa_private_keys.retain(|number, _| !change.remove.contains(number));
        if let Some((place, key)) = change.make.zip(key) {
            self.rsa_private_keys.insert(place.number, Arc::new(key.clone()));
        }
        true
    }
}

impl VerifiesRsa for Memory {
    async fn verifying_rsa_keys(
        &self,
        _kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<VerifyingKeys<RsaPublicKey>>, Unavailable> {
        Ok(Arc::new(self.tables("verifying_rsa_keys").await.rsa_key_set.verifying(now)))
    }

    fn has_signed(&self, key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
        scanlatch_rsa::has_signed(key, message, signature)
    }
}

impl SignsRsa for Memory {
    async fn signing_rsa_key(&self, now: Timestamp) -> Result<Arc<RsaSigningKey>, Unavailable> {
        self.tables("signing_rsa_key").await.signing_rsa(now)
    }
}

impl MakesRsaKeys for Memory {
    async fn signing_rsa_key_or_first(&self, now: Timestamp) -> Result<Arc<RsaSigningKey>, Unavailable> {
        let mut tables = self.tables("signing_rsa_key_or_first").await;
        if tables.rsa_key_set.is_empty() {
            let fresh = self.fresh_rsa_key()?;
            tables.change_rsa_key_set(&Change::first(now), Some(&fresh));
        }
        tables.signing_rsa(now)
    }
}

impl RotatesRsa for Memory {
    async fn rsa_key_set(&self) -> Result<KeySet<RsaPublicKey>, Unavailable> {
        Ok(self.tables("rsa_key_set").await.rsa_key_set.clone())
    }

    async fn change_rsa_key_set(&self, change: &Change, key: Option<&RsaSigningKey>) -> Result<bool, Unavailable> {
        let changed = self.tables("change_rsa_key_set").await.change_rsa_key_set(change, key);
        self.replied(changed)
    }

    fn fresh_rsa_key(&self) -> Result<RsaSigningKey, Unavailable> {
        scanlatch_rsa::fresh_key().ok_or_else(|| Unavailable::new("RSA", "no key could be made"))
    }
}
