//! Approvals that their screen cannot hear.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, Hold, State, Withdrawal};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_testkit::memory::Fate;
use serde_json::{Value, json};

use crate::world::{Phone, World, is_unavailable, refusal, text};

/// A socket that shows a code which Ann's phone has claimed.
struct Scene {
    world: World,
    phone: Phone,
    socket: ConnectionId,
    challenge: Challenge,
}

/// The screen has no user token, or one of Ann's action `order-7`.
async fn claimed(is_tracked: bool) -> Scene {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = if is_tracked {
        Identity::Token(world.token("ann", json!({"idempotencyKey": "order-7"})).await)
    } else {
        world.anybody()
    };
    let socket = world.connect(&screen).await;
    let challenge = world.show(&socket).await;
    world.claim(&phone, &challenge.id).await;
    world.told();
    Scene { world, phone, socket, challenge }
}

impl Scene {
    async fn try_approve(&self) -> scanlatch_service::Result<Value> {
        self.world.try_decide(&self.phone, &self.challenge.id, true).await
    }

    fn state(&self) -> State {
        self.world.stored(&self.challenge.id).state
    }

    async fn action(&self) -> ActionState {
        self.world.record("ann", &self.challenge).await.state
    }

    /// The token from `POST /claim` for the approval.
    async fn take(&self) -> String {
        let body = json!({"challengeId": self.challenge.id.to_string(), "userId": "ann"});
        self.world.take(body).await
    }
}

#[tokio::test]
async fn a_claim_repeated_after_the_decision_tells_the_screen_nothing() {
    for approved in [true, false] {
        let Scene { world, phone, challenge, .. } = claimed(false).await;
        world.try_decide(&phone, &challenge.id, approved).await.unwrap();
        assert_eq!(world.told().len(), 1);
        let before = world.store.snapshot();
        world.claim(&phone, &challenge.id).await;
        assert_eq!(world.told(), []);
        assert_eq!(world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn no_approval_is_told_without_its_token() {
    let Scene { world, phone, challenge, .. } = claimed(false).await;
    for _ in 0..2 {
        world.approve(&phone, &challenge.id).await;
        world.claim(&phone, &challenge.id).await;
    }
    for (_, notice) in world.told() {
        assert_eq!(notice["data"]["state"], "approved");
        assert!(notice["data"]["accessToken"].is_string());
    }
}

#[tokio::test]
async fn a_screen_that_was_reloaded_after_the_claim_is_approved_by_its_new_code_only() {
    let Scene { world, phone, socket, challenge } = claimed(false).await;
    world.leave(&socket).await;
    let reloaded = world.connect(&world.anybody()).await;
    let next = world.show(&reloaded).await;
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::Cancelled);
    assert_eq!(world.told(), []);
    world.claim(&phone, &next.id).await;
    world.approve(&phone, &next.id).await;
    assert!(world.told().pop().unwrap().1["data"]["accessToken"].is_string());
}

#[tokio::test]
async fn an_approval_whose_screen_is_gone_is_taken_back() {
    for (is_tracked, then) in [(true, ActionState::ChallengeRequired), (false, ActionState::ChallengeFailed)] {
        let scene = claimed(is_tracked).await;
        scene.world.store.every_push(&scene.socket, Fate::Gone);
        assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
        assert!(matches!(scene.state(), State::Cancelled { .. }));
        assert_eq!(scene.action().await, then);
        let before = scene.world.store.snapshot();
        assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
        assert_eq!(scene.world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn an_approval_for_a_connection_that_is_not_known_is_taken_back() {
    let scene = claimed(false).await;
    scanlatch_service::port::Disconnects::disconnect(&scene.world.store, &scene.socket).await.unwrap();
    assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
    assert!(matches!(scene.state(), State::Cancelled { .. }));
}

#[tokio::test]
async fn an_action_whose_approval_was_taken_back_is_approved_by_the_next_code() {
    let scene = claimed(true).await;
    scene.world.store.every_push(&scene.socket, Fate::Gone);
    assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
    let token = scene.world.token("ann", json!({"idempotencyKey": "order-7"})).await;
    let next = scene.world.show(&scene.world.connect(&Identity::Token(token)).await).await;
    scene.world.claim(&scene.phone, &next.id).await;
    assert_eq!(scene.world.approve(&scene.phone, &next.id).await, json!({"isVerified": true}));
    assert_eq!(scene.action().await, ActionState::ChallengeSucceeded);
}

#[tokio::test]
async fn a_screen_counts_as_gone_only_when_it_is_gone_twice() {
    let scene = claimed(false).await;
    scene.world.store.next_pushes([Fate::Gone, Fate::Sent]);
    assert_eq!(scene.try_approve().await.unwrap(), json!({"isVerified": true}));
    let told = scene.world.told();
    assert_eq!(told.len(), 1);
    assert_eq!(scene.world.validate(&text(&told[0].1["data"]["accessToken"])).await["isValid"], true);
}

#[tokio::test]
async fn an_approval_that_the_screen_may_have_heard_is_not_taken_back() {
    for fates in [&[Fate::Lost][..], &[Fate::Unanswered], &[Fate::Gone, Fate::Lost], &[Fate::Gone, Fate::Unanswered]] {
        let scene = claimed(true).await;
        scene.world.store.next_pushes(fates.iter().copied());
        assert!(is_unavailable(&scene.try_approve().await));
        assert!(matches!(scene.state(), State::Approved { hold: Hold::Free, .. }));
        assert_eq!(scene.action().await, ActionState::ChallengeSucceeded);
        scene.world.told();
        assert_eq!(scene.try_approve().await.unwrap(), json!({"isVerified": true}));
        assert!(scene.world.told().pop().unwrap().1["data"]["accessToken"].is_string());
    }
}

#[tokio::test]
async fn a_repeated_approval_bars_taking_it_back_before_it_pushes() {
    let scene = claimed(false).await;
    scene.world.store.next_pushes([Fate::Lost, Fate::Lost]);
    assert!(is_unavailable(&scene.try_approve().await));
    assert!(is_unavailable(&scene.try_approve().await));
    assert!(matches!(scene.state(), State::Approved { hold: Hold::Settled, .. }));
    scene.world.store.calls();
    assert_eq!(scene.try_approve().await.unwrap(), json!({"isVerified": true}));
    assert!(!scene.world.store.calls().contains(&"hold"), "it is held already");
}

#[tokio::test]
async fn a_repeated_approval_whose_screen_is_gone_is_refused_and_changes_nothing() {
    let scene = claimed(true).await;
    scene.world.store.next_pushes([Fate::Lost]);
    assert!(is_unavailable(&scene.try_approve().await));
    scene.world.store.every_push(&scene.socket, Fate::Gone);
    assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
    assert!(matches!(scene.state(), State::Approved { hold: Hold::Free, .. }));
    assert_eq!(scene.action().await, ActionState::ChallengeSucceeded);
    let before = scene.world.store.snapshot();
    assert_eq!(refusal(scene.try_approve().await), Refusal::Cancelled);
    assert_eq!(scene.world.store.snapshot(), before);
}

#[tokio::test]
async fn an_approval_that_a_backend_has_is_confirmed_though_its_screen_is_gone() {
    let scene = claimed(false).await;
    scene.world.store.next_pushes([Fate::Lost]);
    assert!(is_unavailable(&scene.try_approve().await));
    let token = scene.take().await;
    scene.world.store.every_push(&scene.socket, Fate::Gone);
    assert_eq!(scene.try_approve().await.unwrap(), json!({"isVerified": true}));
    assert_eq!(scene.world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn an_approval_that_a_backend_takes_before_it_is_taken_back_stands() {
    let scene = claimed(false).await;
    let Scene { world, phone, challenge, socket } = &scene;
    world.store.every_push(socket, Fate::Gone);
    let token = {
        let mut approving = pin!(world.try_decide(phone, &challenge.id, true));
        world.store.take_turns(1);
        let mut nowhere = Context::from_waker(Waker::noop());
        while !matches!(scene.state(), State::Approved { .. }) {
            assert!(approving.as_mut().poll(&mut nowhere).is_pending());
        }
        let token = scene.take().await;
        let answer = loop {
            if let Poll::Ready(answer) = approving.as_mut().poll(&mut nowhere) {
                break answer;
            }
        };
        assert_eq!(answer.unwrap(), json!({"isVerified": true}));
        token
    };
    assert!(matches!(scene.state(), State::Consumed { .. }));
    assert_eq!(world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn an_approval_that_its_screen_can_fetch_is_never_taken_back() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for fate in [Fate::Gone, Fate::Lost] {
        let socket = world.connect(&world.anybody()).await;
        let (challenge, code) = world.show_resumable(&socket).await;
        world.store.every_push(&socket, fate);
        world.claim(&phone, &challenge.id).await;
        for _ in 0..2 {
            assert_eq!(world.approve(&phone, &challenge.id).await, json!({"isVerified": true}));
        }
        let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
        assert_eq!(world.validate(&token).await["isValid"], true);
    }
}

#[tokio::test]
async fn a_phone_that_claims_for_a_screen_that_is_gone_is_refused_at_once() {
    let world = World::new().await;
    let (phone, other) = (world.phone("ann").await, world.phone("ben").await);
    let socket = world.connect(&world.anybody()).await;
    let challenge = world.show(&socket).await;
    world.store.every_push(&socket, Fate::Gone);
    assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::Cancelled);
    assert_eq!(world.stored(&challenge.id).withdrawn, Some(Withdrawal::Cancelled));
    assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::Cancelled);
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::Cancelled);
    assert_eq!(refusal(world.try_claim(&other, &challenge.id).await), Refusal::AlreadyClaimed);
}

#[tokio::test]
async fn a_phone_claims_for_a_screen_that_hears_late_or_can_come_back() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let late = world.show(&world.connect(&world.anybody()).await).await;
    world.store.next_pushes([Fate::Gone, Fate::Sent]);
    assert_eq!(world.claim(&phone, &late.id).await["success"], true);
    let socket = world.connect(&world.anybody()).await;
    let (resumable, _) = world.show_resumable(&socket).await;
    world.store.every_push(&socket, Fate::Gone);
    assert_eq!(world.claim(&phone, &resumable.id).await["success"], true);
}

#[tokio::test]
async fn a_phone_may_decline_what_its_screen_will_never_hear() {
    let scene = claimed(true).await;
    scene.world.store.every_push(&scene.socket, Fate::Gone);
    assert_eq!(scene.world.reject(&scene.phone, &scene.challenge.id).await, json!({"isVerified": false}));
    assert_eq!(scene.action().await, ActionState::ChallengeFailed);
}
