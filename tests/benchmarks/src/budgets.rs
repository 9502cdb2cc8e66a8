//! The budgets: ratios within one run, sizes and counts.

use crate::measure::{FIRST_ANSWER, FIRST_MB, FIRST_POLL, Of, Row, WARM_CPU};
use crate::play::{POLLING_LOGIN, SOCKET_LOGIN};
use crate::statistics::Values;

/// A limit and what was found.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What is limited.
    pub what: String,
    /// The limit.
    pub limit: Limit,
    /// What was found.
    pub found: Values,
}

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// What a budget came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept.
    Met,
    /// It is not.
    Missed,
    /// The limit lies between the values.
    NotDecided,
}

impl Budget {
    /// A budget of values.
    pub fn new(what: impl Into<String>, limit: Limit, found: Values) -> Self {
        Self { what: what.into(), limit, found }
    }

    /// A budget of something that was counted.
    pub fn counted(what: impl Into<String>, limit: Limit, found: f64) -> Self {
        Self::new(what, limit, [found].into_iter().collect())
    }

    /// Whether it is kept: the whole interval of the median must lie on one side of the limit.
    pub fn verdict(&self) -> Verdict {
        let (low, high) = self.found.interval();
        let keeps = |value: f64| match self.limit {
            Limit::AtMost(most) => value <= most,
            Limit::AtLeast(least) => value >= least,
        };
        match (keeps(low), keeps(high)) {
            (true, true) => Verdict::Met,
            (false, false) => Verdict::Missed,
            _ => Verdict::NotDecided,
        }
    }
}

/// The name of the claim in Node.
pub const NODE: &str = "Node, bundled";
/// The name of the claim in Python.
pub const PYTHON: &str = "Python";
/// What goes before the names of binaries of an earlier commit.
pub const BEFORE: &str = "before: ";

const MOST_MB: f64 = 12.0;
const MOST_ZIPPED_BYTES: f64 = 4.2e6;

/// The budgets of starts, sizes and CPU, as far as their subjects were measured. `openid_peer` is the CPU of one device
/// login at node-oidc-provider in each round, in ms.
pub fn of_functions(rows: &[Row], openid_peer: Option<&[f64]>) -> Vec<Budget> {
    let find = |name: &str| rows.iter().find(|row| row.name == name);
    let node = find(NODE);
    let mut budgets = Vec::new();
    let mut login: Vec<&str> = POLLING_LOGIN.iter().chain(&SOCKET_LOGIN).copied().collect();
    login.extend(["openid-authorize", "openid-token"]);
    login.retain(|step| !step.contains(' '));
    login.sort_unstable();
    login.dedup();
    let login: Vec<&Row> = login.iter().filter_map(|step| find(step)).collect();
    for row in &login {
        let what = format!("{}: start to first poll ÷ hello world", row.name);
        budgets.push(Budget::new(what, Limit::AtMost(1.5), row.first_polls_to_hello()));
    }
    let slowest = login.iter().max_by(|a, b| a.values(FIRST_POLL).median().total_cmp(&b.values(FIRST_POLL).median()));
    if let (Some(node), Some(slowest)) = (node, slowest) {
        let what = format!("Node's start to first poll ÷ that of the slowest of these ({})", slowest.name);
        budgets.push(Budget::new(what, Limit::AtLeast(25.0), node.to(slowest, FIRST_POLL)));
    }
    if let (Some(node), Some(claim)) = (node, find("challenge-claim")) {
        let first_answer = node.to(claim, FIRST_ANSWER);
        budgets.push(Budget::new("Node's start to first answered claim ÷ ours", Limit::AtLeast(15.0), first_answer));
        budgets.push(Budget::new("Node's CPU of a warm claim ÷ ours", Limit::AtLeast(4.5), node.to(claim, WARM_CPU)));
    }
    for (kind, steps) in [("by socket", &SOCKET_LOGIN), ("by polling", &POLLING_LOGIN)] {
        let Some(login) = summed(rows, "", steps, WARM_CPU) else { continue };
        if let Some(before) = summed(rows, BEFORE, steps, WARM_CPU) {
            let ratio = login.iter().zip(&before).map(|(now, before)| now / before).collect();
            budgets.push(Budget::new(format!("CPU of a login {kind} ÷ before"), Limit::AtMost(0.6), ratio));
        }
        if let Some(peer) = openid_peer {
            let ratio = login.iter().zip(peer).map(|(own, peer)| peer / own).collect();
            let what = format!("CPU of node-oidc-provider's device login ÷ that of a login {kind}");
            budgets.push(Budget::new(what, Limit::AtLeast(2.0), ratio));
        }
    }
    let own = || rows.iter().filter(|row| row.usage.is_some() && !row.name.starts_with(BEFORE));
    if let Some(most) = own().max_by(|a, b| a.values(FIRST_MB).median().total_cmp(&b.values(FIRST_MB).median())) {
        let what = format!("MB resident after one call, the most of any function ({})", most.name);
        budgets.push(Budget::new(what, Limit::AtMost(MOST_MB), most.values(FIRST_MB)));
    }
    if let Some((bytes, name)) = own().filter_map(|row| Some((row.zipped_bytes?, &row.name))).max() {
        #[expect(clippy::cast_precision_loss, reason = "no zip is that large")]
        let bytes = bytes as f64;
        let what = format!("bytes of a zip, the most of any function ({name})");
        budgets.push(Budget::counted(what, Limit::AtMost(MOST_ZIPPED_BYTES), bytes));
    }
    budgets
}

/// The sum over steps, round by round; `None` unless all were measured.
pub fn summed(rows: &[Row], prefix: &str, steps: &[&str], of: Of) -> Option<Vec<f64>> {
    let parts: Option<Vec<&Row>> =
        steps.iter().map(|step| rows.iter().find(|row| row.name == format!("{prefix}{step}"))).collect();
    let parts = parts?;
    let rounds = parts.iter().map(|row| row.own.len()).min()?;
    Some((0..rounds).map(|round| parts.iter().filter_map(|row| row.own.get(round)).map(of).sum()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(limit: Limit, found: &[f64]) -> Budget {
        Budget::new("", limit, found.iter().copied().collect())
    }

    #[test]
    fn a_limit_holds_on_its_side() {
        assert_eq!(budget(Limit::AtMost(1.5), &[1.5]).verdict(), Verdict::Met);
        assert_eq!(budget(Limit::AtMost(1.5), &[1.51]).verdict(), Verdict::Missed);
        assert_eq!(budget(Limit::AtLeast(2.0), &[2.0]).verdict(), Verdict::Met);
        assert_eq!(budget(Limit::AtLeast(2.0), &[1.9]).verdict(), Verdict::Missed);
    }

    #[test]
    fn values_on_both_sides_of_a_limit_decide_nothing() {
        assert_eq!(budget(Limit::AtMost(1.5), &[1.0, 1.4, 1.6]).verdict(), Verdict::NotDecided);
        assert_eq!(budget(Limit::AtMost(9.0), &[0.1, 1.4, 1.6]).verdict(), Verdict::Met);
    }
}
