//! User agents as people say them: `Chrome 131 on Linux`.

/// Browsers by the mark of their version. Most claim to be those that come later here.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Systems by a mark. A phone's user agent names its computer's kin too, so phones come first.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Tizen", "Tizen"),
    ("Linux", "Linux"),
];

/// The browser and its system, as far as the text tells them; `None` for a text that is of no browser.
pub fn agent(text: &str) -> Option<String> {
    if !text.starts_with("Mozilla/") {
        return None;
    }
    let is_apples = text.contains("Mac OS X") && text.contains("Safari/");
    let browser = BROWSERS.into_iter().filter(|(_, name)| is_apples || *name != "Safari").find_map(|(mark, name)| {
        let version = text.split_once(mark)?.1.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(if version.is_empty() { name.to_owned() } else { format!("{name} {version}") })
    });
    let system = SYSTEMS.into_iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| name);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(one), None) => Some(one),
        (None, one) => one.map(str::to_owned),
    }
}

/// The same with the text itself, or the text alone.
pub fn told(text: &str) -> String {
    agent(text).map_or_else(|| text.to_owned(), |agent| format!("{agent} ({text})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_name_version_and_system() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
                "Chrome 131 on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                "Edge 131 on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari 18 on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
                "Chrome 131 on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox 133 on macOS",
            ),
            (
                "Mozilla/5.0 (Linux; U; Android 4.4) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
                "Android",
            ),
        ] {
            assert_eq!(agent(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_browser_is_told_as_it_is() {
        assert_eq!(agent("Kiosk/1.0"), None);
        assert_eq!(told("Kiosk/1.0"), "Kiosk/1.0");
        assert_eq!(told("Mozilla/5.0 (Windows)"), "Windows (Mozilla/5.0 (Windows))");
    }
}
