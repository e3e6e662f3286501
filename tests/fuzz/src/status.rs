//! Status lists and their tokens.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use mapae_cose::{
    Headers, UnsignedSign1,
    cbor::{Reader, Writer},
};
use mapae_crypto::Algorithm;
use mapae_jose::{Object, UnsignedJws, base64url};
use mapae_status_list::{
    EncodedList, Encoding, Expected, Status, StatusList, StatusTokenCwt, StatusTokenJwt, TokenDelta,
    VerifiedStatusToken,
};

use crate::parties::{REVOKED_INDEX, STATUS_INDEX, STATUS_LEN, STATUS_URI, now, parties, status_cwt as token_of_today};

/// Bytes that a list may inflate to here.
const LIMIT: usize = 1 << 16;

fn expected() -> Expected<'static> {
    Expected::new(STATUS_URI, now()).with_max_list_bytes(LIMIT)
}

/// A token as JWT: it answers only as its signer did.
pub fn status_jwt(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let Ok(token) = StatusTokenJwt::parse(text) else { return false };
    let _chain = token.x5chain();
    let verified = token.verify(parties().status_signer.key.public(), &expected());
    verified.is_ok_and(|verified| answers_as_signed(&verified))
}

/// A token as CWT: it answers only as its signer did.
pub fn status_cwt(data: &[u8]) -> bool {
    let Ok(token) = StatusTokenCwt::parse(data) else { return false };
    let _chain = token.x5chain();
    let verified = token.verify(parties().status_signer.key.public(), &expected());
    verified.is_ok_and(|verified| answers_as_signed(&verified))
}

fn answers_as_signed(verified: &VerifiedStatusToken) -> bool {
    assert_eq!(verified.uri(), STATUS_URI);
    assert_eq!(verified.status(REVOKED_INDEX.into()), Ok(Status::Invalid));
    assert_eq!(verified.status(STATUS_INDEX), Ok(Status::Valid));
    assert!(verified.status(STATUS_LEN.into()).is_err());
    true
}

/// The claims of a token, which its signer signs whatever they say: JSON, else CBOR.
pub fn status_claims(data: &[u8]) -> bool {
    let key = &parties().status_signer.key;
    let verified = if data.first() == Some(&b'{') {
        let header = [("alg".to_owned(), "ES256".into()), ("typ".to_owned(), "statuslist+jwt".into())];
        let unsigned = UnsignedJws::new(&Object::from_iter(header), data);
        let Ok(signature) = key.sign(unsigned.to_be_signed()) else { return false };
        StatusTokenJwt::parse(&unsigned.attach(&signature)).and_then(|token| token.verify(key.public(), &expected()))
    } else {
        let protected = Headers::algorithm(Algorithm::Es256).with_typ("application/statuslist+cwt");
        let unsigned = UnsignedSign1::new(&protected, &Headers::default(), data).tagged();
        let Ok(signature) = key.sign(unsigned.to_be_signed()) else { return false };
        StatusTokenCwt::parse(&unsigned.attach(&signature)).and_then(|token| token.verify(key.public(), &expected()))
    };
    let Ok(verified) = verified else { return false };
    assert_eq!(verified.uri(), STATUS_URI);
    assert!(verified.expires_at().is_none_or(|end| end > now()));
    look_up(verified.list());
    true
}

/// The first byte is the width of the entries, the rest a compressed list: what comes out is what another way to
/// inflate gives, and never more than the limit.
pub fn status_list_inflate(data: &[u8]) -> bool {
    let Some((bits, compressed)) = data.split_first() else { return false };
    let lst = base64url::encode(compressed);
    let object = Object::from_iter([("bits".to_owned(), (*bits).into()), ("lst".to_owned(), lst.into())]);
    let Ok(encoded) = EncodedList::from_json(&object) else { return false };
    let inflated = encoded.inflate(LIMIT).ok();
    let reference = inflate_by_stream(compressed);
    assert_eq!(inflated.as_ref().map(StatusList::as_bytes), reference.as_deref());
    inflated.is_some_and(|list| {
        assert_eq!(list.bits().count(), *bits);
        look_up(&list);
        true
    })
}

/// A delta, applied to the token of today: it has one written form, and to whatever token it leads, the difference
/// leads there as well.
pub fn status_delta(data: &[u8]) -> bool {
    let Ok(delta) = Reader::read_all(data, TokenDelta::read) else { return false };
    let mut written = Writer::new();
    delta.write(&mut written);
    assert_eq!(Reader::read_all(written.as_bytes(), TokenDelta::read).as_ref(), Ok(&delta));
    assert!(delta.revoked().is_sorted_by(|a, b| a < b));
    let today = token_of_today();
    let Ok(next) = delta.apply(&today) else { return false };
    let Some(again) = TokenDelta::between(&today, &next) else { panic!("what was rebuilt once is rebuilt again") };
    assert_eq!(again.revoked(), delta.revoked());
    assert_eq!(again.apply(&today).as_ref(), Ok(&next));
    true
}

/// The first byte is an encoding, the rest is compressed, once as it is and once as pairs of a run of zeros and a
/// byte: both come back.
pub fn status_encode(data: &[u8]) -> bool {
    let Some((version, bytes)) = data.split_first() else { return false };
    let Some(encoding) = Encoding::from_version(*version) else { return false };
    let pairs = bytes.chunks_exact(2);
    let sparse: Vec<u8> = pairs.flat_map(|pair| [vec![0; pair[0].into()], vec![pair[1]]].concat()).collect();
    for list in [bytes, &sparse] {
        let mut back = Vec::new();
        let read = ZlibDecoder::new(&encoding.compress(list)[..]).read_to_end(&mut back);
        assert!(read.is_ok() && back == list, "{} bytes come back as {}", list.len(), back.len());
    }
    true
}

fn look_up(list: &StatusList) {
    assert!(list.as_bytes().len() <= LIMIT);
    assert!(list.get(list.len()).is_err() && list.get(u64::MAX).is_err());
    assert!(list.is_empty() || (list.get(0).is_ok() && list.get(list.len() - 1).is_ok()));
}

/// The whole of `compressed` as one stream within the limit, by a reader with a window of its own.
fn inflate_by_stream(compressed: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = ZlibDecoder::new(compressed);
    let mut out = Vec::new();
    let mut bounded = decoder.by_ref().take(LIMIT as u64 + 1);
    bounded.read_to_end(&mut out).ok().filter(|_| out.len() <= LIMIT)?;
    (decoder.total_in() == compressed.len() as u64).then_some(out)
}
