//! Presentations of an SD-JWT VC that break one rule each.

#![expect(clippy::unnecessary_wraps, reason = "every alteration has the type of one that can fail")]

use anyhow::{Result, anyhow};
use base64::Engine;
use serde_json::{Value, json};

use super::jws::Jws;
use super::{Plan, STATUS_URI, Scene};
use crate::BASE64URL;
use crate::key::Key;
use crate::matrix::Alteration;
use crate::times::days;

/// zlib of one byte whose lowest bit is set: index 0 is INVALID, 1 to 7 are VALID.
const FIRST_REVOKED: &str = "eNpjBAAAAgAC";

/// All of them.
pub const ALL: &[Alteration<Plan, Scene>] = &[
    Alteration::edited("a disclosed value changed", "RFC 9901 §7.1", changed_disclosure),
    Alteration::edited("a disclosure that matches no digest", "RFC 9901 §7.1", stray_disclosure),
    Alteration::edited("the same disclosure twice", "RFC 9901 §7.1", disclosure_twice),
    Alteration::edited("the same digest twice, signed by the issuer", "RFC 9901 §7.1", digest_twice),
    Alteration::edited("a disclosure named `_sd`, signed by the issuer", "RFC 9901 §7.1", disclosure_named_sd),
    Alteration::edited("a disclosure named `...`, signed by the issuer", "RFC 9901 §7.1", disclosure_named_dots),
    Alteration::edited("a disclosure over a claim that is there", "RFC 9901 §7.1", disclosure_over_claim),
    Alteration::edited("a hash algorithm that is not known", "RFC 9901 §7.1", unknown_hash),
    Alteration::edited("the issuer's signature changed", "RFC 9901 §7.1", broken_issuer_signature),
    Alteration::edited("the credential with `alg` none", "RFC 9901 §7.1", unsecured_credential),
    Alteration::edited("the credential with HMAC by the public key", "RFC 8725 §3.1", confused_credential),
    Alteration::edited("a critical header that is not known", "RFC 7515 §4.1.11", unknown_critical_header),
    Alteration::edited("a claim twice in the credential", "RFC 8259 §4", claim_twice),
    Alteration::edited("`typ` of the credential is `JWT`", "SD-JWT VC §3.2.1", other_type),
    Alteration::edited("no `vct`", "SD-JWT VC §3.2.2.2", no_vct),
    Alteration::planned("`exp` is past", "SD-JWT VC §3.2.2.2", expired),
    Alteration::planned("`nbf` is to come", "SD-JWT VC §3.2.2.2", not_yet_valid),
    Alteration::edited("an `exp` of the past in a disclosure", "SD-JWT VC §3.2.2.2", hidden_expiry),
    Alteration::edited("revoked, and the status list at hand", "Token Status List §8.3", revoked),
    Alteration::edited("no key-binding JWT", "RFC 9901 §7.3", unbound),
    Alteration::edited("the key-binding JWT's signature changed", "RFC 9901 §7.3", broken_binding),
    Alteration::edited("a key-binding JWT by another key", "RFC 9901 §7.3", other_holder),
    Alteration::edited("a key-binding JWT with `alg` none", "RFC 9901 §7.3", unsecured_binding),
    Alteration::edited("`typ` of the key-binding JWT is `JWT`", "RFC 9901 §7.3", other_binding_type),
    Alteration::edited("`sd_hash` of another presentation", "RFC 9901 §7.3", withheld_after_binding),
    Alteration::edited("an answer to another nonce", "RFC 9901 §7.3", other_nonce),
    Alteration::edited("an answer to another audience", "RFC 9901 §7.3", other_audience),
    Alteration::planned("a key-binding JWT of a year ago", "RFC 9901 §7.3", old_binding),
    Alteration::planned("a key-binding JWT of tomorrow", "RFC 9901 §7.3", early_binding),
];

fn changed_disclosure(scene: &mut Scene) -> Result<()> {
    let position = position(scene, "family_name")?;
    scene.disclosures[position] = disclosure(&json!(["c2FsdA", "family_name", "Kim"]));
    scene.rebind(|_, _| {})
}

fn stray_disclosure(scene: &mut Scene) -> Result<()> {
    scene.disclosures.push(disclosure(&json!(["c2FsdA", "nickname", "Gil"])));
    scene.rebind(|_, _| {})
}

fn disclosure_twice(scene: &mut Scene) -> Result<()> {
    scene.disclosures.push(scene.disclosures[0].clone());
    scene.rebind(|_, _| {})
}

fn digest_twice(scene: &mut Scene) -> Result<()> {
    scene.reissue(|_, payload| {
        let first = payload["_sd"][0].clone();
        if let Some(digests) = payload["_sd"].as_array_mut() {
            digests.push(first);
        }
    })
}

fn disclosure_named_sd(scene: &mut Scene) -> Result<()> {
    scene.reissue_with_disclosure(&json!(["c2FsdA", "_sd", ["x"]]))
}

fn disclosure_named_dots(scene: &mut Scene) -> Result<()> {
    scene.reissue_with_disclosure(&json!(["c2FsdA", "...", "x"]))
}

fn disclosure_over_claim(scene: &mut Scene) -> Result<()> {
    scene.reissue_with_disclosure(&json!(["c2FsdA", "vct", "urn:example:other:1"]))
}

fn unknown_hash(scene: &mut Scene) -> Result<()> {
    scene.reissue(|_, payload| payload["_sd_alg"] = json!("md5"))
}

fn broken_issuer_signature(scene: &mut Scene) -> Result<()> {
    scene.credential.break_signature()?;
    scene.rebind(|_, _| {})
}

fn unsecured_credential(scene: &mut Scene) -> Result<()> {
    scene.credential.unsecure()?;
    scene.rebind(|_, _| {})
}

fn confused_credential(scene: &mut Scene) -> Result<()> {
    scene.credential.confuse_with_hmac(&scene.signer.key)?;
    scene.rebind(|_, _| {})
}

fn unknown_critical_header(scene: &mut Scene) -> Result<()> {
    scene.reissue(|header, _| {
        header["crit"] = json!(["interop"]);
        header["interop"] = json!(true);
    })
}

fn claim_twice(scene: &mut Scene) -> Result<()> {
    let payload = scene.credential.payload()?.to_string();
    let doubled = payload.replacen('{', r#"{"vct":"urn:example:other:1","#, 1);
    let header = scene.credential.header()?.to_string();
    scene.credential = Jws::of_text(&scene.signer.key, &header, &doubled);
    scene.rebind(|_, _| {})
}

fn other_type(scene: &mut Scene) -> Result<()> {
    scene.reissue(|header, _| header["typ"] = json!("JWT"))
}

fn no_vct(scene: &mut Scene) -> Result<()> {
    scene.reissue(|_, payload| {
        payload.as_object_mut().map(|claims| claims.remove("vct"));
    })
}

fn expired(plan: &mut Plan) {
    plan.claims["exp"] = json!(days(-1).unix_timestamp());
}

fn not_yet_valid(plan: &mut Plan) {
    plan.claims["nbf"] = json!(days(1).unix_timestamp());
}

fn hidden_expiry(scene: &mut Scene) -> Result<()> {
    scene.reissue(|_, payload| {
        payload.as_object_mut().map(|claims| claims.remove("exp"));
    })?;
    scene.reissue_with_disclosure(&json!(["c2FsdA", "exp", days(-1).unix_timestamp()]))
}

fn revoked(scene: &mut Scene) -> Result<()> {
    set_status(scene, 0)
}

/// Gives the credential an index in a list where only index 0 is INVALID, and the verifier that list.
pub fn set_status(scene: &mut Scene, index: u8) -> Result<()> {
    let list = json!({ "idx": index, "uri": STATUS_URI });
    scene.reissue(|_, payload| payload["status"] = json!({ "status_list": list }))?;
    let header = json!({ "alg": "ES256", "typ": "statuslist+jwt" });
    let payload = json!({
        "sub": STATUS_URI,
        "iat": days(0).unix_timestamp(),
        "exp": days(1).unix_timestamp(),
        "status_list": { "bits": 1, "lst": FIRST_REVOKED },
    });
    scene.status_token = Some(Jws::new(&scene.signer.key, &header, &payload).encoded());
    Ok(())
}

fn unbound(scene: &mut Scene) -> Result<()> {
    scene.key_binding = None;
    Ok(())
}

fn broken_binding(scene: &mut Scene) -> Result<()> {
    binding(scene)?.break_signature()
}

fn other_holder(scene: &mut Scene) -> Result<()> {
    scene.rebind_with(&Key::generate(), |_, _| {})
}

fn unsecured_binding(scene: &mut Scene) -> Result<()> {
    binding(scene)?.unsecure()
}

fn other_binding_type(scene: &mut Scene) -> Result<()> {
    scene.rebind(|header, _| header["typ"] = json!("JWT"))
}

fn withheld_after_binding(scene: &mut Scene) -> Result<()> {
    scene.disclosures.pop().map(|_| ()).ok_or_else(|| anyhow!("nothing disclosed"))
}

fn other_nonce(scene: &mut Scene) -> Result<()> {
    scene.expected = scene.request.with_nonce("another nonce");
    Ok(())
}

fn other_audience(scene: &mut Scene) -> Result<()> {
    scene.expected.client_id = "redirect_uri:https://stranger.example/response".into();
    Ok(())
}

fn old_binding(plan: &mut Plan) {
    plan.bound_at = days(-365).unix_timestamp();
}

fn early_binding(plan: &mut Plan) {
    plan.bound_at = days(1).unix_timestamp();
}

fn binding(scene: &mut Scene) -> Result<&mut Jws> {
    scene.key_binding.as_mut().ok_or_else(|| anyhow!("no key-binding JWT"))
}

fn disclosure(content: &Value) -> String {
    BASE64URL.encode(content.to_string())
}

fn position(scene: &Scene, name: &str) -> Result<usize> {
    let named = |encoded: &String| {
        let content: Option<Value> = BASE64URL.decode(encoded).ok().and_then(|json| serde_json::from_slice(&json).ok());
        content.is_some_and(|content| content[1] == name)
    };
    scene.disclosures.iter().position(named).ok_or_else(|| anyhow!("{name} is not disclosed"))
}
