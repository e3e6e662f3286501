//! A registration in deterministic CBOR, as entries of the ledger and the bundle carry it.
//!
//! ```cddl
//! registration = {
//!   "id": tstr,                     ; 1 to 64 characters of A–Z a–z 0–9 - _
//!   "class": tstr,                  ; the class of use
//!   "names": names,
//!   "purposes": [+ names],          ; no text twice
//!   "documents": [+ document],      ; no type twice in one format
//!   "certificate": bstr,            ; the access certificate, DER
//!   ? "legal_basis": names,         ; present where an element is the resident registration number
//! }
//! names = { "en": tstr, "ko": tstr }
//! document = { "type": tstr, "format": "mso_mdoc" / "dc+sd-jwt", "elements": [+ path] }
//! path = [+ tstr / uint / null]     ; OpenID4VP 1.0 §7; of an mdoc: namespace and element
//! ```

use mapae_cose::cbor::{CborError, Key, Kind, Reader, Writer};
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_types::{RelyingPartyId, UseClass};
use mapae_x509::Certificate;

use super::{NewRegistration, RegisteredDocument, RegisteredKind, Registration, RegistrationError};
use crate::Names;

impl Registration {
    /// The registration as a file of its own.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads a file that holds a registration and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RegistrationError> {
        Reader::read_all(bytes, Self::read)
    }

    /// Writes it as an item of a larger structure.
    pub fn write(&self, writer: &mut Writer) {
        let new = &self.0;
        writer.map(6 + usize::from(new.legal_basis.is_some()));
        writer.text("id").text(new.id.as_str());
        writer.text("class").text(new.use_class.as_str());
        new.names.write(writer.text("names"));
        writer.text("purposes").array(new.purposes.len());
        new.purposes.iter().for_each(|purpose| purpose.write(writer));
        writer.text("documents").array(new.documents.len());
        new.documents.iter().for_each(|document| document.write(writer));
        writer.text("certificate").bytes(new.certificate.der());
        if let Some(basis) = &new.legal_basis {
            basis.write(writer.text("legal_basis"));
        }
    }

    /// Reads it as an item of a larger structure. Only the one deterministic encoding is accepted.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, RegistrationError> {
        let start = reader.position();
        let mut parts = Parts::default();
        reader.map(|reader, key| parts.read_member(reader, key))?;
        let registration = Self::new(parts.complete(reader.position())?)?;
        if registration.to_bytes() == reader.since(start) {
            Ok(registration)
        } else {
            Err(RegistrationError::NotDeterministic)
        }
    }
}

impl RegisteredDocument {
    fn write(&self, writer: &mut Writer) {
        writer.map(3).text("type").text(self.kind.type_name()).text("format").text(self.kind.format());
        writer.text("elements").array(self.elements.len());
        self.elements.iter().for_each(|path| write_path(path, writer));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, RegistrationError> {
        let (mut name, mut format, mut elements) = (None, None, None);
        reader.map(|reader, key| {
            match key {
                Key::Text("type") => name = Some(reader.text()?.to_owned()),
                Key::Text("format") => format = Some(read_format(reader)?),
                Key::Text("elements") => elements = Some(reader.list(read_path)?),
                _ => return Err(RegistrationError::MemberUnknown),
            }
            Ok(())
        })?;
        let missing = |member| CborError::Missing(reader.position(), member);
        let name = name.ok_or_else(|| missing("type"))?;
        let kind = format.ok_or_else(|| missing("format"))?(name);
        Self::new(kind, elements.ok_or_else(|| missing("elements"))?)
    }
}

#[derive(Default)]
struct Parts {
    id: Option<RelyingPartyId>,
    use_class: Option<UseClass>,
    names: Option<Names>,
    purposes: Option<Vec<Names>>,
    documents: Option<Vec<RegisteredDocument>>,
    certificate: Option<Certificate>,
    legal_basis: Option<Names>,
}

impl Parts {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: Key<'_>) -> Result<(), RegistrationError> {
        let at = reader.position();
        match key {
            Key::Text("id") => self.id = Some(reader.text()?.parse().map_err(|_| CborError::Unexpected(at))?),
            Key::Text("class") => {
                self.use_class = Some(reader.text()?.parse().map_err(|_| CborError::Unexpected(at))?);
            }
            Key::Text("names") => self.names = Some(Names::read::<CborError>(reader)?),
            Key::Text("purposes") => self.purposes = Some(reader.list(Names::read::<CborError>)?),
            Key::Text("documents") => self.documents = Some(reader.list(RegisteredDocument::read)?),
            Key::Text("certificate") => self.certificate = Some(read_certificate(reader)?),
            Key::Text("legal_basis") => self.legal_basis = Some(Names::read::<CborError>(reader)?),
            _ => return Err(RegistrationError::MemberUnknown),
        }
        Ok(())
    }

    fn complete(self, at: usize) -> Result<NewRegistration, CborError> {
        let missing = |member| CborError::Missing(at, member);
        Ok(NewRegistration {
            id: self.id.ok_or_else(|| missing("id"))?,
            names: self.names.ok_or_else(|| missing("names"))?,
            certificate: self.certificate.ok_or_else(|| missing("certificate"))?,
            use_class: self.use_class.ok_or_else(|| missing("class"))?,
            purposes: self.purposes.ok_or_else(|| missing("purposes"))?,
            legal_basis: self.legal_basis,
            documents: self.documents.ok_or_else(|| missing("documents"))?,
        })
    }
}

fn read_certificate(reader: &mut Reader<'_>) -> Result<Certificate, RegistrationError> {
    Certificate::from_der(reader.bytes()?).map_err(RegistrationError::Certificate)
}

fn read_format(reader: &mut Reader<'_>) -> Result<fn(String) -> RegisteredKind, CborError> {
    let at = reader.position();
    match reader.text()? {
        "mso_mdoc" => Ok(RegisteredKind::Mdoc),
        "dc+sd-jwt" => Ok(RegisteredKind::SdJwtVc),
        _ => Err(CborError::Unexpected(at)),
    }
}

fn write_path(path: &ClaimPath, writer: &mut Writer) {
    writer.array(path.segments().len());
    for segment in path.segments() {
        match segment {
            PathSegment::Key(key) => writer.text(key),
            PathSegment::Index(index) => writer.unsigned(*index as u64),
            PathSegment::All => writer.null(),
        };
    }
}

fn read_path(reader: &mut Reader<'_>) -> Result<ClaimPath, CborError> {
    let at = reader.position();
    ClaimPath::new(reader.list(read_segment)?).map_err(|_| CborError::Unexpected(at))
}

fn read_segment(reader: &mut Reader<'_>) -> Result<PathSegment, CborError> {
    let at = reader.position();
    match reader.kind()? {
        Kind::Text => Ok(PathSegment::Key(reader.text()?.to_owned())),
        Kind::Int => usize::try_from(reader.unsigned()?).map(PathSegment::Index).map_err(|_| CborError::Range(at)),
        _ if reader.null()? => Ok(PathSegment::All),
        _ => Err(CborError::Unexpected(at)),
    }
}
