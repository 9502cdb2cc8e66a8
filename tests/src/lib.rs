//! What the end-to-end tests drive the local stack with: a stack, and over `scanlatch-client` a phone, two kinds of screen
//! and a backend, whose calls answer with whatever came.

mod api;
mod backend;
mod emf;
mod phone;
mod rounds;
mod screen;
mod site;
mod stack;
mod template;

pub use api::{Answer, Api};
pub use backend::Backend;
pub use emf::Document;
pub use phone::Phone;
pub use rounds::rounds;
pub use screen::{PollingScreen, SocketScreen, handshake_status};
pub use site::Site;
pub use stack::{BEHIND_EDGE, EDGE_SECRET, Stack, shared_stack};
pub use template::template_with;
