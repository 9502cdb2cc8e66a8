//! A log line: one flat JSON object, so that queries of `CloudWatch` Logs Insights find each member by its name. Each
//! line includes the members of its call's span.

use std::fmt;

use lambda_http::tracing::subscriber::fmt::format::{JsonFields, Writer};
use lambda_http::tracing::subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use lambda_http::tracing::subscriber::registry::{LookupSpan, Scope};
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};

/// Writes events as such lines.
#[derive(Debug)]
pub(super) struct Flat;

impl<S> FormatEvent<S, JsonFields> for Flat
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            if let Some(Ok(Value::Object(fields))) = fields.map(|fields| serde_json::from_str(&fields.fields)) {
                line.extend(fields);
            }
        }
        event.record(&mut Members(&mut line));
        // Lambda takes a line without these two for INFO and drops it if the function's level is higher.
        line.insert("timestamp".to_owned(), System.now().iso().into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        writeln!(writer, "{}", Value::Object(line))
    }
}

struct Members<'a>(&'a mut Map<String, Value>);

impl Members<'_> {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().trim_start_matches("r#").to_owned(), value.into());
    }
}

impl Visit for Members<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use lambda_http::tracing::subscriber::fmt;
    use lambda_http::tracing::subscriber::layer::SubscriberExt as _;
    use serde_json::json;
    use tracing::field::{Empty, display};

    use super::*;

    #[derive(Clone, Default)]
    struct Output(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that `log` writes, without their times.
    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let output = Output::default();
        let writer = output.clone();
        let layer = fmt::layer().fmt_fields(JsonFields::new()).event_format(Flat).with_writer(move || writer.clone());
        tracing::subscriber::with_default(lambda_http::tracing::subscriber::registry().with(layer), log);
        let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        let line = |text| {
            let mut line: Value = serde_json::from_str(text).unwrap();
            let time = line.as_object_mut().unwrap().remove("timestamp");
            assert!(time.is_some_and(|time| time.as_str().unwrap().ends_with('Z')));
            line
        };
        text.lines().map(line).collect()
    }

    #[test]
    fn members_of_call_and_line_are_at_the_top() {
        let lines = lines(|| {
            let span = tracing::error_span!("call", function = "validate", challenge = Empty, tenant = Empty);
            span.record("challenge", display("c"));
            let _entered = span.enter();
            tracing::info!(status = 401_u16, code = "token_invalid", duration_ms = 7_u64, "refused");
            tracing::warn!(why = %"two\n\"lines\"", "a push was lost");
        });
        assert_eq!(
            lines,
            [
                json!({
                    "level": "INFO", "message": "refused", "function": "validate", "challenge": "c",
                    "status": 401, "code": "token_invalid", "duration_ms": 7,
                }),
                json!({
                    "level": "WARN", "message": "a push was lost", "function": "validate", "challenge": "c",
                    "why": "two\n\"lines\"",
                }),
            ]
        );
    }

    #[test]
    fn a_line_of_no_call_is_whole() {
        let lines = lines(|| tracing::error!(at = "x.rs:1", "panicked"));
        assert_eq!(lines, [json!({ "level": "ERROR", "message": "panicked", "at": "x.rs:1" })]);
    }
}
