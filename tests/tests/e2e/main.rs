//! The product as its users meet it: over HTTP and WebSocket, against the real function binaries.

mod bad_input;
mod enrolment;

mod faults;
mod known_user;
mod login;
mod races;
mod refresh;
mod rounds;
mod tokens;
mod workspace;
