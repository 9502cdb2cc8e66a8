//! Origins of pages as browsers and apps write them (RFC 6454 section 6.2): the service compares texts.

/// Schemes whose pages have no origin of their own, or that pages are not loaded from.
const NO_ORIGIN: [&str; 9] = ["about", "blob", "data", "file", "ftp", "javascript", "view-source", "ws", "wss"];

/// Takes `scheme://host` or `scheme://host:port`; apps that show web pages have schemes of their own.
///
/// # Errors
/// One sentence that says what to change.
pub fn parse(text: &str) -> Result<String, String> {
    const FORM: &str = "write it as https://shop.example, http://localhost:8080 or capacitor://localhost";
    let (scheme, rest) = text.split_once("://").ok_or(FORM)?;
    if !is_scheme(scheme) || NO_ORIGIN.contains(&scheme) {
        return Err(format!("pages under this scheme have no origin that can be named; {FORM}"));
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err("must end after the host or port: no path, query or user name".to_owned());
    }
    let (host, port) = split_port(rest);
    if !is_host(host) {
        return Err("must name a host in small ASCII letters, as browsers send it".to_owned());
    }
    let default_port = match scheme {
        "https" => Some("443"),
        "http" => Some("80"),
        _ => None,
    };
    match port {
        Some(port) if Some(port) == default_port => Err(format!("leave the port {port} out, as browsers do")),
        Some(port) if !is_port(port) => Err("has no port from 1 to 65535".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// RFC 3986 section 3.1, in the case that browsers write.
fn is_scheme(scheme: &str) -> bool {
    let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.');
    scheme.bytes().all(rest) && scheme.starts_with(|c: char| c.is_ascii_lowercase())
}

/// A bracket may hold colons of its own.
fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == address);
    }
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    host.len() <= 253 && host.split('.').all(|label| !label.is_empty() && label.bytes().all(letter))
}

fn is_port(port: &str) -> bool {
    !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_and_apps_send_it() {
        for good in [
            "https://shop.example",
            "http://localhost:8080",
            "https://127.0.0.1:8443",
            "http://[::1]:3000",
            "https://xn--bcher-kva.example",
            "http://localhost:8100",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://bundle",
            "app://-",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "moz-extension://0b6b5c5e-3d3e-4b0c-9f6c-1f6f4f0f5a3e",
            "com.example.shop://main:8443",
        ] {
            assert_eq!(parse(good), Ok(good.to_owned()));
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for bad in [
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/login",
            "https://shop.example?x",
            "https://ann@shop.example",
            "https://Shop.example",
            "https://bücher.example",
            "https://*.example",
            "https://shop.example:443",
            "http://shop.example:80",
            "https://shop.example:0",
            "https://shop.example:65536",
            "https://shop.example:",
            "https://shop..example",
            "ftp://shop.example",
            "file://",
            "file://localhost",
            "data://x",
            "Capacitor://localhost",
            "capacitor://",
            "capacitor://localhost/",
            "capacitor:localhost",
            "1app://localhost",
            "://localhost",
            "app://.",
            "https://[::1",
            "https://[0:0::1]",
            "null",
            "*",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
