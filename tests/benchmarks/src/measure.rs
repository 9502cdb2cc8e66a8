//! All subjects, measured in turns.

use anyhow::Result;

use crate::allocations::Counter;
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
    /// Size of its zip in bytes.
    pub zipped_bytes: usize,
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

    /// Its ratios to hello world, pair by pair.
    pub fn to_hello(&self, of: Of) -> Values {
        ratios(&self.own, &self.hello, of)
    }

    /// Its ratios to another subject, round by round.
    pub fn to(&self, other: &Self, of: Of) -> Values {
        ratios(&self.own, &other.own, of)
    }
}

fn ratios(own: &[Sample], other: &[Sample], of: Of) -> Values {
    own.iter().zip(other).map(|(own, other)| of(own) / of(other)).collect()
}

/// How often things are done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each subject is started.
    pub rounds: u32,
    /// How often each process is called once it is warm.
    pub calls: u32,
    /// How hard `gzip` packs the files.
    pub zip_level: u8,
}

/// Measures all subjects. Hello world takes its turn before each, so that a slow minute affects both.
///
/// # Errors
/// If a subject does not start or answer.
pub async fn all(
    hello: &Subject,
    subjects: &[Subject],
    play: &Play,
    environment: &Environment,
    plan: Plan,
) -> Result<Vec<Row>> {
    let counter = Counter::build()?;
    let mut rows = Vec::new();
    for subject in subjects {
        let is_own = subject.command.len() == 1;
        rows.push(Row {
            name: subject.name.clone(),
            own: Vec::new(),
            hello: Vec::new(),
            zipped_bytes: sample::zipped_bytes(&subject.file, plan.zip_level)?,
            files: sample::files_opened(subject, environment).await?,
            usage: if is_own {
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
            row.own.push(sample::take(subject, play, environment, plan.calls).await?);
        }
    }
    Ok(rows)
}
