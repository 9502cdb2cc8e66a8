//! What the local stack's APIs do like AWS, over real sockets, with functions that the tests provide.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod database;
mod http;
mod invoke;
mod pages;
mod permissions;
mod sockets;
mod world;
