//! The tables of the output, in Markdown.

use std::fmt::Write as _;

use crate::budgets::{BEFORE, Budget, Limit, Verdict};
use crate::counts::{Steps, total};
use crate::growth;
use crate::load::{Level, knee};
use crate::measure::{FIRST_ANSWER, FIRST_MB, FIRST_POLL, LAST_MB, Row, WARM_CPU};
use crate::statistics::Values;

/// The table of budgets.
pub fn budgets(budgets: &[Budget]) -> String {
    let mut text = String::from("| budget | limit | found | verdict |\n|---|---|---|---|\n");
    for budget in budgets {
        let limit = match budget.limit {
            Limit::AtMost(most) => format!("≤ {most}"),
            Limit::AtLeast(least) => format!("≥ {least}"),
        };
        let verdict = match budget.verdict() {
            Verdict::Met => "met",
            Verdict::Missed => "**missed**",
            Verdict::NotDecided => "not decided",
        };
        let (low, high) = budget.found.interval();
        let found = if low.total_cmp(&high).is_eq() { short(budget.found.median()) } else { budget.found.spread() };
        add(&mut text, format_args!("| {} | {limit} | {found} | {verdict} |\n", budget.what));
    }
    text
}

fn short(value: f64) -> String {
    if value > 1_000.0 { format!("{value:.0}") } else { format!("{value:.2}").trim_end_matches(".00").to_owned() }
}

/// The table of functions and peers: ratios first, then what they are ratios of.
pub fn functions(rows: &[Row]) -> String {
    let mut text = String::from(
        "| function | answers | first poll ÷ hello | first answer ÷ hello | first poll, ms | first answer, ms \
         | CPU of a warm call, ms | allocations | kB allocated | bytes logged | MB after 1 call | MB at last | zip, MB \
         | files opened |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let status = row.own.last().map_or("", |sample| &sample.status);
        let files = row.files.map_or_else(|| "–".to_owned(), |files| files.to_string());
        let usage = row.usage.map_or_else(
            || "– | – | –".to_owned(),
            |usage| format!("{} | {} | {}", usage.allocations.calls, usage.allocations.bytes / 1000, usage.logged),
        );
        #[expect(clippy::cast_precision_loss, reason = "no zip is that large")]
        let zipped = row.zipped_bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{:.2}", bytes as f64 / 1e6));
        add(
            &mut text,
            format_args!(
                "| {} | {status} | {} | {} | {} | {} | {} | {usage} | {:.1} | {:.1} | {zipped} | {files} |\n",
                row.name,
                decided(&row.first_polls_to_hello()),
                decided(&row.first_answers_to_hello()),
                row.values(FIRST_POLL).spread(),
                row.values(FIRST_ANSWER).spread(),
                row.values(WARM_CPU).spread(),
                row.values(FIRST_MB).median(),
                row.values(LAST_MB).median(),
            ),
        );
    }
    text
}

/// A ratio, or why there is none.
fn decided(ratio: &Values) -> String {
    if ratio.is_decisive() { format!("{:.2}", ratio.median()) } else { format!("not decided ({:.1})", ratio.median()) }
}

/// The CPU of a login's functions, step by step.
pub fn cpu(title: &str, rows: &[Row], steps: &[&str]) -> String {
    let find = |name: &str| rows.iter().find(|row| row.name == name).map(|row| row.values(WARM_CPU).median());
    let before: Option<Vec<f64>> = steps.iter().map(|step| find(&format!("{BEFORE}{step}"))).collect();
    let mut text = format!("| {title} | CPU, ms |");
    let mut rule = String::from("|---|---|");
    if before.is_some() {
        text += " before, ms |";
        rule += "---|";
    }
    text = format!("{text}\n{rule}\n");
    let mut sums = (0.0, 0.0);
    for (at, step) in steps.iter().enumerate() {
        let Some(own) = find(step) else { continue };
        sums.0 += own;
        add(&mut text, format_args!("| {step} | {own:.2} |"));
        if let Some(before) = before.as_ref().and_then(|before| before.get(at)) {
            sums.1 += before;
            add(&mut text, format_args!(" {before:.2} |"));
        }
        text.push('\n');
    }
    add(&mut text, format_args!("| **in all** | {:.2} |", sums.0));
    if before.is_some() {
        add(&mut text, format_args!(" {:.2} |", sums.1));
    }
    text.push('\n');
    text
}

/// The table of what one kind of login costs at the database.
pub fn counts(title: &str, steps: &Steps) -> String {
    let mut text = format!("| {title} | calls | rounds | read units | write units |\n|---|---|---|---|---|\n");
    for (name, cost) in steps.iter().copied().chain([("**in all**", total(steps))]) {
        let (calls, rounds, read, write) = (cost.calls, cost.rounds, cost.read, cost.write);
        add(&mut text, format_args!("| {name} | {calls} | {rounds} | {read} | {write} |\n"));
    }
    text
}

/// The table of what a login costs where the tables are full.
pub fn growth(rows: &[growth::Row]) -> String {
    let mut text = String::from("| items | calls | rounds | read units | write units |\n|---|---|---|---|---|\n");
    for row in rows {
        let cost = row.cost;
        add(
            &mut text,
            format_args!("| {} | {} | {} | {} | {} |\n", row.items, cost.calls, cost.rounds, cost.read, cost.write),
        );
    }
    text
}

/// The tables of whole logins at once, and where they no longer get more.
pub fn load(title: &str, levels: &[Level]) -> String {
    let mut text = format!(
        "| {title}, at once | logins | logins a second | cores: functions | gateways and database | generator |\n\
         |---|---|---|---|---|---|\n"
    );
    for level in levels {
        let cpu = level.cpu;
        add(
            &mut text,
            format_args!(
                "| {} | {} | {:.1} | {:.2} | {:.2} | {:.2} |\n",
                level.at_once, level.logins, level.throughput, cpu.functions, cpu.stack, cpu.generator
            ),
        );
    }
    text += "\n| step, ms: p50 / p99 |";
    for level in levels {
        add(&mut text, format_args!(" {} at once |", level.at_once));
    }
    text += "\n|---|";
    text += &"---|".repeat(levels.len());
    text.push('\n');
    for name in levels.first().map(|level| level.order.clone()).unwrap_or_default() {
        add(&mut text, format_args!("| {name} |"));
        for level in levels {
            match level.steps.get(name) {
                Some(took) => add(&mut text, format_args!(" {:.1} / {:.1} |", took.median(), took.quantile(0.99))),
                None => text += " – |",
            }
        }
        text.push('\n');
    }
    match knee(levels) {
        Some((at_once, why)) => {
            add(&mut text, format_args!("\nMore than {at_once} at once bring no tenth more: {why}.\n"));
        }
        None => text += "\nThe most people at once still brought a tenth more than fewer did.\n",
    }
    text
}

fn add(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _never_fails = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Cost;

    #[test]
    fn a_login_is_summed() {
        let cost = |calls, read, write| Cost { calls, read, write, rounds: 1 };
        let steps = vec![("claim", cost(1, 0.5, 2.0)), ("decide", cost(2, 1.0, 4.0))];
        assert!(counts("by polling", &steps).ends_with("| **in all** | 3 | 2 | 1.5 | 6 |\n"));
    }

    #[test]
    fn a_budget_says_its_verdict() {
        let budget = Budget::counted("units", Limit::AtMost(13.0), 15.0);
        assert!(budgets(&[budget]).ends_with("| units | ≤ 13 | 15 | **missed** |\n"));
    }
}
