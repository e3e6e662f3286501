//! EC2 public keys as `COSE_Key` (RFC 9052 §7, RFC 9053 §7.1.1).

use mapae_crypto::{Curve, PublicKey};

use crate::{
    CoseError,
    cbor::{Key, Kind, Reader, Writer},
};

const KTY: i64 = 1;
const EC2: i64 = 2;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;

/// Reads a public key. Compressed points (`y` as a sign bit) are refused: ISO 18013-5 devices send both
/// coordinates. Labels that do not concern the point are passed over.
pub fn read(reader: &mut Reader<'_>) -> Result<PublicKey, CoseError> {
    let (mut kty, mut crv, mut x, mut y) = (None, None, None, None);
    reader.map(|reader, key| {
        match (key, reader.kind()?) {
            (Key::Int(KTY), Kind::Int) => kty = Some(reader.int()?),
            (Key::Int(CRV), Kind::Int) => crv = Curve::from_cose(reader.int()?),
            (Key::Int(X), Kind::Bytes) => x = Some(reader.bytes()?),
            (Key::Int(Y), Kind::Bytes) => y = Some(reader.bytes()?),
            _ => drop(reader.skip()?),
        }
        Ok::<_, CoseError>(())
    })?;
    let (Some(EC2), Some(curve), Some(x), Some(y)) = (kty, crv, x, y) else {
        return Err(CoseError::KeyInvalid);
    };
    PublicKey::from_coordinates(curve, x, y).map_err(|_| CoseError::KeyInvalid)
}

/// Writes a public key, labels in deterministic order.
pub fn write(writer: &mut Writer, key: &PublicKey) {
    let (x, y) = key.coordinates();
    writer.map(4).int(KTY).int(EC2);
    writer.int(CRV).int(key.curve().cose()).int(X).bytes(x).int(Y).bytes(y);
}
