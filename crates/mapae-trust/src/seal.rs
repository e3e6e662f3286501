//! Who vouches for a manifest, and how that is checked: a signature, or a place in a log.
//!
//! A logged bundle proves itself to whoever holds the log's policy (C2SP tlog-proof): the leaf is an entry that states the
//! manifest's hash, and the policy's cosigners judged every entry before they cosigned the tree in which it is. The
//! entry's own signatures are theirs to check (design D13).

use core::ops::Range;

use mapae_cose::{
    CoseError, Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Kind, Reader, Writer},
};
use mapae_crypto::{Algorithm, Curve, PublicKey, Signature, sha256};
use mapae_ledger::{MajorityPolicy, Origin, Proven, TlogProof, leaf_hash};

use crate::{Anchor, BundleError, Policies, SealedBy, format::Manifest, ledger};

/// `typ` (RFC 9596) of a signed manifest, lest a signature over something else be taken for one over a bundle.
const TYP: &str = "application/mapae-bundle+cbor";

/// A seal, by the places in the file where its pieces stand.
#[derive(Debug, Clone)]
pub(crate) enum Seal {
    /// A `COSE_Sign1` around the manifest.
    Signed { message: Range<usize> },
    /// A place in a log.
    Logged { manifest: Range<usize>, entry: Range<usize>, proof: Range<usize>, rotations: Vec<Rotation> },
}

/// An entry that states another policy, and its proof under the one before it.
#[derive(Debug, Clone)]
pub(crate) struct Rotation {
    entry: Range<usize>,
    proof: Range<usize>,
}

/// A seal without the manifest, as a delta carries it.
#[derive(Debug, Clone)]
pub(crate) enum LooseSeal {
    Signed(Signature),
    Logged(Logged),
}

/// What puts a manifest into a log.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) entry: Vec<u8>,
    pub(crate) proof: Vec<u8>,
    pub(crate) rotations: Vec<(Vec<u8>, Vec<u8>)>,
}

/// That an anchor vouches for a manifest: made by [`Seal::verify`] only.
#[derive(Debug, Clone)]
pub(crate) struct Vouched {
    /// The log's policies up to the one that accepts the proof; nothing where a key vouches.
    pub(crate) policies: Option<Policies>,
    /// The leaf's place, and who cosigned.
    pub(crate) proven: Option<Proven>,
}

impl Seal {
    /// Reads a seal inside a file that begins at the reader's first byte.
    pub(crate) fn read(reader: &mut Reader<'_>, file: &[u8]) -> Result<Self, BundleError> {
        if reader.kind()? == Kind::Tag { read_signed(reader, file) } else { read_logged(reader) }
    }

    /// The manifest's bytes.
    pub(crate) fn manifest<'f>(&self, file: &'f [u8]) -> Result<&'f [u8], BundleError> {
        match self {
            Self::Signed { message } => {
                Ok(Sign1::parse(&file[message.clone()])?.unverified_payload().ok_or(CoseError::PayloadPlace)?)
            }
            Self::Logged { manifest, .. } => Ok(&file[manifest.clone()]),
        }
    }

    /// Checks that the anchor vouches for the manifest, and that the manifest names no other.
    pub(crate) fn verify(&self, file: &[u8], claimed: &SealedBy, anchor: Anchor<'_>) -> Result<Vouched, BundleError> {
        match (self, claimed, anchor) {
            (Self::Signed { message }, SealedBy::Key(key), Anchor::Key(expected)) => {
                verify_signed(&file[message.clone()], key, expected)
            }
            (Self::Logged { .. }, SealedBy::Log(origin), Anchor::Policy(policy)) => {
                self.verify_logged(file, origin, policy)
            }
            _ => Err(BundleError::OtherAnchor),
        }
    }

    fn verify_logged(&self, file: &[u8], origin: &Origin, policy: &MajorityPolicy) -> Result<Vouched, BundleError> {
        let Self::Logged { manifest, entry, proof, rotations } = self else { return Err(BundleError::OtherAnchor) };
        if !origin.is_name(policy.log().key().name()) {
            return Err(BundleError::OtherAnchor);
        }
        let policies = follow(file, rotations, policy)?;
        let proven = prove(&file[entry.clone()], &file[proof.clone()], policies.newest())?;
        let bundle = ledger::read_bundle(&file[entry.clone()])?;
        if bundle.is_none_or(|bundle| *bundle.manifest() != sha256(&file[manifest.clone()])) {
            return Err(BundleError::Forged);
        }
        Ok(Vouched { policies: Some(policies), proven: Some(proven) })
    }

    /// What a delta carries of it.
    pub(crate) fn loose(&self, file: &[u8]) -> Result<LooseSeal, BundleError> {
        match self {
            Self::Signed { message } => {
                let sign1 = Sign1::parse(&file[message.clone()])?;
                let signature = Signature::from_bytes(Curve::P256, sign1.signature());
                Ok(LooseSeal::Signed(signature.map_err(|_| BundleError::Forged)?))
            }
            Self::Logged { entry, proof, rotations, .. } => {
                let bytes = |range: &Range<usize>| file[range.clone()].to_vec();
                let rotations = rotations.iter().map(|one| (bytes(&one.entry), bytes(&one.proof))).collect();
                Ok(LooseSeal::Logged(Logged { entry: bytes(entry), proof: bytes(proof), rotations }))
            }
        }
    }
}

fn read_signed(reader: &mut Reader<'_>, file: &[u8]) -> Result<Seal, BundleError> {
    let start = reader.position();
    reader.skip()?;
    let message = start..reader.position();
    let sign1 = Sign1::parse(&file[message.clone()])?;
    if sign1.protected().typ != Some(TYP) {
        return Err(BundleError::VersionUnsupported);
    }
    Ok(Seal::Signed { message })
}

fn read_logged(reader: &mut Reader<'_>) -> Result<Seal, BundleError> {
    let at = reader.position();
    reader.array(|reader, count| {
        if count != 4 {
            return Err(CborError::Unexpected(at).into());
        }
        let manifest = read_bytes(reader)?;
        let (entry, proof) = (read_bytes(reader)?, read_bytes(reader)?);
        let rotations = reader.list(read_rotation)?;
        if rotations.len() > Policies::LIMIT {
            return Err(CborError::Unexpected(at).into());
        }
        Ok(Seal::Logged { manifest, entry, proof, rotations })
    })
}

fn read_rotation(reader: &mut Reader<'_>) -> Result<Rotation, BundleError> {
    let at = reader.position();
    reader.array(|reader, count| {
        if count != 2 {
            return Err(CborError::Unexpected(at).into());
        }
        Ok(Rotation { entry: read_bytes(reader)?, proof: read_bytes(reader)? })
    })
}

/// Where a byte string's content stands.
pub(crate) fn read_bytes(reader: &mut Reader<'_>) -> Result<Range<usize>, BundleError> {
    let length = reader.bytes()?.len();
    Ok(reader.position() - length..reader.position())
}

fn verify_signed(message: &[u8], claimed: &PublicKey, expected: &PublicKey) -> Result<Vouched, BundleError> {
    let verified = Sign1::parse(message)?.verify(expected);
    verified.map_err(|error| match error {
        CoseError::SignatureInvalid => BundleError::Forged,
        other => other.into(),
    })?;
    // What is signed must not name another key than the one that signed it.
    if claimed == expected { Ok(Vouched { policies: None, proven: None }) } else { Err(BundleError::Forged) }
}

/// The steps that the file tells, judged from the policy that the reader holds.
fn follow(file: &[u8], rotations: &[Rotation], held: &MajorityPolicy) -> Result<Policies, BundleError> {
    let mut steps = Vec::with_capacity(rotations.len());
    for rotation in rotations {
        steps.push((&file[rotation.entry.clone()], TlogProof::parse(&file[rotation.proof.clone()])?));
    }
    Policies::follow(held, &steps)
}

fn prove(entry: &[u8], proof: &[u8], policy: &MajorityPolicy) -> Result<Proven, BundleError> {
    Ok(TlogProof::parse(proof)?.verify(policy, leaf_hash(entry))?)
}

/// A manifest that waits for a signature.
pub(crate) fn unsigned(manifest: &Manifest) -> UnsignedSign1 {
    let protected = Headers::algorithm(Algorithm::Es256).with_typ(TYP);
    UnsignedSign1::new(&protected, &Headers::default(), &manifest.write()).tagged()
}

impl LooseSeal {
    /// Writes a whole seal around a manifest.
    pub(crate) fn write(&self, manifest: &Manifest, writer: &mut Writer) {
        match self {
            Self::Signed(signature) => unsigned(manifest).attach_to(writer, signature),
            Self::Logged(logged) => logged.write(&manifest.write(), writer),
        }
    }

    /// Writes it without the manifest, as a delta has it.
    pub(crate) fn write_loose(&self, writer: &mut Writer) {
        match self {
            Self::Signed(signature) => drop(writer.bytes(signature.as_bytes())),
            Self::Logged(logged) => logged.write_loose(writer.array(3)),
        }
    }
}

impl Logged {
    /// Writes the seal around a manifest's bytes.
    pub(crate) fn write(&self, manifest: &[u8], writer: &mut Writer) {
        writer.array(4).bytes(manifest);
        self.write_loose(writer);
    }

    /// Writes entry, proof and rotations.
    pub(crate) fn write_loose(&self, writer: &mut Writer) {
        writer.bytes(&self.entry).bytes(&self.proof).array(self.rotations.len());
        for (entry, proof) in &self.rotations {
            writer.array(2).bytes(entry).bytes(proof);
        }
    }
}
