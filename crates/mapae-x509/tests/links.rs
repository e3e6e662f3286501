//! Roll-over: an authority's new root, its link to the old one, and readers that know only one of the two.

use mapae_types::Timestamp;
use mapae_x509::{
    Certificate, Role, RootParams, SignerParams, TrustAnchor, VerifiedSigner, X509Error, document_signer, iaca_link,
    iaca_root, verify_chain,
};

use crate::{
    forge::{BASIC_CONSTRAINTS, CERTIFY, Forge, KEY_USAGE, SIGN, time, tlv},
    parties::{Authority, Issue, key, root_params, signer_params},
};

const NEW: u8 = 3;
const NEWEST: u8 = 4;

/// The old root (key 1), the new one of the same name (key 3), the link, and a signer below the new root (key 2).
struct RollOver {
    old: Authority,
    new: TrustAnchor,
    link: Certificate,
    signer: Certificate,
}

impl RollOver {
    fn new() -> Self {
        let old = Authority::new();
        let new = new_root(|_| {});
        let link = old.issue(|root, _| iaca_link(root, &new_root(|_| {}), [5; 16]), &signer_params(key(2).public()));
        Self { signer: under(&new, document_signer), old, new, link }
    }

    fn verify(&self, chain: &[&Certificate], anchors: &[&TrustAnchor]) -> Result<VerifiedSigner, X509Error> {
        self.verify_at(chain, anchors, now())
    }

    fn verify_at(
        &self,
        chain: &[&Certificate],
        anchors: &[&TrustAnchor],
        at: Timestamp,
    ) -> Result<VerifiedSigner, X509Error> {
        let chain: Vec<_> = [&self.signer].into_iter().chain(chain.iter().copied()).cloned().collect();
        let anchors: Vec<_> = anchors.iter().copied().cloned().collect();
        verify_chain(&chain, &anchors, Role::DocumentSigner, at)
    }
}

fn now() -> Timestamp {
    time("2026-11-21T00:00:00Z")
}

fn new_root(change: impl FnOnce(&mut RootParams<'_>)) -> TrustAnchor {
    root_of(NEW, change)
}

fn root_of(seed: u8, change: impl FnOnce(&mut RootParams<'_>)) -> TrustAnchor {
    let own_key = key(seed);
    let mut params = RootParams { crl_url: "https://id.example/iaca-2.crl", ..root_params(own_key.public()) };
    (params.not_before, params.not_after) = (time("2026-06-01T00:00:00Z"), time("2046-01-01T00:00:00Z"));
    change(&mut params);
    let unsigned = iaca_root(&params).unwrap();
    let signature = own_key.sign(unsigned.to_be_signed()).unwrap();
    TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap()
}

fn under(root: &TrustAnchor, issue: Issue) -> Certificate {
    under_by(NEW, root, issue)
}

fn link_by(seed: u8, old: &TrustAnchor, new: &TrustAnchor) -> Certificate {
    let unsigned = iaca_link(old, new, [6; 16]).unwrap();
    let signature = key(seed).sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

fn under_by(seed: u8, root: &TrustAnchor, issue: Issue) -> Certificate {
    let signer_key = key(2);
    let from = time("2026-06-01T00:00:00Z");
    let params = SignerParams { not_before: from, ..signer_params(signer_key.public()) };
    let unsigned = issue(root, &params).unwrap();
    let signature = key(seed).sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

#[test]
fn a_reader_that_has_only_the_old_root_follows_the_link_to_signers_of_the_new() {
    let roll = RollOver::new();
    let verified = roll.verify(&[&roll.link], &[&roll.old.root]).unwrap();
    assert_eq!(verified.anchor(), &roll.old.root);
    assert_eq!(verified.certificate(), &roll.signer);
    let issuer = roll.signer.issuer().to_owned();
    assert_eq!(roll.verify(&[], &[&roll.old.root]).unwrap_err(), X509Error::IssuerUnknown { issuer });
}

#[test]
fn a_reader_that_has_the_new_root_needs_no_link_and_is_not_disturbed_by_one() {
    let roll = RollOver::new();
    for chain in [&[][..], &[&roll.link]] {
        let verified = roll.verify(chain, &[&roll.new]).unwrap();
        assert_eq!(verified.anchor(), &roll.new);
    }
    let both = roll.verify(&[&roll.link], &[&roll.new, &roll.old.root]).unwrap();
    assert_eq!(both.anchor(), &roll.new, "one signer has one root, whether its link is sent or not");
}

#[test]
fn a_chain_says_how_much_of_it_was_needed() {
    let roll = RollOver::new();
    let path = |anchor| roll.verify(&[&roll.link], &[anchor]).unwrap().path();
    assert_eq!((path(&roll.new), path(&roll.old.root)), (1, 2));
}

/// Where the root was renewed twice, the chain leads from the newest root to the one before and to the first.
#[test]
fn two_links_lead_to_every_root_of_the_authority() {
    let roll = RollOver::new();
    let newest = root_of(NEWEST, |_| {});
    let second = link_by(NEW, &roll.new, &newest);
    let signer = under_by(NEWEST, &newest, document_signer);
    let chain = [signer, second, roll.link.clone()];
    let verify = |chain: &[Certificate], anchors: &[&TrustAnchor]| {
        let anchors: Vec<_> = anchors.iter().copied().cloned().collect();
        verify_chain(chain, &anchors, Role::DocumentSigner, now())
    };
    for (at, root) in [&newest, &roll.new, &roll.old.root].into_iter().enumerate() {
        let verified = verify(&chain, &[root]).unwrap();
        assert_eq!((verified.anchor(), verified.path()), (root, at + 1));
        assert!(verify(&chain[..at], &[root]).is_err(), "without the link to root {at}");
    }
    let all = verify(&chain, &[&roll.old.root, &roll.new, &newest]).unwrap();
    assert_eq!((all.anchor(), all.path()), (&newest, 1), "the newest counts");
    let swapped = [chain[0].clone(), chain[2].clone(), chain[1].clone()];
    assert!(verify(&swapped, &[&roll.old.root]).is_err());
    let longer = [&chain[..], std::slice::from_ref(&roll.link)].concat();
    assert_eq!(verify(&longer, &[&newest]).unwrap_err(), X509Error::ChainTooLong { intermediates: 3, limit: 2 });
}

#[test]
fn nobody_trusts_a_link_without_one_of_the_roots() {
    let roll = RollOver::new();
    let issuer = roll.link.issuer().to_owned();
    assert_eq!(roll.verify(&[&roll.link], &[]).unwrap_err(), X509Error::IssuerUnknown { issuer });
}

#[test]
fn a_link_is_no_root_and_no_signer() {
    let roll = RollOver::new();
    let subject = roll.link.subject().to_owned();
    let as_root = TrustAnchor::new(roll.link.clone()).unwrap_err();
    assert_eq!(as_root, X509Error::RootSignatureInvalid { subject: subject.clone() });
    let alone = verify_chain(std::slice::from_ref(&roll.link), &[roll.old.root], Role::DocumentSigner, now());
    assert_eq!(alone.unwrap_err(), X509Error::LeafSelfSigned { subject });
}

#[test]
fn the_link_lasts_as_long_as_both_roots() {
    let roll = RollOver::new();
    assert_eq!(roll.link.not_before(), roll.new.certificate().not_before());
    assert_eq!(roll.link.not_after(), roll.old.root.certificate().not_after());
    let short = new_root(|params| params.not_after = time("2030-01-01T00:00:00Z"));
    let unsigned = iaca_link(&roll.old.root, &short, [5; 16]).unwrap();
    let signature = roll.old.sign(unsigned.to_be_signed());
    assert_eq!(unsigned.attach(&signature).unwrap().not_after(), time("2030-01-01T00:00:00Z"));
}

#[test]
fn the_link_has_what_annex_b_wants() {
    let roll = RollOver::new();
    let (old, new) = (roll.old.root.certificate(), roll.new.certificate());
    assert_eq!(roll.link.public_key(), new.public_key());
    assert_eq!(roll.link.authority_key_id(), old.subject_key_id());
    assert_eq!(roll.link.subject_key_id(), new.subject_key_id());
    assert_eq!(roll.link.subject_der(), old.subject_der());
    assert!(roll.link.is_ca());
    assert_eq!(roll.link.issuer_alternative_names(), new.issuer_alternative_names());
    assert_eq!(roll.link.crl_distribution_point(), old.crl_distribution_point(), "the old root revokes it");
}

#[test]
fn a_root_is_linked_to_no_other_name_and_no_other_than_a_new_key() {
    let old = Authority::new().root;
    let renamed = new_root(|params| params.common_name = "Another IACA");
    assert_eq!(iaca_link(&old, &renamed, [5; 16]).unwrap_err(), X509Error::IssuingLinkRenames);
    let rekeyed = root_of(1, |_| {});
    assert_eq!(iaca_link(&old, &rekeyed, [5; 16]).unwrap_err(), X509Error::IssuingKeyReused);
    let late = new_root(|params| params.not_before = time("2036-06-01T00:00:00Z"));
    assert_eq!(iaca_link(&old, &late, [5; 16]).unwrap_err(), X509Error::IssuingValidityInvalid);
}

/// A forged old root of path length 0, a link of one change, a signer under the new key.
fn forged(change: impl FnOnce(&mut Forge), signed_with: u8, at: Timestamp) -> Result<VerifiedSigner, X509Error> {
    let none_below = tlv(0x30, &[&[0x01, 0x01, 0xff, 0x02, 0x01, 0x00]]);
    let mut old = Forge::root(&key(1));
    old.put(BASIC_CONSTRAINTS, true, &none_below);
    let mut link = Forge::root(&key(NEW));
    link.put(BASIC_CONSTRAINTS, true, &none_below);
    change(&mut link);
    let signer = Forge::signer(&key(2), &link).certificate(&key(NEW));
    let chain = [signer, link.certificate(&key(signed_with))];
    verify_chain(&chain, &[old.anchor(&key(1))], Role::DocumentSigner, at)
}

#[test]
fn a_link_counts_like_any_authority_save_for_the_path_length() {
    let subject = || "CN=Forged root,C=KR".to_owned();
    assert!(forged(|_| {}, 1, now()).is_ok());
    let stranger = forged(|_| {}, 9, now()).unwrap_err();
    assert_eq!(stranger, X509Error::SignatureInvalid { subject: subject() });
    let own = forged(|_| {}, NEW, now()).unwrap_err();
    assert_eq!(own, X509Error::RootInChain { subject: subject() }, "signed by itself it is a root");
    let unable = forged(|link| link.put(KEY_USAGE, true, SIGN), 1, now()).unwrap_err();
    assert_eq!(unable, X509Error::IssuerMayNotSign { subject: subject() });
    assert!(forged(|link| link.put(KEY_USAGE, true, CERTIFY), 1, now()).is_ok());
    let plain = forged(|link| link.drop_extension(BASIC_CONSTRAINTS), 1, now()).unwrap_err();
    assert_eq!(plain, X509Error::IssuerNotCa { subject: subject() });
    let not_after = time("2026-11-20T00:00:00Z");
    let expired = forged(|link| link.not_after = not_after, 1, now()).unwrap_err();
    assert_eq!(expired, X509Error::Expired { subject: subject(), not_after });
}

/// RFC 5280 §4.2.1.9: only certificates whose issuer and subject have one name are not counted.
#[test]
fn an_authority_of_another_name_is_no_link() {
    let renamed = forged(|link| link.subject = crate::forge::name(&[("2.5.4.6", "KR"), ("2.5.4.3", "New")]), 1, now());
    assert_eq!(renamed.unwrap_err(), X509Error::PathTooLong { subject: "CN=Forged root,C=KR".into(), limit: 0 });
}

#[test]
fn an_expired_old_root_ends_the_path_and_not_the_new_root() {
    let roll = RollOver::new();
    let at = time("2036-01-01T00:00:01Z");
    assert!(matches!(roll.verify_at(&[&roll.link], &[&roll.old.root], at), Err(X509Error::Expired { .. })));
    // The signer has ended by then as well: its own root's word is asked for a time within its validity.
    assert!(roll.verify_at(&[], &[&roll.new], now()).is_ok());
}
