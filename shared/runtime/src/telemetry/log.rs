//! Log lines: how detailed, in which form, and what is never among them.
//!
//! `lambda_runtime` logs whole events at TRACE. The AWS SDK and its HTTP stack log requests, replies and headers at
//! DEBUG and TRACE: tokens, signatures and digests. These must never reach the log, so the configured level holds only
//! for our own crates. All others log at WARN at most.

use std::env;
use std::panic;

use lambda_http::tracing::subscriber::Layer as _;
use lambda_http::tracing::subscriber::filter::{LevelFilter, Targets};
use lambda_http::tracing::subscriber::fmt;
use lambda_http::tracing::subscriber::fmt::format::JsonFields;
use lambda_http::tracing::subscriber::layer::SubscriberExt as _;
use lambda_http::tracing::subscriber::util::SubscriberInitExt as _;

use super::line::Flat;

/// The prefix of our own crates' names.
const OWN: &str = "scanlatch_";

/// The most verbose level of all other crates.
const OTHERS: LevelFilter = LevelFilter::WARN;

/// The function's log level as Lambda names it (`AWS_LAMBDA_LOG_LEVEL`); INFO if it is unset or unknown.
pub(super) fn level() -> LevelFilter {
    level_named(&env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default())
}

fn level_named(name: &str) -> LevelFilter {
    match name.to_ascii_uppercase().as_str() {
        "TRACE" => LevelFilter::TRACE,
        "DEBUG" => LevelFilter::DEBUG,
        "WARN" => LevelFilter::WARN,
        "ERROR" | "FATAL" => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}

/// The least severe level that Lambda still keeps at this setting.
pub(super) fn kept_at(level: LevelFilter) -> &'static str {
    if level >= LevelFilter::INFO {
        "INFO"
    } else if env::var("AWS_LAMBDA_LOG_LEVEL").is_ok_and(|name| name.eq_ignore_ascii_case("FATAL")) {
        "FATAL"
    } else if level >= LevelFilter::WARN {
        "WARN"
    } else {
        "ERROR"
    }
}

fn heard(level: LevelFilter) -> Targets {
    Targets::new().with_default(level.min(OTHERS)).with_target(OWN, level)
}

/// Starts logging to standard output. Lines are flat JSON where Lambda asks for JSON (`AWS_LAMBDA_LOG_FORMAT`).
pub(super) fn start(level: LevelFilter) {
    let json = env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json"));
    let lines = fmt::layer().with_target(false);
    let lines = if json {
        lines.fmt_fields(JsonFields::new()).event_format(Flat).boxed()
    } else {
        lines.with_ansi(false).boxed()
    };
    // A subscriber that was set before stays in place.
    let _first = lambda_http::tracing::subscriber::registry().with(lines.with_filter(heard(level))).try_init();
    panic::set_hook(Box::new(|panicked| {
        // A composed message may hold a caller's data; a literal cannot.
        let literal = panicked.payload().downcast_ref::<&'static str>().copied();
        let at = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, why = literal.unwrap_or("[composed]"), "panicked");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_holds_for_our_own_crates() {
        let heard = heard(LevelFilter::TRACE);
        for own in [
            "scanlatch_service::claim",
            "scanlatch_runtime::telemetry",
            "scanlatch_aws::push",
            "scanlatch_protocol::challenge",
        ] {
            assert!(heard.would_enable(own, &tracing::Level::TRACE), "{own}");
        }
    }

    #[test]
    fn nobody_else_is_heard_below_warn_at_any_level() {
        let others = [
            "lambda_runtime::layers::api_response",
            "lambda_runtime",
            "aws_config::profile",
            "aws_smithy_runtime::client::orchestrator",
            "aws_runtime::auth",
            "aws_sdk_dynamodb",
            "hyper::proto::h1",
            "hyper_util::client",
            "h2::codec",
            "rustls::client",
            "log",
        ];
        for level in [LevelFilter::TRACE, LevelFilter::DEBUG, LevelFilter::INFO] {
            for other in others {
                assert!(!heard(level).would_enable(other, &tracing::Level::INFO), "{other} at {level}");
                assert!(heard(level).would_enable(other, &tracing::Level::WARN), "{other} at {level}");
            }
        }
        assert!(!heard(LevelFilter::ERROR).would_enable("lambda_runtime", &tracing::Level::WARN));
    }

    #[test]
    fn lambdas_names_of_levels_are_understood() {
        for (name, level) in [("TRACE", LevelFilter::TRACE), ("fatal", LevelFilter::ERROR), ("", LevelFilter::INFO)] {
            assert_eq!(level_named(name), level);
        }
    }
}
