//! Every decoder of Mapae, as a function that a fuzzer can call.
//!
//! A target takes any bytes, says whether it accepted them, and panics where a promise is broken: what was read is
//! not what is written again, two readers differ, or something is believed that nobody signed. Signed structures have
//! two targets. One gets the bytes as they are received and can hardly pass the signature; the other gets what is
//! *inside*, and an honest key signs it here, so that the code behind the signature is reached as well.
//!
//! - `src/bin/<target>.rs` is a fuzzer if built with `--cfg fuzzing` (`cargo xtask soak` does), else a program that
//!   runs the target over the files it is given: a failing input, say.
//! - `corpus/<target>/` holds inputs. Those named `valid-…` are made by `cargo run --example make_corpus` and must be
//!   accepted; the others were found by fuzzing. `tests/main.rs` replays them all.
//!
//! Left out: the command line's own files (requests, journals), which are read by the same strict JSON.

mod cbor;
mod dcql;
pub mod documents;
pub mod entries;
mod inspect;
pub mod issuing;
mod jose;
pub mod ledger;
pub mod logged;
mod mdoc;
pub mod orders;
pub mod parties;
pub mod presenting;
mod register;
mod relying;
mod sd_jwt;
mod status;
mod trust;
mod verify;
mod x509;

use std::{env, fs, io, process::ExitCode};

pub use cbor::{PAYLOAD as COSE_PAYLOAD, cbor, cose_key, cose_sign1};
pub use dcql::dcql;
pub use entries::{ledger_entry, ledger_statement};
pub use inspect::inspect;
pub use issuing::{
    attestation_payload, authorization_form, credential_offer, credential_request, dpop_payload, issuer_answer,
    issuer_metadata, key_proof_payload,
};
pub use jose::{Constant as ConstantEntropy, PAYLOAD as JWS_PAYLOAD, base64url, json, jwe, jwk, jws};
pub use ledger::{checkpoint, fork_evidence, note, tlog_policy, tlog_proof, witness_request};
pub use logged::{bundle_rotations, draft_bundle, logged_bundle};
pub use mdoc::{device_request, device_response, mdoc_issuer_signed, mso, session_transcript};
pub use orders::{order, order_payload};
pub use presenting::{presentation_answer, presentation_call, request_object_payload};
pub use register::{catalogue, register_row};
pub use relying::{registration, vical, vical_payload};
pub use sd_jwt::{key_binding, sd_jwt, sd_jwt_payload};
pub use status::{status_claims, status_cwt, status_delta, status_encode, status_jwt, status_list_inflate};
pub use trust::{bundle, bundle_delta, bundle_payload};
pub use verify::verify;
pub use x509::{certificate, certificate_tbs, crl, crl_tbs};

/// Whether the input was accepted.
pub type Target = fn(&[u8]) -> bool;

/// Every target by its name, which is also that of its program and of its corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("attestation_payload", attestation_payload),
    ("authorization_form", authorization_form),
    ("base64url", base64url),
    ("bundle", bundle),
    ("bundle_delta", bundle_delta),
    ("bundle_payload", bundle_payload),
    ("bundle_rotations", bundle_rotations),
    ("catalogue", catalogue),
    ("cbor", cbor),
    ("certificate", certificate),
    ("certificate_tbs", certificate_tbs),
    ("checkpoint", checkpoint),
    ("cose_key", cose_key),
    ("cose_sign1", cose_sign1),
    ("credential_offer", credential_offer),
    ("credential_request", credential_request),
    ("crl", crl),
    ("crl_tbs", crl_tbs),
    ("dcql", dcql),
    ("device_request", device_request),
    ("device_response", device_response),
    ("dpop_payload", dpop_payload),
    ("draft_bundle", draft_bundle),
    ("fork_evidence", fork_evidence),
    ("inspect", inspect),
    ("issuer_answer", issuer_answer),
    ("issuer_metadata", issuer_metadata),
    ("json", json),
    ("jwe", jwe),
    ("jwk", jwk),
    ("jws", jws),
    ("key_binding", key_binding),
    ("key_proof_payload", key_proof_payload),
    ("ledger_entry", ledger_entry),
    ("ledger_statement", ledger_statement),
    ("logged_bundle", logged_bundle),
    ("mdoc_issuer_signed", mdoc_issuer_signed),
    ("mso", mso),
    ("note", note),
    ("order", order),
    ("order_payload", order_payload),
    ("presentation_answer", presentation_answer),
    ("presentation_call", presentation_call),
    ("register_row", register_row),
    ("registration", registration),
    ("request_object_payload", request_object_payload),
    ("sd_jwt", sd_jwt),
    ("sd_jwt_payload", sd_jwt_payload),
    ("session_transcript", session_transcript),
    ("status_claims", status_claims),
    ("status_cwt", status_cwt),
    ("status_delta", status_delta),
    ("status_encode", status_encode),
    ("status_jwt", status_jwt),
    ("status_list_inflate", status_list_inflate),
    ("tlog_policy", tlog_policy),
    ("tlog_proof", tlog_proof),
    ("verify", verify),
    ("vical", vical),
    ("vical_payload", vical_payload),
    ("witness_request", witness_request),
];

/// The program of a target: a fuzzer, or without one a replay of the files named on its command line.
#[macro_export]
macro_rules! program {
    ($target:ident) => {
        #[cfg(fuzzing)]
        ::libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            $crate::$target(data);
        });

        #[cfg(not(fuzzing))]
        fn main() -> ::std::io::Result<::std::process::ExitCode> {
            $crate::replay($crate::$target)
        }
    };
}

/// Runs a target over the files named on the command line; succeeds if it accepted all of them.
pub fn replay(target: Target) -> io::Result<ExitCode> {
    let mut accepted = true;
    for file in env::args_os().skip(1) {
        accepted &= target(&fs::read(file)?);
    }
    Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
