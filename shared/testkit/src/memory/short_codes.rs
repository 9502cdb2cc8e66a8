use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::{CallId, ChallengeId, TenantId, UserId};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::short_code::Tries;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{CountsTries, ShortCodes};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::tables::Tables;

impl Tables {
    /// Whether another challenge has the short code when this one is made.
    pub(super) fn is_code_taken(&self, challenge: &Challenge) -> bool {
        let Some(code) = &challenge.short_code else { return false };
        let stored = self.short_codes.get(&(challenge.tenant, code.to_text()));
        stored.is_some_and(|(_, expires_at)| challenge.created_at < *expires_at)
    }
}

impl ShortCodes for Memory {
    async fn challenge_of_code(
        &self,
        tenant: &TenantId,
        code: &Digest,
        now: Timestamp,
    ) -> Result<Option<ChallengeId>, Unavailable> {
        let tables = self.tables("challenge_of_code").await;
        let stored = tables.short_codes.get(&(*tenant, code.to_text()));
        Ok(stored.filter(|(_, expires_at)| now < *expires_at).map(|(id, _)| *id))
    }
}

impl CountsTries for Memory {
    async fn count_try(&self, tenant: &TenantId, user: &UserId, call: CallId, now: Timestamp) -> Result<()> {
        {
            let mut tables = self.tables("count_try").await;
            let place = (*tenant, user.clone());
            let tries = Tries::with(tables.tries.get(&place), call, now)?;
            tables.tries.insert(place, tries);
        }
        Ok(self.replied(())?)
    }

    async fn give_try_back(&self, tenant: &TenantId, user: &UserId, call: CallId) -> Result<(), Unavailable> {
        if let Some(tries) = self.tables("give_try_back").await.tries.get_mut(&(*tenant, user.clone())) {
            *tries = tries.without(call);
        }
        self.replied(())
    }
}
