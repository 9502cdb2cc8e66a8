//! Who has enrolled a phone here. There are no passwords: whoever types a name is that user. A real site gives an enrolment
//! token only to a user who has logged in.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use scanlatch_protocol::shown::shown;

/// The longest id and name, in characters.
const MAX_CHARACTERS: usize = 64;

/// The names and the phones of users.
#[derive(Debug, Default)]
pub struct People(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Ids and names, the newest last.
    names: Vec<(String, String)>,
    /// The users of phones, by their cookies.
    phones: HashMap<String, String>,
}

impl People {
    /// Notes that a user of this name enrols a phone with this cookie.
    pub fn enrol(&self, user: &str, name: &str, cookie: String) {
        let mut known = self.known();
        known.names.retain(|(id, _)| id != user);
        known.names.push((user.to_owned(), shown(name, MAX_CHARACTERS).unwrap_or_else(|| user.to_owned())));
        known.phones.insert(cookie, user.to_owned());
    }

    /// Whose phone has this cookie.
    pub fn of_phone(&self, cookie: &str) -> Option<String> {
        self.known().phones.get(cookie).cloned()
    }

    /// The name of a user, as they typed it; their id if they have typed none.
    pub fn name(&self, user: &str) -> String {
        let known = self.known();
        let name = known.names.iter().find(|(id, _)| id == user).map(|(_, name)| name);
        name.map_or_else(|| user.to_owned(), Clone::clone)
    }

    /// The names of those who came last, the newest first.
    pub fn newest(&self, most: usize) -> Vec<String> {
        self.known().names.iter().rev().take(most).map(|(_, name)| name.clone()).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id of the user of this name; `None` if it has neither letter nor digit.
pub fn id_of(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let id: String = words.collect::<Vec<_>>().join("-").chars().take(MAX_CHARACTERS).collect();
    if id.is_empty() { None } else { Some(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_letters_and_digits_with_hyphens_between() {
        for (name, id) in [("Ann", "ann"), ("  Zoë / 7?\n", "zoë-7"), ("../me", "me"), ("王 芳", "王-芳")] {
            assert_eq!(id_of(name).as_deref(), Some(id), "{name}");
        }
    }

    #[test]
    fn a_name_without_letter_and_digit_is_nobodys() {
        for name in ["", " ", "?!", "--", "🙂"] {
            assert_eq!(id_of(name), None, "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(id_of(&"é".repeat(100)), Some("é".repeat(64)));
    }

    #[test]
    fn a_name_is_told_without_what_nobody_sees() {
        let people = People::default();
        people.enrol("ann", " A\0nn\r\nset-cookie\u{202e} ", "cookie".to_owned());
        assert_eq!(people.name("ann"), "Ann set-cookie");
    }

    #[test]
    fn who_enrols_again_is_the_newest_once() {
        let people = People::default();
        for (user, name) in [("ann", "Ann"), ("ben", "Ben"), ("ann", "ANN ")] {
            people.enrol(user, name, format!("{user}{name}"));
        }
        assert_eq!(people.newest(4), ["ANN", "Ben"]);
    }
}
