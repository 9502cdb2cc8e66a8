//! Of two calls at the same time, exactly one wins.

use anyhow::Result;
use scanlatch_protocol::tenant::Settings;
use scanlatch_tests::{rounds, shared_stack};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_phones_race_for_the_same_code_and_exactly_one_wins_each_time() -> Result<()> {
    let stack = shared_stack().await;
    let (ann, ben) = (stack.phone_of("race-ann").await?, stack.phone_of("race-ben").await?);
    let screen = stack.polling_screen();
    let mut wins = [0; 2];
    for round in 0..rounds() {
        let (id, code) = screen.open().await?;
        let (one, two) = tokio::try_join!(ann.claim(&id), ben.claim(&id))?;
        let (winner, (won, refused)) = if one.status == 200 { (0, (&one, &two)) } else { (1, (&two, &one)) };
        wins[winner] += 1;
        assert_eq!(won.status, 200, "nobody won round {round}");
        refused.assert_refused(409, "challenge_already_claimed");
        assert_eq!(screen.poll(&id, &code).await?.json["isClaimed"], true);
        [&ann, &ben][winner].decide(&id, true).await?.assert_ok();
    }
    println!("{} races, won {wins:?}", rounds());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approving_and_declining_at_once_leaves_one_decision() -> Result<()> {
    let stack = shared_stack().await;
    let screen = stack.polling_screen();
    for round in 0..50 {
        let phone = stack.phone_of(&format!("torn-{round}")).await?;
        let (id, code) = screen.open().await?;
        phone.claim(&id).await?.assert_ok();
        let (yes, no) = tokio::try_join!(phone.decide(&id, true), phone.decide(&id, false))?;
        let polled = screen.poll(&id, &code).await?;
        let refused = if polled.json["isVerified"] == true { &no } else { &yes };
        refused.assert_refused(409, "challenge_already_decided");
        assert_eq!([&yes, &no].iter().filter(|answer| answer.status == 200).count(), 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_first_enrolments_at_once_leave_one_credential() -> Result<()> {
    let rules = Settings { enrolment_needs_scope: false, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    for round in 0..20 {
        let token = site.backend().user_token(&format!("rush-{round}"), "read:authenticators").await?;
        let (one, two) = (site.phone(), site.phone());
        let (first, second) = tokio::try_join!(one.enrol(&token), two.enrol(&token))?;
        let refused = if first.status == 200 { second } else { first };
        refused.assert_refused(403, "insufficient_scope");
    }
    Ok(())
}
