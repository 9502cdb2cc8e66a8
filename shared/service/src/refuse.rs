//! A screen's message was refused. What shows a challenge takes its token in the step that shows it; a refused message
//! takes one here. Otherwise a flood of nonsense, wrong codes or barred actions would be free.

use scanlatch_protocol::bucket::CAPACITY;
use scanlatch_protocol::id::ConnectionId;

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Charges, Clock, Closes, Connections};

deps!(Connections, Charges, Closes, Clock);

/// Takes a token of the connection, or closes the socket if there is none left.
///
/// It is closed at the first message too many. A second chance would need a write for each refusal, and without one there
/// is no safe time to tolerate: a flood would send there. The 20 tokens are the patience. An answer would not do instead:
/// the official SDK ignores `ERROR`, so a page that asks in a loop goes on, and each message costs a call and its share
/// of the route's limit, which nobody counts by address. A handshake is counted by address. An official page whose socket
/// closed opens another one when it next asks; ours come back by themselves.
pub async fn run(deps: &impl Deps, id: &ConnectionId) -> Result<()> {
    // Of messages at once one is charged at a time, so this ends: at the latest the bucket is empty.
    for _ in 0..=CAPACITY {
        let Some(connection) = deps.connection(id).await? else { return Ok(()) };
        measure::tenant(&connection.tenant);
        match connection.bucket.take(deps.now()) {
            Ok(left) if deps.charge(&connection, left).await? => return Ok(()),
            Ok(_) => {}
            Err(_) => {
                measure::count_if(deps.close(id).await?, Measure::SocketsClosed);
                return Ok(());
            }
        }
    }
    Ok(())
}
