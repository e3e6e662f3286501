//! The `id_token` (OpenID Connect Core §2, §3.1.3.6), signed and not encrypted.

use mapae_crypto::sha256;
use mapae_jose::{UnsignedJws, base64url, json};
use mapae_types::Timestamp;

use crate::{Provider, Secret, keys::NamedKey, login::Grant, record::members_of};

/// Its type.
pub(crate) const TYP: &str = "JWT";
/// RFC 8176: possession of a key was proven, that of the presented copy; what the wallet asked of the person, it does not say.
const AMR: &str = "pop";

pub(crate) fn unsigned(
    provider: &Provider,
    key: &NamedKey,
    grant: &Grant,
    access_token: &Secret,
    now: Timestamp,
    expires: Timestamp,
) -> UnsignedJws {
    let header = members_of([
        ("alg", Some(key.algorithm().name().into())),
        ("kid", Some(key.kid().into())),
        ("typ", Some(TYP.into())),
    ]);
    // No claim has a name of the protocol's: `Source::check` saw to that.
    let mut claims = grant.id_token.clone();
    claims.extend(members_of([
        ("acr", Some(grant.acr.as_str().into())),
        ("amr", Some(vec![AMR].into())),
        ("at_hash", Some(at_hash(access_token).into())),
        ("aud", Some(grant.client_id.as_str().into())),
        ("auth_time", Some(grant.authenticated_at.unix().into())),
        ("exp", Some(expires.unix().into())),
        ("iat", Some(now.unix().into())),
        ("iss", Some(provider.issuer().as_str().into())),
        ("nonce", grant.nonce.as_deref().map(Into::into)),
        ("sid", Some(grant.login.to_string().into())),
        ("sub", Some(grant.subject.as_str().into())),
    ]));
    UnsignedJws::new(&header, &json::to_vec(&claims))
}

/// §3.1.3.6: the left half of the hash of the access token.
fn at_hash(access_token: &Secret) -> String {
    base64url::encode(&sha256(access_token.expose().as_bytes())[..16])
}
