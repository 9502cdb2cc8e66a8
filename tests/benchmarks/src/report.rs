//! The tables of the output, in Markdown.

use std::fmt::Write as _;

use crate::login::Cost;
use crate::sample::Sample;
use crate::statistics::Values;

/// A function's samples, each with the one of hello world just before it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The function.
    pub name: String,
    /// Its samples.
    pub own: Vec<Sample>,
    /// Hello world's.
    pub hello: Vec<Sample>,
    /// Size of its zip in MB.
    pub zip_mb: f64,
    /// The files that it opens before it asks for an event, if there is `strace`.
    pub files: Option<usize>,
}

impl Row {
    fn values(&self, of: fn(&Sample) -> f64) -> Values {
        self.own.iter().map(of).collect()
    }

    /// The median of the ratios to hello world, pair by pair.
    fn ratio(&self, of: fn(&Sample) -> f64) -> f64 {
        let pairs = self.own.iter().zip(&self.hello);
        pairs.map(|(own, hello)| of(own) / of(hello)).collect::<Values>().median()
    }
}

const FIRST_POLL: fn(&Sample) -> f64 = |sample| sample.first_poll_ms;
const FIRST_ANSWER: fn(&Sample) -> f64 = |sample| sample.first_answer_ms;
const WARM_CPU: fn(&Sample) -> f64 = |sample| sample.warm_cpu_ms;
const FIRST_MB: fn(&Sample) -> f64 = |sample| sample.first_mb;
const LAST_MB: fn(&Sample) -> f64 = |sample| sample.last_mb;

/// The table of functions; each time is a median with its 10th and 90th percentile.
pub fn functions(rows: &[Row], calls: u32) -> String {
    let mut text = format!(
        "| function | answers | first poll, ms | ÷ hello | first answer, ms | ÷ hello | CPU of a warm call, ms | ÷ hello \
         | MB after 1 call | after {} | zip, MB | files opened |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n",
        calls + 1
    );
    for row in rows {
        let status = row.own.last().map_or("", |sample| &sample.status);
        let files = row.files.map_or_else(|| "–".to_owned(), |files| files.to_string());
        let _never_fails = writeln!(
            text,
            "| {} | {status} | {} | {:.2} | {} | {:.2} | {} | {:.2} | {:.1} | {:.1} | {:.2} | {files} |",
            row.name,
            row.values(FIRST_POLL).spread(),
            row.ratio(FIRST_POLL),
            row.values(FIRST_ANSWER).spread(),
            row.ratio(FIRST_ANSWER),
            row.values(WARM_CPU).spread(),
            row.ratio(WARM_CPU),
            row.values(FIRST_MB).median(),
            row.values(LAST_MB).median(),
            row.zip_mb,
        );
    }
    text
}

/// The table of one kind of login.
pub fn login(title: &str, steps: &[(&str, Cost)]) -> String {
    let mut text = format!("| {title} | calls | read units | write units |\n|---|---|---|---|\n");
    let mut total = Cost::default();
    for (name, cost) in steps {
        total.calls += cost.calls;
        total.read += cost.read;
        total.write += cost.write;
        line(&mut text, name, cost);
    }
    line(&mut text, "**in all**", &total);
    text
}

fn line(text: &mut String, name: &str, cost: &Cost) {
    let _never_fails = writeln!(text, "| {name} | {} | {} | {} |", cost.calls, cost.read, cost.write);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(first_poll_ms: f64) -> Sample {
        Sample {
            first_poll_ms,
            first_answer_ms: 8.0,
            warm_cpu_ms: 0.5,
            first_mb: 9.0,
            last_mb: 10.0,
            status: "200".into(),
        }
    }

    #[test]
    fn a_ratio_is_taken_pair_by_pair() {
        let row = Row {
            name: "validate".to_owned(),
            own: vec![sample(3.0), sample(30.0), sample(6.0)],
            hello: vec![sample(2.0), sample(20.0), sample(2.0)],
            zip_mb: 4.0,
            files: None,
        };
        let line = "| validate | 200 | 6.00 (3.00–30.00) | 1.50 | 8.00 (8.00–8.00) | 1.00 | 0.50 (0.50–0.50) | 1.00 | 9.0 | 10.0 | 4.00 | – |\n";
        assert!(functions(&[row], 50).ends_with(line));
    }

    #[test]
    fn a_login_is_summed() {
        let steps =
            [("claim", Cost { calls: 1, read: 0.5, write: 2.0 }), ("decide", Cost { calls: 2, read: 1.0, write: 4.0 })];
        assert!(login("by polling", &steps).ends_with("| **in all** | 3 | 1.5 | 6 |\n"));
    }
}
