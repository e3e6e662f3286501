//! An authority with its root, signers and list, all issued by the crate under test.

use mapae_crypto::{PublicKey, Signature, SigningKey};
use mapae_x509::{
    AlternativeName, Certificate, Crl, RevokedEntry, RootParams, SignerParams, TrustAnchor, UnsignedCertificate,
    X509Error, crl, iaca_root,
};

use crate::forge::time;

pub(crate) type Issue = fn(&TrustAnchor, &SignerParams<'_>) -> Result<UnsignedCertificate, X509Error>;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_scalar(&[seed; 32]).unwrap()
}

pub(crate) struct Authority {
    pub(crate) key: SigningKey,
    pub(crate) root: TrustAnchor,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = key(1);
        let unsigned = iaca_root(&root_params(key.public())).unwrap();
        let signature = key.sign(unsigned.to_be_signed()).unwrap();
        let root = TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap();
        Self { key, root }
    }

    pub(crate) fn issue(&self, issue: Issue, params: &SignerParams<'_>) -> Certificate {
        let unsigned = issue(&self.root, params).unwrap();
        let signature = self.sign(unsigned.to_be_signed());
        unsigned.attach(&signature).unwrap()
    }

    /// A list of 30 days, from 1 November 2026.
    pub(crate) fn list(&self, revoked: &[RevokedEntry<'_>]) -> Crl {
        let (from, to) = (time("2026-11-01T00:00:00Z"), time("2026-12-01T00:00:00Z"));
        let unsigned = crl(&self.root, 7, from, to, revoked).unwrap();
        let signature = self.sign(unsigned.to_be_signed());
        unsigned.attach(&signature).unwrap()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(message).unwrap()
    }
}

pub(crate) fn root_params(public_key: &PublicKey) -> RootParams<'_> {
    RootParams {
        country: "KR",
        state_or_province: None,
        organization: Some("견본부"),
        common_name: "Sample IACA",
        public_key,
        serial: [0xff; 16],
        not_before: time("2026-01-01T00:00:00Z"),
        not_after: time("2036-01-01T00:00:00Z"),
        crl_url: "https://id.example/iaca.crl",
        contact: AlternativeName::Email("pki@id.example".into()),
    }
}

/// Valid from 1 January 2026 for 424 days.
pub(crate) fn signer_params(public_key: &PublicKey) -> SignerParams<'_> {
    SignerParams {
        organization: Some("견본부"),
        common_name: "Sample signer",
        public_key,
        serial: [0x11; 16],
        not_before: time("2026-01-01T00:00:00Z"),
        not_after: time("2027-03-01T00:00:00Z"),
        alternative_names: &[],
    }
}
