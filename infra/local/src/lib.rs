//! The whole stack on this machine, read from `infra/template.yaml`.
//!
//! | module | plays |
//! |---|---|
//! | [`template`], [`intrinsics`] | CloudFormation: reads functions, routes, tables and environments |
//! | [`build`], [`pool`], [`runtime_api`], [`invoker`] | Lambda: builds binaries, runs processes, feeds them invocations |
//! | [`logs`] | CloudWatch Logs: keeps what functions write, and which secrets they were given |
//! | [`http_api`], [`cors`], [`event`] | API Gateway's HTTP API |
//! | [`handshake`], [`session`], [`connections`] | API Gateway's WebSocket API and its `@connections` |
//! | [`database`], [`rounds`] | DynamoDB, behind a front that counts and can fail |
//! | [`control`], [`faults`] | the switches that tests and curious people use |
//! | [`seed`], [`demo`] | the demo tenant and its two pages |
//! | [`server`], [`stack`] | puts it all on one port |

pub mod build;
pub mod connections;
pub mod control;
pub mod cors;
pub mod database;
pub mod demo;
pub mod event;
pub mod faults;
pub mod handshake;
pub mod http_api;
pub mod intrinsics;
pub mod invoker;
pub mod logs;
pub mod options;
pub mod pool;
pub mod rounds;
pub mod runtime_api;
pub mod seed;
pub mod server;
pub mod session;
pub mod stack;
pub mod template;
