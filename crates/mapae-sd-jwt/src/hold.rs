//! The holder's side (RFC 9901 §7.2): what was issued, and what of it to show.

use mapae_crypto::{Algorithm, PublicKey};
use mapae_jose::{Jwk, Object, Value, base64url, json};

use crate::{
    HolderFault, IssuerFault, KeyBinding, PathElement, PresentError, SdJwtError, UnsignedKeyBinding,
    path::{Step, needed},
    process::{Trace, process},
    registered::Registered,
    split::{Split, split},
    verify::{parse_issuer, verify_issuer},
};

/// An issued SD-JWT in its holder's hands, with all its disclosures.
pub struct SdJwt<'a> {
    split: Split<'a>,
    claims: Object,
    registered: Registered,
    places: Vec<Vec<Step>>,
}

impl<'a> SdJwt<'a> {
    /// Takes what an issuer sent: its signature, its form and the key that it is bound to are checked.
    pub fn accept(text: &'a str, issuer: &PublicKey, holder: &PublicKey) -> Result<Self, SdJwtError> {
        let split = split_issued(text)?;
        let (payload, registered) = verify_issuer(parse_issuer(split.jwt)?, issuer)?;
        if registered.holder.public_key() != holder {
            return Err(HolderFault::OtherHolderKey.into());
        }
        Self::read(split, payload, registered)
    }

    /// Reads what the holder accepted and stored before. The issuer's signature is not checked again: a holder who
    /// alters its own copy gains nothing but a refusal.
    pub fn parse(text: &'a str) -> Result<Self, SdJwtError> {
        let split = split_issued(text)?;
        let jws = parse_issuer(split.jwt)?;
        let payload = jws.signing_input().rsplit('.').next().unwrap_or_default();
        // The JWS was read, so this part decodes.
        let bytes = base64url::decode(payload).unwrap_or_default();
        let payload = json::parse_object(&bytes).map_err(IssuerFault::Payload)?;
        let registered = Registered::read(&payload)?;
        Self::read(split, payload, registered)
    }

    fn read(split: Split<'a>, payload: Object, registered: Registered) -> Result<Self, SdJwtError> {
        let mut places = Places { here: Vec::new(), of: vec![Vec::new(); split.disclosures.len()] };
        let claims = process(payload, registered.hash, &split.disclosures, &mut places)?;
        Ok(Self { split, claims, registered, places: places.of })
    }

    /// All claims, for their holder to see.
    pub const fn claims(&self) -> &Object {
        &self.claims
    }

    /// The type of credential.
    pub fn vct(&self) -> &str {
        &self.registered.vct
    }

    /// The key that must sign presentations.
    pub const fn holder(&self) -> &Jwk {
        &self.registered.holder
    }

    /// Selects the claims at `paths`, with all that is inside them and the disclosures that lead to them. Claims that
    /// are not selectively disclosable are shown in any case.
    pub fn select(&self, paths: &[&[PathElement<'_>]]) -> Result<Selected, PresentError> {
        if let Some(index) = paths.iter().position(|path| !leads_somewhere(path, &self.claims)) {
            return Err(PresentError::NoSuchClaim { index });
        }
        let mut text = String::with_capacity(self.split.bound.len() + 512);
        text.push_str(self.split.jwt);
        text.push('~');
        for (disclosure, place) in self.split.disclosures.iter().zip(&self.places) {
            if paths.iter().any(|path| needed(path, place)) {
                text.push_str(disclosure);
                text.push('~');
            }
        }
        Ok(Selected { text, hash: self.registered.hash })
    }
}

/// RFC 9901 §7.2: a holder who receives a key-binding JWT must refuse.
fn split_issued(text: &str) -> Result<Split<'_>, HolderFault> {
    let split = split(text)?;
    if split.key_binding.is_empty() { Ok(split) } else { Err(HolderFault::KeyBindingPresent) }
}

fn leads_somewhere(path: &[PathElement<'_>], claims: &Object) -> bool {
    match path {
        [PathElement::Name(name), rest @ ..] => claims.get(*name).is_some_and(|value| exists(rest, value)),
        _ => false,
    }
}

fn exists(path: &[PathElement<'_>], value: &Value) -> bool {
    match path {
        [] => true,
        [PathElement::Name(name), rest @ ..] => value.get(*name).is_some_and(|value| exists(rest, value)),
        [PathElement::Index(index), rest @ ..] => value.get(*index).is_some_and(|value| exists(rest, value)),
        [PathElement::Every, rest @ ..] => {
            value.as_array().is_some_and(|array| array.iter().any(|value| exists(rest, value)))
        }
    }
}

/// Notes for each disclosure where it belongs.
struct Places {
    here: Vec<Step>,
    of: Vec<Vec<Step>>,
}

impl Trace for Places {
    fn enter_member(&mut self, name: &str) {
        self.here.push(Step::Name(name.to_owned()));
    }

    fn enter_element(&mut self, index: usize) {
        self.here.push(Step::Index(index));
    }

    fn leave(&mut self) {
        self.here.pop();
    }

    fn disclosed(&mut self, disclosure: usize) {
        self.of[disclosure].clone_from(&self.here);
    }
}

/// An SD-JWT with the disclosures that its holder chose, not yet bound to a verifier.
#[derive(Clone)]
pub struct Selected {
    text: String,
    hash: mapae_crypto::HashAlgorithm,
}

impl Selected {
    /// Prepares the key binding; `algorithm` is that of the holder's key.
    pub fn bind(self, algorithm: Algorithm, binding: &KeyBinding<'_>) -> UnsignedKeyBinding {
        self.bind_with(algorithm, binding, Vec::new())
    }

    /// The same with claims that a protocol adds (RFC 9901 §4.3: OpenID4VP's `transaction_data_hashes`, say). They take the place
    /// of none that the binding has itself.
    pub fn bind_with(
        self,
        algorithm: Algorithm,
        binding: &KeyBinding<'_>,
        claims: Vec<(&str, Value)>,
    ) -> UnsignedKeyBinding {
        UnsignedKeyBinding::new(self.text, self.hash, algorithm, binding, claims)
    }
}

impl core::fmt::Debug for Selected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Selected([redacted])")
    }
}

impl core::fmt::Debug for SdJwt<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SdJwt").field("vct", &self.registered.vct).finish_non_exhaustive()
    }
}
