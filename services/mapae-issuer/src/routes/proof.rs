//! Who asks: DPoP proofs, client attestations, access tokens.

use axum::http::HeaderMap;
use mapae_oid4vci::{
    AccessToken, AttestedClient, ClientAttestation, ClientExpected, ClientFault, DpopExpected, DpopFault, DpopProof,
    Endpoint, Nonces, VerifiedDpop,
};
use mapae_types::Timestamp;

use super::refusal::Refusal;
use crate::{
    seal::ACCESS_TOKEN,
    service::Service,
    store::{GrantView, IssuerStore},
};

/// All headers of a name. One that is not ASCII stands as an empty one, which no check accepts.
fn all<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default())
}

impl<S: IssuerStore> Service<S> {
    /// The DPoP proof of a POST to one of our endpoints.
    pub(crate) fn dpop(
        &self,
        headers: &HeaderMap,
        path: &str,
        token: Option<&AccessToken>,
        now: Timestamp,
    ) -> Result<VerifiedDpop, Refusal> {
        let endpoint = if token.is_some() { Endpoint::Resource } else { Endpoint::Authorization };
        let check = |nonce: &str| self.mints.dpop.check(nonce, now);
        let expected = DpopExpected {
            method: "POST",
            uri: &self.issuer.endpoint(path),
            now,
            access_token: token.map(AccessToken::expose),
            nonce: Nonces::Required(&check),
        };
        self.metrics.dpop_proofs.inc();
        let proof = DpopProof::verify(all(headers, "dpop"), &expected);
        let proof = proof.map_err(|fault| Refusal::dpop(&fault, endpoint))?;
        match self.replays.first(proof.replay_key(), now) {
            Ok(()) => Ok(proof),
            Err(_) => Err(Refusal::dpop(&DpopFault::Replayed, endpoint)),
        }
    }

    /// The client attestation, if there is one; refused if it is demanded and missing.
    pub(crate) fn client(
        &self,
        headers: &HeaderMap,
        client_id: Option<&str>,
        is_demanded: bool,
        now: Timestamp,
    ) -> Result<Option<AttestedClient>, Refusal> {
        let check = |challenge: &str| self.mints.challenge.check(challenge, now);
        let providers = self.providers.now();
        let expected = ClientExpected {
            issuer: self.issuer.as_str(),
            client_id,
            now,
            providers: &providers,
            challenge: Nonces::Required(&check),
            max_age: None,
        };
        let attestations = all(headers, "oauth-client-attestation");
        let pops = all(headers, "oauth-client-attestation-pop");
        let client = ClientAttestation::verify(attestations, pops, &expected)?;
        match client {
            None if is_demanded => Err(ClientFault::Missing.into()),
            None => Ok(None),
            Some(client) => {
                self.metrics.client_attestations.inc();
                let first = self.replays.first(client.replay_key(), now);
                first.map_err(|_| ClientFault::Replayed)?;
                Ok(Some(client))
            }
        }
    }

    /// The grant that an access token stands for, shown with the key that it is bound to (RFC 9449 §7).
    pub(crate) async fn granted(&self, headers: &HeaderMap, path: &str, now: Timestamp) -> Result<GrantView, Refusal> {
        let mut given = all(headers, "authorization");
        let (first, second) = (given.next(), given.next());
        let refuse = |fault: DpopFault| Refusal::dpop(&fault, Endpoint::Resource);
        let token = AccessToken::parse(first.filter(|_| second.is_none())).map_err(refuse)?;
        let proof = self.dpop(headers, path, Some(&token), now)?;
        let unknown = || refuse(DpopFault::TokenUnknown);
        let id = self.seal.open(ACCESS_TOKEN, token.expose()).ok_or_else(unknown)?;
        let view = self.store.grant(id, now).await?.ok_or_else(unknown)?;
        if view.grant.jkt != *proof.jkt() {
            return Err(refuse(DpopFault::KeyDiffers));
        }
        Ok(view)
    }
}
