//! Whole logins on the ports in memory, with a clock that only the test moves.

mod admitting;
mod bindings;
mod devices;
mod forgeries;
mod known_users;
mod measures;
mod openid;
mod polling;
mod redeeming;
mod resuming;
mod retries;
mod revocation;
mod short_codes;
mod sockets;
mod tenants;
mod trusted_devices;
mod unheard;
mod validation;
mod waiting;
mod world;
