//! A relying party's check, to paste: `verify trust.bundle policy.txt presentation CLIENT_ID NONCE RESPONSE_URI`
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program has files, a clock and a terminal")]

use std::{env, error::Error, fs, time::UNIX_EPOCH};

use mapae_verify::{Binding, Bundle, MajorityPolicy, Policy, SessionTranscript, Timestamp, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [bundle, policy, presentation, client_id, nonce, response_uri] = &args[..] else { panic!("six arguments") };
    // The bundle is a file that you got from anybody at some time; the ledger's policy is in your configuration.
    let policy = MajorityPolicy::parse(&fs::read(policy)?)?;
    let store = Bundle::parse(fs::read(bundle)?)?.verify(&policy)?;
    // What your request said: an answer to another one is refused.
    let transcript = SessionTranscript::openid4vp(client_id, nonce, None, response_uri);
    let binding = Binding::new(transcript, client_id, nonce);
    let now = Timestamp::from_unix(UNIX_EPOCH.elapsed()?.as_secs().try_into()?)?;
    let verified = verify(&fs::read(presentation)?, &binding, &store, now, &Policy::default())?;
    // Claims come out of a verified value only; the evidence says how old it is.
    for credential in verified.credentials() {
        println!("{} {}", credential.document_type(), credential.claims().to_json());
        println!("status known {} ago, signed by {}", credential.evidence().age(), credential.issuer().signer());
    }
    Ok(())
}
