use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, Withdrawal};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Connection, Connections, Connects, Disconnects, Leaves, Polls, Replaces, Resumes, Shown,
};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::tables::Tables;

impl Tables {
    pub(super) fn is_connected(&self, socket: &ConnectionId) -> bool {
        self.connections.contains_key(socket)
    }

    /// Makes this the challenge that the connection shows, and withdraws the one before.
    pub(super) fn show(&mut self, connection: &Connection, challenge: &Challenge, now: Timestamp) {
        let shown = Shown::from(challenge);
        if let Some(stored) = self.connections.get_mut(&connection.id) {
            stored.shows = Some(shown);
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
            let mut tables = self.tables("replace").await;
            let is_as_read =
                tables.connections.get(&connection.id).is_some_and(|stored| stored.shows == connection.shows);
            if is_as_read {
                tables.open(challenge, connection.tracked.as_ref())?;
                tables.show(connection, challenge, challenge.created_at);
            }
            is_as_read
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
            let mut tables = self.tables("resume").await;
            let is_as_read =
                tables.connections.get(&connection.id).is_some_and(|stored| stored.shows == connection.shows);
            let Screen::Resumable(screen) = &challenge.screen else { return Err(Refusal::UnknownChallenge.into()) };
            if is_as_read {
                let event = Event::Resume(screen.code, Some(connection.id.clone()));
                let (resumed, _) = tables.transition(&challenge.tenant, &challenge.id, &event, now)?;
                tables.show(connection, &resumed, now);
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

impl Disconnects for Memory {
    async fn disconnect(&self, id: &ConnectionId) -> Result<Option<Connection>, Unavailable> {
        let connection = self.tables("disconnect").await.connections.remove(id);
        self.replied(connection)
    }
}
