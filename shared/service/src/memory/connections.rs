//! Sockets that are open.

use protocol::id::ConnectionId;

use super::Memory;
use crate::Unavailable;
use crate::port::{Connection, Connections, Connects, Disconnects, Found};

impl Connects for Memory {
    async fn connect(&self, connection: &Connection) -> Result<(), Unavailable> {
        self.tables("connect").await.connections.insert(connection.id.clone(), connection.clone());
        self.replied(())
    }
}

impl Connections for Memory {
    async fn connection(&self, id: &ConnectionId) -> Found<Connection> {
        Ok(self.tables("connection").await.connections.get(id).cloned())
    }
}

impl Disconnects for Memory {
    async fn disconnect(&self, id: &ConnectionId) -> Found<Connection> {
        let connection = self.tables("disconnect").await.connections.remove(id);
        self.replied(connection)
    }
}
