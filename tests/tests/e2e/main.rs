//! The product as its users meet it: over HTTP and WebSocket, against the real function binaries.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod backends;
mod bad_input;
mod canaries;
mod command_line;
mod descriptions;
mod edge;
mod enrolment;
mod events;
mod faults;
mod known_user;
mod login;
mod metrics;
mod permissions;
mod queries;
mod races;
mod refresh;
mod revocation;
mod rotation;
mod rounds;
mod server_sdks;
mod slash_ids;
mod tenants;
mod tokens;
mod trusted_device;
mod workspace;
