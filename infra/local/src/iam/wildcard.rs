//! `*` and `?` as IAM reads them in actions, resources and `StringLike`: any characters, `/` and `:` included, or
//! exactly one character. Nothing else is special.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards>

/// Whether the whole text matches the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // The position of the last `*`, and how far the text was read then.
    let mut star = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|wanted| *wanted == '?' || *wanted == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, read)) = star {
            star = Some((at, read + 1));
            p = at + 1;
            t = read + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|wanted| *wanted == '*')
}

/// The same for action names, ignoring case.
pub fn matches_action(pattern: &str, action: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a/b:c"),
            ("T#????#C#*", "T#1234#C#"),
            ("T#????#C#*", "T#1234#C#x#C#y"),
            ("*#C#*", "T#1#C#x"),
            ("a*b*c", "aXbbYcc"),
            ("?", "é"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("T#????#C#*", "T#123#C#x"),
            ("T#????#C#*", "T#12345#C#x"),
            ("T#????", "T#1234#C#x"),
            ("a*b", "abc"),
            ("[ab]", "a"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn only_an_action_is_matched_whatever_its_case() {
        assert!(matches_action("DynamoDB:get*", "dynamodb:GetItem"));
        assert!(!matches("t#*", "T#1"));
    }
}
