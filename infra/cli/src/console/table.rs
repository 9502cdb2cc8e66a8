//! Aligned text for people.

use unicode_width::UnicodeWidthStr as _;

const GAP: &str = "  ";

/// Rows below a header, each column as wide as its widest cell.
#[derive(Clone, Debug)]
pub struct Table(Vec<Vec<String>>);

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Self {
        Self(vec![columns.iter().map(|column| (*column).to_owned()).collect()])
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.0.push(cells.iter().map(|cell| shown(cell)).collect());
    }

    /// The text; `none` if there are no rows.
    pub fn text(&self, none: &str) -> String {
        if self.0.len() > 1 { aligned(&self.0) } else { none.to_owned() }
    }
}

/// Names and values, one pair per line; pairs without a value are left out.
pub fn pairs(pairs: &[(impl AsRef<str>, Option<String>)]) -> String {
    let rows = pairs.iter().filter_map(|(name, value)| Some(vec![name.as_ref().to_owned(), shown(value.as_deref()?)]));
    aligned(&rows.collect::<Vec<_>>())
}

fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &'_ Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.width());
    let widths: Vec<usize> =
        (0..columns).map(|column| rows.iter().map(|row| cell(row, column)).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| {
            let fill = width.saturating_sub(cell.width());
            format!("{cell}{}", " ".repeat(fill))
        });
        format!("{}\n", padded.collect::<Vec<_>>().join(GAP).trim_end())
    };
    rows.iter().map(line).collect()
}

/// Text that is safe on a terminal, in one line.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if is_obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a terminal obeys this character instead of showing it. Names of devices and screens could use such
/// characters to rewrite, hide or reorder the text around them.
pub fn is_obeyed(c: char) -> bool {
    let is_separator = matches!(c, '\u{2028}' | '\u{2029}');
    let reorders =
        matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_tag = matches!(c, '\u{e0000}'..='\u{e007f}');
    c.is_control() || is_separator || reorders || is_tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["NAME", "ID"]);
        table.row(["用户", "1"]);
        table.row(["a", "22"]);
        assert_eq!(table.text("none"), "NAME  ID\n用户  1\na     22\n");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(Table::new(&["NAME"]).text("There are no tenants."), "There are no tenants.");
    }

    #[test]
    fn a_device_cannot_write_on_the_terminal() {
        assert_eq!(shown("Pixel\u{1b}[2J\r\u{202e}"), "Pixel\u{fffd}[2J\u{fffd}\u{fffd}");
    }

    #[test]
    fn pairs_without_a_value_are_left_out() {
        assert_eq!(pairs(&[("Name", Some("Acme".into())), ("Place", None)]), "Name  Acme\n");
    }
}
