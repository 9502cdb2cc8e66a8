//! Whole logins at once, against a stack whose generator, gateway, functions and database share this machine.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use reqwest::Method;
use scanlatch_tests::Stack;
use serde_json::Value;

use crate::login::{Kind, Person, application};
use crate::statistics::Values;
use crate::timer::Timer;

/// How many people log in at once.
pub const AT_ONCE: [usize; 6] = [1, 2, 4, 8, 16, 32];
/// Below this gain of throughput, more people at once do not help.
const GAIN: f64 = 1.1;

/// How the logins of one kind went with so many people at once.
#[derive(Clone, Debug)]
pub struct Level {
    /// How many people logged in at once.
    pub at_once: usize,
    /// Logins a second.
    pub throughput: f64,
    /// By step, in ms.
    pub steps: BTreeMap<&'static str, Values>,
    /// The steps in their order.
    pub order: Vec<&'static str>,
    /// Who used the processor.
    pub cpu: Cpu,
    /// How many logins there were.
    pub logins: u32,
}

/// CPU time over one level, in cores.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    /// The functions' processes.
    pub functions: f64,
    /// The local stack's process: gateways, Runtime API and database.
    pub stack: f64,
    /// This process, which plays phones, screens and backends.
    pub generator: f64,
}

impl Cpu {
    fn all(self) -> f64 {
        self.functions + self.stack + self.generator
    }
}

/// All levels of one kind of login, each for `seconds`.
///
/// # Errors
/// If a login is refused or fails.
pub async fn levels(stack: &Stack, kind: Kind, seconds: f64, at_once: &[usize]) -> Result<Vec<Level>> {
    let application = application(stack).await?;
    let most = at_once.iter().copied().max().unwrap_or(1);
    let mut people = Vec::new();
    for number in 0..most {
        people.push(Person::enrol(stack, &format!("load-{number}"), &application).await?);
    }
    let mut levels = Vec::new();
    for &count in at_once {
        // New processes start meanwhile; they are no part of the level.
        run(people.get(..count).unwrap_or(&people), kind, Duration::from_secs_f64(seconds / 4.0)).await?;
        levels.push(level(stack, people.get(..count).unwrap_or(&people), kind, seconds).await?);
    }
    Ok(levels)
}

async fn level(stack: &Stack, people: &[Person], kind: Kind, seconds: f64) -> Result<Level> {
    let (before, began) = (spent(stack).await?, Instant::now());
    let (timers, logins) = run(people, kind, Duration::from_secs_f64(seconds)).await?;
    let (elapsed, after) = (began.elapsed().as_secs_f64(), spent(stack).await?);
    let mut steps: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let order = timers.first().map(Timer::order).unwrap_or_default();
    for (name, took) in timers.iter().flat_map(|timer| &timer.took) {
        steps.entry(name).or_default().push(took.as_secs_f64() * 1000.0);
    }
    let cores = |of: fn(&Cpu) -> f64| (of(&after) - of(&before)).max(0.0) / elapsed;
    Ok(Level {
        at_once: people.len(),
        throughput: f64::from(logins) / elapsed,
        steps: steps.into_iter().map(|(name, took)| (name, took.into_iter().collect())).collect(),
        order,
        cpu: Cpu {
            functions: cores(|cpu| cpu.functions),
            stack: cores(|cpu| cpu.stack),
            generator: cores(|cpu| cpu.generator),
        },
        logins,
    })
}

/// Everybody logs in again and again for so long.
async fn run(people: &[Person], kind: Kind, time: Duration) -> Result<(Vec<Timer>, u32)> {
    let (end, logins) = (Instant::now() + time, Arc::new(AtomicU32::new(0)));
    let mut tasks = Vec::new();
    for person in people {
        let (person, logins) = (person.clone(), logins.clone());
        tasks.push(tokio::spawn(async move {
            let mut timer = Timer::default();
            while Instant::now() < end {
                Box::pin(person.login(kind, &mut timer)).await?;
                logins.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, anyhow::Error>(timer)
        }));
    }
    let mut timers = Vec::new();
    for task in tasks {
        timers.push(task.await??);
    }
    Ok((timers, logins.load(Ordering::Relaxed)))
}

/// The CPU time that everybody has used so far, in seconds.
async fn spent(stack: &Stack) -> Result<Cpu> {
    let running = stack.control(Method::GET, "functions", &Value::Null).await?;
    let pids = running.as_array().context("no list of functions")?.iter().filter_map(|one| one["pid"].as_u64());
    Ok(Cpu {
        // A process may have ended since it was listed.
        functions: pids.filter_map(|pid| seconds(&pid.to_string()).ok()).sum(),
        stack: seconds(&stack.pid().to_string())?,
        generator: seconds("self")?,
    })
}

/// CPU time of a process with all its threads, user and system, in seconds: `utime` and `stime` of `/proc/PID/stat` in
/// hundredths.
fn seconds(pid: &str) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process has ended")?;
    // The name in brackets may hold blanks.
    let (_, rest) = stat.rsplit_once(')').context("a strange stat")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).context("a strange stat");
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

/// The level beyond which no number of people at once brings a tenth more logins, and why.
pub fn knee(levels: &[Level]) -> Option<(usize, String)> {
    let stands = |pair: &(usize, &[Level])| {
        let most = levels[pair.0 + 1..].iter().map(|level| level.throughput).fold(0.0, f64::max);
        most < pair.1[0].throughput * GAIN
    };
    let (_, pair) = levels.windows(2).enumerate().find(stands)?;
    let [level, next] = pair else { return None };
    let cores = std::thread::available_parallelism()
        .map_or(1.0, |cores| f64::from(u32::try_from(cores.get()).unwrap_or(u32::MAX)));
    // What the next level waits for, which brought no more.
    let Cpu { functions, stack, generator } = next.cpu;
    let used = next.cpu.all();
    let why = if used > 0.85 * cores {
        format!(
            "with {}, {used:.1} of {cores} cores are busy: functions {functions:.2}, gateways and database {stack:.2}, \
             generator {generator:.2}",
            next.at_once
        )
    } else {
        format!("with {}, only {used:.1} of {cores} cores are busy, so calls wait for one another", next.at_once)
    };
    Some((level.at_once, why))
}
