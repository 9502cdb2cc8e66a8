use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// Black on white, whatever the terminal's own colours are.
const INK: &str = "\x1b[30;107m";
const PLAIN: &str = "\x1b[0m";

/// A QR code for a terminal, two rows of it in each line, with the quiet zone that scanners need; `None` for a text that no
/// code can hold. Without `colours` it is drawn for light letters on a dark ground.
///
/// ```
/// let code = scanlatch_client::screen::drawn("3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063", false);
/// assert_eq!(code.map(|code| code.lines().count()), Some(19));
/// ```
pub fn drawn(text: &str, colours: bool) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (dark, light) = if colours { (Dense1x2::Dark, Dense1x2::Light) } else { (Dense1x2::Light, Dense1x2::Dark) };
    let drawn = code.render::<Dense1x2>().dark_color(dark).light_color(light).quiet_zone(true).build();
    let line = |line: &str| if colours { format!("{INK}{line}{PLAIN}\n") } else { format!("{line}\n") };
    Some(drawn.lines().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://192.168.1.5:3000/demo/phone";

    #[test]
    fn a_code_that_is_not_for_a_terminal_has_no_colours() {
        let code = drawn(LINK, false).unwrap();
        assert!(code.chars().all(|c| " ▀▄█\n".contains(c)), "{code}");
        assert!(drawn(LINK, true).unwrap().lines().all(|line| line.starts_with(INK) && line.ends_with(PLAIN)));
    }

    #[test]
    fn every_line_is_as_wide_as_the_code() {
        let code = drawn(LINK, false).unwrap();
        let widths: Vec<usize> = code.lines().map(|line| line.chars().count()).collect();
        // A code of version 3, and four modules of quiet on each side.
        assert!(widths.iter().all(|width| *width == 29 + 8), "{widths:?}");
        assert_eq!(widths.len(), 19);
    }

    #[test]
    fn a_text_that_no_code_can_hold_is_not_drawn() {
        assert_eq!(drawn(&"x".repeat(3000), false), None);
    }
}
