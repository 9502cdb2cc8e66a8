//! What a million logins cost on AWS, from counted calls and list prices.

use std::fmt::Write as _;

/// List prices in us-east-1, in dollars, as of 2026-11: <https://aws.amazon.com/api-gateway/pricing/>,
/// <https://aws.amazon.com/lambda/pricing/>, <https://aws.amazon.com/dynamodb/pricing/on-demand/>,
/// <https://aws.amazon.com/cloudwatch/pricing/>.
const HTTP_REQUESTS: f64 = 1.00;
const SOCKET_MESSAGES: f64 = 1.00;
const SOCKET_MINUTES: f64 = 0.25;
const INVOCATIONS: f64 = 0.20;
const GIGABYTE_SECOND: f64 = 0.000_013_333_4;
const WRITE_UNITS: f64 = 0.625;
const READ_UNITS: f64 = 0.125;
const LOGGED_GIGABYTE: f64 = 0.50;

/// What is assumed: no measurement here tells how long AWS takes.
const INVOCATION_SECONDS: f64 = 0.010;
const INVOCATION_GIGABYTES: f64 = 0.5;

/// What one login uses.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// Requests to the HTTP API.
    pub requests: f64,
    /// Messages on the socket, both ways.
    pub messages: f64,
    /// How long the socket is open.
    pub minutes: f64,
    /// Calls of functions.
    pub invocations: f64,
    /// Write request units.
    pub write: f64,
    /// Read request units.
    pub read: f64,
    /// Bytes that the functions log.
    pub logged: f64,
}

impl Login {
    /// Dollars for a million such logins, by what they are for.
    pub fn million(&self) -> [(&'static str, f64); 5] {
        // A million logins of a byte each are a thousandth of a gigabyte.
        let logged = self.logged / 1000.0;
        let seconds = self.invocations * 1e6 * INVOCATION_SECONDS * INVOCATION_GIGABYTES;
        [
            ("HTTP API", self.requests * HTTP_REQUESTS),
            ("WebSocket API", self.messages * SOCKET_MESSAGES + self.minutes * SOCKET_MINUTES),
            ("Lambda", self.invocations * INVOCATIONS + seconds * GIGABYTE_SECOND),
            ("DynamoDB", self.write * WRITE_UNITS + self.read * READ_UNITS),
            ("logs", logged * LOGGED_GIGABYTE),
        ]
    }
}

/// The table of several kinds of login.
pub fn table(logins: &[(&str, Login)]) -> String {
    let mut text = String::from("| dollars for a million logins |");
    let mut sums = String::from("| **in all** |");
    for (name, login) in logins {
        let _never_fails = write!(text, " {name} |");
        let _never_fails = write!(sums, " {:.2} |", login.million().iter().map(|(_, dollars)| dollars).sum::<f64>());
    }
    text = format!("{text}\n|---|{}\n", "---|".repeat(logins.len()));
    for (row, (what, _)) in logins.first().map(|(_, login)| login.million()).into_iter().flatten().enumerate() {
        let _never_fails = write!(text, "| {what} |");
        for (_, login) in logins {
            let _never_fails = write!(text, " {:.2} |", login.million()[row].1);
        }
        text.push('\n');
    }
    format!("{text}{sums}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_logins_are_priced_by_their_units() {
        let login = Login {
            requests: 3.0,
            messages: 4.0,
            minutes: 2.0,
            invocations: 6.0,
            write: 8.0,
            read: 8.0,
            logged: 2000.0,
        };
        let table = table(&[("by socket", login)]);
        for line in ["| HTTP API | 3.00 |", "| WebSocket API | 4.50 |", "| DynamoDB | 6.00 |", "| logs | 1.00 |"] {
            assert!(table.contains(line), "{table}");
        }
        assert!(table.ends_with("| **in all** | 16.10 |\n"), "{table}");
    }
}
