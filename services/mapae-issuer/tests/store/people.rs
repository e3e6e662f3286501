//! What clerks, phones and the service ask of a store, with everything that a scenario does not care about.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicU64, Ordering};

use mapae_issuer::ids::IssuerId;
use mapae_issuer::store::{
    Application, Channel, Committed, DocumentRecord, Grant, IssuerStore, NewBatch, NewDeferred, NewOffer, Offered,
    Redeemed, Redemption, Refresh, UsedNonce,
};
use mapae_types::{DocumentName, Duration, PersonId, Timestamp};

pub(crate) const CODE: [u8; 32] = [6; 32];
pub(crate) const PHONE: [u8; 32] = [1; 32];
pub(crate) const OTHER_PHONE: [u8; 32] = [2; 32];
pub(crate) const COPIES: u32 = 10;
pub(crate) const CONFIGURATION: &str = "resident-mdoc";

/// A morning.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    now() + Duration::seconds(seconds)
}

pub(crate) fn days(days: i64) -> Timestamp {
    now() + Duration::days(days)
}

/// One that nobody had before, in this process.
pub(crate) fn fresh<K>() -> IssuerId<K> {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number().to_be_bytes());
    IssuerId::from_bytes(bytes)
}

pub(crate) fn fresh_hash() -> [u8; 32] {
    let mut bytes = [9; 32];
    bytes[8..16].copy_from_slice(&number().to_be_bytes());
    bytes
}

fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn person(number: u64) -> PersonId {
    format!("person-{number:06}").parse().unwrap()
}

pub(crate) fn resident() -> DocumentName {
    "resident".parse().unwrap()
}

pub(crate) fn application(number: u64) -> Application {
    Application {
        id: fresh(),
        person: person(number),
        name: resident(),
        channel: Channel::Office,
        urgency: 0,
        identified: true,
        held: false,
        at: now(),
    }
}

pub(crate) fn offer_of(document: &DocumentRecord) -> NewOffer {
    NewOffer { id: fresh(), document: document.id, tx_code: CODE, copies: COPIES, expires_at: after(600), at: now() }
}

pub(crate) fn redemption(offer: &NewOffer) -> Redemption {
    Redemption {
        offer: offer.id,
        tx_code: CODE,
        jkt: PHONE,
        client_id: Some("wallet".to_owned()),
        grant: fresh(),
        expires_at: after(3600),
        now: after(10),
    }
}

pub(crate) fn refresh(grant: &Grant) -> Refresh {
    let now = grant.at + Duration::days(181);
    let expires_at = now + Duration::hours(1);
    Refresh { root: grant.root, jkt: grant.jkt, grant: fresh(), copies: COPIES, expires_at, now }
}

pub(crate) fn nonce() -> UsedNonce {
    UsedNonce { hash: fresh_hash(), expires_at: after(300) }
}

/// So many copies for new keys.
pub(crate) async fn batch(store: &impl IssuerStore, grant: &Grant, copies: u32) -> NewBatch {
    let at = grant.at + Duration::seconds(10);
    let keys: Vec<[u8; 32]> = (0..copies).map(|_| fresh_hash()).collect();
    NewBatch {
        id: fresh(),
        grant: grant.id,
        configuration: CONFIGURATION.to_owned(),
        keys: keys.first().copied().unwrap_or_else(fresh_hash),
        hashes: keys.iter().map(|key| key.map(|byte| byte ^ 1)).collect(),
        thumbprints: keys,
        seed: fresh_hash(),
        numbers: store.reserve_numbers(copies).await.unwrap(),
        revision: 1,
        memo: b"signer".to_vec(),
        valid_until: at + Duration::days(365),
        document_expires_at: at + Duration::days(3 * 365),
        refill_from: at + Duration::days(180),
        nonce: Some(nonce()),
        deferred: None,
        at,
    }
}

pub(crate) fn deferral(grant: &Grant) -> NewDeferred {
    NewDeferred {
        id: fresh(),
        grant: grant.id,
        configuration: CONFIGURATION.to_owned(),
        keys: fresh_hash(),
        request: b"proofs".to_vec(),
        nonce: nonce(),
        at: after(20),
    }
}

/// A person's offer, and its document.
pub(crate) async fn offered(store: &impl IssuerStore, number: u64) -> (DocumentRecord, NewOffer) {
    offered_as(store, &application(number)).await
}

pub(crate) async fn offered_as(store: &impl IssuerStore, application: &Application) -> (DocumentRecord, NewOffer) {
    let offer = NewOffer { document: application.id, ..offer_like(application) };
    assert_eq!(store.apply_and_offer(application, &offer).await.unwrap(), Offered::Done);
    (store.document(application.id).await.unwrap().unwrap(), offer)
}

pub(crate) fn offer_like(application: &Application) -> NewOffer {
    NewOffer { id: fresh(), document: application.id, tx_code: CODE, copies: COPIES, expires_at: after(600), at: now() }
}

/// A person's grant for [`PHONE`].
pub(crate) async fn granted(store: &impl IssuerStore, number: u64) -> Grant {
    let (_, offer) = offered(store, number).await;
    done(store.redeem(&redemption(&offer)).await.unwrap())
}

/// A person's grant that has made ten copies.
pub(crate) async fn active(store: &impl IssuerStore, number: u64) -> (Grant, NewBatch) {
    let grant = granted(store, number).await;
    let batch = batch(store, &grant, COPIES).await;
    assert_eq!(store.commit(batch.clone()).await.unwrap(), Committed::Done { replaced: None });
    (grant, batch)
}

pub(crate) fn done(redeemed: Redeemed) -> Grant {
    let Redeemed::Done(grant) = redeemed else { panic!("{redeemed:?}") };
    grant
}

pub(crate) async fn document(store: &impl IssuerStore, grant: &Grant) -> DocumentRecord {
    store.document(grant.document).await.unwrap().unwrap()
}
