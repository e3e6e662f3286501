//! Places at which a verifier can be told to die (`docs/operations/crash-points.md`).

use mapae_http::CrashPoint;

/// Where this process is to die, if anywhere.
pub type Crash = mapae_http::Crash<Point>;

/// A place between a wallet's answer and the relying party's knowing of it; or between a sign-in and its claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// It is judged; the store does not know.
    BeforeFinish,
    /// The store has the result; the wallet was not thanked.
    AfterFinish,
    /// The webhook was taken; the store does not know.
    AfterWebhook,
    /// A sign-in has ended; its browser was not told, and its sessions are there.
    AfterEnd,
    /// A code is used; there are no tokens for it.
    AfterSpend,
    /// There are tokens; the client was not told.
    AfterGrant,
}

impl CrashPoint for Point {
    const NAMED: &'static [(Self, &'static str)] = &[
        (Self::BeforeFinish, "before-finish"),
        (Self::AfterFinish, "after-finish"),
        (Self::AfterWebhook, "after-webhook"),
        (Self::AfterEnd, "after-end"),
        (Self::AfterSpend, "after-spend"),
        (Self::AfterGrant, "after-grant"),
    ];
}
