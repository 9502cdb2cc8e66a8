//! Sockets as API Gateway keeps them, with answers that tests choose.

use std::collections::{BTreeMap, VecDeque};

use scanlatch_protocol::id::ConnectionId;
use scanlatch_service::port::Pushed;

/// The fate of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Sent,
    /// It does not arrive, and the answer says so.
    Gone,
    /// It does not arrive, and there is no answer.
    Lost,
    /// It arrives, and there is no answer.
    Unanswered,
}

#[derive(Debug, Default)]
pub(super) struct Gateway {
    arrived: Vec<(ConnectionId, String)>,
    planned: VecDeque<Fate>,
    fixed: BTreeMap<ConnectionId, Fate>,
    closed: Vec<ConnectionId>,
}

impl Gateway {
    pub(super) fn arrived(&mut self) -> Vec<(ConnectionId, String)> {
        std::mem::take(&mut self.arrived)
    }

    pub(super) fn plan(&mut self, fates: impl IntoIterator<Item = Fate>) {
        self.planned.extend(fates);
    }

    pub(super) fn fix(&mut self, socket: &ConnectionId, fate: Fate) {
        self.fixed.insert(socket.clone(), fate);
    }

    pub(super) fn closed(&mut self) -> Vec<ConnectionId> {
        std::mem::take(&mut self.closed)
    }

    /// Closes a socket, if it is open. Its end is told by the test, as by API Gateway.
    pub(super) fn close(&mut self, id: &ConnectionId, is_stored: bool) -> bool {
        let is_open = is_stored && !self.closed.contains(id);
        if is_open {
            self.closed.push(id.clone());
            self.fix(id, Fate::Gone);
        }
        is_open
    }

    pub(super) fn push(&mut self, to: &ConnectionId, text: &str, is_stored: bool) -> Pushed {
        let usual = if is_stored { Fate::Sent } else { Fate::Gone };
        let fate = self.planned.pop_front().or(self.fixed.get(to).copied()).unwrap_or(usual);
        if matches!(fate, Fate::Sent | Fate::Unanswered) {
            self.arrived.push((to.clone(), text.to_owned()));
        }
        match fate {
            Fate::Sent => Pushed::Sent,
            Fate::Gone => Pushed::Gone,
            Fate::Lost | Fate::Unanswered => Pushed::Lost,
        }
    }
}
