//! Whole logins on the ports in memory, with a clock that only the test moves.

mod admitting;
mod bindings;
mod conduct;
mod devices;
mod distances;
mod floods;
mod forgeries;
mod known_users;
mod lapses;
mod measures;
mod numbers;
mod openid;
mod polling;
mod redeeming;
mod resuming;
mod retries;
mod revocation;
mod short_codes;
mod sockets;
mod starting;
mod tenants;
mod trusted_devices;
mod unheard;
mod validation;
mod waiting;
mod world;
