//! `custom`: what a screen or a backend attaches for the person who decides.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Refusal;

/// The compact JSON text may be this long.
pub const MAX_BYTES: usize = 2 * 1024;
/// Members in all, at every level.
pub const MAX_MEMBERS: usize = 64;

/// A JSON object within the limits above. On a challenge that a screen asked for by itself it is the
/// screen's word and nobody else's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Custom(Map<String, Value>);

impl Custom {
    /// Takes a request's `custom`; `null` counts as absent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for what is not an object (the mobile SDKs cannot read anything else), too long
    /// or too many.
    pub fn accept(value: Option<Value>) -> Result<Option<Self>, Refusal> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(map)) => {
                let custom = Self(map);
                if custom.to_text().len() > MAX_BYTES {
                    return Err(Refusal::malformed("custom", "is larger than 2 KiB"));
                }
                if custom.0.values().map(members).sum::<usize>() + custom.0.len() > MAX_MEMBERS {
                    return Err(Refusal::malformed("custom", "has more than 64 members"));
                }
                Ok(Some(custom))
            }
            Some(_) => Err(Refusal::malformed("custom", "is not an object")),
        }
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

    #[test]
    fn null_is_absent_and_lists_are_refused() {
        assert_eq!(Custom::accept(Some(Value::Null)), Ok(None));
        for bad in [json!([1]), json!("text"), json!(1)] {
            assert!(Custom::accept(Some(bad)).is_err());
        }
    }

    #[test]
    fn two_kibibytes_pass_and_one_more_byte_does_not() {
        let fill = MAX_BYTES - r#"{"a":""}"#.len();
        assert!(Custom::accept(Some(json!({"a": "x".repeat(fill)}))).is_ok());
        assert!(Custom::accept(Some(json!({"a": "x".repeat(fill + 1)}))).is_err());
    }

    /// Stores compare the text of what they read with what they stored.
    #[test]
    fn a_number_is_read_as_it_was_written() {
        for number in ["6.934698245112694e276", "8.383658838626809e-78", "2.2250738585072014e-308", "-0.0", "12.5"] {
            let custom = Custom::from_text(&format!(r#"{{"a":{number}}}"#)).unwrap();
            assert_eq!(custom.0["a"].as_f64(), number.parse().ok(), "{number}");
            assert_eq!(Custom::from_text(&custom.to_text()).unwrap().to_text(), custom.to_text(), "{number}");
        }
    }

    #[test]
    fn members_count_at_every_level() {
        assert!(Custom::accept(Some(json!({"a": vec![0; 63]}))).is_ok());
        assert!(Custom::accept(Some(json!({"a": vec![0; 64]}))).is_err());
    }
}
