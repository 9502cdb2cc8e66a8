//! What the APIs of the local stack do as AWS does it, over real sockets, with functions that the tests play.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod database;
mod http;
mod invoke;
mod pages;
mod permissions;
mod sockets;
mod world;
