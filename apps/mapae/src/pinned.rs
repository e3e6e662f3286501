//! What a reader knows true bundles by: a file with a key, or one with a ledger's policy.

use std::path::{Path, PathBuf};

use clap::Args;
use mapae_crypto::PublicKey;
use mapae_ledger::MajorityPolicy;
use mapae_trust::Anchor;

use crate::{
    authority::read_public_key,
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// How a command is told.
#[derive(Args)]
pub(crate) struct AnchorArgs {
    /// The public key (PEM) that must have signed the bundle; without it and a policy the file itself is trusted
    #[arg(long, env = "MAPAE_BUNDLE_KEY", conflicts_with = "policy")]
    pub(crate) bundle_key: Option<PathBuf>,
    /// The policy (C2SP tlog-policy) of the ledger in which the bundle must stand
    #[arg(long, env = "MAPAE_POLICY")]
    pub(crate) policy: Option<PathBuf>,
}

impl AnchorArgs {
    /// Reads the file.
    pub(crate) fn pinned(&self) -> Outcome<Option<Pinned>> {
        Pinned::read(self.bundle_key.as_deref(), self.policy.as_deref())
    }

    /// Whether the caller expects somebody.
    pub(crate) const fn is_pinned(&self) -> bool {
        self.bundle_key.is_some() || self.policy.is_some()
    }
}

/// The content of that file.
pub(crate) enum Pinned {
    /// The key that signs.
    Key(PublicKey),
    /// The policy of the log that it must be in.
    Policy(Box<MajorityPolicy>),
}

impl Pinned {
    /// Reads whichever is given; nothing if neither is.
    pub(crate) fn read(key: Option<&Path>, policy: Option<&Path>) -> Outcome<Option<Self>> {
        match (key, policy) {
            (_, Some(path)) => read_policy(path).map(|policy| Some(Self::Policy(Box::new(policy)))),
            (Some(path), None) => read_public_key(path).map(|key| Some(Self::Key(key))).map_err(Failure::Usage),
            (None, None) => Ok(None),
        }
    }

    pub(crate) fn anchor(&self) -> Anchor<'_> {
        match self {
            Self::Key(key) => Anchor::Key(key),
            Self::Policy(policy) => Anchor::Policy(policy),
        }
    }
}

/// Reads a policy file that keeps the rule of majority.
pub(crate) fn read_policy(path: &Path) -> Outcome<MajorityPolicy> {
    let file = files::read(path).map_err(Failure::Usage)?;
    MajorityPolicy::parse(&file).or_usage(|| format!("{} is not a policy to rely on", path.display()))
}
