//! Origins of web pages, as browsers write them (RFC 6454 section 6.2): the service compares texts.

/// Takes `scheme://host` or `scheme://host:port`.
///
/// # Errors
/// One sentence that says what to change.
pub fn parse(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").ok_or("write it as https://shop.example or http://localhost:8080")?;
    let default_port = match scheme {
        "https" => "443",
        "http" => "80",
        _ => return Err("must begin with https:// or http://".to_owned()),
    };
    if rest.contains(['/', '?', '#', '@']) {
        return Err("must end after the host or port: no path, query or user name".to_owned());
    }
    let (host, port) = split_port(rest);
    if !is_host(host) {
        return Err("must name a host in small ASCII letters, as browsers send it".to_owned());
    }
    match port {
        Some(port) if port == default_port => Err(format!("leave the port {port} out, as browsers do")),
        Some(port) if !is_port(port) => Err("has no port from 1 to 65535".to_owned()),
        _ => Ok(text.to_owned()),
    }
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
    fn an_origin_is_taken_as_browsers_send_it() {
        for good in [
            "https://shop.example",
            "http://localhost:8080",
            "https://127.0.0.1:8443",
            "http://[::1]:3000",
            "https://xn--bcher-kva.example",
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
            "https://[::1",
            "https://[0:0::1]",
            "null",
            "*",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
