//! `mapae authority init` and `distrust`.

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{
    AlternativeName, Certificate, Crl, RevocationReason, RevokedEntry, RootParams, SignerParams, TrustAnchor,
    UnsignedCertificate, crl, document_signer, iaca_root, mdl_signer, sd_jwt_signer, status_signer,
};
use serde_json::json;

use crate::{
    authority::{Authority, DistrustLine, Profile, SignerName, read_certificate},
    cli::{DistrustArgs, InitArgs},
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
    files::{self, Access},
    lines,
    output::Output,
};

/// A root lives longer than every signer below it, and a signer longer than what it signs (design D8).
const ROOT_DAYS: i64 = 3650;
/// ISO 18013-5 Table B.3 allows a document signer at most 457 days.
const SIGNER_DAYS: i64 = 457;
/// ISO 18013-5 B.1.5 wants a new list at least every 90 days.
const CRL_DAYS: i64 = 90;
/// A common name has at most 64 characters (RFC 5280 Appendix A.1), of which " document signer" takes 16.
const NAME_LIMIT: usize = 48;

/// Creates an authority in a directory that has none.
pub(crate) fn init(args: &InitArgs, output: &Output) -> Outcome<()> {
    let profile = profile(args)?;
    if args.dir.join("authority.toml").exists() || args.dir.join("iaca.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!("{dir} already holds an authority; nothing was changed")));
    }
    let at = now(args.at)?;
    let mut draft = Draft::default();
    // The day's start, since the dates inside a copy are rounded down to it (design D7).
    let from = at.start_of_day();
    let (root, root_key) = create_root(&mut draft, &profile, from)?;
    for name in SignerName::ALL {
        create_signer(&mut draft, &profile, &root, &root_key, name, from)?;
    }
    create_other_keys(&mut draft)?;
    draft.public("iaca.crl", signed_crl(&root, &root_key, &[], at)?.to_pem());
    // Last, since its presence says that all the rest is there.
    draft.public("authority.toml", toml_text(&profile));
    draft.write(&args.dir)?;
    answer(args, &profile, root.certificate(), output);
    Ok(())
}

fn profile(args: &InitArgs) -> Outcome<Profile> {
    if args.country.len() != 2 || !args.country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Failure::usage("--country takes two capital letters, such as KR (ISO 3166-1 alpha-2)"));
    }
    let characters = args.name.chars().count();
    if !(1..=NAME_LIMIT).contains(&characters) || args.name.chars().any(char::is_control) {
        return Err(Failure::usage(format!("--name takes 1 to {NAME_LIMIT} characters")));
    }
    let base_url = args.base_url.trim_end_matches('/').to_owned();
    let host = base_url.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || !host.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Failure::usage("--base-url takes an https URL in ASCII"));
    }
    Ok(Profile { name: args.name.clone(), country: args.country.clone(), base_url })
}

fn toml_text(profile: &Profile) -> String {
    // A JSON string is a TOML basic string, apart from characters that `profile` refused.
    let Profile { name, country, base_url } = profile;
    format!("name = {}\ncountry = {}\nbase_url = {}\n", json!(name), json!(country), json!(base_url))
}

fn create_root(draft: &mut Draft, profile: &Profile, from: Timestamp) -> anyhow::Result<(TrustAnchor, SigningKey)> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let unsigned = iaca_root(&RootParams {
        country: &profile.country,
        state_or_province: None,
        organization: Some(&profile.name),
        common_name: &format!("{} IACA", profile.name),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(ROOT_DAYS),
        crl_url: &format!("{}/iaca.crl", profile.base_url),
        contact: AlternativeName::Uri(profile.base_url.clone()),
    })?;
    let certificate = sign(unsigned, &key)?;
    pair(draft, "iaca", &certificate, &key);
    Ok((TrustAnchor::new(certificate)?, key))
}

fn create_signer(
    draft: &mut Draft,
    profile: &Profile,
    root: &TrustAnchor,
    root_key: &SigningKey,
    name: SignerName,
    from: Timestamp,
) -> anyhow::Result<()> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let params = SignerParams {
        organization: Some(&profile.name),
        common_name: &format!("{} {}", profile.name, name.file().replace('-', " ")),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(SIGNER_DAYS),
        alternative_names: &[],
    };
    let unsigned = match name {
        SignerName::Document => document_signer(root, &params),
        SignerName::Mdl => mdl_signer(root, &params),
        SignerName::SdJwt => sd_jwt_signer(root, &params),
        SignerName::Status => status_signer(root, &params),
    }?;
    pair(draft, name.file(), &sign(unsigned, root_key)?, &key);
    Ok(())
}

fn sign(unsigned: UnsignedCertificate, key: &SigningKey) -> anyhow::Result<Certificate> {
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature)?)
}

fn pair(draft: &mut Draft, name: &str, certificate: &Certificate, key: &SigningKey) {
    draft.secret(&format!("{name}.key"), key.to_pkcs8_pem().as_bytes());
    draft.public(&format!("{name}.pem"), certificate.to_pem());
}

fn create_other_keys(draft: &mut Draft) -> anyhow::Result<()> {
    let bundle = SigningKey::generate(&mut SystemEntropy)?;
    draft.secret("bundle.key", bundle.to_pkcs8_pem().as_bytes());
    draft.public("bundle-key.pem", bundle.public().to_spki_pem());
    draft.secret("status-index.key", &SystemEntropy.array::<32>()?);
    Ok(())
}

fn answer(args: &InitArgs, profile: &Profile, root: &Certificate, output: &Output) {
    let dir = args.dir.display().to_string();
    let document = json!({
        "authority": dir,
        "name": profile.name,
        "country": profile.country,
        "root": { "subject": root.subject(), "sha256": hex::encode(&root.fingerprint()), "not_after": root.not_after().to_string() },
    });
    output.answer(&document, || {
        format!(
            "Authority {} in {dir}\n  root {}, valid until {}\n  signers for mdoc, SD-JWT and status lists; readers pin {dir}/bundle-key.pem",
            profile.name,
            root.subject(),
            root.not_after(),
        )
    });
}

/// Records that a signer is no longer trusted, and writes a new revocation list.
pub(crate) fn distrust(args: &DistrustArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let certificate = read_certificate(&args.signer)?;
    let root = authority.root()?;
    if certificate.issuer() != root.certificate().subject() || certificate == *root.certificate() {
        return Err(Failure::usage(format!("{} is not a signer of this authority", args.signer.display())));
    }
    let at = now(args.at)?;
    let line = DistrustLine {
        certificate_sha256: hex::encode(&certificate.fingerprint()),
        serial: hex::encode(certificate.serial()),
        ceased_at: args.ceased_at.map(|time| time.to_string()),
        recorded_at: at.to_string(),
    };
    lines::append(&authority.path("distrusted.jsonl"), &[&line])?;
    let mut revoked = authority.distrusted()?;
    // A certificate stands in the list once, by its first entry; a compromise wins.
    revoked.sort_by_key(|line| (line.serial.clone(), line.ceased_at.is_some()));
    revoked.dedup_by(|a, b| a.serial == b.serial);
    let crl = signed_crl(&root, &authority.key("iaca")?, &revoked, at)?;
    files::write(&authority.path("iaca.crl"), crl.to_pem().as_bytes(), Access::Public)?;
    output.answer(&json!({ "distrusted": line }), || {
        format!("{} is distrusted from the next bundle on; {} is new", certificate.subject(), "iaca.crl")
    });
    Ok(())
}

fn signed_crl(root: &TrustAnchor, key: &SigningKey, revoked: &[DistrustLine], at: Timestamp) -> anyhow::Result<Crl> {
    let serials = revoked.iter().map(DistrustLine::serial_bytes).collect::<anyhow::Result<Vec<_>>>()?;
    let pairs = revoked.iter().zip(&serials);
    let entries = pairs.map(|(line, serial)| revoked_entry(line, serial)).collect::<anyhow::Result<Vec<_>>>()?;
    let number = u64::try_from(at.unix())?;
    let unsigned = crl(root, number, at, at + Duration::days(CRL_DAYS), &entries)?;
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature)?)
}

fn revoked_entry<'a>(line: &DistrustLine, serial: &'a [u8]) -> anyhow::Result<RevokedEntry<'a>> {
    let (at, reason) = match &line.ceased_at {
        Some(ceased_at) => (ceased_at.parse()?, RevocationReason::CessationOfOperation),
        None => (line.recorded_at.parse()?, RevocationReason::KeyCompromise),
    };
    Ok(RevokedEntry { serial, at, reason })
}
