//! Medians and how far they can be trusted.

/// A median whose interval is wider than this share of it, to either side, decides nothing.
const DECISIVE: f64 = 0.1;

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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a run takes far fewer values than 2^52"
)]
impl Values {
    /// The value that this share of values (0 to 1) does not exceed; 0 without values.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The interval in which the true median lies with a confidence of at least 95 %, by the ranks of a binomial
    /// distribution, and never wider than the values.
    /// <https://online.stat.psu.edu/stat415/lesson/19/19.1>
    pub fn interval(&self) -> (f64, f64) {
        let (count, last) = (self.0.len() as f64, self.0.len().saturating_sub(1));
        let off = 0.98 * count.sqrt();
        let low = (count / 2.0 - off).floor().max(1.0) as usize - 1;
        let high = ((count / 2.0 + off + 1.0).ceil() as usize).saturating_sub(1).min(last);
        let at = |rank: usize| self.0.get(rank).copied().unwrap_or_default();
        (at(low), at(high))
    }

    /// How far the interval reaches from the median, as a share of it.
    pub fn doubt(&self) -> f64 {
        let ((low, high), median) = (self.interval(), self.median());
        if median == 0.0 { 0.0 } else { (high - median).max(median - low) / median }
    }

    /// Whether the median can be relied on.
    pub fn is_decisive(&self) -> bool {
        self.doubt() <= DECISIVE
    }

    /// The median with its interval in brackets.
    pub fn spread(&self) -> String {
        let (low, high) = self.interval();
        format!("{:.2} ({low:.2}–{high:.2})", self.median())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_eleven_values_leaves_out_one_at_each_end() {
        let values: Values = [9.0, 1.0, 3.0, 2.0, 7.0, 5.0, 4.0, 8.0, 6.0, 10.0, 0.0].into_iter().collect();
        assert_eq!(values.spread(), "5.00 (1.00–9.00)");
    }

    #[test]
    fn the_interval_of_few_values_is_all_of_them() {
        let values: Values = [1.0, 2.0, 3.0].into_iter().collect();
        assert_eq!(values.interval(), (1.0, 3.0));
        assert!(!values.is_decisive());
    }

    #[test]
    fn values_close_together_decide() {
        let values: Values = [1.0, 1.01, 0.95].into_iter().collect();
        assert!(values.is_decisive());
    }

    #[test]
    fn no_values_are_zero() {
        assert_eq!(Values::default().spread(), "0.00 (0.00–0.00)");
    }
}
