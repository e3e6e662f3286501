//! The code by which the browser that began fetches the result (OpenID4VP §8.2, §13.3, §14.2).

use mapae_oid4vp::verifier::{CodeForeign, DraftFault, ResponseCode, ResponseCodeHash};
use testkit::Seeded;

const PAGE: &str = "https://library.example/back";

fn code(seed: u64) -> ResponseCode {
    ResponseCode::draw(&mut Seeded::new(seed)).unwrap()
}

/// What the browser brings.
fn brought(code: &ResponseCode) -> String {
    let uri = code.redirect_uri(PAGE).unwrap();
    uri.strip_prefix("https://library.example/back?response_code=").unwrap().to_owned()
}

#[test]
fn a_code_stands_in_the_page_that_the_wallet_opens() {
    let code = code(1);
    let text = brought(&code);
    assert_eq!(text.len(), 43, "256 bits");
    for (page, expected) in [
        ("https://library.example/back?a=b", format!("https://library.example/back?a=b&response_code={text}")),
        ("https://library.example/back#", format!("https://library.example/back#response_code={text}")),
        ("https://library.example/back#top", format!("https://library.example/back?response_code={text}#top")),
        ("http://localhost:3000/", format!("http://localhost:3000/?response_code={text}")),
    ] {
        assert_eq!(code.redirect_uri(page), Ok(expected));
    }
}

#[test]
fn nobody_is_sent_on_without_tls() {
    for page in ["http://library.example/", "javascript:alert(1)", "library:back"] {
        assert_eq!(code(1).redirect_uri(page), Err(DraftFault::PageInsecure), "{page}");
    }
}

#[test]
fn every_code_is_another() {
    assert_ne!(brought(&code(1)), brought(&code(2)));
}

#[test]
fn peer_hole_10_a_response_code_opens_the_session_that_began() {
    let (code, other) = (code(1), code(2));
    assert!(code.hash("session").redeem("session", &brought(&code)).is_ok());
    // Who began elsewhere has their session and no code; whose wallet answered has the code and another session.
    assert_eq!(code.hash("session").redeem("session", &brought(&other)), Err(CodeForeign));
    assert_eq!(code.hash("session").redeem("fixed", &brought(&code)), Err(CodeForeign));
    assert_eq!(code.hash("session").redeem("session", ""), Err(CodeForeign));
    // Nor does a part of the one count as part of the other.
    let moved = format!("n{}", brought(&code));
    assert_eq!(code.hash("session").redeem("sessio", &moved), Err(CodeForeign));
}

#[test]
fn what_is_kept_of_a_code_is_not_the_code() {
    let code = code(1);
    let kept = code.hash("session");
    let again = ResponseCodeHash::from_bytes(*kept.as_bytes());
    assert!(again.redeem("session", &brought(&code)).is_ok());
    assert_ne!(kept.as_bytes(), code.hash("other").as_bytes());
    assert!(!mapae_jose::base64url::encode(kept.as_bytes()).contains(&brought(&code)));
}

#[test]
fn peer_hole_11_a_response_code_is_not_printed() {
    let code = code(1);
    assert!(!format!("{code:?}").contains(&brought(&code)));
}
