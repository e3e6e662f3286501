//! What is new since the bundle that a verifier has.
//!
//! ```cddl
//! delta = {
//!   "base": bstr .size 32,          ; SHA-256 of the manifest of the bundle to apply it to
//!   "seal": bstr                    ; over the new manifest, whole: its signature,
//!         / [entry: bstr, proof: bstr, rotations: [* [bstr, bstr]]],   ; or its place in a log
//!   "version": 2,
//!   "manifest": bstr .cbor manifest,   ; the new one, without its status lists
//!   "status_lists": [* list],       ; those of the new bundle, in its order
//!   ? "registrations": bstr,        ; the new part, if it is another
//! }
//! list = [ base: uint ]             ; the base's list of that number, unchanged
//!      / [ base: uint, token-delta ]   ; changed (`mapae_status_list::TokenDelta`)
//!      / [ uri: tstr, token: bstr ]    ; a new one, or one that cannot be rebuilt
//! ```
//!
//! Nothing signs a delta. The receiver rebuilds each token byte for byte, from their hashes the manifest, and the new
//! bundle's own seal says whether that is what was published. If it is not, the whole bundle is fetched: a delta
//! saves bytes and decides nothing.

use mapae_cose::cbor::{CborError, Key, Kind, Reader, Writer};
use mapae_crypto::{Curve, Signature, sha256};
use mapae_status_list::{DeltaError, TokenDelta};

use crate::{
    Anchor, Bundle, BundleError, StatusPart, TrustStore,
    bundle::write_file,
    format::{ListEntry, Manifest},
    seal::{Logged, LooseSeal},
};

const VERSION: u64 = 2;

/// The difference between two bundles of one signer or one log.
#[derive(Debug, Clone)]
pub struct BundleDelta {
    base: [u8; 32],
    manifest: Manifest,
    seal: LooseSeal,
    /// The part of registrations, if it is another than the base's.
    registrations: Option<Vec<u8>>,
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
enum List {
    Unchanged(usize),
    Changed(usize, TokenDelta),
    Whole { uri: String, token: Vec<u8> },
}

/// Why a delta gives no bundle. The whole one is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleDeltaError {
    /// The bytes are not acceptable CBOR, or not a delta.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// What a list's delta says cannot be.
    #[error(transparent)]
    TokenDelta(#[from] DeltaError),
    /// A version that this software does not know.
    #[error("not a bundle delta of a known version")]
    VersionUnsupported,
    /// The manifest inside cannot be read.
    #[error("the manifest in the delta: {0}")]
    Manifest(BundleError),
    /// The delta starts from another bundle.
    #[error("the delta starts from another bundle")]
    OtherBase,
    /// A list of the base that there is not, or that stands out of order.
    #[error("the delta refers to the base's list {0}, which has no place there")]
    ListPlace(u64),
    /// A token cannot be rebuilt.
    #[error("the status list for {uri}: {error}")]
    Token {
        /// The list.
        uri: String,
        /// Why not.
        error: DeltaError,
    },
    /// What was rebuilt is not what the bundle's signer signed.
    #[error("the rebuilt bundle does not verify: {0}")]
    NotRebuilt(BundleError),
}

impl BundleDelta {
    /// What turns the one into the other.
    pub fn between(base: &TrustStore, new: &TrustStore) -> Result<Self, BundleError> {
        let (manifest, seal) = new.head()?;
        let registrations = new.registrations_part();
        let registrations = (registrations != base.registrations_part()).then(|| registrations.to_vec());
        let bases: Vec<_> = base.status_lists().collect();
        let list = |new: StatusPart<'_>| {
            let whole = || List::Whole { uri: new.uri.to_owned(), token: new.token.to_vec() };
            let Ok(at) = bases.binary_search_by(|base| base.uri.cmp(new.uri)) else { return whole() };
            if bases[at].token == new.token {
                return List::Unchanged(at);
            }
            TokenDelta::between(bases[at].token, new.token).map_or_else(whole, |delta| List::Changed(at, delta))
        };
        let lists = new.status_lists().map(list).collect();
        Ok(Self { base: base.manifest_hash()?, manifest, seal, registrations, lists })
    }

    /// How many lists are carried whole, being new or beyond rebuilding.
    pub fn whole_lists(&self) -> usize {
        self.lists.iter().filter(|list| matches!(list, List::Whole { .. })).count()
    }

    /// The delta as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(5 + usize::from(self.registrations.is_some())).text("base").bytes(&self.base);
        self.seal.write_loose(writer.text("seal"));
        writer.text("version").unsigned(VERSION);
        writer.text("manifest").bytes(&self.manifest.write());
        writer.text("status_lists").array(self.lists.len());
        for list in &self.lists {
            list.write(&mut writer);
        }
        if let Some(registrations) = &self.registrations {
            writer.text("registrations").bytes(registrations);
        }
        writer.into_bytes()
    }

    /// Reads a file. Nothing in it is believed until [`BundleDelta::apply`] rebuilt what is signed.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleDeltaError> {
        Reader::read_all(bytes, |reader| {
            let mut members = Members::default();
            reader.map(|reader, key| members.read(reader, key))?;
            members.complete(reader)
        })
    }

    /// Rebuilds the new bundle from the one it starts from, checks it as any bundle is checked, and gives its store.
    pub fn apply<'a>(&self, base: &TrustStore, anchor: impl Into<Anchor<'a>>) -> Result<TrustStore, BundleDeltaError> {
        if base.manifest_hash().map_err(BundleDeltaError::NotRebuilt)? != self.base {
            return Err(BundleDeltaError::OtherBase);
        }
        let mut places = Places { bases: base.status_lists().collect(), next: 0 };
        let lists = self.lists.iter().map(|list| places.rebuild(list)).collect::<Result<Vec<_>, _>>()?;
        let mut manifest = self.manifest.clone();
        manifest.status_lists =
            lists.iter().map(|(uri, token)| ListEntry { uri: uri.clone(), sha256: sha256(token) }).collect();
        let registrations = self.registrations.clone().unwrap_or_else(|| base.registrations_part().to_vec());
        let parts: Vec<Vec<u8>> =
            core::iter::once(registrations).chain(lists.into_iter().map(|(_, token)| token)).collect();
        let file = write_file(&manifest, &self.seal, &parts);
        Bundle::parse(file).and_then(|bundle| bundle.verify(anchor)).map_err(BundleDeltaError::NotRebuilt)
    }
}

/// The base's lists, each of which is used once at most: a small delta cannot ask for a large bundle.
struct Places<'b> {
    bases: Vec<StatusPart<'b>>,
    next: usize,
}

impl<'b> Places<'b> {
    fn rebuild(&mut self, list: &List) -> Result<(String, Vec<u8>), BundleDeltaError> {
        match list {
            List::Whole { uri, token } => Ok((uri.clone(), token.clone())),
            List::Unchanged(at) => self.take(*at).map(|base| (base.uri.to_owned(), base.token.to_vec())),
            List::Changed(at, delta) => {
                let base = self.take(*at)?;
                let uri = base.uri.to_owned();
                match delta.apply(base.token) {
                    Ok(token) => Ok((uri, token)),
                    Err(error) => Err(BundleDeltaError::Token { uri, error }),
                }
            }
        }
    }

    fn take(&mut self, at: usize) -> Result<StatusPart<'b>, BundleDeltaError> {
        let found = self.bases.get(at).filter(|_| at >= self.next).copied();
        self.next = at.saturating_add(1);
        found.ok_or(BundleDeltaError::ListPlace(at as u64))
    }
}

impl List {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Unchanged(at) => drop(writer.array(1).unsigned(*at as u64)),
            Self::Changed(at, delta) => delta.write(writer.array(2).unsigned(*at as u64)),
            Self::Whole { uri, token } => drop(writer.array(2).text(uri).bytes(token)),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, BundleDeltaError> {
        let at = reader.position();
        reader.array(|reader, count| match (count, reader.kind()?) {
            (1, Kind::Int) => Ok(Self::Unchanged(read_place(reader)?)),
            (2, Kind::Int) => Ok(Self::Changed(read_place(reader)?, TokenDelta::read(reader)?)),
            (2, Kind::Text) => Ok(Self::Whole { uri: reader.text()?.to_owned(), token: reader.bytes()?.to_vec() }),
            _ => Err(CborError::Unexpected(at).into()),
        })
    }
}

fn read_place(reader: &mut Reader<'_>) -> Result<usize, BundleDeltaError> {
    let place = reader.unsigned()?;
    usize::try_from(place).map_err(|_| BundleDeltaError::ListPlace(place))
}

#[derive(Default)]
struct Members {
    version: Option<u64>,
    base: Option<[u8; 32]>,
    manifest: Option<Manifest>,
    seal: Option<LooseSeal>,
    registrations: Option<Vec<u8>>,
    lists: Option<Vec<List>>,
}

impl Members {
    fn read(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), BundleDeltaError> {
        let at = reader.position();
        let unexpected = |_| CborError::Unexpected(at);
        match key {
            Key::Text("version") => self.version = Some(reader.unsigned()?),
            Key::Text("base") => self.base = Some(reader.bytes()?.try_into().map_err(unexpected)?),
            Key::Text("manifest") => self.manifest = Some(read_manifest(reader.bytes()?)?),
            Key::Text("seal") => self.seal = Some(read_seal(reader)?),
            Key::Text("registrations") => self.registrations = Some(reader.bytes()?.to_vec()),
            Key::Text("status_lists") => self.lists = Some(reader.list(List::read)?),
            _ => return Err(BundleDeltaError::VersionUnsupported),
        }
        Ok(())
    }

    fn complete(self, reader: &Reader<'_>) -> Result<BundleDelta, BundleDeltaError> {
        if self.version != Some(VERSION) {
            return Err(BundleDeltaError::VersionUnsupported);
        }
        let missing = |member| CborError::Missing(reader.position(), member);
        Ok(BundleDelta {
            base: self.base.ok_or_else(|| missing("base"))?,
            manifest: self.manifest.ok_or_else(|| missing("manifest"))?,
            seal: self.seal.ok_or_else(|| missing("seal"))?,
            registrations: self.registrations,
            lists: self.lists.ok_or_else(|| missing("status_lists"))?,
        })
    }
}

fn read_seal(reader: &mut Reader<'_>) -> Result<LooseSeal, BundleDeltaError> {
    let at = reader.position();
    if reader.kind()? == Kind::Bytes {
        let signature = Signature::from_bytes(Curve::P256, reader.bytes()?);
        return Ok(LooseSeal::Signed(signature.map_err(|_| CborError::Unexpected(at))?));
    }
    reader.array(|reader, count| {
        if count != 3 {
            return Err(CborError::Unexpected(at).into());
        }
        let (entry, proof) = (reader.bytes()?.to_vec(), reader.bytes()?.to_vec());
        Ok(LooseSeal::Logged(Logged { entry, proof, rotations: reader.list(read_rotation)? }))
    })
}

fn read_rotation(reader: &mut Reader<'_>) -> Result<(Vec<u8>, Vec<u8>), CborError> {
    let at = reader.position();
    reader.array(|reader, count| {
        if count != 2 {
            return Err(CborError::Unexpected(at));
        }
        Ok((reader.bytes()?.to_vec(), reader.bytes()?.to_vec()))
    })
}

/// Its lists are told by the delta, so it must name none itself.
fn read_manifest(bytes: &[u8]) -> Result<Manifest, BundleDeltaError> {
    match Manifest::read(bytes) {
        Ok(manifest) if manifest.status_lists.is_empty() => Ok(manifest),
        Ok(_) => Err(BundleDeltaError::VersionUnsupported),
        Err(error) => Err(BundleDeltaError::Manifest(error)),
    }
}
