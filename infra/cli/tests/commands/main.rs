//! Every command as people run it: the real binary, on tables of the built-in database or of the database at
//! `DYNAMODB_ENDPOINT`.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

mod audits;
mod challenges;
mod check_url;
mod clients;
mod contexts;
mod doctor;
mod keys;
mod phones;
mod places;
mod restores;
mod rules;
mod screens;
mod smoke;
mod tenants;
mod usage;
mod users;
mod world;
