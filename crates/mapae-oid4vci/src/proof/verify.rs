//! From proofs to proven keys (OpenID4VCI §F.4).

use mapae_jose::Jwk;

use super::{KeyAttestationRule, ProofExpected, Proofs, ProvenKeys, jwt::Read};
use crate::{
    AttackResistance, KeyAttestation, KeyAttestationExpected, KeyAttestationsRequired, ProofFault,
    VerifiedKeyAttestation,
};

pub(super) fn verify(proofs: &Proofs, expected: &ProofExpected<'_>) -> Result<ProvenKeys, ProofFault> {
    match proofs {
        Proofs::Attestation(text) => {
            let attestation = attest(text, expected, false)?;
            let mut nonces = Nonces::default();
            nonces.attested(&attestation)?;
            let mut storage = Storage::default();
            storage.narrow(Some(&attestation));
            proven(attestation.keys().to_vec(), nonces, storage, expected)
        }
        Proofs::Jwt(proofs) => verify_each(proofs, expected),
    }
}

/// The nonces of one request: that of all proofs, and that of a key attestation.
#[derive(Default)]
struct Nonces(Vec<String>);

impl Nonces {
    /// All proofs of one request carry one nonce; the first of them comes before any attestation's.
    fn proof(&mut self, nonce: Option<String>) -> Result<(), ProofFault> {
        let nonce = nonce.ok_or(ProofFault::NonceMissing)?;
        match self.0.first() {
            Some(first) if *first != nonce => return Err(ProofFault::NonceDiffers),
            Some(_) => {}
            None => self.0.push(nonce),
        }
        Ok(())
    }

    /// §F.1, §F.3: a key attestation carries a `c_nonce` too.
    fn attested(&mut self, attestation: &VerifiedKeyAttestation) -> Result<(), ProofFault> {
        let nonce = attestation.nonce().ok_or(ProofFault::NonceMissing)?;
        if !self.0.iter().any(|found| found == nonce) {
            self.0.push(nonce.to_owned());
        }
        Ok(())
    }
}

fn verify_each(proofs: &[String], expected: &ProofExpected<'_>) -> Result<ProvenKeys, ProofFault> {
    check_count(proofs.len(), expected.max)?;
    let (mut keys, mut nonces, mut storage) = (Vec::with_capacity(proofs.len()), Nonces::default(), Storage::default());
    // All proofs of a batch bring the same attestation (HAIP 1.0 §4.5.1), which is verified once.
    let mut last: Option<(String, VerifiedKeyAttestation)> = None;
    for text in proofs {
        let read = Read::parse(text).map_err(ProofFault::Proof)?;
        let attestation = attestation_of(&read, &mut last, expected)?;
        let checked = read.check(attestation, expected).map_err(ProofFault::Proof)?;
        // §D.1: the proof is signed by an attested key.
        if attestation.is_some_and(|attestation| !attestation.keys().contains(&checked.key)) {
            return Err(ProofFault::KeyNotAttested);
        }
        nonces.proof(checked.nonce)?;
        attestation.map_or(Ok(()), |attestation| nonces.attested(attestation))?;
        storage.narrow(attestation);
        keys.push(checked.key);
    }
    let attestation = last.as_ref().map(|(_, attestation)| attestation);
    proven(wanted(keys, attestation), nonces, storage, expected)
}

/// Where all keys of a request are kept: levels that each attestation has, and none where a key comes without.
#[derive(Default)]
struct Storage(Option<Vec<AttackResistance>>);

impl Storage {
    fn narrow(&mut self, attestation: Option<&VerifiedKeyAttestation>) {
        let levels = attestation.map(VerifiedKeyAttestation::key_storage).unwrap_or_default();
        match &mut self.0 {
            None => self.0 = Some(levels.to_vec()),
            Some(common) => common.retain(|level| levels.contains(level)),
        }
    }
}

/// §F.1: a copy for each attested key where one proof speaks for all; where there are several, each speaks for itself.
fn wanted(keys: Vec<Jwk>, attestation: Option<&VerifiedKeyAttestation>) -> Vec<Jwk> {
    match attestation {
        Some(attestation) if keys.len() == 1 => attestation.keys().to_vec(),
        _ => keys,
    }
}

fn attestation_of<'l>(
    read: &Read<'_>,
    last: &'l mut Option<(String, VerifiedKeyAttestation)>,
    expected: &ProofExpected<'_>,
) -> Result<Option<&'l VerifiedKeyAttestation>, ProofFault> {
    let Some(text) = read.attestation().map_err(ProofFault::Proof)? else {
        let required = matches!(expected.key_attestation, KeyAttestationRule::Required(_));
        return if required { Err(ProofFault::AttestationMissing) } else { Ok(None) };
    };
    if last.as_ref().is_none_or(|(found, _)| found != text) {
        *last = Some((text.to_owned(), attest(text, expected, true)?));
    }
    Ok(last.as_ref().map(|(_, attestation)| attestation))
}

fn attest(
    text: &str,
    expected: &ProofExpected<'_>,
    expiry_required: bool,
) -> Result<VerifiedKeyAttestation, ProofFault> {
    let demanded = KeyAttestationExpected {
        now: expected.now,
        providers: expected.providers,
        max_keys: expected.max,
        expiry_required,
    };
    let attestation = KeyAttestation::verify(text, &demanded).map_err(ProofFault::Attestation)?;
    if let KeyAttestationRule::Required(levels) = expected.key_attestation {
        check_levels(&attestation, levels)?;
    }
    Ok(attestation)
}

/// §12.2.4: one of the levels that the metadata list, where they list some.
fn check_levels(attestation: &VerifiedKeyAttestation, levels: &KeyAttestationsRequired) -> Result<(), ProofFault> {
    let fits = |accepted: &[AttackResistance], attested: &[AttackResistance]| {
        accepted.is_empty() || attested.iter().any(|level| accepted.contains(level))
    };
    if !fits(&levels.key_storage, attestation.key_storage()) {
        return Err(ProofFault::Level { claim: "key_storage" });
    }
    if !fits(&levels.user_authentication, attestation.user_authentication()) {
        return Err(ProofFault::Level { claim: "user_authentication" });
    }
    Ok(())
}

fn check_count(count: usize, max: usize) -> Result<(), ProofFault> {
    if (1..=max).contains(&count) { Ok(()) } else { Err(ProofFault::Count { count, max }) }
}

fn proven(
    keys: Vec<Jwk>,
    nonces: Nonces,
    storage: Storage,
    expected: &ProofExpected<'_>,
) -> Result<ProvenKeys, ProofFault> {
    check_count(keys.len(), expected.max)?;
    let thumbprints: Vec<[u8; 32]> = keys.iter().map(Jwk::thumbprint).collect();
    // §8.3: each key is bound to at most one copy.
    if thumbprints.iter().enumerate().any(|(place, one)| thumbprints[..place].contains(one)) {
        return Err(ProofFault::KeyRepeated);
    }
    Ok(ProvenKeys { keys, thumbprints, nonces: nonces.0, key_storage: storage.0.unwrap_or_default() })
}
