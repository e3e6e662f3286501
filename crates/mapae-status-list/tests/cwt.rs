//! The rules for a CWT, each with a token that breaks it alone.

use mapae_cose::{
    CoseError, Headers, UnsignedSign1,
    cbor::{CborError, Value},
};
use mapae_crypto::Algorithm;
use mapae_status_list::{ListError, StatusTokenCwt, TokenError};
use mapae_types::Duration;

use crate::tokens::{CHAIN, URI, another_key, cwt, expected, key, now};

const TYP: &str = "application/statuslist+cwt";
const SUB: i64 = 2;
const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65_533;
const TTL: i64 = 65_534;

fn list(bits: i64) -> Value {
    let lst = vec![0x78, 0xda, 0xdb, 0xb9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5d];
    Value::Map(vec![(Value::text("bits"), bits.into()), (Value::text("lst"), Value::Bytes(lst))])
}

fn claims() -> Vec<(i64, Value)> {
    vec![
        (SUB, URI.into()),
        (EXP, (now() + Duration::days(1)).unix().into()),
        (IAT, now().unix().into()),
        (STATUS_LIST, list(1)),
        (TTL, 3600.into()),
    ]
}

fn encode(claims: Vec<(i64, Value)>) -> Vec<u8> {
    Value::Map(claims.into_iter().map(|(label, value)| (Value::from(label), value)).collect()).to_cbor()
}

fn headers() -> Headers<'static> {
    Headers::algorithm(Algorithm::Es256).with_typ(TYP)
}

fn sign(unsigned: UnsignedSign1) -> Vec<u8> {
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn verify_bytes(bytes: &[u8]) -> Result<(), TokenError> {
    StatusTokenCwt::parse(bytes)?.verify(key().public(), &expected()).map(drop)
}

fn verify(payload: &[u8]) -> Result<(), TokenError> {
    verify_bytes(&sign(UnsignedSign1::new(&headers(), &Headers::default(), payload).tagged()))
}

fn with(label: i64, value: Value) -> Result<(), TokenError> {
    let mut claims = claims();
    claims.retain(|(other, _)| *other != label);
    claims.push((label, value));
    verify(&encode(claims))
}

fn without(label: i64) -> Result<(), TokenError> {
    verify(&encode(claims().into_iter().filter(|(other, _)| *other != label).collect()))
}

#[test]
fn the_token_that_the_cases_change_is_accepted() {
    assert_eq!(verify(&encode(claims())), Ok(()));
    assert_eq!(with(1, "https://id.example".into()), Ok(()));
}

#[test]
fn a_token_without_the_tag_of_cose_sign1_is_refused() {
    let untagged = sign(UnsignedSign1::new(&headers(), &Headers::default(), &encode(claims())));
    assert_eq!(verify_bytes(&untagged), Err(TokenError::Untagged));
}

#[test]
fn a_token_under_the_tag_of_cwt_is_refused() {
    let tagged = [&[0xd8, 61], cwt().as_slice()].concat();
    assert!(matches!(verify_bytes(&tagged), Err(TokenError::Cose(CoseError::Cbor(CborError::Unexpected(_))))));
}

#[test]
fn another_typ_is_refused() {
    let refused = Err(TokenError::WrongType { expected: TYP });
    let none = Headers::algorithm(Algorithm::Es256);
    for protected in [none.clone(), none.clone().with_typ("application/cwt"), none.with_typ("statuslist+cwt")] {
        let bytes = sign(UnsignedSign1::new(&protected, &Headers::default(), &encode(claims())).tagged());
        assert_eq!(verify_bytes(&bytes), refused);
    }
}

#[test]
fn a_typ_that_is_not_protected_does_not_count() {
    let (protected, unprotected) = (Headers::algorithm(Algorithm::Es256), Headers::default().with_typ(TYP));
    let bytes = sign(UnsignedSign1::new(&protected, &unprotected, &encode(claims())).tagged());
    assert_eq!(verify_bytes(&bytes), Err(TokenError::WrongType { expected: TYP }));
}

#[test]
fn a_chain_that_is_not_protected_is_not_handed_out() {
    let chain = Headers::x5chain(CHAIN.to_vec());
    let bytes = sign(UnsignedSign1::new(&headers(), &chain, &encode(claims())).tagged());
    assert!(StatusTokenCwt::parse(&bytes).unwrap().x5chain().is_empty());
    assert_eq!(StatusTokenCwt::parse(&cwt()).unwrap().x5chain(), CHAIN);
}

#[test]
fn another_key_is_refused() {
    let bytes = cwt();
    let refused = StatusTokenCwt::parse(&bytes).unwrap().verify(&another_key(), &expected());
    assert_eq!(refused.err(), Some(TokenError::Cose(CoseError::SignatureInvalid)));
}

#[test]
fn another_subject_is_refused() {
    let found = "https://id.example/status/4";
    assert_eq!(with(SUB, found.into()), Err(TokenError::WrongSubject { found: found.into() }));
}

#[test]
fn required_claims_are_required_and_exp_is_one_of_them() {
    for (label, claim) in [(SUB, "sub"), (IAT, "iat"), (EXP, "exp"), (STATUS_LIST, "status_list")] {
        assert_eq!(without(label), Err(TokenError::ClaimMissing { claim }));
    }
    assert_eq!(without(TTL), Ok(()));
}

#[test]
fn claims_have_their_types() {
    for (label, value) in [
        (SUB, Value::Bytes(URI.into())),
        (IAT, Value::Float(1.5)),
        (EXP, Value::Tag(1, Box::new(Value::Int(1)))),
        (NBF, Value::text("now")),
        (TTL, Value::text("3600")),
    ] {
        assert!(matches!(with(label, value), Err(TokenError::Cbor(CborError::Unexpected(_)))), "{label}");
    }
    let not_a_map = with(STATUS_LIST, Value::Array(vec![]));
    assert!(matches!(not_a_map, Err(TokenError::List(ListError::Cbor(CborError::Unexpected(_))))));
}

#[test]
fn claims_have_their_ranges() {
    for (label, value, claim) in
        [(IAT, i64::MAX, "iat"), (EXP, i64::MAX, "exp"), (NBF, i64::MIN, "nbf"), (TTL, 0, "ttl"), (TTL, -1, "ttl")]
    {
        assert_eq!(with(label, value.into()), Err(TokenError::ClaimMalformed { claim }));
    }
}

#[test]
fn a_token_is_not_accepted_from_the_second_at_which_it_expires() {
    let expired_at = now();
    assert_eq!(with(EXP, expired_at.unix().into()), Err(TokenError::Expired { expired_at }));
    assert_eq!(with(EXP, (expired_at.unix() + 1).into()), Ok(()));
}

#[test]
fn a_token_from_the_future_is_refused_beyond_the_skew() {
    let issued_at = now() + Duration::seconds(61);
    assert_eq!(with(IAT, issued_at.unix().into()), Err(TokenError::IssuedInFuture { issued_at }));
    assert_eq!(with(IAT, (issued_at.unix() - 1).into()), Ok(()));
}

#[test]
fn a_token_that_is_not_valid_yet_is_refused_beyond_the_skew() {
    let not_before = now() + Duration::seconds(61);
    assert_eq!(with(NBF, not_before.unix().into()), Err(TokenError::NotYetValid { not_before }));
    assert_eq!(with(NBF, (not_before.unix() - 1).into()), Ok(()));
}

#[test]
fn lists_of_1_2_4_and_8_bits_are_read_and_no_others() {
    for bits in [1, 2, 4, 8] {
        assert_eq!(with(STATUS_LIST, list(bits)), Ok(()));
    }
    assert_eq!(with(STATUS_LIST, list(16)), Err(TokenError::List(ListError::BitsUnsupported { bits: 16 })));
}

#[test]
fn peer_hole_02_a_cwt_is_inflated_to_the_callers_limit_and_no_further() {
    let bytes = cwt();
    let verify = |limit| {
        let expected = expected().with_max_list_bytes(limit);
        StatusTokenCwt::parse(&bytes).unwrap().verify(key().public(), &expected).map(drop)
    };
    assert_eq!(verify(13), Ok(()));
    assert_eq!(verify(12), Err(TokenError::List(ListError::TooLarge { limit: 12 })));
}

#[test]
fn a_claim_that_occurs_twice_is_refused() {
    let mut claims = claims();
    claims.push((SUB, URI.into()));
    let twice = verify(&encode(claims));
    assert!(matches!(twice, Err(TokenError::Cbor(CborError::DuplicateKey(_)))));
}

#[test]
fn bytes_after_the_claims_or_the_token_are_refused() {
    let payload = [encode(claims()).as_slice(), &[0]].concat();
    assert!(matches!(verify(&payload), Err(TokenError::Cbor(CborError::Trailing(_)))));
    let token = [cwt().as_slice(), &[0]].concat();
    assert!(matches!(verify_bytes(&token), Err(TokenError::Cose(CoseError::Cbor(CborError::Trailing(_))))));
}

#[test]
fn a_detached_payload_is_refused() {
    let bytes = sign(UnsignedSign1::new(&headers(), &Headers::default(), &encode(claims())).tagged().detached());
    assert_eq!(verify_bytes(&bytes), Err(TokenError::Cose(CoseError::PayloadPlace)));
}
