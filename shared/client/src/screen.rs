//! A screen that shows a challenge.

mod polling;
mod socket;

pub use polling::{Opened, PollingScreen, Standing};
pub use socket::{Handshake, Notice, SocketScreen};
