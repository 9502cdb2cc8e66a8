//! A screen that shows a challenge.

mod code;
mod polling;
mod socket;

pub use code::drawn;
pub use polling::{Opened, PollingScreen, Standing};
pub use socket::{Handshake, Notice, SocketScreen};
