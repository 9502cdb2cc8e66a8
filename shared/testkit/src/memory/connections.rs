use scanlatch_protocol::Refusal;
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, State, Withdrawal};
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Charges, Connection, Connections, Connects, Disconnects, Leaves, Polls, Renews, Replaces, Resumes, Shown,
};
use scanlatch_service::{Error, Result, Unavailable};

use super::Memory;
use super::tables::Tables;

impl Tables {
    pub(super) fn is_connected(&self, socket: &ConnectionId) -> bool {
        self.connections.contains_key(socket)
    }

    /// Whether the connection shows the same as when it was read, and no message has taken a token since.
    fn is_as_read(&self, connection: &Connection) -> bool {
        let stored = self.connections.get(&connection.id);
        stored.is_some_and(|stored| (stored.shows, stored.bucket) == (connection.shows, connection.bucket))
    }

    /// Makes this what the connection shows, and withdraws what it showed before, unless that is shown on.
    fn show(&mut self, connection: &Connection, left: Bucket, shows: Shown, now: Timestamp) {
        if let Some(stored) = self.connections.get_mut(&connection.id) {
            stored.shows = Some(shows);
            stored.bucket = left;
        }
        let Some(before) = connection.shows else { return };
        let is_shown = |id: &ChallengeId| *id == shows.challenge || shows.older.is_some_and(|(older, _)| older == *id);
        let withdrawn = [Some(before.challenge).filter(|_| now < before.expires_at), before.older_at(now)];
        for id in withdrawn.into_iter().flatten().filter(|id| !is_shown(id)) {
            let event = Event::Withdraw(Withdrawal::Superseded);
            let _gone = self.transition(&connection.tenant, &id, &event, now);
        }
    }

    /// What the connection shows once `challenge` renews what it showed. `None` if that can no longer be renewed.
    fn renewed(&mut self, connection: &Connection, challenge: &Challenge) -> Result<Option<Shown>> {
        let now = challenge.created_at;
        let Some(before) = connection.shows.filter(|shown| now < shown.expires_at) else { return Ok(None) };
        let older = before.older_at(now).and_then(|id| self.challenges.get(&(connection.tenant, id)));
        if older.is_some_and(|older| older.state != State::Unclaimed) {
            return Err(Refusal::AlreadyClaimed.into());
        }
        match self.transition(&connection.tenant, &before.challenge, &Event::Renew(challenge.id), now) {
            Ok(_) => Ok(Some(before.renewed_by(challenge, now))),
            Err(Error::Refused(Refusal::AlreadyClaimed | Refusal::Superseded)) => Err(Refusal::AlreadyClaimed.into()),
            Err(Error::Refused(_)) => Ok(None),
            Err(unavailable) => Err(unavailable),
        }
    }

    /// Stores a newer challenge of a socket; false if the connection is not as it was read or the short code is taken.
    fn show_newer(&mut self, connection: &Connection, challenge: &Challenge, renews: bool) -> Result<bool> {
        let left = connection.bucket.take(challenge.created_at)?;
        if !self.is_as_read(connection) || self.is_code_taken(challenge) {
            return Ok(false);
        }
        let renewed = if renews { self.renewed(connection, challenge)? } else { None };
        self.open(challenge, connection.tracked.as_ref())?;
        self.show(connection, left, renewed.unwrap_or(Shown::from(challenge)), challenge.created_at);
        Ok(true)
    }
}

impl Leaves for Memory {
    async fn leave(&self, connection: &Connection, now: Timestamp) -> Result<(), Unavailable> {
        if let Some(shown) = connection.shows {
            let event = Event::Leave(connection.id.clone());
            let _gone = self.tables("leave").await.transition(&connection.tenant, &shown.challenge, &event, now);
        }
        self.replied(())
    }
}

impl Replaces for Memory {
    async fn replace(&self, connection: &Connection, challenge: &Challenge) -> Result<bool> {
        let replaced = self.tables("replace").await.show_newer(connection, challenge, false)?;
        Ok(self.replied(replaced)?)
    }
}

impl Renews for Memory {
    async fn renew(&self, connection: &Connection, challenge: &Challenge) -> Result<bool> {
        let renewed = self.tables("renew").await.show_newer(connection, challenge, true)?;
        Ok(self.replied(renewed)?)
    }
}

impl Resumes for Memory {
    async fn resume(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<Option<Challenge>> {
        let resumed = {
            let left = connection.bucket.take(now)?;
            let mut tables = self.tables("resume").await;
            let Screen::Resumable(screen) = &challenge.screen else { return Err(Refusal::UnknownChallenge.into()) };
            if tables.is_as_read(connection) {
                let event = Event::Resume(screen.code, Some(connection.id.clone()));
                let (resumed, _) = tables.transition(&challenge.tenant, &challenge.id, &event, now)?;
                let same = connection.shows.filter(|shown| shown.challenge == resumed.id);
                tables.show(connection, left, same.unwrap_or(Shown::from(&resumed)), now);
                Some(resumed)
            } else {
                None
            }
        };
        Ok(self.replied(resumed)?)
    }
}

impl Polls for Memory {
    async fn polled(&self, challenge: &Challenge, now: Timestamp) -> Result<(), Unavailable> {
        if let Screen::Resumable(screen) = &challenge.screen {
            let event = Event::Resume(screen.code, None);
            let _gone = self.tables("polled").await.transition(&challenge.tenant, &challenge.id, &event, now);
        }
        self.replied(())
    }
}

impl Connects for Memory {
    async fn connect(&self, connection: &Connection) -> Result<(), Unavailable> {
        self.tables("connect").await.connections.insert(connection.id.clone(), connection.clone());
        self.replied(())
    }
}

impl Connections for Memory {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        Ok(self.tables("connection").await.connections.get(id).cloned())
    }
}

impl Charges for Memory {
    async fn charge(&self, connection: &Connection, left: Bucket) -> Result<bool, Unavailable> {
        let charged = {
            let mut tables = self.tables("charge").await;
            let stored = tables.connections.get_mut(&connection.id);
            match stored.filter(|stored| stored.bucket == connection.bucket) {
                Some(stored) => {
                    stored.bucket = left;
                    true
                }
                None => false,
            }
        };
        self.replied(charged)
    }
}

impl Disconnects for Memory {
    async fn disconnect(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        let connection = self.tables("disconnect").await.connections.remove(id);
        self.replied(connection)
    }
}
