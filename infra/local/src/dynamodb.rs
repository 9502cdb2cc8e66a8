//! DynamoDB: the built-in database or another one, and a front that counts calls and can fail.

pub mod built_in;
pub mod front;
pub mod rounds;
pub mod units;
