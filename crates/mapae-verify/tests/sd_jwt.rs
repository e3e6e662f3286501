//! SD-JWT presentations with one thing changed, signed anew where the change is not about a signature.

use mapae_crypto::{SigningKey, sha256};
use mapae_jose::{UnsignedJws, base64url};
use serde_json::{Value, json};
use testkit::{Format, IssuedCopy, World};

/// A world, a copy and its presentation in parts that a test may change.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) copy: IssuedCopy,
    pub(crate) header: Value,
    pub(crate) payload: Value,
    pub(crate) disclosures: Vec<String>,
    pub(crate) binding_header: Value,
    pub(crate) binding: Value,
    /// Instead of the hash of what is presented.
    pub(crate) sd_hash: Option<String>,
}

pub(crate) fn scene() -> Scene {
    let world = World::new();
    let copy = world.issue(Format::SdJwt);
    let shown = String::from_utf8(world.answer(&copy)).unwrap();
    let mut parts: Vec<&str> = shown.split('~').collect();
    let (binding, jwt) = (parts.pop().unwrap(), parts.remove(0));
    let decoded = |jwt: &str, part: usize| json_of(jwt.split('.').nth(part).unwrap());
    Scene {
        header: decoded(jwt, 0),
        payload: decoded(jwt, 1),
        disclosures: parts.into_iter().map(str::to_owned).collect(),
        binding_header: decoded(binding, 0),
        binding: decoded(binding, 1),
        sd_hash: None,
        world,
        copy,
    }
}

/// The verdict after a change, signed by the right keys.
pub(crate) fn code_with(change: impl FnOnce(&mut Scene)) -> &'static str {
    let mut scene = scene();
    change(&mut scene);
    scene.code(&scene.shown())
}

impl Scene {
    pub(crate) fn code(&self, shown: &[u8]) -> &'static str {
        crate::code(self.world.verify(shown))
    }

    /// The presentation of these parts.
    pub(crate) fn shown(&self) -> Vec<u8> {
        self.signed_by(&self.world.pki.sd_jwt.key, &self.copy.holder)
    }

    pub(crate) fn signed_by(&self, issuer: &SigningKey, holder: &SigningKey) -> Vec<u8> {
        self.bind(&self.bound(issuer), holder)
    }

    /// Up to and with the last `~`.
    pub(crate) fn bound(&self, issuer: &SigningKey) -> String {
        let jwt = jws(&self.header, &self.payload, issuer);
        self.disclosures.iter().fold(jwt + "~", |text, disclosure| text + disclosure + "~")
    }

    /// The key-binding JWT after it.
    pub(crate) fn bind(&self, bound: &str, holder: &SigningKey) -> Vec<u8> {
        let mut binding = self.binding.clone();
        let hash = self.sd_hash.clone().unwrap_or_else(|| base64url::encode(sha256(bound.as_bytes())));
        binding["sd_hash"] = hash.into();
        (bound.to_owned() + &jws(&self.binding_header, &binding, holder)).into_bytes()
    }

    /// A disclosure more, whose digest the issuer signs at the top level.
    pub(crate) fn disclose(&mut self, disclosure: &Value) {
        let text = base64url::encode(disclosure.to_string());
        self.payload["_sd"].as_array_mut().unwrap().push(digest(&text).into());
        self.disclosures.push(text);
    }

    /// The place of the disclosure of a claim.
    pub(crate) fn disclosure_of(&self, name: &str) -> usize {
        self.disclosures.iter().position(|text| json_of(text)[1] == name).unwrap()
    }

    /// Replaces the digest of a disclosure by another's.
    pub(crate) fn replace_digest(&mut self, old: &str, new: &str) {
        let digests = self.payload["_sd"].as_array_mut().unwrap();
        *digests.iter_mut().find(|known| **known == digest(old)).unwrap() = digest(new).into();
    }
}

pub(crate) fn digest(text: &str) -> String {
    base64url::encode(sha256(text.as_bytes()))
}

pub(crate) fn json_of(text: &str) -> Value {
    serde_json::from_slice(&base64url::decode(text).unwrap()).unwrap()
}

fn jws(header: &Value, payload: &Value, key: &SigningKey) -> String {
    let unsigned = UnsignedJws::new(header.as_object().unwrap(), payload.to_string().as_bytes());
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

/// The tools themselves change nothing that they are not told to.
#[test]
fn parts_put_together_again_hold() {
    assert_eq!(code_with(|_| {}), "held");
    assert_eq!(code_with(|scene| scene.disclose(&json!(["salt", "nickname", "Gil"]))), "held");
}
