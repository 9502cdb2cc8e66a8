//! What is sold, and for how much. A screen names items and counts; only this knows what they cost.

use serde::{Deserialize, Serialize};

/// Who is paid.
pub const PAYEE: &str = "Cafe Nord";

/// The currency of all prices (ISO 4217).
pub const CURRENCY: &str = "EUR";

/// Items and their prices in cents.
pub const MENU: [(&str, u32); 4] =
    [("flat-white", 350), ("cinnamon-bun", 400), ("orange-juice", 450), ("sandwich", 550)];

/// How many of an item are wanted.
#[derive(Debug, Deserialize)]
pub struct Wish {
    id: String,
    count: u32,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    id: &'static str,
    count: u32,
    /// Of one, in cents.
    price: u32,
}

/// An item by its id.
pub fn item(id: &str) -> Option<(&'static str, u32)> {
    MENU.into_iter().find(|(known, _)| *known == id)
}

/// What is to be paid for these wishes; `None` unless each is for 1 to 9 of a different item on the menu.
pub fn bill(wishes: &[Wish]) -> Option<Vec<Line>> {
    let lines: Vec<Line> = wishes.iter().map(line).collect::<Option<_>>()?;
    let is_twice = |(at, line): (usize, &Line)| lines[..at].iter().any(|before| before.id == line.id);
    if lines.is_empty() || lines.iter().enumerate().any(is_twice) { None } else { Some(lines) }
}

fn line(Wish { id, count }: &Wish) -> Option<Line> {
    let (id, price) = item(id)?;
    (1..=9).contains(count).then_some(Line { id, count: *count, price })
}

/// The sum of a bill, in cents.
pub fn amount(bill: &[Line]) -> u32 {
    bill.iter().map(|line| line.count * line.price).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(of: &[(&str, u32)]) -> Vec<Wish> {
        of.iter().map(|&(id, count)| Wish { id: id.to_owned(), count }).collect()
    }

    #[test]
    fn a_bill_is_made_of_the_shops_own_prices() {
        let bill = bill(&wishes(&[("flat-white", 2), ("orange-juice", 1)])).unwrap();
        assert_eq!(amount(&bill), 1150);
    }

    #[test]
    fn what_is_not_sold_so_makes_no_bill() {
        for of in [
            &[][..],
            &[("tea", 1)],
            &[("sandwich", 0)],
            &[("sandwich", 10)],
            &[("sandwich", u32::MAX)],
            &[("sandwich", 9), ("sandwich", 9)],
        ] {
            assert_eq!(bill(&wishes(of)), None, "{of:?}");
        }
    }
}
