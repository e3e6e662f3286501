//! `mapae authority distrust`.

use mapae_types::hex;
use serde_json::json;

use crate::{
    authority::{Authority, DistrustLine, FIRST_ROOT, read_certificate},
    certify::signed_crl,
    cli::DistrustArgs,
    environment::now,
    failure::{Failure, Outcome},
    files::{self, Access},
    lines,
    output::Output,
};

/// Records that a signer is no longer trusted, and writes a new revocation list.
pub(crate) fn distrust(args: &DistrustArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let certificate = read_certificate(&args.signer)?;
    let stranger = || Failure::usage(format!("{} is not a signer of this authority", args.signer.display()));
    let root = authority.root_of(&certificate)?.ok_or_else(stranger)?;
    let at = now(args.at)?;
    let line = DistrustLine {
        certificate_sha256: hex::encode(&certificate.fingerprint()),
        serial: hex::encode(certificate.serial()),
        ceased_at: args.ceased_at.map(|time| time.to_string()),
        recorded_at: at.to_string(),
        root: Some(root.name().to_owned()).filter(|name| name != FIRST_ROOT),
    };
    lines::append(&authority.path("distrusted.jsonl"), &[&line])?;
    let mut revoked = authority.distrusted()?;
    revoked.retain(|line| line.root() == root.name());
    // A certificate stands in the list once, by its first entry; a compromise wins.
    revoked.sort_by_key(|line| (line.serial.clone(), line.ceased_at.is_some()));
    revoked.dedup_by(|a, b| a.serial == b.serial);
    let crl = signed_crl(root.anchor(), &authority.key(root.name())?, &revoked, at)?;
    let file = format!("{}.crl", root.name());
    files::write(&authority.path(&file), crl.der(), Access::Public)?;
    output.answer(&json!({ "distrusted": line }), || {
        format!("{} is distrusted from the next bundle on; {file} is new", certificate.subject())
    });
    Ok(())
}
