use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::notice::Notice;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Closes, Pushed, Pushes};

use super::{Memory, lock};

impl Pushes for Memory {
    async fn push(&self, to: &ConnectionId, notice: &Notice) -> Pushed {
        self.turns.wait().await;
        let is_stored = lock(&self.tables).is_connected(to);
        lock(&self.gateway).push(to, &notice.to_text(), is_stored)
    }
}

impl Closes for Memory {
    async fn close(&self, id: &ConnectionId) -> Result<bool, Unavailable> {
        self.turns.wait().await;
        let is_stored = lock(&self.tables).is_connected(id);
        Ok(lock(&self.gateway).close(id, is_stored))
    }
}
