//! Medians and their spread.

/// Values of one measure, in order of size.
#[derive(Clone, Debug, Default)]
pub struct Values(Vec<f64>);

impl FromIterator<f64> for Values {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }
}

impl Values {
    /// The value that this share of values (0 to 1) does not exceed; 0 without values.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a run takes far fewer values than 2^52"
    )]
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The median, with the 10th and 90th percentile in brackets.
    pub fn spread(&self) -> String {
        format!("{:.2} ({:.2}–{:.2})", self.median(), self.quantile(0.1), self.quantile(0.9))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_spread_leaves_out_the_ends() {
        let values: Values = [9.0, 1.0, 3.0, 2.0, 7.0, 5.0, 4.0, 8.0, 6.0, 10.0, 0.0].into_iter().collect();
        assert_eq!(values.spread(), "5.00 (1.00–9.00)");
    }

    #[test]
    fn no_values_are_zero() {
        assert_eq!(Values::default().spread(), "0.00 (0.00–0.00)");
    }
}
