//! The whole of a verification.

use mapae_jose::Object;
use mapae_types::Duration;
use mapae_verify::{Binding, Claims, NotVerified, Policy, Verified};

use crate::{
    documents::{ALWAYS, disclosed_claims},
    mdoc::assert_disclosed,
    parties::{CLIENT_ID, NONCE, now, store, transcript},
};

/// A presentation of either format: nothing but what was issued and disclosed is ever believed.
pub fn verify(data: &[u8]) -> bool {
    match judge(data) {
        Ok(verified) => {
            assert!(!verified.credentials().is_empty());
            verified.credentials().iter().for_each(|credential| assert_as_disclosed(credential.claims()));
            true
        }
        Err(reason) => {
            assert!(!reason.code().is_empty() && !reason.to_string().is_empty());
            false
        }
    }
}

/// Whether a presentation holds whose issuer may have signed anything.
pub(crate) fn holds(presentation: &[u8]) -> bool {
    match judge(presentation) {
        Ok(verified) => {
            let _shown: Vec<_> = verified.credentials().iter().map(|c| c.claims().to_json()).collect();
            true
        }
        Err(_) => false,
    }
}

fn judge(presentation: &[u8]) -> Result<Verified, NotVerified> {
    let binding = Binding::new(transcript(), CLIENT_ID, NONCE);
    let policy = Policy::default().accepting_age(Some(Duration::days(7)));
    mapae_verify::verify(presentation, &binding, store(), now(), &policy)
}

fn assert_as_disclosed(claims: &Claims) {
    match claims {
        Claims::Mdoc(elements) => elements.iter().for_each(|(space, name, value)| assert_disclosed(space, name, value)),
        Claims::SdJwt(claims) => assert_claims(claims),
        _ => panic!("a format that nothing here issues"),
    }
}

/// The holder signed all of an SD-JWT, so that not even fewer claims than were disclosed are possible.
fn assert_claims(claims: &Object) {
    let mut disclosed = claims.clone();
    disclosed.retain(|name, _| !ALWAYS.contains(&name.as_str()));
    assert_eq!(disclosed, disclosed_claims());
}
