//! Whole logins on the ports in memory, with a clock that only the test moves.

mod devices;
mod known_users;
mod measures;
mod polling;
mod retries;
mod sockets;
mod tenants;
mod validation;
mod world;
