//! One tenant with the same phones, sockets and challenges on both stores.

use std::collections::BTreeMap;

use scanlatch_aws::Cloud;
use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::challenge::{Challenge, Screen, State};
use scanlatch_protocol::credential::{Credential, Holder};
use scanlatch_protocol::id::{ChallengeId, ConnectionId, TenantId, UserId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::secret::{DeviceCode, Digest};
use scanlatch_protocol::short_code::{ShortCode, Tries};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{
    Actions as _, Before, Challenges as _, Connection, Connections as _, Connects as _, Creates as _, Credentials as _,
    Replaces as _, Tracks as _,
};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene::{self, MAY_ADD, allowing, at, challenge, connection, credential, enrol, fresh, user};

use super::history::{CODES, Kind, PHONES, SHORT_CODES, SIGNATURES, SOCKETS, Start};
use super::normal::Normal as _;

const USERS: [&str; 2] = ["ann", "ben"];

/// Both stores, and what they hold.
pub struct World<'a> {
    pub memory: Memory,
    pub cloud: &'a Cloud,
    pub tenant: TenantId,
    pub phones: Vec<Credential>,
    pub sockets: Vec<ConnectionId>,
    pub signatures: Vec<SignatureR>,
    pub codes: Vec<Digest>,
    pub short_codes: Vec<Digest>,
    /// The tries of each user by the rules.
    pub tries: [Option<Tries>; USERS.len()],
    /// The challenges as they were when they were opened.
    pub challenges: Vec<Challenge>,
    /// The action records of all decisions so far.
    pub records: Vec<ActionName>,
    /// Each challenge after its last decision.
    pub made: BTreeMap<ChallengeId, Challenge>,
    pub now: Timestamp,
}

/// Everything in a store that steps can change.
#[derive(Debug, PartialEq)]
struct Kept {
    challenges: Vec<Option<Challenge>>,
    actions: Vec<Option<Action>>,
    credentials: Vec<Option<Credential>>,
    connections: Vec<Option<Connection>>,
    devices: Vec<Option<u32>>,
    pending: Vec<Vec<ChallengeId>>,
    named: Vec<Option<ChallengeId>>,
}

/// Runs a call on both stores, checks that the results are the same, and returns one.
macro_rules! both {
    ($world:expr, |$store:ident| $call:expr) => {{
        let by_memory = {
            let $store = &$world.memory;
            $crate::differential::play::told($call.await)?
        };
        let by_cloud = {
            let $store = $world.cloud;
            $crate::differential::play::told($call.await)?
        };
        if by_memory != by_cloud {
            return Err(format!("in memory: {by_memory:?}\non DynamoDB: {by_cloud:?}"));
        }
        by_memory
    }};
}
pub(super) use both;

impl<'a> World<'a> {
    pub async fn new(cloud: &'a Cloud, starts: &[Start]) -> Result<Self, String> {
        let tenant = scene::tenant();
        let mut world = World {
            memory: Memory::default(),
            cloud,
            tenant,
            phones: (0..PHONES).map(|n| credential(tenant, USERS[n % 2])).collect(),
            sockets: Vec::new(),
            signatures: (0..SIGNATURES).map(|_| scene::signed()).collect(),
            codes: (0..CODES).map(|_| DeviceCode::from_random(fresh()).digest()).collect(),
            short_codes: (0..SHORT_CODES).map(|_| ShortCode::from_random(fresh()).digest()).collect(),
            tries: [None, None],
            challenges: Vec::new(),
            records: Vec::new(),
            made: BTreeMap::new(),
            now: at(0),
        };
        for phone in world.phones.clone() {
            both!(world, |store| enrol(store, &phone, None, MAY_ADD)).map_err(|refusal| format!("{refusal:?}"))?;
        }
        for n in 0..USERS.len() {
            both!(world, |store| async { store.track(&world.tracked(n)).await.map_err(Into::into) }).unwrap();
        }
        for _ in 0..SOCKETS {
            let socket = connection(tenant);
            both!(world, |store| async { store.connect(&socket).await.map_err(Into::into) }).unwrap();
            world.sockets.push(socket.id);
        }
        for start in starts {
            world.start(start).await?;
        }
        Ok(world)
    }

    async fn start(&mut self, start: &Start) -> Result<(), String> {
        let screen = match start.screen {
            Kind::Polling(code) => Screen::polling(self.codes[code]),
            Kind::Socket(socket) => Screen::Socket(self.sockets[socket].clone()),
            Kind::Resumable(code, socket) => Screen::resumable(self.codes[code], self.sockets[socket].clone()),
            Kind::TrustedDevice => Screen::TrustedDevice,
        };
        let (new, before) = self.challenge(screen, start.subject).await?;
        match start.screen {
            Kind::Socket(socket) | Kind::Resumable(_, socket) => self.show(socket, new, before).await,
            Kind::Polling(_) | Kind::TrustedDevice => self.open(new, Before { action: before, shown: None }).await,
        }
    }

    /// A new challenge, and its action as stored.
    pub async fn challenge(
        &self,
        screen: Screen,
        subject: Option<usize>,
    ) -> Result<(Challenge, Option<Action>), String> {
        let new = Challenge { screen, created_at: self.now, ..challenge(self.tenant) };
        let new = Challenge { expires_at: self.now.plus(scene::LIFE_MS), ..new };
        let Some(subject) = subject else { return Ok((new, None)) };
        let name = self.tracked(subject).name;
        let stored = both!(self, |store| async { store.action(&name, self.now).await.map_err(Into::into) });
        let action = stored.ok().flatten();
        Ok(match action {
            Some(action) => (new.of_action(&action), Some(action)),
            None => (new, None),
        })
    }

    /// The same challenge with a short code.
    pub fn with_short_code(&self, new: Challenge, short_code: Option<usize>) -> Challenge {
        Challenge { short_code: short_code.map(|n| self.short_codes[n]), ..new }
    }

    pub async fn open(&mut self, new: Challenge, before: Before) -> Result<(), String> {
        let opened = both!(self, |store| store.create(&new, &before));
        if opened == Ok(true) {
            self.challenges.push(new);
        }
        Ok(())
    }

    /// Shows a new challenge on a socket.
    pub async fn show(&mut self, socket: usize, new: Challenge, tracked: Option<Action>) -> Result<(), String> {
        let connection = Connection { tracked, ..self.connection(socket).await? };
        let replaced = both!(self, |store| store.replace(&connection, &new));
        if replaced == Ok(true) {
            self.challenges.push(new);
        }
        Ok(())
    }

    /// A connection as stored.
    pub async fn connection(&self, socket: usize) -> Result<Connection, String> {
        let id = &self.sockets[socket];
        let found = both!(self, |store| async { store.connection(id).await.map_err(Into::into) });
        found.ok().flatten().ok_or_else(|| "the socket is lost".to_owned())
    }

    /// The number of the challenge that a connection shows.
    pub fn shown_on(&self, connection: &Connection) -> Option<usize> {
        connection.shows.and_then(|shown| self.challenges.iter().position(|challenge| challenge.id == shown.challenge))
    }

    /// Whether a phone has the challenge that a connection has renewed.
    pub async fn older_is_taken(&self, connection: &Connection) -> Result<bool, String> {
        let older = connection.shows.and_then(|shown| shown.older_at(self.now));
        match self.challenges.iter().position(|challenge| Some(challenge.id) == older) {
            Some(older) => Ok(self.read(older).await?.state != State::Unclaimed),
            None => Ok(false),
        }
    }

    /// A challenge as it was when it was opened. Numbers beyond the last wrap around.
    pub fn first(&self, challenge: usize) -> &Challenge {
        &self.challenges[challenge % self.challenges.len()]
    }

    /// A challenge as stored.
    pub async fn read(&self, challenge: usize) -> Result<Challenge, String> {
        let id = self.first(challenge).id;
        let found = both!(self, |store| async { store.challenge(&self.tenant, &id).await.map_err(Into::into) });
        found.ok().flatten().ok_or_else(|| "the challenge is lost".to_owned())
    }

    /// Whether a holder is still enrolled.
    pub async fn is_enrolled(&self, holder: &Holder) -> Result<bool, String> {
        for phone in &self.phones {
            let key = phone.thumbprint();
            let found = both!(self, |store| async { store.credential(&self.tenant, &key).await.map_err(Into::into) });
            if found.ok().flatten().is_some_and(|found| found.holder() == *holder) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A user's tracked action as it was at the beginning.
    pub fn tracked(&self, user: usize) -> Action {
        let allowing = allowing(&self.phones[user]);
        let code = scanlatch_protocol::id::ActionCode::parse("login").unwrap();
        Action { name: ActionName { code, ..allowing.name }, expires_at: at(100_000_000), ..allowing }
    }

    pub fn user(n: usize) -> UserId {
        user(USERS[n])
    }

    /// Checks that both stores keep the same.
    pub async fn compare(&self) -> Result<(), String> {
        let (in_memory, on_dynamodb) = tokio::join!(self.kept(&self.memory), self.kept(self.cloud));
        if in_memory == on_dynamodb {
            return Ok(());
        }
        Err(format!("kept in memory: {in_memory:#?}\nkept on DynamoDB: {on_dynamodb:#?}"))
    }

    async fn kept(&self, store: &impl scanlatch_testkit::store::Store) -> Kept {
        let mut kept = Kept {
            challenges: Vec::new(),
            actions: Vec::new(),
            credentials: Vec::new(),
            connections: Vec::new(),
            devices: Vec::new(),
            pending: Vec::new(),
            named: Vec::new(),
        };
        for challenge in &self.challenges {
            kept.challenges.push(store.challenge(&self.tenant, &challenge.id).await.unwrap().normal());
        }
        let tracked = [self.tracked(0).name, self.tracked(1).name];
        for name in tracked.iter().chain(&self.records) {
            kept.actions.push(store.action(name, self.now).await.unwrap());
        }
        for phone in &self.phones {
            kept.credentials.push(store.credential(&self.tenant, &phone.thumbprint()).await.unwrap());
        }
        for socket in &self.sockets {
            kept.connections.push(store.connection(socket).await.unwrap());
        }
        for n in 0..USERS.len() {
            let stored = store.user(&self.tenant, &Self::user(n)).await.unwrap();
            kept.devices.push(stored.map(|user| user.devices));
            let pending = store.pending(&self.tenant, &Self::user(n), None, self.now).await.unwrap();
            let mut pending: Vec<ChallengeId> = pending.into_iter().map(|challenge| challenge.id).collect();
            pending.sort();
            kept.pending.push(pending);
        }
        for code in &self.short_codes {
            kept.named.push(store.challenge_of_code(&self.tenant, code, self.now).await.unwrap());
        }
        kept
    }
}
