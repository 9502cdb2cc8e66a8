use scanlatch_protocol::action::DecisionTrace;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ActionCode, CredentialId, IdempotencyKey};
use scanlatch_protocol::proximity::Proximity;

use super::*;

/// The size that DynamoDB counts: names, texts, and about half a byte for each digit.
fn size(item: &Item) -> usize {
    let value = |value: &aws_sdk_dynamodb::types::AttributeValue| match value {
        aws_sdk_dynamodb::types::AttributeValue::S(text) => text.len(),
        aws_sdk_dynamodb::types::AttributeValue::N(number) => number.len() / 2 + 2,
        other => panic!("an action has no {other:?}"),
    };
    item.iter().map(|(name, stored)| name.len() + value(stored)).sum()
}

/// An action of a shop that a browser decided, with everything that a decision writes.
#[test]
fn a_usual_action_with_its_trace_is_written_with_one_unit() {
    let agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0";
    let now = Timestamp::from_millis(1_767_225_600_000);
    let name = ActionName {
        tenant: TenantId::from_random([1; 16]),
        user: UserId::parse("auth0|64f1c0ffee64f1c0ffee").unwrap(),
        code: ActionCode::parse("confirm-payment").unwrap(),
        idempotency_key: IdempotencyKey::from_random([2; 16]),
    };
    let (challenge, credential) = (ChallengeId::from_random([3; 16]), CredentialId::from_random([4; 16]));
    let trace = DecisionTrace {
        challenge,
        credential,
        claimed_at: Some(now),
        decided_at: now,
        approved: true,
        proximity: Some(Proximity::SameNetwork),
        number_right: Some(false),
        network: Some("2001:db8:1234::/48".to_owned()),
        country: Some("NZ".to_owned()),
        origin: Some("https://shop.example".to_owned()),
        user_agent: Some(agent.to_owned()),
        application: None,
    };
    let decided = Action {
        verified_by: Some(credential),
        decided_in: Some(challenge),
        newest: Some(challenge),
        trace: Some(trace),
        ..Action::new(name, ActionState::ChallengeSucceeded, now, 1_000)
    };
    let told = Context::tracked(Some("198.51.100.7"), Some(agent), None);
    let custom = Custom::from_text(r#"{"amount":"12.50 EUR","to":"Corner Shop"}"#);
    // What a backend told is in the context alone.
    let trace = decided.trace.clone().map(|trace| DecisionTrace { user_agent: None, ..trace });
    let tracked = Action { context: told, custom, trace, ..decided.clone() };
    for action in [decided, tracked] {
        let item = action_item(&action);
        assert_eq!(read_action(&action.name, &item).unwrap(), action);
        // `stateBefore`, which only a decision writes.
        let size = size(&item) + "stateBefore".len() + ActionState::ChallengeRequired.as_str().len();
        assert!(size <= 1024, "{size}");
    }
}
