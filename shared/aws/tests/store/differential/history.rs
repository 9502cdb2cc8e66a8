//! What may happen. Small numbers name challenges, phones, sockets and signatures.

use proptest::prelude::*;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::challenge::{Decision, GRACE_MS, OVERLAP_MS, Withdrawal};
use scanlatch_testkit::scene::{DECIDE_MS, LIFE_MS, REDEEMABLE_MS};

/// How many challenges there are at the beginning.
pub const CHALLENGES: usize = 3;
/// How many phones there are: the even ones are Ann's, the odd ones Ben's.
pub const PHONES: usize = 4;
/// How many sockets there are.
pub const SOCKETS: usize = 3;
/// How many signatures there are: few, so that some repeat.
pub const SIGNATURES: usize = 4;
/// How many calls repeat an approval.
pub const CALLS: u8 = 3;
/// How many device codes screens hold.
pub const CODES: usize = 2;
/// How many short codes are drawn: few, so that some are taken.
pub const SHORT_CODES: usize = 2;
/// How many calls try a short code: more than may.
pub const TRIES: u8 = 8;

/// Challenges at the beginning, and the steps after that.
#[derive(Clone, Debug)]
pub struct History {
    pub starts: Vec<Start>,
    /// Each step, after a pause in milliseconds.
    pub steps: Vec<(i64, Step)>,
}

/// A challenge at the beginning.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub screen: Kind,
    /// Ann's or Ben's tracked action, or nobody's.
    pub subject: Option<usize>,
}

/// A screen.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Polling(usize),
    Socket(usize),
    Resumable(usize, usize),
    TrustedDevice,
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Claim {
        challenge: usize,
        phone: usize,
        signature: usize,
    },
    /// With the challenge as read now, or at the beginning.
    Decide {
        challenge: usize,
        phone: usize,
        decision: Decision,
        signature: Option<usize>,
        stale: bool,
    },
    Hold {
        challenge: usize,
        call: u8,
    },
    Settle(usize),
    /// With the approval as read now, or after the last decision.
    Release {
        challenge: usize,
        call: u8,
        stale: bool,
    },
    /// With the approval as read now, or after the last decision.
    TakeBack {
        challenge: usize,
        stale: bool,
    },
    Redeem(usize, Option<&'static str>),
    /// With the challenge as read now, or at the beginning.
    Bind {
        challenge: usize,
        user: usize,
        stale: bool,
    },
    Withdraw(usize, Withdrawal),
    Leave(usize),
    Resume {
        challenge: usize,
        code: usize,
        socket: usize,
    },
    Poll {
        challenge: usize,
        code: usize,
    },
    /// A screen shows a new challenge on its socket.
    Replace {
        socket: usize,
        code: Option<usize>,
        short_code: Option<usize>,
    },
    /// A screen shows a new challenge on its socket beside the one that it shows.
    Renew {
        socket: usize,
        code: usize,
    },
    /// A polling screen asks for a new challenge, which replaces one that it shows.
    Refresh {
        challenge: usize,
        code: usize,
        subject: Option<usize>,
        short_code: Option<usize>,
    },
    /// A user tries a short code.
    Try {
        user: usize,
        call: u8,
    },
    /// The short code was right.
    GiveTryBack {
        user: usize,
        call: u8,
    },
    Revoke(usize),
    SignOut(usize),
    Enrol(usize),
    SetState(usize, ActionState),
    Forget(usize),
}

pub fn history() -> impl Strategy<Value = History> {
    let steps = prop::collection::vec((pause(), step()), 1..20);
    (prop::collection::vec(start(), CHALLENGES), steps).prop_map(|(starts, steps)| History { starts, steps })
}

fn start() -> impl Strategy<Value = Start> {
    let screen = prop_oneof![
        2 => (0..CODES).prop_map(Kind::Polling),
        2 => (0..SOCKETS).prop_map(Kind::Socket),
        2 => (0..CODES, 0..SOCKETS).prop_map(|(code, socket)| Kind::Resumable(code, socket)),
        1 => Just(Kind::TrustedDevice),
    ];
    (screen, prop::option::of(0_usize..2)).prop_map(|(screen, subject)| Start { screen, subject })
}

/// Mostly short, otherwise about as long as one of the limits.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => 0_i64..5,
        1 => GRACE_MS - 4..GRACE_MS + 4,
        1 => OVERLAP_MS - 4..OVERLAP_MS + 4,
        1 => DECIDE_MS - 8..DECIDE_MS + 4,
        1 => REDEEMABLE_MS - 8..REDEEMABLE_MS + 4,
        1 => LIFE_MS - 16..LIFE_MS,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    // One of the first challenges is picked most of the time, so that much happens to it.
    let challenge = || prop_oneof![2 => 0..CHALLENGES, 1 => 0..CHALLENGES * 2];
    let decision = prop_oneof![2 => Just(Decision::Approve), 1 => Just(Decision::Reject)];
    let state = prop::sample::select(vec![
        ActionState::Allow,
        ActionState::Block,
        ActionState::ChallengeRequired,
        ActionState::ChallengeSucceeded,
        ActionState::ChallengeFailed,
    ]);
    let code = || 0..CODES;
    let short_code = || prop::option::of(0..SHORT_CODES);
    prop_oneof![
        8 => (challenge(), 0..PHONES, 0..SIGNATURES)
            .prop_map(|(challenge, phone, signature)| Step::Claim { challenge, phone, signature }),
        8 => (challenge(), 0..PHONES, decision, prop::option::of(0..SIGNATURES), prop::bool::weighted(0.2)).prop_map(
            |(challenge, phone, decision, signature, stale)| Step::Decide {
                challenge,
                phone,
                decision,
                signature,
                stale,
            }
        ),
        3 => (challenge(), 0..CALLS).prop_map(|(challenge, call)| Step::Hold { challenge, call }),
        1 => challenge().prop_map(Step::Settle),
        3 => (challenge(), 0..CALLS, any::<bool>())
            .prop_map(|(challenge, call, stale)| Step::Release { challenge, call, stale }),
        3 => (challenge(), any::<bool>()).prop_map(|(challenge, stale)| Step::TakeBack { challenge, stale }),
        4 => (challenge(), prop::option::of(prop::sample::select(vec!["login", "pay"])))
            .prop_map(|(challenge, action)| Step::Redeem(challenge, action)),
        2 => (challenge(), 0_usize..2, prop::bool::weighted(0.2))
            .prop_map(|(challenge, user, stale)| Step::Bind { challenge, user, stale }),
        1 => (challenge(), prop_oneof![Just(Withdrawal::Superseded), Just(Withdrawal::Cancelled)])
            .prop_map(|(challenge, why)| Step::Withdraw(challenge, why)),
        2 => (0..SOCKETS).prop_map(Step::Leave),
        2 => (challenge(), code(), 0..SOCKETS)
            .prop_map(|(challenge, code, socket)| Step::Resume { challenge, code, socket }),
        1 => (challenge(), code()).prop_map(|(challenge, code)| Step::Poll { challenge, code }),
        1 => (0..SOCKETS, prop::option::of(code()), short_code())
            .prop_map(|(socket, code, short_code)| Step::Replace { socket, code, short_code }),
        2 => (0..SOCKETS, code()).prop_map(|(socket, code)| Step::Renew { socket, code }),
        1 => (challenge(), code(), prop::option::of(0_usize..2), short_code())
            .prop_map(|(challenge, code, subject, short_code)| Step::Refresh { challenge, code, subject, short_code }),
        3 => (0_usize..2, 0..TRIES).prop_map(|(user, call)| Step::Try { user, call }),
        1 => (0_usize..2, 0..TRIES).prop_map(|(user, call)| Step::GiveTryBack { user, call }),
        1 => (0..PHONES).prop_map(Step::Revoke),
        1 => (0..PHONES).prop_map(Step::SignOut),
        1 => (0..PHONES).prop_map(Step::Enrol),
        1 => (0_usize..2, state).prop_map(|(user, state)| Step::SetState(user, state)),
        1 => (0_usize..2).prop_map(Step::Forget),
    ]
}
