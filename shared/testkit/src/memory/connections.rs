use scanlatch_protocol::Refusal;
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, Withdrawal};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Charges, Connection, Connections, Connects, Disconnects, Leaves, Polls, Replaces, Resumes, Shown,
};
use scanlatch_service::{Result, Unavailable};

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

    /// Makes this the challenge that the connection shows, and withdraws the one before.
    fn show(&mut self, connection: &Connection, left: Bucket, challenge: &Challenge, now: Timestamp) {
        let shown = Shown::from(challenge);
        if let Some(stored) = self.connections.get_mut(&connection.id) {
            stored.shows = Some(shown);
            stored.bucket = left;
        }
        let before = connection.shows.filter(|before| now < before.expires_at && before.challenge != shown.challenge);
        if let Some(before) = before {
            let event = Event::Withdraw(Withdrawal::Superseded);
            let _gone = self.transition(&connection.tenant, &before.challenge, &event, now);
        }
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
        let replaced = {
            let left = connection.bucket.take(challenge.created_at)?;
            let mut tables = self.tables("replace").await;
            let may_open = tables.is_as_read(connection) && !tables.is_code_taken(challenge);
            if may_open {
                tables.open(challenge, connection.tracked.as_ref())?;
                tables.show(connection, left, challenge, challenge.created_at);
            }
            may_open
        };
        Ok(self.replied(replaced)?)
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
                tables.show(connection, left, &resumed, now);
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
    async fn charge(&self, connection: &Connection, left: Bucket) -> Result<(), Unavailable> {
        {
            let mut tables = self.tables("charge").await;
            let stored = tables.connections.get_mut(&connection.id);
            if let Some(stored) = stored.filter(|stored| stored.bucket == connection.bucket) {
                stored.bucket = left;
            }
        }
        self.replied(())
    }
}

impl Disconnects for Memory {
    async fn disconnect(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        let connection = self.tables("disconnect").await.connections.remove(id);
        self.replied(connection)
    }
}
