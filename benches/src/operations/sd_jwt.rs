//! The same licence as SD-JWT VC with 12 claims, issued and presented, and taken apart again for the limit.

use anyhow::{Context as _, Result};
use mapae_crypto::{Algorithm, PublicKey};
use mapae_jose::{Jwk, base64url};
use mapae_sd_jwt::{Claims, Issuance, KeyBinding, PathElement, SdJwt, UnsignedSdJwt};
use mapae_types::{Duration, Entropy, StatusReference};

use crate::{
    limit::Signed,
    scene::{CLIENT_ID, NONCE, STATUS_INDEX, STATUS_URI, Scene},
};

/// As many decoys as the issuer adds.
const DECOYS: u8 = 4;

/// What the verifier asks for: five claims.
pub(super) const WITHOUT_PORTRAIT: [&str; 5] = ["family_name", "given_name", "birthdate", "document_number", "sex"];
/// Five claims, the portrait among them.
pub(super) const WITH_PORTRAIT: [&str; 5] = ["family_name", "given_name", "birthdate", "document_number", "picture"];

/// A presentation, and what it costs at least to verify.
pub(super) struct Presented {
    pub(super) text: String,
    pub(super) issuer: Signed,
    pub(super) holder: Signed,
    /// What is hashed besides what is signed: each disclosure, and all that the key binding covers.
    pub(super) hashed: Vec<String>,
}

/// From the typed claims to what the issuer signs.
pub(super) fn prepare(scene: &Scene, claims: &Claims, entropy: &mut dyn Entropy) -> Result<UnsignedSdJwt> {
    let day = scene.now.start_of_day();
    let issuance = Issuance {
        algorithm: Algorithm::Es256,
        x5c: &[scene.authority.sd_jwt.certificate.der().to_vec()],
        vct: &scene.holder.vct,
        issuer: Some("https://id.example"),
        issued_at: day,
        not_before: Some(day),
        expires: Some(day + Duration::days(365)),
        holder: &Jwk::from(scene.holder.key.public().clone()),
        status: Some(&StatusReference { uri: STATUS_URI.to_owned(), idx: STATUS_INDEX.into() }),
        decoys: DECOYS,
    };
    Ok(issuance.prepare(claims, entropy)?)
}

/// Issues a copy.
pub(super) fn issue(scene: &Scene, claims: &Claims, entropy: &mut dyn Entropy) -> Result<String> {
    let unsigned = prepare(scene, claims, entropy)?;
    let signature = scene.authority.sd_jwt.key.sign(unsigned.to_be_signed())?;
    Ok(unsigned.attach(&signature))
}

/// The query that the presentation answers.
pub(super) fn query(scene: &Scene, names: &[&str]) -> serde_json::Value {
    serde_json::json!({ "credentials": [{
        "id": "licence",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [scene.holder.vct] },
        "claims": names.iter().map(|name| serde_json::json!({ "path": [name] })).collect::<Vec<_>>(),
    }] })
}

pub(super) fn present(scene: &Scene, names: &[&str], entropy: &mut dyn Entropy) -> Result<Presented> {
    let issued = issue(scene, &scene.holder.selective_claims()?, entropy)?;
    let paths: Vec<_> = names.iter().map(|name| [PathElement::Name(name)]).collect();
    let paths: Vec<&[PathElement<'_>]> = paths.iter().map(<[_; 1]>::as_slice).collect();
    let binding = KeyBinding { audience: CLIENT_ID, nonce: NONCE, issued_at: scene.now };
    let unsigned = SdJwt::parse(&issued)?.select(&paths)?.bind(Algorithm::Es256, &binding);
    let signature = scene.holder.key.sign(unsigned.to_be_signed())?;
    taken_apart(unsigned.attach(&signature), scene)
}

fn taken_apart(text: String, scene: &Scene) -> Result<Presented> {
    let (bound, key_binding) = text.rsplit_once('~').context("a presentation has tildes")?;
    let (jwt, disclosures) = bound.split_once('~').context("a presentation has disclosures")?;
    let mut hashed = disclosures_of(disclosures);
    hashed.push(format!("{bound}~"));
    Ok(Presented {
        issuer: signed(jwt, scene.authority.sd_jwt.key.public())?,
        holder: signed(key_binding, scene.holder.key.public())?,
        hashed,
        text,
    })
}

/// The disclosures between tildes.
pub(super) fn disclosures_of(text: &str) -> Vec<String> {
    text.split('~').filter(|disclosure| !disclosure.is_empty()).map(str::to_owned).collect()
}

fn signed(jws: &str, key: &PublicKey) -> Result<Signed> {
    let (message, signature) = jws.rsplit_once('.').context("a JWS has dots")?;
    let (point, message) = (key.sec1().to_vec(), message.as_bytes().to_vec());
    Ok(Signed { point, message, signature: base64url::decode(signature)? })
}
