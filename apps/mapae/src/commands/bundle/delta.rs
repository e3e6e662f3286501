//! `mapae bundle delta` and `apply`.

use anyhow::Context as _;
use mapae_trust::BundleDelta;
use mapae_types::hex;
use serde_json::json;

use super::{anchor, describe, describe_text, open, write};
use crate::{
    cli::{ApplyArgs, DeltaArgs},
    failure::{Failure, Outcome},
    files::{self, Access},
    output::Output,
};

/// Writes what leads from one bundle to another of the same signer.
pub(crate) fn delta(args: &DeltaArgs, output: &Output) -> Outcome<()> {
    let pinned = args.anchor.pinned()?;
    let (from, to) = (open(&args.from, pinned.as_ref())?, open(&args.to, pinned.as_ref())?);
    if from.sealed_by() != to.sealed_by() {
        return Err(Failure::usage(
            "the two bundles are not of one signer or one ledger; readers of the one cannot take the other",
        ));
    }
    if to.as_of() < from.as_of() {
        return Err(Failure::usage("--to is older than --from; readers would refuse to go back"));
    }
    let delta = BundleDelta::between(&from, &to)?;
    let bytes = delta.to_bytes();
    files::write(&args.out, &bytes, Access::Public)?;
    let (out, whole, size) = (args.out.display().to_string(), delta.whole_lists(), to.file().len());
    let document = json!({
        "file": out,
        "bytes": bytes.len(),
        "from": from.as_of().to_string(),
        // A server offers the delta by this name (`mapae bundle fetch`).
        "from_manifest_sha256": hex::encode(&from.manifest_hash()?),
        "to": to.as_of().to_string(),
        "bundle_bytes": size,
        "status_lists": to.status_lists().len(),
        "whole_lists": whole,
    });
    output.answer(&document, || {
        let (bytes, from, to) = (bytes.len(), from.as_of(), to.as_of());
        format!("Delta {out}: {bytes} bytes from {from} to {to}, in place of {size}\n  {whole} status lists are carried whole")
    });
    Ok(())
}

/// Rebuilds the new bundle. What does not verify is not written.
pub(crate) fn apply(args: &ApplyArgs, output: &Output) -> Outcome<()> {
    let pinned = args.anchor.pinned()?;
    let base = open(&args.bundle, pinned.as_ref())?;
    let anchor = anchor(pinned.as_ref(), base.sealed_by())?;
    let bytes = files::read(&args.delta).map_err(Failure::Usage)?;
    let rebuilt = BundleDelta::parse(&bytes).and_then(|delta| delta.apply(&base, anchor)).with_context(|| {
        let (delta, bundle) = (args.delta.display(), args.bundle.display());
        format!("{delta} does not lead on from {bundle}; fetch the whole bundle, nothing was written")
    })?;
    write(&args.out, &rebuilt)?;
    output.answer(&describe(&args.out, &rebuilt), || describe_text(&args.out, &rebuilt));
    Ok(())
}
