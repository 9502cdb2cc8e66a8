//! Random histories: which steps may happen, and in which order.

use proptest::collection::vec;
use proptest::prelude::*;
use scanlatch_testkit::memory::Fate;

/// The number of pages; see [`crate::page::Kind::ALL`].
pub const PAGES: u8 = 10;
/// A page whose older codes stay alive.
const POLLING: u8 = 5;
/// The number of phones; see [`crate::world::World`].
pub const PHONES: u8 = 3;
/// The number of actions that the backend has tracked.
pub const ACTIONS: u8 = 2;

/// A history.
#[derive(Clone, Debug)]
pub struct History {
    /// Determines how long port calls wait.
    pub seed: u64,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Step {
    /// A call, from its beginning to its end.
    Do(Act),
    /// Calls at once, polled in an order that the seed determines.
    Race(Vec<Act>, u64),
    /// A call that stays under way; later steps poll it.
    Begin(Act),
    /// Polls a call that is under way this many times.
    Poll(u8, u8),
    /// The process of a call that is under way dies.
    Kill(u8),
    /// Time passes, in milliseconds.
    Wait(i64),
    /// The fates of the next pushes.
    Push(Vec<Fate>),
    /// The store makes the nth transition from now, but its caller hears that it is unavailable.
    LoseReply(u8),
}

/// A call, by whom and about what. Numbers count from the newest, and wrap around.
#[derive(Clone, Debug)]
pub enum Act {
    /// A page shows a code: its first, or a newer one that its user asked for.
    Open(u8),
    /// A page shows a newer code by its own timer.
    Refresh(u8),
    /// A page loses its socket.
    Close(u8, Close),
    /// The service is told late that a socket was lost.
    Disconnect(u8),
    /// A page comes back to one of its challenges on a new socket.
    Resume(u8, u8),
    /// A page polls one of its challenges.
    Look(u8, u8),
    /// A phone claims one of the codes that were shown, perhaps with the signature that it used before.
    Claim { phone: u8, code: u8, again: bool },
    /// A phone decides, perhaps with the signature of its claim.
    Decide { phone: u8, code: u8, approve: bool, typed: Typed, copied: bool },
    /// A phone asks what waits for its user, and decides that.
    DecidePending { phone: u8, approve: bool },
    /// A device opens a challenge for itself, perhaps with the token of an action.
    OpenOwn(Option<u8>),
    /// A device verifies its user.
    Verify { phone: u8, own: u8, action: Option<u8> },
    /// A backend tracks an action again.
    Track(u8),
    /// A backend tracks an action for a user with a code, under the backend's own key or the code's.
    Bind { code: u8, user: u8, own_key: bool },
    /// A backend tracks the action that a code would be decided under, without naming the code.
    TrackSeen { code: u8, user: u8 },
    /// A backend calls `POST /claim` for a code and a user.
    Take { code: u8, user: u8, before: bool, named: bool },
    /// A backend validates a result token.
    Validate { token: u8, named: bool },
    /// A backend begins a session.
    BeginSession(u8),
    /// A backend judges an action that is stored.
    Judge(u8, u8),
    /// A backend deletes a phone's authenticator.
    Revoke(u8),
    /// A phone removes its key.
    SignOut(u8),
    /// A phone enrols its key again.
    Enrol(u8),
    /// A backend ends all sessions of a user.
    EndSessions(u8),
    /// A backend deletes a user.
    Forget(u8),
}

/// What the user types where the screen shows a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The number on the screen.
    Right,
    /// Another number.
    Wrong,
    /// Nothing.
    Nothing,
}

/// How a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The service is told at once.
    OnTime,
    /// The service may be told later.
    Late,
    /// The service is never told, and API Gateway accepts pushes that nobody reads.
    HalfOpen,
}

fn newest() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0_u8), 2 => Just(1), 1 => 0_u8..8]
}

fn phone(phones: u8) -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0_u8), 1 => 0..phones]
}

fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![6 => Just(Typed::Right), 1 => Just(Typed::Wrong), 1 => Just(Typed::Nothing)]
}

/// What screens and phones do with codes.
fn login(pages: &[u8], phones: u8) -> BoxedStrategy<Act> {
    let page = || prop::sample::select(pages.to_vec());
    let close = prop_oneof![Just(Close::OnTime), Just(Close::Late), Just(Close::HalfOpen)];
    prop_oneof![
        6 => page().prop_map(Act::Open),
        1 => page().prop_map(Act::Refresh),
        3 => (page(), close).prop_map(|(page, close)| Act::Close(page, close)),
        1 => any::<u8>().prop_map(Act::Disconnect),
        2 => (page(), newest()).prop_map(|(page, code)| Act::Resume(page, code)),
        3 => (page(), newest()).prop_map(|(page, code)| Act::Look(page, code)),
        8 => (phone(phones), newest(), any::<bool>())
            .prop_map(|(phone, code, again)| Act::Claim { phone, code, again }),
        10 => (phone(phones), newest(), prop::bool::weighted(0.8), typed(), prop::bool::weighted(0.05)).prop_map(
            |(phone, code, approve, typed, copied)| Act::Decide { phone, code, approve, typed, copied }
        ),
        1 => (phone(phones), prop::bool::weighted(0.8))
            .prop_map(|(phone, approve)| Act::DecidePending { phone, approve }),
        1 => (newest(), 0_u8..2, any::<bool>(), any::<bool>())
            .prop_map(|(code, user, before, named)| Act::Take { code, user, before, named }),
        2 => (newest(), any::<bool>()).prop_map(|(token, named)| Act::Validate { token, named }),
    ]
    .boxed()
}

/// What else backends and devices do.
fn rest() -> BoxedStrategy<Act> {
    let action = || prop::option::of(0..ACTIONS);
    prop_oneof![
        2 => action().prop_map(Act::OpenOwn),
        3 => (phone(PHONES), newest(), action()).prop_map(|(phone, own, action)| Act::Verify { phone, own, action }),
        2 => (0..ACTIONS).prop_map(Act::Track),
        2 => (newest(), 0_u8..2, any::<bool>()).prop_map(|(code, user, own_key)| Act::Bind { code, user, own_key }),
        2 => (newest(), 0_u8..2).prop_map(|(code, user)| Act::TrackSeen { code, user }),
        2 => newest().prop_map(Act::BeginSession),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(action, state)| Act::Judge(action, state)),
        2 => phone(PHONES).prop_map(Act::Revoke),
        1 => phone(PHONES).prop_map(Act::SignOut),
        3 => phone(PHONES).prop_map(Act::Enrol),
        1 => (0_u8..2).prop_map(Act::EndSessions),
        1 => (0_u8..2).prop_map(Act::Forget),
    ]
    .boxed()
}

/// The fates of the pushes of a call or two. Two that find the socket gone reveal the most.
fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop::sample::select(vec![Fate::Gone, Fate::Gone, Fate::Lost, Fate::Unanswered]);
    prop_oneof![2 => Just(vec![Fate::Gone; 2]), 3 => vec(fate, 1..4)]
}

fn step(act: &BoxedStrategy<Act>) -> BoxedStrategy<Step> {
    let wait = prop_oneof![
        6 => prop::sample::select(vec![1_i64, 1_000, 9_999, 29_999, 30_000]),
        2 => prop::sample::select(vec![59_999_i64, 60_000, 119_999, 130_000]),
        1 => prop::sample::select(vec![240_000_i64, 599_999, 600_000]),
    ];
    prop_oneof![
        12 => act.clone().prop_map(Step::Do),
        5 => (vec(act.clone(), 2..4), any::<u64>()).prop_map(|(acts, seed)| Step::Race(acts, seed)),
        2 => act.clone().prop_map(Step::Begin),
        3 => (any::<u8>(), 1_u8..12).prop_map(|(call, polls)| Step::Poll(call, polls)),
        1 => any::<u8>().prop_map(Step::Kill),
        2 => wait.prop_map(Step::Wait),
        3 => fates().prop_map(Step::Push),
        1 => (1_u8..4).prop_map(Step::LoseReply),
    ]
    .boxed()
}

/// A login from the code to the decision, with other things in between.
fn story(pages: Vec<u8>, phones: u8, others: BoxedStrategy<Step>) -> impl Strategy<Value = Vec<Step>> {
    let others = move || vec(others.clone(), 0..3);
    let page = prop::sample::select(pages.clone());
    let bind = (prop::bool::weighted(0.8), 0_u8..2).prop_map(|(own_key, user)| Act::Bind { code: 0, user, own_key });
    let beginning = (page, others(), prop::option::weighted(0.2, bind), others());
    (beginning, phone(phones), others(), decision(pages, phones), others()).prop_map(
        |((page, first, bind, second), phone, third, decision, fourth)| {
            let mut steps = vec![Step::Do(Act::Open(page))];
            steps.extend(first);
            steps.extend(bind.map(Step::Do));
            steps.extend(second);
            steps.push(Step::Do(Act::Claim { phone, code: 0, again: false }));
            steps.extend(third);
            steps.extend(decision.by(phone));
            steps.extend(fourth);
            steps
        },
    )
}

/// A phone that claims one code after another of a page, and decides none.
fn hoard(page: u8, phones: u8) -> impl Strategy<Value = Vec<Step>> {
    phone(phones).prop_map(move |phone| {
        let codes = [Act::Open(page), Act::Claim { phone, code: 0, again: false }].map(Step::Do);
        (0..7).flat_map(|_| codes.clone()).collect()
    })
}

/// How a phone decides the newest code.
#[derive(Clone, Debug)]
enum Deciding {
    /// It decides alone.
    Alone(bool),
    /// It approves and its pushes have these fates. Meanwhile it calls again or somebody else does.
    InDoubt(Vec<Fate>, Option<Act>, u64),
}

impl Deciding {
    fn by(self, phone: u8) -> Vec<Step> {
        let decide = |approve| Act::Decide { phone, code: 0, approve, typed: Typed::Right, copied: false };
        match self {
            Self::Alone(approve) => vec![Step::Do(decide(approve))],
            Self::InDoubt(fates, rival, seed) => {
                let rival = rival.unwrap_or_else(|| decide(true));
                vec![Step::Push(fates), Step::Race(vec![decide(true), rival], seed)]
            }
        }
    }
}

fn decision(pages: Vec<u8>, phones: u8) -> impl Strategy<Value = Deciding> {
    let page = move || prop::sample::select(pages.clone());
    let rival = prop_oneof![
        4 => Just(None),
        2 => (0_u8..2).prop_map(|user| Some(Act::Take { code: 0, user, before: false, named: false })),
        2 => page().prop_map(|page| Some(Act::Close(page, Close::OnTime))),
        1 => page().prop_map(|page| Some(Act::Open(page))),
        2 => page().prop_map(|page| Some(Act::Resume(page, 0))),
        2 => page().prop_map(|page| Some(Act::Look(page, 0))),
        1 => phone(phones).prop_map(|phone| Some(Act::Revoke(phone))),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(action, state)| Some(Act::Judge(action, state))),
    ];
    prop_oneof![
        1 => prop::bool::weighted(0.9).prop_map(Deciding::Alone),
        1 => (fates(), rival, any::<u64>()).prop_map(|(fates, rival, seed)| Deciding::InDoubt(fates, rival, seed)),
    ]
}

/// Histories with this number of parts, of which one in `stories` is a whole login.
fn histories(
    (pages, phones): (Vec<u8>, u8),
    act: &BoxedStrategy<Act>,
    parts: std::ops::Range<usize>,
    stories: u32,
) -> BoxedStrategy<History> {
    let step = step(act);
    let part = prop_oneof![
        stories - 1 => step.clone().prop_map(|step| vec![step]),
        1 => story(pages, phones, step),
    ];
    (any::<u64>(), vec(part, parts))
        .prop_map(|(seed, parts)| History { seed, steps: parts.into_iter().flatten().collect() })
        .boxed()
}

/// Everybody and everything.
pub fn crowded() -> impl Strategy<Value = History> {
    let pages: Vec<u8> = (0..PAGES).collect();
    let act = prop_oneof![3 => login(&pages, PHONES), 1 => rest()];
    let logins = histories((pages, PHONES), &act.boxed(), 2..16, 4);
    let hoards = (logins.clone(), hoard(POLLING, PHONES)).prop_map(|(mut history, hoard)| {
        history.steps.extend(hoard);
        history
    });
    prop_oneof![20 => logins, 1 => hoards]
}

/// One or two pages and the phones and backends of their codes, so that most calls meet.
pub fn narrow() -> impl Strategy<Value = History> {
    let of = |pages: &[u8]| histories((pages.to_vec(), 2), &login(pages, 2), 1..8, 2);
    prop_oneof![3 => of(&[0]), 2 => of(&[1]), 3 => of(&[3]), 1 => of(&[6, 8]), 3 => of(&[9])]
}
