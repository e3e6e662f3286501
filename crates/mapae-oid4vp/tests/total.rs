//! Whatever comes, every reader returns.

use mapae_oid4vp::{
    Answered, BrowserCall, Call, ClientId, HttpResponse,
    verifier::{PendingBrowserPresentation, PendingPresentation, wallet_nonce},
};
use proptest::prelude::*;

use crate::scene::{REGISTRAR, now};

/// Texts that look like links, forms, JSON and JWTs now and then.
fn input() -> impl Strategy<Value = String> {
    let words = r#"[a-z%&=+{}":\[\],. ~/?#0-9\\é-]{0,80}"#;
    let link = r"(openid4vp://\?|https://a.example/#)(client_id=(x509_hash|redirect_uri)%3A[a-z%:/.]{0,40}&?)?[a-z_=&%{}:]{0,60}";
    let jwt = "(eyJhbGciOiJFUzI1NiIsInR5cCI6Im9hdXRoLWF1dGh6LXJlcStqd3QifQ|[A-Za-z0-9_-]{0,40})[.][A-Za-z0-9_-]{0,40}[.][A-Za-z0-9_-]{0,88}";
    prop_oneof![words, link, jwt, ".*"]
}

proptest! {
    #[test]
    fn no_text_makes_a_wallet_panic(text in input()) {
        let _ = ClientId::parse(&text);
        if let Ok(Call::Signed(object) | Call::Plain(object)) = Call::parse(&text) {
            let _ = (object.authenticate(core::slice::from_ref(&REGISTRAR.root), now()), object.unauthenticated(now()));
        }
        for data in [text.clone(), format!("{{\"protocol\":\"openid4vp-v1-signed\",\"data\":{{\"request\":\"{text}\"}}}}")] {
            if let Ok(call) = BrowserCall::parse(&data, "https://library.example") {
                let _ = (call.authenticate(core::slice::from_ref(&REGISTRAR.root), now(), &[]), call.unauthenticated(now()));
            }
        }
        let _ = Answered::receive(&HttpResponse { status: 200, headers: Vec::new(), body: text.into_bytes() });
    }

    #[test]
    fn no_text_makes_a_verifier_panic(text in input(), encrypted in any::<bool>()) {
        let pending: PendingPresentation = crate::verifier::pending(encrypted);
        let state = pending.state().to_owned();
        let _ = (pending.receive(text.as_bytes()), wallet_nonce(text.as_bytes()));
        let _ = crate::verifier::pending(encrypted).receive(format!("state={state}&vp_token={text}").as_bytes());
        let _ = crate::browser::pending(encrypted).receive("https://library.example", text.as_bytes());
    }

    #[test]
    fn no_record_makes_a_verifier_panic(kind in 1..3u8, len in 0..400u16, rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let content = [&[1, kind][..], &len.to_be_bytes(), &rest].concat();
        let record = [&content[..], &mapae_crypto::sha256(&content)].concat();
        let _ = (PendingPresentation::from_record(&record), PendingBrowserPresentation::from_record(&record));
        let _ = PendingPresentation::from_record(&rest);
    }
}
