//! Cleans text that somebody else wrote before a person sees it. Afterwards nothing in it is invisible, reverses the
//! line or breaks it.
//!
//! Control characters, interlinear notes, private use, noncharacters and ignorable characters are dropped. The last
//! have the property `Default_Ignorable_Code_Point` of Unicode's `DerivedCoreProperties.txt`: bidi controls, zero-width
//! characters, tags, selectors. Line breaks and tabs become spaces. Joiners, selectors and tags stay where scripts and
//! emoji need them.

use unicode_width::UnicodeWidthChar as _;

/// The longest run of marks without a width of their own (UTS #39 section 5.4). A longer run covers other lines.
pub const MAX_MARKS: usize = 4;

/// The cleaned text, cut to `max` characters; `None` if nothing is left. Cleaning a text again changes nothing, and the
/// text never grows.
pub fn shown(text: &str, max: usize) -> Option<String> {
    let plain = plain(text);
    let plain = trimmed(&plain);
    let whole = in_place(&plain[..plain.len().min(max)]);
    let shown = trimmed(&whole);
    (!shown.is_empty()).then(|| shown.iter().collect())
}

/// Drops what is dropped in any context.
fn plain(text: &str) -> Vec<char> {
    let (mut plain, mut marks) = (Vec::new(), 0);
    for c in text.chars() {
        if breaks_line(c) {
            marks = 0;
            if plain.last().is_some_and(|last| *last != ' ') {
                plain.push(' ');
            }
        } else if stands_in_place(c) {
            plain.push(c);
        } else if !is_dropped(c) {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if marks <= MAX_MARKS {
                plain.push(c);
            }
        }
    }
    plain
}

/// Drops joiners, selectors and tags where nothing needs them.
fn in_place(plain: &[char]) -> Vec<char> {
    let mut kept = Vec::with_capacity(plain.len());
    let mut rest = plain;
    while let [c, after @ ..] = rest {
        let tags = rest.iter().take_while(|c| is_tag(**c)).count();
        if tags == 0 {
            let stays = stays(&kept, *c, after.first().copied());
            kept.extend(stays.then_some(*c));
            rest = after;
        } else {
            let (run, after) = rest.split_at(tags);
            if kept.last() == Some(&'\u{1f3f4}') && is_region(run) {
                kept.extend(run);
            }
            rest = after;
        }
    }
    kept
}

/// Whether a character stays between the kept ones and the next. It is not a tag.
fn stays(kept: &[char], c: char, next: Option<char>) -> bool {
    let before = kept.last().copied();
    match c {
        '\u{200c}' => joins(before) && joins(next),
        '\u{200d}' => joins(before) || (is_pictograph(selected(kept)) && is_pictograph(next)),
        '\u{180b}'..='\u{180f}' => matches!(before, Some('\u{1820}'..='\u{18aa}')),
        '\u{fe00}'..='\u{fe0f}' => {
            let is_keycap = matches!(before, Some('#' | '*' | '0'..='9')) && next == Some('\u{20e3}');
            is_keycap || is_pictograph(before) || is_ideograph(before)
        }
        '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        _ => true,
    }
}

/// The last kept character, without its emoji selector.
fn selected(kept: &[char]) -> Option<char> {
    match kept {
        [.., base, '\u{fe0f}'] => Some(*base),
        _ => kept.last().copied(),
    }
}

/// Whether tags after a black flag name a region (UTS #51, `emoji_tag_sequence`). They are a country's two letters, one
/// to three further letters or digits, and the end.
fn is_region(tags: &[char]) -> bool {
    let [first, second, more @ .., end] = tags else { return false };
    let is_letter = |tag: &char| matches!(tag, '\u{e0061}'..='\u{e007a}');
    let is_code = more.iter().all(|tag| is_letter(tag) || matches!(tag, '\u{e0030}'..='\u{e0039}'));
    is_letter(first) && is_letter(second) && is_code && (1..=3).contains(&more.len()) && *end == '\u{e007f}'
}

fn trimmed(text: &[char]) -> &[char] {
    let is_blank = |c: &char| c.is_whitespace() || *c == '\u{2800}';
    let start = text.iter().position(|c| !is_blank(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|c| !is_blank(c)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn breaks_line(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Joiners, selectors and tags.
fn stands_in_place(c: char) -> bool {
    matches!(
        c,
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

fn is_dropped(c: char) -> bool {
    let is_ignorable = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{200b}' | '\u{200e}'
            | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    );
    let is_nobodys = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..);
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe;
    c.is_control() || is_ignorable || matches!(c, '\u{fff9}'..='\u{fffb}') || is_nobodys || is_noncharacter
}

fn is_mark(c: char) -> bool {
    c.width() == Some(0)
}

/// The blocks of scripts whose letters join or stack, so that a joiner between them is visible (The Unicode Standard,
/// section 23.2).
const JOINING: [(char, char); 15] = [
    ('\u{600}', '\u{8ff}'),     // Arabic, Syriac, N'Ko, Mandaic
    ('\u{900}', '\u{dff}'),     // the scripts of India and Sri Lanka
    ('\u{f00}', '\u{109f}'),    // Tibetan, Myanmar
    ('\u{1700}', '\u{18af}'),   // the Philippines, Khmer, Mongolian
    ('\u{1900}', '\u{1cff}'),   // Limbu to the Vedic extensions, Balinese among them
    ('\u{a800}', '\u{abff}'),   // Syloti Nagri to Meetei Mayek, Javanese among them
    ('\u{10a00}', '\u{10a5f}'), // Kharoshthi
    ('\u{10ac0}', '\u{10aff}'), // Manichaean
    ('\u{10b80}', '\u{10baf}'), // Psalter Pahlavi
    ('\u{10d00}', '\u{10d3f}'), // Hanifi Rohingya
    ('\u{10ec0}', '\u{10eff}'), // Arabic
    ('\u{10f30}', '\u{10fdf}'), // Sogdian, Chorasmian
    ('\u{11000}', '\u{11fff}'), // further scripts of India
    ('\u{16100}', '\u{1613f}'), // Gurung Khema
    ('\u{1e900}', '\u{1e95f}'), // Adlam
];

/// Whether a joiner beside this character is visible.
fn joins(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        let is_letter = c.is_alphabetic() || (is_mark(c) && !stands_in_place(c));
        is_letter && JOINING.iter().any(|(first, last)| (*first..=*last).contains(&c))
    })
}

/// Whether a character is in a block with `Extended_Pictographic` characters (`emoji-data.txt`).
fn is_pictograph(c: Option<char>) -> bool {
    matches!(
        c,
        Some(
            '©'
            | '®'
            | '‼'
            | '⁉'
            | '™'
            | 'ℹ'
            | '〰'
            | '〽'
            | '㊗'
            | '㊙'
            | '\u{2190}'..='\u{27ff}'
            | '\u{2900}'..='\u{2bff}'
            | '\u{1f000}'..='\u{1faff}',
        )
    )
}

/// Whether names use variants of this character (the Ideographic Variation Database).
fn is_ideograph(c: Option<char>) -> bool {
    matches!(
        c,
        Some('\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    )
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn whole(text: &str) -> Option<String> {
        shown(text, usize::MAX)
    }

    #[test]
    fn what_deceives_is_dropped() {
        for (text, left) in [
            ("Fire\u{202e}fox", "Firefox"),
            ("\u{2066}a\u{2069}\u{61c}\u{200f}", "a"),
            ("a\u{200b}\u{2060}\u{feff}\u{ad}b", "ab"),
            ("a\u{200d}b\u{200c}c", "abc"),
            ("a\u{1b}[31m\u{9b}b\u{7f}", "a[31mb"),
            ("a\u{e0041}\u{e007f}\u{fe0f}\u{e0101}", "a"),
            ("\u{3164}\u{115f}\u{ffa0}a\u{17b4}", "a"),
            ("a\u{e000}\u{f8ff}\u{fdd0}\u{ffff}\u{10ffff}\u{fff9}b", "ab"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn what_leaves_the_line_becomes_a_space() {
        assert_eq!(
            whole("Terminal 4\r\nFloor\t2\u{2028}\u{2029}East\u{85}").as_deref(),
            Some("Terminal 4 Floor 2 East")
        );
    }

    #[test]
    fn what_leaves_nothing_is_absent() {
        for text in ["", " ", "\u{200b}", "\r\n", "\u{3000}\u{2800}", "\u{200d}\u{fe0f}\u{e0067}", "\u{202e} \u{202c}"]
        {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_script_keeps_what_it_needs() {
        for text in [
            "می\u{200c}خواهم",
            "ه\u{200d}.ش",
            "क्\u{200d}ष",
            "क्\u{200c}ष",
            "র\u{200d}্যাব",
            "ශ\u{dca}\u{200d}ර\u{dd3}",
            "ന്\u{200d}",
            "ᠨ\u{180b}ᠠ\u{180e}",
            "葛\u{e0100}城",
            "Nguye\u{302}\u{303}n",
            "한국어",
            "\u{1112}\u{1161}\u{11ab}",
            "שָׁלוֹם",
            "ကြွှ",
            "Ann\u{2019}s Zürich\u{a0}№ 5",
        ] {
            assert_eq!(whole(text).as_deref(), Some(text), "{text:?}");
        }
    }

    #[test]
    fn emoji_stay_whole() {
        for text in [
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}💻",
            "🤷\u{200d}♀\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "©\u{fe0f}",
            "🇳🇿",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}",
        ] {
            assert_eq!(whole(text).as_deref(), Some(text), "{text:?}");
        }
    }

    #[test]
    fn tags_that_are_no_region_go() {
        for tags in
            ["\u{e0067}\u{e0062}", "\u{e0067}\u{e0062}\u{e007f}", "\u{e0031}\u{e0062}\u{e0061}\u{e007f}", "\u{e007f}"]
        {
            assert_eq!(whole(&format!("🏴{tags}")).as_deref(), Some("🏴"), "{tags:?}");
        }
        let long = "\u{e0061}".repeat(6) + "\u{e007f}";
        assert_eq!(whole(&format!("🏴{long}")).as_deref(), Some("🏴"));
    }

    #[test]
    fn marks_are_bounded_whatever_stands_between_them() {
        for between in ["", "\u{200d}", "\u{200b}", "\u{fe0f}"] {
            let text = format!("e{}", format!("\u{301}{between}").repeat(40));
            assert_eq!(whole(&text), Some(format!("e{}", "\u{301}".repeat(MAX_MARKS))), "{between:?}");
        }
    }

    #[test]
    fn a_cut_leaves_no_half_sequence() {
        assert_eq!(shown("👨\u{200d}👩", 2).as_deref(), Some("👨"));
        assert_eq!(shown("می\u{200c}خ", 3).as_deref(), Some("می"));
        assert_eq!(shown("ab  cd", 4).as_deref(), Some("ab"));
        assert_eq!(shown("  abc", 2).as_deref(), Some("ab"));
    }

    /// Mostly characters with a meaning here.
    fn character() -> impl Strategy<Value = char> {
        const TELLING: &str = "a 1#\u{20e3}\u{301}\u{200c}\u{200d}\u{fe0f}\u{fe0e}\u{e0100}\u{180b}\u{180e}\u{1820}ی\u{64e}क\u{94d}\u{9b0}\u{9cd}葛👩🏽❤🏴\u{e0067}\u{e0062}\u{e0031}\u{e007f}\u{e0001}\u{202e}\u{200b}\u{feff}\u{3164}\u{2800}\u{2028}\n\r\t\u{1b}\u{9b}\u{85}\u{e000}\u{ffff}\u{fffd}\u{1161}";
        prop_oneof![3 => proptest::sample::select(TELLING.chars().collect::<Vec<char>>()), 1 => any::<char>()]
    }

    fn is_forbidden(c: char) -> bool {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{3164}' | '\u{fff9}'..='\u{fffb}')
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e001f}' | '\u{f0000}'..)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn cleaning_twice_is_cleaning_once(chars in vec(character(), 0..40), max in 1_usize..48) {
            let text: String = chars.into_iter().collect();
            let once = shown(&text, max);
            let twice = once.as_deref().and_then(|once| shown(once, max));
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn a_text_never_grows(chars in vec(character(), 0..40), max in 0_usize..48) {
            let text: String = chars.into_iter().collect();
            let left = shown(&text, max).unwrap_or_default();
            prop_assert!(left.len() <= text.len() && left.chars().count() <= max);
        }

        #[test]
        fn nothing_forbidden_is_ever_left(chars in vec(character(), 0..40)) {
            let left: Vec<char> = whole(&chars.into_iter().collect::<String>()).unwrap_or_default().chars().collect();
            prop_assert!(!left.iter().any(|c| is_forbidden(*c)), "{left:?}");
            prop_assert!(left.first().is_none_or(|c| !c.is_whitespace()), "{left:?}");
            for (at, c) in left.iter().enumerate().filter(|(_, c)| stands_in_place(**c)) {
                prop_assert!(at > 0 && !left[at - 1].is_ascii_alphabetic() && left[at - 1] != ' ', "{c:?} in {left:?}");
            }
        }
    }
}
