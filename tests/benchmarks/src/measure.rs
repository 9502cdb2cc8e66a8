//! All subjects, measured in turns.

use anyhow::Result;

use crate::allocations::Counter;
use crate::peers::DeviceLogin;
use crate::play::Play;
use crate::sample::{self, Environment, Sample, Usage};
use crate::statistics::Values;
use crate::subject::Subject;

/// A subject's samples. Those with one index are of one round, which hello world begins and every subject shares.
#[derive(Clone, Debug)]
pub struct Row {
    /// The subject.
    pub name: String,
    /// Its samples.
    pub own: Vec<Sample>,
    /// Hello world's, each taken just before.
    pub hello: Vec<Sample>,
    /// Its start to the first poll ÷ hello world's just before; several in each round, because a start takes so little.
    pub starts: Vec<f64>,
    /// Size of its zip in bytes; `None` if nothing is packed, and for a peer, whose packages lie beside its file.
    pub zipped_bytes: Option<usize>,
    /// The files that it opens before it asks for an event, if there is `strace`.
    pub files: Option<usize>,
    /// What a warm call allocates and logs; `None` for a peer.
    pub usage: Option<Usage>,
}

/// One measure of a sample.
pub type Of = fn(&Sample) -> f64;

/// From its start until it asked for an event, in ms.
pub const FIRST_POLL: Of = |sample| sample.first_poll_ms;
/// From its start until its first answer, in ms.
pub const FIRST_ANSWER: Of = |sample| sample.first_answer_ms;
/// CPU time of a warm call, in ms.
pub const WARM_CPU: Of = |sample| sample.warm_cpu_ms;
/// Resident memory after the first call, in MB.
pub const FIRST_MB: Of = |sample| sample.first_mb;
/// Resident memory after all calls, in MB.
pub const LAST_MB: Of = |sample| sample.last_mb;

impl Row {
    /// The values of one measure.
    pub fn values(&self, of: Of) -> Values {
        self.own.iter().map(of).collect()
    }

    /// Its first polls ÷ those of hello world.
    pub fn first_polls_to_hello(&self) -> Values {
        ratios(&self.own, &self.hello, FIRST_POLL).into_iter().chain(self.starts.iter().copied()).collect()
    }

    /// Its first answers ÷ those of hello world.
    pub fn first_answers_to_hello(&self) -> Values {
        ratios(&self.own, &self.hello, FIRST_ANSWER).into_iter().collect()
    }

    /// Its ratios to another subject, round by round.
    pub fn to(&self, other: &Self, of: Of) -> Values {
        ratios(&self.own, &other.own, of).into_iter().collect()
    }
}

fn ratios(own: &[Sample], other: &[Sample], of: Of) -> Vec<f64> {
    own.iter().zip(other).map(|(own, other)| of(own) / of(other)).collect()
}

/// How many more starts of a function each round takes.
const MORE_STARTS: u32 = 4;
/// How many times as many calls a peer gets, because its collector of garbage works at times only.
const PEERS_CALLS: u32 = 2;

/// How often things are done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each subject is started.
    pub rounds: u32,
    /// How often each process is called once it is warm.
    pub calls: u32,
    /// How hard `gzip` packs the files; 0 leaves it out.
    pub zip_level: u8,
    /// How many logins node-oidc-provider serves in each round.
    pub peer_logins: u32,
}

/// Measures all subjects, and node-oidc-provider once in each round. Hello world takes its turn before each subject, so
/// that a slow minute affects both.
///
/// # Errors
/// If a subject does not start or answer, or node-oidc-provider refuses a login.
pub async fn all(
    hello: &Subject,
    subjects: &[Subject],
    play: &Play,
    environment: &Environment,
    plan: Plan,
    mut peer: Option<&mut DeviceLogin>,
) -> Result<Vec<Row>> {
    let counter = Counter::build()?;
    let mut rows = Vec::new();
    for subject in subjects {
        rows.push(Row {
            name: subject.name.clone(),
            own: Vec::new(),
            hello: Vec::new(),
            starts: Vec::new(),
            zipped_bytes: (subject.is_own() && plan.zip_level > 0)
                .then(|| sample::zipped_bytes(&subject.file, plan.zip_level))
                .transpose()?,
            files: sample::files_opened(subject, environment).await?,
            usage: if subject.is_own() {
                Some(sample::usage(subject, play, environment, &counter, plan.calls.min(10)).await?)
            } else {
                None
            },
        });
    }
    for _ in 0..plan.rounds {
        for (subject, row) in subjects.iter().zip(&mut rows) {
            // Hello world's CPU is compared with nobody's; a few of its calls are enough.
            row.hello.push(sample::take(hello, play, environment, plan.calls.min(5)).await?);
            let calls = if subject.is_own() { plan.calls } else { plan.calls * PEERS_CALLS };
            row.own.push(sample::take(subject, play, environment, calls).await?);
            for _ in 0..if subject.is_own() { MORE_STARTS } else { 0 } {
                let hello = sample::start(hello, environment).await?;
                row.starts.push(sample::start(subject, environment).await? / hello);
            }
        }
        if let Some(peer) = &mut peer {
            peer.batch(plan.peer_logins).await?;
        }
    }
    Ok(rows)
}
