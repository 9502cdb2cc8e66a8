//! The whole stack on this machine, read from `infra/template.yaml`.
//!
//! | module | plays |
//! |---|---|
//! | [`template`], [`parameters`], [`intrinsics`], [`partitions`] | CloudFormation: reads parameters, functions, routes, policies and environments |
//! | [`build`], [`environment`], [`pool`], [`runtime_api`], [`invoker`], [`invoke_api`], [`failed`] | Lambda: builds binaries, runs processes, feeds them invocations |
//! | [`logs`] | CloudWatch Logs: keeps what functions write, and which secrets they were given |
//! | [`http_api`], [`cors`], [`event`] | API Gateway's HTTP API |
//! | [`handshake`], [`session`], [`connections`] | API Gateway's WebSocket API and its `@connections` |
//! | [`throttle`] | what the routes of both APIs take |
//! | [`database`], [`built_in`], [`rounds`] | DynamoDB, behind a front that counts and can fail |
//! | [`kms`] | KMS |
//! | [`guard`], [`policy`], [`wildcard`], [`access`], [`principal`], [`arn`] | IAM: who calls, and may it |
//! | [`recorder`], [`audit`] | notes what was used, and holds template and specifications against it |
//! | [`control`], [`faults`] | the switches that tests and curious people use |
//! | [`seed`], [`demo`] | the demo tenant and its pages |
//! | [`server`], [`stack`] | puts it all on one port |
//! | [`host`], [`private`] | who may call this machine, and who may read its files |

pub mod access;
pub mod arn;
pub mod audit;
pub mod build;
pub mod built_in;
pub mod connections;
pub mod control;
pub mod cors;
pub mod database;
pub mod demo;
pub mod environment;
pub mod event;
pub mod failed;
pub mod faults;
pub mod guard;
pub mod handshake;
pub mod host;
pub mod http_api;
pub mod intrinsics;
pub mod invoke_api;
pub mod invoker;
pub mod kms;
pub mod logs;
pub mod options;
pub mod parameters;
pub mod partitions;
pub mod policy;
pub mod pool;
pub mod principal;
pub mod private;
pub mod recorder;
pub mod rounds;
pub mod runtime_api;
pub mod seed;
pub mod server;
pub mod session;
pub mod stack;
pub mod template;
pub mod throttle;
pub mod wildcard;
