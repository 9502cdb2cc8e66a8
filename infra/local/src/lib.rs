//! The whole stack on this machine, read from `infra/template.yaml`.
//!
//! | module | plays |
//! |---|---|
//! | [`cloudformation`] | CloudFormation: parameters, functions, routes, policies and environments of the template |
//! | [`gateway`] | API Gateway: the HTTP API, the WebSocket API and its `@connections` |
//! | [`lambda`] | Lambda and its logs: builds the functions and runs them |
//! | [`dynamodb`], [`kms`], [`iam`] | the services of these names |
//! | [`audit`], [`recorder`] | compares template and specifications with what a run used |
//! | [`pages`], [`seed`] | the demo tenant and its pages |
//! | [`control`], [`faults`] | the switches for tests and for trying things out |
//! | [`server`], [`host`] | one port for everything, and who may call it |
//! | [`private`], [`system`] | files that only their owner can read; the clock |
//! | [`options`], [`stack`] | the command line; puts it all together |

pub mod audit;
pub mod cloudformation;
pub mod control;
pub mod dynamodb;
pub mod faults;
pub mod gateway;
pub mod host;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod options;
pub mod pages;
pub mod private;
pub mod recorder;
pub mod seed;
pub mod server;
pub mod stack;
pub mod system;
