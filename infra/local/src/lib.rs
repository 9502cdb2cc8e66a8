//! The whole stack on this machine, read from `infra/template.yaml`.
//!
//! | module | plays |
//! |---|---|
//! | [`cloudformation`] | CloudFormation: parameters, functions, routes, policies and environments of the template |
//! | [`gateway`] | API Gateway: the HTTP API, the WebSocket API and its `@connections` |
//! | [`lambda`] | Lambda and its logs: builds the functions and runs them |
//! | [`dynamodb`], [`kms`], [`iam`] | the services of these names |
//! | [`audit`], [`recorder`] | compares template and specifications with what a run used |
//! | [`pages`], [`demo`], [`seed`] | the pages, the backend that they ask, and its tenant |
//! | [`logins`] | what happens to logins, for a developer who watches |
//! | [`control`], [`faults`] | the switches for tests and for trying things out |
//! | [`server`], [`host`] | one port for everything, and who may call it |
//! | [`network`], [`certificate`] | the same by https on an address of the network |
//! | [`private`], [`system`] | files that only their owner can read; the clock |
//! | [`options`], [`stack`] | the command line; puts it all together |
//! | [`welcome`], [`keys`] | what the terminal shows and hears |

pub mod audit;
pub mod certificate;
pub mod cloudformation;
pub mod control;
pub mod demo;
pub mod dynamodb;
pub mod faults;
pub mod gateway;
pub mod host;
pub mod iam;
pub mod keys;
pub mod kms;
pub mod lambda;
pub mod logins;
mod missing;
pub mod network;
pub mod options;
pub mod pages;
pub mod private;
pub mod recorder;
pub mod seed;
pub mod server;
pub mod stack;
pub mod system;
pub mod welcome;
