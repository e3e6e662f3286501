//! A wallet, driven through its states against the scripted issuer.

use mapae_crypto::{PublicKey, SigningKey};
use mapae_jose::Jwk;
use mapae_oid4vci::{
    ClientAttestationContents, CredentialOffer, KeyAttestationContents, OfferGrants, PreAuthorizedGrant, TxCode,
    wallet::{
        Answer, AttestedWallet, Context, Discovery, Exchange, Grant, Issuer, KeyProofs, MetadataTrust, Outcome,
        ServerNonces, WalletError, WalletKey, Wanted,
    },
};
use mapae_types::{Duration, Timestamp};
use testkit::Seeded;

use super::peer::{Peer, TX_CODE};
use crate::scene::{self, CLIENT, ISSUER, key, now};

/// A phone with its keys.
pub(super) struct Phone {
    pub(super) peer: Peer,
    pub(super) now: Timestamp,
    device: SigningKey,
    client: Option<(String, SigningKey)>,
    nonces: ServerNonces,
    entropy: Seeded,
}

impl Phone {
    pub(super) fn new(peer: Peer) -> Self {
        let (nonces, entropy) = (ServerNonces::default(), Seeded::new(12));
        Self { peer, now: now(), device: key(1), client: None, nonces, entropy }
    }

    /// With an attestation by the provider that the issuer trusts.
    pub(super) fn attested(peer: Peer) -> Self {
        let instance = key(2);
        let attestation = ClientAttestationContents {
            provider: "https://provider.example",
            client_id: CLIENT,
            issued_at: now(),
            expires_at: now() + Duration::hours(1),
            key: &Jwk::from(instance.public().clone()),
            wallet_name: None,
            wallet_link: None,
            chain: &scene::chain(),
        };
        let attestation = scene::signed(attestation.unsigned(), &scene::provider().key);
        Self { client: Some((attestation, instance)), ..Self::new(Peer { attested: true, ..peer }) }
    }

    /// Runs an exchange to its end.
    pub(super) fn run<E: Exchange>(
        &mut self,
        begin: impl FnOnce(&mut Context<'_>) -> Result<E, WalletError>,
    ) -> Result<E::Done, WalletError> {
        let wallet =
            self.client.as_ref().map(|(attestation, key)| AttestedWallet { attestation, client_id: CLIENT, key });
        let mut context = Context {
            now: self.now,
            entropy: &mut self.entropy,
            device: &self.device,
            wallet,
            nonces: &mut self.nonces,
        };
        let mut exchange = begin(&mut context)?;
        loop {
            let response = self.peer.answer(exchange.request());
            match exchange.receive(&response, &mut context)? {
                Answer::Again(next) => exchange = next,
                Answer::Done(done) => return Ok(done),
            }
        }
    }

    pub(super) fn discover(&mut self) -> Result<Issuer, WalletError> {
        self.discover_by(MetadataTrust::Transport)
    }

    pub(super) fn discover_by(&mut self, trust: MetadataTrust<'_>) -> Result<Issuer, WalletError> {
        let server = self.run(|context| Discovery::begin(scene::issuer(), trust, context))?;
        self.run(|_| Ok(server))
    }

    pub(super) fn redeem(&mut self, issuer: &Issuer, tx_code: Option<&str>) -> Result<Grant, WalletError> {
        self.run(|context| issuer.redeem(&grant(), tx_code, context))
    }

    /// From the issuer's name to a grant.
    pub(super) fn granted(&mut self) -> (Issuer, Grant) {
        let issuer = self.discover().unwrap();
        let grant = self.redeem(&issuer, Some(TX_CODE)).unwrap();
        (issuer, grant)
    }

    pub(super) fn nonce(&mut self, issuer: &Issuer) -> String {
        self.run(|context| issuer.nonce(context).map(Option::unwrap)).unwrap()
    }

    /// Asks with one JWT for each key.
    pub(super) fn request(
        &mut self,
        (issuer, grant): &(Issuer, Grant),
        configuration: &str,
        keys: &[SigningKey],
    ) -> Result<Outcome, WalletError> {
        let nonce = self.nonce(issuer);
        let keys: Vec<&dyn WalletKey> = keys.iter().map(|key| key as &dyn WalletKey).collect();
        let proofs = KeyProofs::Jwt { keys: &keys, nonce: Some(&nonce), attestation: None };
        self.run(|context| issuer.request(grant, configuration, proofs, Wanted::Encrypted, context))
    }
}

/// A key attestation by the provider that the issuer trusts.
pub(super) fn attest(keys: &[PublicKey], nonce: &str) -> String {
    let keys: Vec<Jwk> = keys.iter().cloned().map(Jwk::from).collect();
    let contents = KeyAttestationContents {
        provider: "https://provider.example",
        issued_at: now(),
        expires_at: Some(now() + Duration::hours(1)),
        keys: &keys,
        key_storage: &[],
        user_authentication: &[],
        certification: None,
        nonce: Some(nonce),
        chain: &scene::chain(),
    };
    scene::signed(contents.unsigned(), &scene::provider().key)
}

pub(super) fn keys(count: u8) -> Vec<SigningKey> {
    (0..count).map(|n| key(20 + n)).collect()
}

pub(super) fn grant() -> PreAuthorizedGrant {
    let tx_code = TxCode { length: Some(6), description: Some("by text message".into()), ..TxCode::default() };
    PreAuthorizedGrant { code: "pre-authorized".to_owned().into(), tx_code: Some(tx_code) }
}

pub(super) fn offer() -> CredentialOffer {
    CredentialOffer {
        issuer: mapae_oid4vci::IssuerUrl::parse(ISSUER).unwrap(),
        configurations: vec!["licence-mdoc".to_owned(), "licence-sd-jwt".to_owned()],
        grants: OfferGrants { pre_authorized: Some(grant()), ..OfferGrants::default() },
    }
}
