//! The kinds of partitions that the template names, and how to show a partition key without its ids.

use serde_yaml_ng::Value;

/// The mapping in which the template names them.
const MAPPING: &str = "Partitions";

/// Names and patterns, in the template's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partitions(Vec<(String, String)>);

impl Partitions {
    /// Reads the template's `Mappings`; a kind may have several patterns.
    pub fn read(mappings: &Value) -> Self {
        let mut patterns = Vec::new();
        for (name, attributes) in mappings[MAPPING].as_mapping().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            for (_, value) in attributes.as_mapping().into_iter().flatten() {
                let many = value.as_sequence().into_iter().flatten();
                let texts = many.chain(std::iter::once(value)).filter_map(Value::as_str);
                patterns.extend(texts.map(|text| (name.to_owned(), text.to_owned())));
            }
        }
        Self(patterns)
    }

    /// Adds a pattern that a policy writes out, unless it is known.
    pub fn add(&mut self, pattern: &str) {
        if self.0.iter().all(|(_, known)| known != pattern) {
            self.0.push((String::new(), pattern.to_owned()));
        }
    }

    /// The first pattern that a key matches; otherwise its first part, which is no id, and an ellipsis.
    pub fn pattern(&self, key: &str) -> String {
        let met = self.0.iter().find(|(_, pattern)| crate::iam::wildcard::matches(pattern, key));
        met.map_or_else(
            || key.split_once('#').map_or_else(|| "…".to_owned(), |(first, _)| format!("{first}#…")),
            |(_, pattern)| pattern.clone(),
        )
    }

    /// A pattern for people: the kind's name, if it has one, and the pattern with an ellipsis for each run of
    /// wildcards.
    pub fn shown(&self, pattern: &str) -> String {
        let mut short = pattern.replace(['?', '*'], "…");
        while short.contains("……") {
            short = short.replace("……", "…");
        }
        match self.0.iter().find(|(_, known)| known == pattern) {
            Some((name, _)) if !name.is_empty() => format!("{name} {short:?}"),
            _ => format!("{short:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_by_its_kind_and_never_by_its_ids() {
        let text = "Partitions: { One: { Keys: [\"A#??\", \"A#??#B#*\"] }, Two: { Keys: ALL } }";
        let mut partitions = Partitions::read(&serde_yaml_ng::from_str(text).unwrap());
        partitions.add("C#*");
        assert_eq!(partitions.pattern("C#7"), "C#*");
        assert_eq!(partitions.shown("C#*"), "\"C#…\"");
        assert_eq!(partitions.pattern("A#12"), "A#??");
        assert_eq!(partitions.pattern("A#12#B#ann"), "A#??#B#*");
        assert_eq!(partitions.pattern("A#123"), "A#…");
        assert_eq!(partitions.pattern("ann"), "…");
        assert_eq!(partitions.shown("A#??#B#*"), "One \"A#…#B#…\"");
        assert_eq!(partitions.shown("ALL"), "Two \"ALL\"");
        assert_eq!(partitions.shown("B#*"), "\"B#…\"");
    }
}
