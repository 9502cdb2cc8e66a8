//! Lambda: builds the functions, runs their processes and feeds them invocations.

pub mod build;
pub mod environment;
pub mod error;
pub mod function;
pub mod invoke_api;
pub mod invoker;
pub mod logs;
pub mod pool;
pub mod recent;
pub mod runtime_api;
