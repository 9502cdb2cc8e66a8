//! Calls under way, and their answers.

#![expect(clippy::expect_used, reason = "the texts are well formed")]

use std::pin::Pin;

use scanlatch_protocol::action::{ActionName, ActionState};
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::ChallengeAssignment;
use scanlatch_protocol::challenge::SignedChallenge;
use scanlatch_protocol::challenge::{
    Challenge, ChallengeParams, Decision, Proven, Standing, State, TRUSTED_DEVICE_ACTION,
};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ActionCode, ChallengeId, ConnectionId, CredentialId, UserId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::session::NewSession;
use scanlatch_protocol::tracking::Tracked;
use scanlatch_protocol::validation::{Expected, Validation};
use scanlatch_protocol::verification_code::TypedCode;
use scanlatch_service::pending::Waiting;
use scanlatch_service::port::Enrols as _;
use scanlatch_service::sessions::Issuing;
use scanlatch_service::{
    Result, actions, assign, authenticators, claim, connect, create, credential, decide, disconnect, message, pending,
    poll, resume, sessions, track, trusted_device, users, validate, verify,
};
use scanlatch_testkit::memory::Fate;
use scanlatch_testkit::scene;

use crate::page::Kind;
use crate::world::{Phone, World, client, screens_word, seen};

/// A call that is under way.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// What a finished call answers.
pub enum Answer {
    /// A page has a socket, and next asks for a challenge on it or resumes one.
    Connected(usize, ConnectionId, Option<Proven>, Result<()>),
    /// A page is given a code.
    Shown(usize, Result<(Challenge, Option<DeviceCode>)>),
    /// A page is back.
    Resumed(usize, ChallengeId, Result<Standing>),
    /// A page has polled.
    Looked(usize, ChallengeId, Result<Standing>),
    /// A phone hears of its claim.
    Claimed(Result<Challenge>),
    /// A phone hears of its decision, which it sent with what its user typed.
    Decided(ChallengeId, Decision, Option<TypedCode>, Result<State>),
    /// A device has a challenge of its own.
    Own(Result<Challenge>),
    /// A device hears of its verification.
    Verified(Result<String>),
    /// A backend has tracked an action.
    Tracked(Option<usize>, Result<String>),
    /// A backend has a token of a challenge.
    ChallengeAssignment(Result<String>),
    /// A backend hears whether a token counts.
    Validated(ChallengeId, Result<Validation>),
    /// A backend hears of a session.
    Begun(ChallengeId, Result<()>),
    /// A backend hears that a credential is revoked.
    Revoked(CredentialId, Result<()>),
    /// Any other call.
    Done,
}

fn wish(action: &str) -> ChallengeParams {
    ChallengeParams {
        action: ActionCode::parse(action).expect("an action"),
        custom: screens_word(),
        short_code: false,
        shows_number: false,
        overlaps: false,
    }
}

impl World {
    fn at_base_url(&self) -> Issuing<'_> {
        Issuing { issuer: &self.issuer, base_url: "https://login.example/v1" }
    }

    fn signed(phone: &Phone, challenge: ChallengeId, r: SignatureR) -> SignedChallenge {
        SignedChallenge { challenge, key: phone.key.clone(), r }
    }

    /// Connects a page. Until the handshake is over, pushes to its socket find it gone.
    pub fn connect(&self, page: usize, who: Identity, socket: ConnectionId, resumes: Option<Proven>) -> Calling<'_> {
        self.store.every_push(&socket, Fate::Gone);
        Box::pin(async move {
            let connected = connect::run(&self.store, &self.issuer, &who, None, socket.clone(), seen()).await;
            if connected.is_ok() {
                self.store.every_push(&socket, Fate::Sent);
            }
            Answer::Connected(page, socket, resumes, connected)
        })
    }

    pub fn show(&self, page: usize, socket: ConnectionId, kind: Kind) -> Calling<'_> {
        Box::pin(async move {
            let follows = kind == Kind::Following;
            let params = ChallengeParams { shows_number: follows, overlaps: follows, ..wish("login") };
            let shown = message::run(&self.store, &socket, params, follows || kind == Kind::Resumable).await;
            Answer::Shown(page, shown.map(|(challenge, code, _)| (challenge, code)))
        })
    }

    pub fn ask(&self, page: usize, who: Identity, replaces: Option<Proven>) -> Calling<'_> {
        Box::pin(async move {
            let asked = create::run(&self.store, &self.issuer, &who, None, (wish("login"), replaces), seen()).await;
            Answer::Shown(page, asked.map(|(challenge, code, _)| (challenge, Some(code))))
        })
    }

    pub fn resume(&self, page: usize, socket: ConnectionId, (id, code): Proven) -> Calling<'_> {
        Box::pin(async move {
            let resumed = resume::run(&self.store, &self.issuer, &socket, &id, &code).await;
            Answer::Resumed(page, id, resumed.map(|(_, standing)| standing))
        })
    }

    pub fn look(&self, page: usize, (id, code): Proven) -> Calling<'_> {
        Box::pin(async move {
            Answer::Looked(page, id, poll::run(&self.store, &self.issuer, &self.tenant.id, &id, &code).await)
        })
    }

    pub fn disconnect(&self, socket: ConnectionId) -> Calling<'_> {
        Box::pin(async move {
            let _nobody_hears = disconnect::run(&self.store, &socket).await;
            Answer::Done
        })
    }

    pub fn claim<'a>(&'a self, phone: &'a Phone, id: ChallengeId, r: SignatureR) -> Calling<'a> {
        Box::pin(async move {
            let claimed = claim::run(&self.store, &self.tenant.id, &Self::signed(phone, id, r), None).await;
            Answer::Claimed(claimed.map(|claimed| claimed.challenge))
        })
    }

    pub fn decide<'a>(
        &'a self,
        phone: &'a Phone,
        id: ChallengeId,
        decision: Decision,
        typed: Option<TypedCode>,
        r: SignatureR,
    ) -> Calling<'a> {
        Box::pin(async move {
            let signed = Self::signed(phone, id, r);
            let decided = decide::run(&self.store, &self.issuer, &self.tenant.id, &signed, decision, typed).await;
            Answer::Decided(id, decision, typed, decided)
        })
    }

    pub fn decide_pending<'a>(&'a self, phone: &'a Phone, decision: Decision, r: SignatureR) -> Calling<'a> {
        Box::pin(async move {
            let near = Context::default();
            match pending::run(&self.store, &self.tenant.id, &phone.key, &near).await {
                Ok(Waiting { challenge: Some(found), .. }) => self.decide(phone, found.id, decision, None, r).await,
                _ => Answer::Done,
            }
        })
    }

    pub fn open_own(&self, device: Identity) -> Calling<'_> {
        Box::pin(async move {
            let wish = ChallengeParams { custom: None, ..wish(TRUSTED_DEVICE_ACTION) };
            Answer::Own(trusted_device::run(&self.store, &self.issuer, &device, None, wish, seen()).await)
        })
    }

    pub fn verify<'a>(&'a self, phone: &'a Phone, device: Identity, id: ChallengeId, r: SignatureR) -> Calling<'a> {
        Box::pin(async move {
            let verified = verify::run(&self.store, &self.issuer, &device, &Self::signed(phone, id, r)).await;
            Answer::Verified(verified.map(|outcome| outcome.token))
        })
    }

    pub fn track(&self, action: Option<usize>, tracked: Tracked) -> Calling<'_> {
        Box::pin(async move {
            let tracked = track::run(&self.store, &self.issuer, &self.secret, tracked).await;
            Answer::Tracked(action, tracked.map(|outcome| outcome.token))
        })
    }

    pub fn take(&self, taken: ChallengeAssignment) -> Calling<'_> {
        Box::pin(async move {
            let token = assign::run(&self.store, &self.issuer, &self.tenant, &taken).await;
            Answer::ChallengeAssignment(token)
        })
    }

    pub fn validate(&self, id: ChallengeId, token: String, expected: Expected) -> Calling<'_> {
        Box::pin(async move {
            Answer::Validated(id, validate::run(&self.store, &self.issuer, &self.secret, &token, &expected).await)
        })
    }

    pub fn begin_session(&self, id: ChallengeId, token: String) -> Calling<'_> {
        Box::pin(async move {
            let beginning = NewSession { client: client(), token, action: None };
            let begun = sessions::begin(&self.store, self.at_base_url(), &self.tenant, beginning).await;
            Answer::Begun(id, begun.map(|_| ()))
        })
    }

    pub fn set_state(&self, name: ActionName, state: ActionState) -> Calling<'_> {
        Box::pin(async move {
            let _refused_where_it_is_gone = actions::set_state(&self.store, &name, state).await;
            Answer::Done
        })
    }

    pub fn revoke<'a>(&'a self, phone: &'a Phone) -> Calling<'a> {
        Box::pin(async move {
            match credential::run(&self.store, &self.tenant.id, &phone.key).await {
                Ok(found) => {
                    let deleted = authenticators::delete(&self.store, &self.tenant, &found.user, &found.id).await;
                    Answer::Revoked(found.id, deleted)
                }
                Err(_) => Answer::Done,
            }
        })
    }

    pub fn sign_out<'a>(&'a self, phone: &'a Phone) -> Calling<'a> {
        Box::pin(async move {
            if let Ok(found) = credential::run(&self.store, &self.tenant.id, &phone.key).await {
                let _perhaps_not = scene::remove(&self.store, &found).await;
            }
            Answer::Done
        })
    }

    pub fn enrol<'a>(&'a self, phone: &'a Phone) -> Calling<'a> {
        Box::pin(async move {
            let new = self.credential(phone);
            if let Ok(allowing) = self.allow_enrolment(&new).await {
                let permit = scene::permit(&allowing);
                let _perhaps_not = self.store.enrol(&new, None, scene::MAY_ADD, &permit).await;
            }
            Answer::Done
        })
    }

    pub fn end_sessions(&self, user: UserId) -> Calling<'_> {
        Box::pin(async move {
            let _perhaps_not = sessions::end_all(&self.store, &self.tenant, &user).await;
            Answer::Done
        })
    }

    pub fn forget(&self, user: UserId) -> Calling<'_> {
        Box::pin(async move {
            let _perhaps_not = users::delete(&self.store, &self.tenant, &user).await;
            Answer::Done
        })
    }
}
