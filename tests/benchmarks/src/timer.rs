//! Times the steps of logins.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::login::Observer;

/// Notes how long each step took.
#[derive(Debug, Default)]
pub struct Timer {
    /// The steps in the order of their ends.
    pub took: Vec<(&'static str, Duration)>,
}

impl Timer {
    /// The names of the steps, each once.
    pub fn order(&self) -> Vec<&'static str> {
        let mut order = Vec::new();
        for (name, _) in &self.took {
            if !order.contains(name) {
                order.push(*name);
            }
        }
        order
    }
}

impl Observer for Timer {
    async fn step<T>(&mut self, name: &'static str, call: impl Future<Output = Result<T>>) -> Result<T> {
        let began = Instant::now();
        let result = call.await?;
        self.took.push((name, began.elapsed()));
        Ok(result)
    }

    async fn heard<T, U>(
        &mut self,
        (called, heard): (&'static str, &'static str),
        call: impl Future<Output = Result<T>>,
        hears: impl Future<Output = Result<U>>,
    ) -> Result<(T, U)> {
        let began = Instant::now();
        let timed = |result: T| (result, began.elapsed());
        let call = async { Ok::<_, anyhow::Error>(timed(call.await?)) };
        let hears = async { Ok((hears.await?, began.elapsed())) };
        let ((answer, call_took), (notice, hearing_took)) = tokio::try_join!(call, hears)?;
        self.took.push((called, call_took));
        self.took.push((heard, hearing_took));
        Ok((answer, notice))
    }
}
