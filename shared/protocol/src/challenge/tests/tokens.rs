//! How long a token serves that was handed out.

use super::*;

/// When a token ends that is handed out this long after the approval, counted from there.
fn until(after_ms: i64, token_ms: i64) -> i64 {
    let approved = after(Challenge { token_ms, ..fresh() }, &[claim(1), approve(1)]);
    let approval = approved.approval().unwrap();
    approval.token_until(approval.at().plus(after_ms)).millis() - approval.at().millis()
}

#[test]
fn the_first_token_serves_its_whole_life() {
    assert_eq!(until(0, 120_000), 120_000);
}

#[test]
fn polls_that_overlap_get_the_same_end() {
    assert_eq!(until(59_999, 120_000), 120_000);
    assert_eq!(until(60_000, 120_000), 180_000);
}

#[test]
fn each_token_serves_half_its_life_or_more_and_never_longer() {
    for handed in (0..REDEEMABLE - 120_000).step_by(997) {
        let serves = until(handed, 120_000) - handed;
        assert!((60_000..=120_000).contains(&serves), "{handed} {serves}");
    }
}

#[test]
fn no_token_outlives_the_approval() {
    assert_eq!(until(REDEEMABLE - 1, 120_000), REDEEMABLE);
    assert_eq!(until(0, REDEEMABLE * 2), REDEEMABLE);
}
