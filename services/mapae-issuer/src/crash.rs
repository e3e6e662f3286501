//! Places at which an issuer can be told to die (`docs/operations/crash-points.md`).

use mapae_http::CrashPoint;

/// Where this process is to die, if anywhere.
pub type Crash = mapae_http::Crash<Point>;

/// A place in the making of a batch of copies (design D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// Numbers are reserved, and only our memory knows for what.
    AfterReserve,
    /// Everything that is to be signed is made; the store knows nothing.
    BeforeCommit,
    /// The store has the batch; nothing is signed.
    AfterCommit,
    /// All copies are signed, and only in memory.
    AfterSign,
    /// The answer is written, and no byte of it is sent.
    BeforeRelease,
    /// The answer is on its way.
    AfterRelease,
    /// The wallet says that it has the copies; the store does not know yet.
    Acknowledge,
}

impl CrashPoint for Point {
    const NAMED: &'static [(Self, &'static str)] = &[
        (Self::AfterReserve, "after-reserve"),
        (Self::BeforeCommit, "before-commit"),
        (Self::AfterCommit, "after-commit"),
        (Self::AfterSign, "after-sign"),
        (Self::BeforeRelease, "before-release"),
        (Self::AfterRelease, "after-release"),
        (Self::Acknowledge, "acknowledge"),
    ];
}
