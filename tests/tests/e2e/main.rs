//! The product as its users see it: over HTTP and WebSocket, with the real function binaries.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod backends;
mod bad_input;
mod canaries;
mod client_examples;
mod command_line;
mod demo;
mod descriptions;
mod doors;
mod edge;
mod enrolment;
mod events;
mod exact_paths;
mod faults;
mod first_minute;
mod known_user;
mod lenient;
mod login;
mod metrics;
mod mixed_races;
mod numbers;
mod openid;
mod openid_conformance;
mod openid_events;
mod permissions;
mod queries;
mod races;
mod refresh;
mod resuming;
mod revocation;
mod rotation;
mod rounds;
mod server_sdks;
mod short_codes;
mod shown_text;
mod structure;
mod tenants;
mod terminal;
mod tokens;
mod trusted_device;
mod unheard;
mod unserved;
mod users_proxy;
mod workspace;
