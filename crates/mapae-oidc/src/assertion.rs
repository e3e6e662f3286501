//! `private_key_jwt`: a client signs who it is (RFC 7523 §3, OpenID Connect Core §9).
//!
//! Spec says / we do: OpenID Connect Core wants the token endpoint as audience, the draft that renews RFC 7523 the issuer and
//! nothing else, since an assertion for several servers may be shown by one of them to another. We take either, and this
//! endpoint's own address; every audience that is named must be ours.

use std::sync::Arc;

use mapae_jose::{Jws, Object, Value, base64url, json};
use mapae_types::{Duration, Timestamp};

use crate::{Client, ClientAuthentication, ClientFault, Provider, Replay, authenticate::Endpoint};

/// How far two clocks may disagree.
const SKEW: Duration = Duration::seconds(60);
/// How long an assertion may be good, so that its `jti` need not be remembered for long.
const MAX_LIFETIME: Duration = Duration::seconds(600);

impl Provider {
    pub(crate) fn by_assertion(
        &self,
        endpoint: Endpoint,
        text: &str,
        now: Timestamp,
    ) -> Result<(&Arc<Client>, Replay), ClientFault> {
        let jws = Jws::parse(text)?;
        // A type, where there is one, is that of an assertion (RFC 8725 §3.11).
        if jws.header().typ().is_some_and(|typ| !["JWT", "client-authentication+jwt"].contains(&typ)) {
            return Err(ClientFault::Claim { name: "typ" });
        }
        let client = self.client(&claimed_issuer(text).ok_or(ClientFault::Missing)?).ok_or(ClientFault::Missing)?;
        let claims = verified(&jws, client)?;
        if ["iss", "sub"].into_iter().any(|name| text_of(&claims, name) != Some(&client.id)) {
            return Err(ClientFault::Claim { name: "sub" });
        }
        self.check_audience(endpoint, &claims)?;
        let expires = check_times(&claims, now)?;
        let jti = text_of(&claims, "jti").filter(|jti| (1..=256).contains(&jti.len()));
        let jti = jti.ok_or(ClientFault::Claim { name: "jti" })?;
        Ok((client, Replay::of(&client.id, jti, expires + SKEW)))
    }

    fn check_audience(&self, endpoint: Endpoint, claims: &Object) -> Result<(), ClientFault> {
        let ours = [
            self.issuer().as_str().to_owned(),
            self.issuer().endpoint(Endpoint::Token.path()),
            self.issuer().endpoint(endpoint.path()),
        ];
        let is_ours = |value: &Value| value.as_str().is_some_and(|text| ours.iter().any(|own| own == text));
        let fits = match claims.get("aud") {
            Some(Value::Array(all)) => !all.is_empty() && all.iter().all(is_ours),
            Some(value) => is_ours(value),
            None => false,
        };
        if fits { Ok(()) } else { Err(ClientFault::Claim { name: "aud" }) }
    }
}

/// Who it says that it is by; only to find the keys that it must then be signed with.
fn claimed_issuer(text: &str) -> Option<String> {
    let payload = base64url::decode(text.split('.').nth(1)?).ok()?;
    Some(text_of(&json::parse_object(&payload).ok()?, "iss")?.to_owned())
}

fn verified(jws: &Jws<'_>, client: &Client) -> Result<Object, ClientFault> {
    let ClientAuthentication::PrivateKeyJwt { keys } = &client.authentication else {
        return Err(ClientFault::MethodDiffers);
    };
    let kid = jws.header().kid().map(str::to_owned);
    let candidates = keys.iter().filter(|(name, _)| kid.is_none() || name.is_none() || *name == kid);
    let mut fault = ClientFault::KeyUnknown;
    for (_, key) in candidates {
        match jws.clone().verify(key) {
            Ok(verified) => return verified.payload_object().map_err(|_| ClientFault::PayloadMalformed),
            Err(error) => fault = error.into(),
        }
    }
    Err(fault)
}

/// `exp`, which must be there and not far away; `nbf` and `iat` where they are.
fn check_times(claims: &Object, now: Timestamp) -> Result<Timestamp, ClientFault> {
    for name in ["nbf", "iat"] {
        if time(claims, name)?.is_some_and(|time| time > now + SKEW) {
            return Err(ClientFault::Claim { name });
        }
    }
    let expires = time(claims, "exp")?.ok_or(ClientFault::Claim { name: "exp" })?;
    let current = now < expires + SKEW && expires <= now + MAX_LIFETIME;
    if current { Ok(expires) } else { Err(ClientFault::Claim { name: "exp" }) }
}

fn time(claims: &Object, name: &'static str) -> Result<Option<Timestamp>, ClientFault> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    // RFC 7519 §2 lets a NumericDate have a fraction.
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second is cut off; a cast saturates")]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
    let time = seconds.and_then(|seconds| Timestamp::from_unix(seconds).ok());
    time.map(Some).ok_or(ClientFault::Claim { name })
}

fn text_of<'o>(claims: &'o Object, name: &str) -> Option<&'o str> {
    claims.get(name).and_then(Value::as_str)
}
