//! Tools of the end-to-end tests: the local stack and, over `scanlatch-client`, a phone, two kinds of screen and a
//! backend. Their calls return any answer as it is.

mod api;
mod application;
mod backend;
mod emf;
mod phone;
mod rounds;
mod screen;
mod site;
mod stack;
mod template;
mod viewer;

pub use api::{Answer, Api};
pub use application::{Application, Browser, CALLBACK, form, parameter};
pub use backend::Backend;
pub use emf::Document;
pub use phone::Phone;
pub use rounds::rounds;
pub use screen::{PollingScreen, SocketScreen, handshake_status};
pub use site::Site;
pub use stack::{BEHIND_EDGE, EDGE_SECRET, Stack, scanlatch, shared_stack};
pub use template::template_with;
pub use viewer::Viewer;
