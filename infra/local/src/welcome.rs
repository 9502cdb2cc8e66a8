//! What `cargo run` prints once everything is ready: what to scan, what to open, what to paste.

use scanlatch_client::screen::drawn;
use serde_json::Value;

/// What the reader can see and do.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Whether a terminal shows colours.
    pub colours: bool,
    /// Whether keys are heard.
    pub keys: bool,
}

/// The text for a stack with this ready file.
pub fn text(ready: &Value, reader: Reader) -> String {
    let of = |name: &str| ready[name].as_str().unwrap_or_default();
    let phone = of("phoneUrl");
    let code = drawn(phone, reader.colours).unwrap_or_default();
    let code = code.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n");
    format!(
        "\
{RULE}

1  {scan}

{code}

   {phone}
{hint}
2  Open this screen

   {screen}
   Kiosk, TV and till: {gallery}

For your backend, as a .env file:

AUTHSIGNAL_API_URL={api}
AUTHSIGNAL_TENANT_ID={tenant}
AUTHSIGNAL_SECRET_KEY={secret}

The database is at {database}.
{end}
{RULE}
",
        scan = scan(ready),
        hint = hint(ready),
        screen = of("screenUrl"),
        gallery = of("demoUrl"),
        api = of("apiUrl"),
        tenant = of("tenantId"),
        secret = of("secretKey"),
        database = of("dynamodbEndpoint"),
        end = if reader.keys {
            "Keys: p opens the phone page here, s opens the screen, q ends it all."
        } else {
            "Ctrl-C ends it."
        },
    )
}

const RULE: &str = "----------------------------------------------------------------------";

fn scan(ready: &Value) -> String {
    if ready["hostUrl"].is_string() {
        return "Scan this with your phone".to_owned();
    }
    let port = port(ready);
    format!("Scan this with your phone, at a cable after `adb reverse tcp:{port} tcp:{port}`, or open it here")
}

fn hint(ready: &Value) -> &'static str {
    if ready["hostUrl"].is_string() {
        "   Its browser warns, because this stack made the certificate itself. Go on to the page.\n"
    } else {
        "   Phones without a cable: cargo run -- --host\n"
    }
}

/// The port of the pages on this machine.
fn port(ready: &Value) -> &str {
    let url = ready["phoneUrl"].as_str().unwrap_or_default();
    url.split('/').nth(2).and_then(|host| host.rsplit(':').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PIPED: Reader = Reader { colours: false, keys: false };

    fn ready() -> Value {
        json!({
            "apiUrl": "http://localhost:3000/v1",
            "tenantId": "5f0c",
            "secretKey": "sk_1",
            "phoneUrl": "http://localhost:3000/phone",
            "demoUrl": "http://localhost:3000/",
            "screenUrl": "http://localhost:3000/login",
            "dynamodbEndpoint": "http://127.0.0.1:4000",
        })
    }

    fn on_the_network() -> Value {
        let mut ready = ready();
        ready["hostUrl"] = "https://192.168.1.5:3000".into();
        ready["phoneUrl"] = "https://192.168.1.5:3000/phone".into();
        ready
    }

    #[test]
    fn the_phone_comes_before_the_screen_and_the_keys_for_the_backend() {
        let text = text(&ready(), PIPED);
        let parts = [
            "\n1  Scan this",
            "/phone\n",
            "\n2  Open this screen",
            "/login\n",
            "\n   Kiosk, TV and till",
            "\nAUTHSIGNAL_API_URL",
        ];
        let places: Vec<usize> = parts.iter().map(|part| text.find(part).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn three_lines_are_a_file_for_a_backend() {
        let env = "\n\nAUTHSIGNAL_API_URL=http://localhost:3000/v1\nAUTHSIGNAL_TENANT_ID=5f0c\nAUTHSIGNAL_SECRET_KEY=sk_1\n\n";
        assert!(text(&ready(), PIPED).contains(env));
    }

    #[test]
    fn a_phone_is_told_of_the_certificate_where_there_is_one() {
        let text = text(&on_the_network(), PIPED);
        assert!(text.contains("\n1  Scan this with your phone\n") && !text.contains("adb reverse"), "{text}");
        assert!(text.contains("   https://192.168.1.5:3000/phone\n   Its browser warns"), "{text}");
    }

    #[test]
    fn no_phone_is_promised_what_only_this_machine_reaches() {
        let text = text(&ready(), PIPED);
        assert!(text.contains("after `adb reverse tcp:3000 tcp:3000`, or open it here"), "{text}");
        assert!(text.contains("Phones without a cable: cargo run -- --host"), "{text}");
    }

    #[test]
    fn what_is_no_terminal_gets_neither_colours_nor_keys() {
        let plain = text(&ready(), PIPED);
        assert!(!plain.contains('\u{1b}') && plain.contains("Ctrl-C ends it."), "{plain}");
        let full = text(&ready(), Reader { colours: true, keys: true });
        assert!(full.contains('\u{1b}') && full.contains("p opens the phone page"), "{full}");
    }

    #[test]
    fn a_phone_reads_the_address_in_the_code() {
        let text = text(&on_the_network(), PIPED);
        let code: Vec<&str> =
            text.lines().filter(|line| line.contains(['▀', '▄', '█'])).map(|line| &line[3..]).collect();
        let width = code[0].chars().count();
        let (upper, lower) = (|c| c == '▀' || c == '█', |c| c == '▄' || c == '█');
        let rows = code.iter().flat_map(|line| [line.chars().map(upper).collect(), line.chars().map(lower).collect()]);
        let rows: Vec<Vec<bool>> = rows.collect();
        let light = |x: usize, y: usize| rows.get(y / 4).and_then(|row| row.get(x / 4)).copied().unwrap_or(true);
        let pixel = |x, y| if light(x, y) { 255 } else { 0 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width * 4, rows.len() * 4, pixel);
        let read = image.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text);
        assert_eq!(read.as_deref(), Some("https://192.168.1.5:3000/phone"));
    }
}
