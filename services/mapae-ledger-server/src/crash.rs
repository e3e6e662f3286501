//! Places at which a log or a witness can be told to die (`docs/operations/crash-points.md`).

use mapae_http::CrashPoint;

/// Where this process is to die, if anywhere.
pub type Crash = mapae_http::Crash<Point>;

/// A place in the life of a batch of entries, or of a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// Log: entries have their places, and only in memory.
    BeforeAppend,
    /// Log: they are in the store; nobody knows, and no tile does.
    AfterAppend,
    /// Log: one more tile is where it is served.
    MidTiles,
    /// Log: all tiles are; nothing is signed.
    AfterTiles,
    /// Log: the checkpoint is signed, and only in memory.
    AfterSign,
    /// Log: a quorum has cosigned, and only our memory knows.
    BeforePublish,
    /// Log: the store knows what is published; no file does.
    AfterPublish,
    /// Log: the rotation of the policy is on the disk; the checkpoint's file is old.
    AfterRotation,
    /// Log: the checkpoint is served; the bundle that rests on it is not.
    BeforeSeal,
    /// Witness: a checkpoint was found consistent (and its entries judged); nothing is written.
    AfterCheck,
    /// Witness: the record is moved in the store; the high-water file is behind.
    AfterRecord,
    /// Witness: both are on the disk; nothing is signed.
    AfterHighWater,
    /// Witness: the cosignature is made, and nobody has it.
    AfterCosign,
}

impl CrashPoint for Point {
    const NAMED: &'static [(Self, &'static str)] = &[
        (Self::BeforeAppend, "before-append"),
        (Self::AfterAppend, "after-append"),
        (Self::MidTiles, "mid-tiles"),
        (Self::AfterTiles, "after-tiles"),
        (Self::AfterSign, "after-sign"),
        (Self::BeforePublish, "before-publish"),
        (Self::AfterPublish, "after-publish"),
        (Self::AfterRotation, "after-rotation"),
        (Self::BeforeSeal, "before-seal"),
        (Self::AfterCheck, "after-check"),
        (Self::AfterRecord, "after-record"),
        (Self::AfterHighWater, "after-high-water"),
        (Self::AfterCosign, "after-cosign"),
    ];
}
