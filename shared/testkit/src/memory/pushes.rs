use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::notice::Notice;
use scanlatch_service::port::{Pushed, Pushes};

use super::{Memory, lock};

impl Pushes for Memory {
    async fn push(&self, to: &ConnectionId, notice: &Notice) -> Pushed {
        self.turns.wait().await;
        let is_stored = lock(&self.tables).is_connected(to);
        lock(&self.gateway).push(to, &notice.to_text(), is_stored)
    }
}
