//! What the bare cryptography takes on this machine, with as many threads as the run has processors.

use std::{
    thread,
    time::{Duration, Instant},
};

use mapae_crypto::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::usage;

/// How long each operation is tried.
const TRIED_FOR: Duration = Duration::from_millis(500);

/// A message as long as what is usually signed here.
const MESSAGE: [u8; 512] = [7; 512];

/// Microseconds for each operation, P-256 with SHA-256.
#[derive(Clone, Copy)]
pub(super) struct Floor {
    pub(super) sign: f64,
    pub(super) verify: f64,
    pub(super) keygen: f64,
}

impl Floor {
    /// Tries each.
    pub(super) fn measure() -> anyhow::Result<Self> {
        let key = SigningKey::from_scalar(&[7; 32])?;
        let signature = key.sign(&MESSAGE)?;
        let verify = || Ok(key.public().verify(Algorithm::Es256, &MESSAGE, signature.as_bytes())?);
        Ok(Self {
            sign: everywhere(&|| key.sign(&MESSAGE).map(drop).map_err(Into::into))?,
            verify: everywhere(&verify)?,
            keygen: everywhere(&|| SigningKey::from_scalar(&[9; 32]).map(drop).map_err(Into::into))?,
        })
    }

    /// Between two measurements, before and after.
    pub(super) fn mean(self, other: Self) -> Self {
        let mean = |one: f64, other: f64| f64::midpoint(one, other);
        Self {
            sign: mean(self.sign, other.sign),
            verify: mean(self.verify, other.verify),
            keygen: mean(self.keygen, other.keygen),
        }
    }

    pub(super) fn to_json(self) -> Value {
        json!({ "sign_us": self.sign, "verify_us": self.verify, "keygen_us": self.keygen })
    }
}

/// Microseconds of one try while every processor is at it, as in the run.
pub(super) fn everywhere(operation: &(dyn Fn() -> anyhow::Result<()> + Sync)) -> anyhow::Result<f64> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(|| alone(operation))).collect();
        let times =
            all.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread died"))));
        let times = times.collect::<anyhow::Result<Vec<f64>>>()?;
        Ok(times.iter().sum::<f64>() / f64::from(u32::try_from(times.len())?))
    })
}

/// On the processor, not by the clock: others may use the machine as well, and the service's time is told alike.
fn alone(operation: &(dyn Fn() -> anyhow::Result<()> + Sync)) -> anyhow::Result<f64> {
    let (before, started, mut done) = (usage::thread_cpu(), Instant::now(), 0_u32);
    while started.elapsed() < TRIED_FOR {
        for _ in 0..16 {
            operation()?;
        }
        done += 16;
    }
    let wall = started.elapsed();
    let used = before.zip(usage::thread_cpu()).map_or(wall, |(before, after)| after.saturating_sub(before));
    Ok(used.as_secs_f64() * 1e6 / f64::from(done))
}
