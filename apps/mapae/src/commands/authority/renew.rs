//! `mapae authority renew-root`: a new root under the old name, and the old root's word for it.
//!
//! Nothing of the old root changes: what it certified stays good, and it revokes that in its own list. Readers that
//! know only the old root follow the link. The new root certifies nobody until `mapae authority renew-signers`.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{AlternativeName, Certificate, RootParams, TrustAnchor, iaca_link, iaca_root};
use serde_json::json;

use crate::{
    authority::{Authority, Root},
    certify::{ROOT_DAYS, pair, sign, signed_crl},
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{OrUsage as _, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct RenewArgs {
    /// The authority's directory
    #[arg(long, alias = "dir")]
    pub(super) authority: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(super) at: Option<Timestamp>,
}

/// Makes the next root, and the link from the newest one before it.
pub(crate) fn renew_root(args: &RenewArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let (old, at) = (authority.newest_root()?, now(args.at)?);
    let name = old.next_name();
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let root = TrustAnchor::new(create_root(&authority, &old, &name, &key, at)?)?;
    let unsigned = iaca_link(old.anchor(), &root, SystemEntropy.array()?)
        .or_usage(|| "the newest root cannot be linked to a new one".to_owned())?;
    let link = sign(unsigned, &authority.key(old.name())?)?;
    let mut draft = Draft::default();
    draft.binary(&format!("{name}.crl"), signed_crl(&root, &key, &[], at)?.der());
    draft.public(&format!("{name}-link.pem"), link.to_pem());
    // Last, since its presence says that all the rest is there.
    pair(&mut draft, &name, root.certificate(), &key);
    draft.write(&args.authority)?;
    answer(args, &name, root.certificate(), &link, output);
    Ok(())
}

fn create_root(
    authority: &Authority,
    old: &Root,
    name: &str,
    key: &SigningKey,
    at: Timestamp,
) -> anyhow::Result<Certificate> {
    let (profile, before, from) = (authority.profile(), old.anchor().certificate(), at.start_of_day());
    let unsigned = iaca_root(&RootParams {
        // Whatever the profile says by now: a link keeps the name.
        country: before.subject_country().unwrap_or(&profile.country),
        state_or_province: before.subject_state_or_province(),
        organization: before.subject_organization(),
        common_name: before.subject_common_name().unwrap_or(&profile.name),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(ROOT_DAYS),
        crl_url: &format!("{}/{name}.crl", profile.base_url),
        contact: AlternativeName::Uri(profile.base_url.clone()),
    })?;
    sign(unsigned, key)
}

fn answer(args: &RenewArgs, name: &str, root: &Certificate, link: &Certificate, output: &Output) {
    let dir = args.authority.display().to_string();
    let (until, link_until) = (root.not_after().to_string(), link.not_after().to_string());
    let document = json!({
        "authority": dir,
        "root": { "file": format!("{name}.pem"), "sha256": hex::encode(&root.fingerprint()), "not_after": until },
        "link": { "file": format!("{name}-link.pem"), "not_after": link_until },
    });
    output.answer(&document, || {
        format!(
            "New root {dir}/{name}.pem, valid until {until}\n  \
             {name}-link.pem leads to it from the old root until {link_until}; what the old root certified stays good\n  \
             `mapae authority renew-signers` makes signers below it"
        )
    });
}
