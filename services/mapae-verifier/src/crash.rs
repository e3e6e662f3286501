//! Places at which a verifier can be told to die (`docs/operations/crash-points.md`).

use mapae_http::CrashPoint;

/// Where this process is to die, if anywhere.
pub type Crash = mapae_http::Crash<Point>;

/// A place between a wallet's answer and the relying party's knowing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// The answer is taken, and nobody has looked at it.
    AfterTake,
    /// It is judged; the store does not know.
    BeforeFinish,
    /// The store has the result; the wallet was not thanked.
    AfterFinish,
    /// The webhook was taken; the store does not know.
    AfterWebhook,
}

impl CrashPoint for Point {
    const NAMED: &'static [(Self, &'static str)] = &[
        (Self::AfterTake, "after-take"),
        (Self::BeforeFinish, "before-finish"),
        (Self::AfterFinish, "after-finish"),
        (Self::AfterWebhook, "after-webhook"),
    ];
}
