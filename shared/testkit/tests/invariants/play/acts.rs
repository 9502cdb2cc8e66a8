//! How each act begins.

#![expect(clippy::expect_used, reason = "the texts are well formed")]

use scanlatch_protocol::action::ActionName;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::ChallengeAssignment;
use scanlatch_protocol::challenge::Decision;
use scanlatch_protocol::challenge::Proven;
use scanlatch_protocol::id::{ActionCode, ChallengeId, ConnectionId, IdempotencyKey};
use scanlatch_protocol::tracking::Tracked;
use scanlatch_protocol::validation::Expected;
use scanlatch_protocol::verification_code::TypedCode;
use scanlatch_testkit::memory::Fate;

use super::Play;
use crate::history::{Act, Close, Typed};
use crate::ledger::Cause;
use crate::page::{Code, Kind};
use crate::world::{JUDGEMENTS, signature};

impl Play<'_> {
    /// Begins a call, if its subject exists.
    pub(super) fn begin(&mut self, act: &Act) -> Option<u64> {
        let world = self.world;
        match act {
            Act::Open(page) | Act::Refresh(page) => {
                let page = usize::from(*page);
                if matches!(act, Act::Refresh(_)) {
                    self.pages[page].refreshes();
                }
                Some(self.open(page))
            }
            Act::Close(page, how) => self.close(usize::from(*page), *how),
            Act::Disconnect(n) => {
                let count = self.unheard.len();
                (count > 0).then(|| {
                    let socket = self.unheard.remove(usize::from(*n) % count);
                    self.call(Cause::Other, world.disconnect(socket))
                })
            }
            Act::Resume(page, n) => {
                let page = usize::from(*page);
                self.proven(page, *n).map(|proven| self.connect(page, Some(proven)))
            }
            Act::Look(page, n) => {
                let page = usize::from(*page);
                self.proven(page, *n).map(|proven| self.call(Cause::Other, world.look(page, proven)))
            }
            Act::Claim { phone, code, again } => self.shown(*code).map(|id| {
                let before = self.claims.iter().rev().find(|(by, of, _)| (*by, *of) == (*phone, id));
                let signed = match before {
                    Some((_, _, signed)) if *again => *signed,
                    _ => self.sign(),
                };
                self.claims.push((*phone, id, signed));
                self.call(Cause::Other, world.claim(&world.phones[usize::from(*phone)], id, signature(signed)))
            }),
            Act::Decide { phone, code, approve, typed, copied } => self.shown(*code).map(|id| {
                let before = self.claims.iter().rev().find(|(_, of, _)| *of == id);
                let signed = match before {
                    Some((_, _, signed)) if *copied => *signed,
                    _ => self.sign(),
                };
                let (decision, typed) = (Decision::from_approved(*approve), self.typed(&id, *typed));
                let phone = &world.phones[usize::from(*phone)];
                self.call(Cause::Other, world.decide(phone, id, decision, typed, signature(signed)))
            }),
            Act::DecidePending { phone, approve } => {
                let (decision, signed) = (Decision::from_approved(*approve), self.sign());
                let phone = &world.phones[usize::from(*phone)];
                Some(self.call(Cause::Other, world.decide_pending(phone, decision, signature(signed))))
            }
            Act::OpenOwn(action) => {
                let device = self.identity(action.map(usize::from));
                Some(self.call(Cause::Other, world.open_own(device)))
            }
            Act::Verify { phone, own, action } => from_newest(&self.own, *own).map(|id| {
                let (device, signed) = (self.identity(action.map(usize::from)), self.sign());
                let phone = &world.phones[usize::from(*phone)];
                self.call(Cause::Other, world.verify(phone, device, id, signature(signed)))
            }),
            Act::Track(action) => Some(self.track(usize::from(*action))),
            Act::Bind { code, user, own_key } => self.shown(*code).map(|id| {
                let tracked = Tracked { challenge: Some(id), ..self.seen_by(id, *user, *own_key) };
                self.call(Cause::Tracks, world.track(None, tracked))
            }),
            Act::TrackSeen { code, user } => self.shown(*code).map(|id| {
                let tracked = self.seen_by(id, *user, false);
                self.call(Cause::Tracks, world.track(None, tracked))
            }),
            Act::Take { code, user, before, named } => self.shown(*code).map(|challenge| {
                let user = world.users[usize::from(*user)].clone();
                let action = named.then(|| ActionCode::parse("pay").expect("an action"));
                let taken = ChallengeAssignment { challenge, user, action, before_approval: *before };
                self.call(Cause::Tracks, world.take(taken))
            }),
            Act::Validate { token, named } => from_newest(&self.ledger.tokens, *token).map(|(id, token)| {
                let expected = Expected { action: named.then(|| "pay".to_owned()), user: None };
                self.call(Cause::Other, world.validate(id, token, expected))
            }),
            Act::BeginSession(token) => from_newest(&self.ledger.tokens, *token)
                .map(|(id, token)| self.call(Cause::Other, world.begin_session(id, token))),
            Act::Judge(action, state) => {
                let mut names: Vec<ActionName> = self.ledger.actions.keys().cloned().collect();
                names.sort_by_key(|name| format!("{name:?}"));
                let state = JUDGEMENTS[usize::from(*state) % JUDGEMENTS.len()];
                from_newest(&names, *action)
                    .map(|name| self.call(Cause::SetsActionState(name.clone()), world.set_state(name, state)))
            }
            Act::Revoke(phone) => Some(self.call(Cause::Other, world.revoke(&world.phones[usize::from(*phone)]))),
            Act::SignOut(phone) => Some(self.call(Cause::Other, world.sign_out(&world.phones[usize::from(*phone)]))),
            Act::Enrol(phone) => Some(self.call(Cause::Tracks, world.enrol(&world.phones[usize::from(*phone)]))),
            Act::EndSessions(user) => {
                Some(self.call(Cause::Other, world.end_sessions(world.users[usize::from(*user)].clone())))
            }
            Act::Forget(user) => {
                let user = world.users[usize::from(*user)].clone();
                Some(self.call(Cause::Forgets(user.clone()), world.forget(user)))
            }
        }
    }

    /// What a phone's user types for this code, if its screen shows a number.
    fn typed(&self, id: &ChallengeId, typed: Typed) -> Option<TypedCode> {
        let challenge = self.ledger.challenges.get(id).filter(|challenge| challenge.shows_number)?;
        let number = challenge.claim.as_ref()?.code.to_text();
        match typed {
            Typed::Right => TypedCode::read(number),
            Typed::Wrong => TypedCode::read(if number == "42" { "43" } else { "42" }),
            Typed::Nothing => None,
        }
    }

    fn track(&mut self, action: usize) -> u64 {
        self.call(Cause::Tracks, self.world.track(Some(action), self.world.tracked(action)))
    }

    fn sign(&mut self) -> u64 {
        self.signatures += 1;
        self.signatures
    }

    fn identity(&self, action: Option<usize>) -> Identity {
        match action {
            Some(action) => Identity::Token(self.tokens[action].clone()),
            None => Identity::Tenant(self.world.tenant.id),
        }
    }

    pub(super) fn open(&mut self, page: usize) -> u64 {
        let shows = &self.pages[page];
        match (shows.kind, shows.socket.clone()) {
            (kind, Some(socket)) => self.call(Cause::Other, self.world.show(page, socket, kind)),
            (Kind::Socket | Kind::Resumable | Kind::Following, None) => self.connect(page, None),
            (kind, None) => {
                let replaced = if kind == Kind::Replacing { self.proven(page, 0) } else { None };
                let who = self.identity(self.pages[page].action);
                self.call(Cause::Other, self.world.ask(page, who, replaced))
            }
        }
    }

    fn connect(&mut self, page: usize, resumes: Option<Proven>) -> u64 {
        let socket = ConnectionId::parse(format!("socket-{}", self.sockets.len())).expect("an id");
        self.sockets.push((socket.clone(), page));
        let who = self.identity(self.pages[page].action);
        self.call(Cause::Other, self.world.connect(page, who, socket, resumes))
    }

    fn close(&mut self, page: usize, how: Close) -> Option<u64> {
        let socket = self.pages[page].socket.take()?;
        if how == Close::HalfOpen {
            return None;
        }
        self.world.store.every_push(&socket, Fate::Gone);
        if how == Close::Late {
            self.unheard.push(socket);
            return None;
        }
        Some(self.call(Cause::Other, self.world.disconnect(socket)))
    }

    /// One of the challenges that a page can ask for, counted from the newest.
    fn proven(&self, page: usize, n: u8) -> Option<Proven> {
        let code = self.pages[page].newest(n)?;
        Some((code.id, code.secret.clone()?))
    }

    /// One of the codes that any page was given, counted from the newest.
    fn shown(&self, n: u8) -> Option<ChallengeId> {
        let mut codes: Vec<&Code> = self.pages.iter().flat_map(|page| &page.codes).collect();
        codes.sort_by_key(|code| code.since);
        let ids: Vec<ChallengeId> = codes.iter().map(|code| code.id).collect();
        from_newest(&ids, n)
    }

    /// What a backend tracks once it has seen a code: under the code's own name, or under one key of its own for all
    /// codes. Its data differs from time to time.
    fn seen_by(&mut self, id: ChallengeId, user: u8, own_key: bool) -> Tracked {
        let known = self.ledger.challenges.get(&id);
        let action = known.map(|known| known.action.clone()).filter(|_| !own_key);
        let key = known.map(|known| known.idempotency_key.clone()).filter(|_| !own_key);
        let tracked = self.world.tracked(usize::from(self.sign().is_multiple_of(2)));
        Tracked {
            user: self.world.users[usize::from(user)].clone(),
            action: action.unwrap_or(tracked.action),
            idempotency_key: Some(key.unwrap_or_else(|| IdempotencyKey::parse("order-3").expect("a key"))),
            ..tracked
        }
    }
}

fn from_newest<T: Clone>(all: &[T], n: u8) -> Option<T> {
    let count = all.len();
    (count > 0).then(|| all[count - 1 - usize::from(n) % count].clone())
}
