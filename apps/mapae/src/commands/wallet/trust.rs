//! By whom and what the wallet relies: the trust bundle, and roots for issuers' metadata.

use std::path::PathBuf;

use clap::Args;
use mapae_trust::{Bundle, TrustStore};
use mapae_x509::{Certificate, TrustAnchor};

use crate::{
    commands::bundle::anchor,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    pinned::AnchorArgs,
};

/// By what copies are judged.
#[derive(Args)]
pub(crate) struct TrustArgs {
    /// The trust bundle by which to judge what the issuer sends; without it nothing is judged
    #[arg(long, env = "MAPAE_BUNDLE")]
    bundle: Option<PathBuf>,
    #[command(flatten)]
    anchor: AnchorArgs,
}

impl TrustArgs {
    /// Reads the bundle, which must prove itself before anything is asked for.
    pub(super) fn read(&self) -> Outcome<Option<TrustStore>> {
        let Some(path) = &self.bundle else { return Ok(None) };
        let unusable = || format!("{} is not a bundle to rely on", path.display());
        let bundle = Bundle::parse(files::read(path).map_err(Failure::Usage)?).or_usage(unusable)?;
        let (pinned, claimed) = (self.anchor.pinned()?, bundle.sealed_by().clone());
        Ok(Some(bundle.verify(anchor(pinned.as_ref(), &claimed)?).or_usage(unusable)?))
    }
}

/// The roots that may vouch for an issuer's metadata.
pub(super) fn read_anchors(paths: &[PathBuf]) -> Outcome<Vec<TrustAnchor>> {
    let mut anchors = Vec::new();
    for path in paths {
        let unusable = || format!("{} is not a root certificate", path.display());
        let pem = files::read_text(path).map_err(Failure::Usage)?;
        anchors.push(TrustAnchor::new(Certificate::from_pem(&pem).or_usage(unusable)?).or_usage(unusable)?);
    }
    Ok(anchors)
}
