//! The wallet provider: client and key attestations with an honest level.
