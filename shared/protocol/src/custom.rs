//! `custom`: what a screen or a backend attaches for the person who decides.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Refusal;
use crate::number::all_fit_doubles;
use crate::shown::shown;

/// The most bytes of the compact JSON text.
pub const MAX_BYTES: usize = 2 * 1024;
/// The most members, counted at every level.
pub const MAX_MEMBERS: usize = 64;

/// A request's `custom` as it came. Its numbers keep all their digits until they are checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct SentCustom(Box<RawValue>);

/// A JSON object within the limits above. On an anonymous challenge only the screen vouches for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Custom(Map<String, Value>);

impl Custom {
    /// Checks a request's `custom`; `null` counts as absent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for anything but an object, because the mobile SDKs read nothing else. The same for too
    /// many bytes or members, and for a number that SDKs would change.
    pub fn accept(sent: Option<SentCustom>) -> Result<Option<Self>, Refusal> {
        Self::accept_value(sent, |_| None)
    }

    /// Checks a backend's `custom`. An empty list counts as an empty object, because PHP writes it so.
    pub fn accept_of_backend(sent: Option<SentCustom>) -> Result<Option<Self>, Refusal> {
        Self::accept_value(sent, |value| value.as_array().is_some_and(Vec::is_empty).then(Map::new))
    }

    fn accept_value(
        sent: Option<SentCustom>,
        otherwise: impl FnOnce(&Value) -> Option<Map<String, Value>>,
    ) -> Result<Option<Self>, Refusal> {
        let Some(SentCustom(raw)) = sent else { return Ok(None) };
        if !all_fit_doubles(raw.get()) {
            const WHY: &str = "holds a number that a double does not hold; SDKs would change it, so send it as text";
            return Err(Refusal::malformed("custom", WHY));
        }
        let value = serde_json::from_str(raw.get())
            .map_err(|_| Refusal::malformed("custom", "holds text that is no Unicode"))?;
        let map = match value {
            Value::Null => return Ok(None),
            Value::Object(map) => map,
            other => otherwise(&other).ok_or(Refusal::malformed("custom", "is not an object"))?,
        };
        let custom = Self(map);
        if custom.to_text().len() > MAX_BYTES {
            return Err(Refusal::malformed("custom", "is larger than 2 KiB"));
        }
        if custom.0.values().map(members).sum::<usize>() + custom.0.len() > MAX_MEMBERS {
            return Err(Refusal::malformed("custom", "has more than 64 members"));
        }
        Ok(Some(custom))
    }

    /// Cleans names and texts at every level, so that a person may see them. What is empty afterwards is dropped,
    /// unless it was empty before. If two names become the same, the last one counts, as in JSON itself.
    pub fn shown(self) -> Option<Self> {
        clean_members(self.0).map(Self)
    }

    /// Compact JSON.
    pub fn to_text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }
}

/// `None` if cleaning leaves nothing. What was empty before stays.
fn clean(value: Value) -> Option<Value> {
    match value {
        Value::String(text) if text.is_empty() => Some(Value::String(text)),
        Value::String(text) => shown(&text, usize::MAX).map(Value::String),
        Value::Array(items) if items.is_empty() => Some(Value::Array(items)),
        Value::Array(items) => {
            let left: Vec<Value> = items.into_iter().filter_map(clean).collect();
            (!left.is_empty()).then_some(Value::Array(left))
        }
        Value::Object(members) => clean_members(members).map(Value::Object),
        other => Some(other),
    }
}

fn clean_members(members: Map<String, Value>) -> Option<Map<String, Value>> {
    let was_empty = members.is_empty();
    let member = |(name, value): (String, Value)| {
        let name = if name.is_empty() { Some(name) } else { shown(&name, usize::MAX) };
        name.zip(clean(value))
    };
    let left: Map<String, Value> = members.into_iter().filter_map(member).collect();
    (was_empty || !left.is_empty()).then_some(left)
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        Value::Array(items) => items.len() + items.iter().map(members).sum::<usize>(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accept(value: &Value) -> Result<Option<Custom>, Refusal> {
        accept_text(&value.to_string())
    }

    fn accept_text(text: &str) -> Result<Option<Custom>, Refusal> {
        Custom::accept(Some(serde_json::from_str(text).unwrap()))
    }

    fn cleaned(value: &Value) -> Option<Value> {
        accept(value).unwrap().unwrap().shown().map(|custom| Value::Object(custom.0))
    }

    #[test]
    fn null_is_absent_and_lists_are_refused() {
        assert_eq!(accept(&Value::Null), Ok(None));
        for bad in [json!([1]), json!([]), json!("text"), json!(1)] {
            assert!(accept(&bad).is_err());
        }
    }

    #[test]
    fn an_empty_list_of_a_backend_is_an_empty_object() {
        let of_backend = |value: Value| Custom::accept_of_backend(Some(serde_json::from_value(value).unwrap()));
        assert_eq!(of_backend(json!([])), Ok(Some(Custom(Map::new()))));
        assert!(of_backend(json!([1])).is_err());
    }

    #[test]
    fn two_kibibytes_pass_and_one_more_byte_does_not() {
        let fill = MAX_BYTES - r#"{"a":""}"#.len();
        assert!(accept(&json!({"a": "x".repeat(fill)})).is_ok());
        assert!(accept(&json!({"a": "x".repeat(fill + 1)})).is_err());
    }

    /// Stores compare the text of what they read with the text that they stored.
    #[test]
    fn a_number_is_read_as_it_was_written() {
        for number in ["6.934698245112694e276", "8.383658838626809e-78", "2.2250738585072014e-308", "-0.0", "12.5"] {
            let custom = accept_text(&format!(r#"{{"a":{number}}}"#)).unwrap().unwrap();
            assert_eq!(custom.0["a"].as_f64(), number.parse().ok(), "{number}");
            assert_eq!(Custom::from_text(&custom.to_text()).unwrap().to_text(), custom.to_text(), "{number}");
        }
    }

    #[test]
    fn a_number_that_no_double_holds_is_refused_at_every_level() {
        for custom in [r#"{"a":9007199254740993}"#, r#"{"a":[{"b":1e400}]}"#, r#"{"a":0.1000000000000000000001}"#] {
            let refused = accept_text(custom).unwrap_err();
            assert!(refused.to_string().starts_with("`custom` holds a number"), "{custom}");
        }
        assert!(accept_text(r#"{"9007199254740993":"1e400"}"#).is_ok());
    }

    #[test]
    fn half_a_surrogate_is_refused() {
        assert!(accept_text(r#"{"a":"\ud800"}"#).is_err());
    }

    #[test]
    fn members_count_at_every_level() {
        assert!(accept(&json!({"a": vec![0; 63]})).is_ok());
        assert!(accept(&json!({"a": vec![0; 64]})).is_err());
    }

    #[test]
    fn names_and_texts_are_cleaned_at_every_level() {
        let sent = json!({ "a\u{200b}": ["\u{202e}x", { "\u{1b}b": "y\n" }], "n": 1, "t": true, "z": null });
        assert_eq!(cleaned(&sent), Some(json!({ "a": ["x", { "b": "y" }], "n": 1, "t": true, "z": null })));
    }

    #[test]
    fn what_is_cleaned_away_whole_is_absent_and_what_was_empty_stays() {
        let sent =
            json!({ "\u{200b}": 1, "a": "\u{200b}", "b": ["\u{202e}"], "c": { "d": " " }, "e": ["\u{feff}", "f"] });
        assert_eq!(cleaned(&sent), Some(json!({ "e": ["f"] })));
        let empty = json!({ "": "", "a": [], "b": {} });
        assert_eq!(cleaned(&empty), Some(empty));
        assert_eq!(cleaned(&json!({ "a": "\u{200b}" })), None);
        assert_eq!(cleaned(&json!({})), Some(json!({})));
    }
}
