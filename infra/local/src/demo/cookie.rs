//! What browsers keep. No script can read it, and no other site can have it sent.

use axum::http::{HeaderMap, header};
use axum::response::AppendHeaders;

use super::door::Door;

/// One of the site's two cookies.
#[derive(Clone, Copy, Debug)]
pub struct Cookie {
    name: &'static str,
    path: &'static str,
    /// How long it stays, in seconds; until the browser ends if absent.
    stays_s: Option<u32>,
}

/// 400 days, the longest that browsers keep a cookie.
const LONG_S: u32 = 400 * 24 * 3_600;

/// Says who is logged in.
pub const SESSION: Cookie = Cookie { name: "scanlatch_session", path: "/demo", stays_s: None };

/// Says whose phone this is, for as long as the phone keeps its key.
pub const PHONE: Cookie = Cookie { name: "scanlatch_phone", path: "/demo/phone", stays_s: Some(LONG_S) };

/// A header that sets a cookie.
pub type Set = AppendHeaders<[(header::HeaderName, String); 1]>;

impl Cookie {
    /// Its value in a request, if it came.
    pub fn of(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name).map(|(_, value)| value)
    }

    /// Sets it to this value for a browser that came by this door.
    pub fn set(self, value: &str, door: &Door) -> Set {
        let stays = self.stays_s.map(|seconds| format!("; Max-Age={seconds}"));
        self.line(value, &stays.unwrap_or_default(), door)
    }

    /// Takes it back.
    pub fn clear(self, door: &Door) -> Set {
        self.line("", "; Max-Age=0", door)
    }

    fn line(self, value: &str, more: &str, door: &Door) -> Set {
        let Self { name, path, .. } = self;
        let secure = if door.is_encrypted() { "; Secure" } else { "" };
        let line = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Strict{secure}{more}");
        AppendHeaders([(header::SET_COOKIE, line)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "x_scanlatch_session=1; scanlatch_phone=2".parse().unwrap());
        assert_eq!((SESSION.of(&headers), PHONE.of(&headers)), (None, Some("2")));
        headers.append(header::COOKIE, "scanlatch_session=a=b".parse().unwrap());
        assert_eq!(SESSION.of(&headers), Some("a=b"));
    }
}
