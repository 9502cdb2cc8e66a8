//! Origins of pages as browsers and apps write them (RFC 6454 section 6.2), since the service compares texts.

use url::Url;

/// Schemes whose pages have no origin, or from which no pages are loaded.
const NO_ORIGIN: [&str; 9] = ["about", "blob", "data", "file", "ftp", "javascript", "view-source", "ws", "wss"];

/// Accepts `scheme://host` or `scheme://host:port`; apps that show web pages have their own schemes.
///
/// # Errors
/// One sentence that says what to change.
pub fn parse(text: &str) -> Result<String, String> {
    const FORM: &str = "write it as https://shop.example, http://localhost:8080 or capacitor://localhost";
    let (scheme, rest) = text.split_once("://").ok_or(FORM)?;
    if NO_ORIGIN.contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err(format!("pages under this scheme have no origin that can be named; {FORM}"));
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err("must end after the host or port: no path, query or user name".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("{error}; {FORM}"))?;
    let host = url.host_str().filter(|host| is_host(host)).ok_or("must name a host in small ASCII letters")?;
    let written = match url.port() {
        Some(0) => return Err("has no port from 1 to 65535".to_owned()),
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    };
    if written == text { Ok(written) } else { Err(format!("write it as browsers send it: {written}")) }
}

/// Whether this is a name without empty labels, or an address.
fn is_host(host: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let is_name = host.split('.').all(|label| !label.is_empty() && label.bytes().all(letter));
    host.starts_with('[') || (host.len() <= 253 && is_name)
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
