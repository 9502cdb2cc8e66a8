//! The product as its users meet it: over HTTP and WebSocket, against the real function binaries.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod bad_input;
mod command_line;
mod enrolment;
mod events;
mod faults;
mod known_user;
mod login;
mod races;
mod refresh;
mod rounds;
mod tenants;
mod tokens;
mod workspace;
