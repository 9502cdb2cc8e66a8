//! What every function shares.
//!
//! | module | decides |
//! |---|---|
//! | [`config`] | what a function reads from its environment |
//! | [`http`] | an HTTP function: the loop, the body, the last resort |
//! | `reply` | what it answers |
//! | [`socket`] | a WebSocket function: events in, replies out |
//! | [`schedule`] | a function that a schedule or an operator invokes: events in, answers out |
//! | [`cognito`] | a function that a Cognito user pool invokes as its trigger |
//! | [`authorizer`] | a function that an API asks whether a call may go on |
//! | `invoked` | the loop of these three |
//! | [`caller`] | which kind of caller a request names |
//! | [`path`] | whether a request names more than its path |
//! | `header` | a header's text, whatever its bytes are |
//! | [`edge`] | which address and place a caller has, who is believed about it, and who is turned away |
//! | [`oauth`] | requests and replies of the OpenID provider |
//! | [`telemetry`] | what operators see of a call: its log lines and metrics |
//! | [`problem`] | the one place where a refusal becomes a status, a code and a sentence |

pub mod authorizer;
pub mod caller;
pub mod cognito;
pub mod config;
pub mod edge;
mod header;
pub mod http;
mod invoked;
pub mod oauth;
pub mod path;
pub mod problem;
mod reply;
pub mod schedule;
pub mod socket;
pub mod telemetry;

pub use config::{Config, required, rotation_period};
pub use problem::Problem;
