//! Which lines of the log are wanted.

use std::collections::BTreeSet;

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::time::Timestamp;
use serde_json::Value;

/// The lines of one tenant since an instant that name one of these challenges or devices. No line names a user.
#[derive(Clone, Debug)]
pub struct Query {
    /// The tenant.
    pub tenant: TenantId,
    /// Since when.
    pub from: Timestamp,
    /// Ids of challenges.
    pub challenges: BTreeSet<String>,
    /// Ids of devices.
    pub devices: BTreeSet<String>,
}

/// The longest pattern that `CloudWatch` Logs takes.
const LONGEST: usize = 1024;

impl Query {
    /// Whether a line is wanted.
    pub fn covers(&self, line: &Value) -> bool {
        let names = |member: &str, ids: &BTreeSet<String>| line[member].as_str().is_some_and(|id| ids.contains(id));
        let is_recent = line["timestamp"].as_str().and_then(Timestamp::parse_iso).is_some_and(|at| at >= self.from);
        is_recent
            && line["tenant"].as_str() == Some(&self.tenant.to_string())
            && (names("challenge", &self.challenges) || names("credential", &self.devices))
    }

    /// Filter patterns of `CloudWatch` Logs that together find every wanted line, and perhaps others.
    pub fn patterns(&self) -> Vec<String> {
        let equals = |member: &'static str| move |id: &String| format!("($.{member} = \"{id}\")");
        let terms =
            self.challenges.iter().map(equals("challenge")).chain(self.devices.iter().map(equals("credential")));
        let mut patterns: Vec<String> = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let close = |terms: &[String]| format!("{{ ($.tenant = \"{}\") && ({}) }}", self.tenant, terms.join(" || "));
        for term in terms {
            open.push(term);
            if close(&open).len() > LONGEST
                && let Some(next) = open.pop()
            {
                patterns.push(close(&open));
                open = vec![next];
            }
        }
        if !open.is_empty() {
            patterns.push(close(&open));
        }
        patterns
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(challenges: usize, devices: &[&str]) -> Query {
        Query {
            tenant: TenantId::from_random([1; 16]),
            from: Timestamp::from_millis(1_767_225_600_000),
            challenges: (0..challenges).map(|n| format!("{n:036}")).collect(),
            devices: devices.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn a_pattern_names_the_tenant_and_what_is_sought() {
        let query = query(1, &["d"]);
        let expected = format!(
            "{{ ($.tenant = \"{}\") && (($.challenge = \"{:036}\") || ($.credential = \"d\")) }}",
            query.tenant, 0
        );
        assert_eq!(query.patterns(), [expected]);
    }

    #[test]
    fn many_ids_make_several_patterns_none_of_them_too_long() {
        assert_eq!(query(0, &[]).patterns(), [""; 0]);
        let query = query(50, &["d"]);
        let patterns = query.patterns();
        assert!(patterns.len() > 1 && patterns.iter().all(|pattern| pattern.len() <= LONGEST), "{patterns:?}");
        for id in query.challenges.iter().chain(&query.devices) {
            assert_eq!(patterns.iter().filter(|pattern| pattern.contains(&format!("\"{id}\""))).count(), 1, "{id}");
        }
    }

    #[test]
    fn a_line_of_another_tenant_or_of_earlier_is_not_wanted() {
        let query = query(1, &["d"]);
        let line = |tenant: String, at: &str, challenge: &str, device: &str| json!({ "timestamp": at, "tenant": tenant, "challenge": challenge, "credential": device });
        let (own, now) = (query.tenant.to_string(), "2026-01-01T00:00:00.000Z");
        assert!(query.covers(&line(own.clone(), now, &format!("{:036}", 0), "x")));
        assert!(query.covers(&line(own.clone(), now, "x", "d")));
        assert!(!query.covers(&line(own.clone(), now, "x", "x")));
        assert!(!query.covers(&line(own, "2025-12-31T23:59:59.999Z", "x", "d")));
        assert!(!query.covers(&line("other".to_owned(), now, "x", "d")));
        assert!(!query.covers(&json!("text")));
    }
}
