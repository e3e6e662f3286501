//! A status list token of 2^20 entries, one in a hundred revoked: verified, inflated, and asked about 1,000 copies.

use anyhow::{Result, ensure};
use flate2::{Decompress, FlushDecompress, Status};
use mapae_cose::{
    Sign1,
    cbor::{Key, Reader},
};
use mapae_status_list::{EncodedList, Expected, LIST_LEN, ListError, StatusTokenCwt};

use crate::{
    harness::Operation,
    limit::Signed,
    scene::{STATUS_URI, Scene, Seeded},
};

const LOOK_UPS: usize = 1_000;
/// `status_list` in a CWT (Token Status List §5.2).
const STATUS_LIST: i64 = 65_533;

pub(super) fn operation(scene: &Scene) -> Result<Operation<'_>> {
    let mut generator = Seeded::new(14);
    let indices: Vec<u32> = (0..LOOK_UPS).map(|_| generator.below(LIST_LEN)).collect();
    let asked = indices.clone();
    let ours = move || {
        let token = StatusTokenCwt::parse(&scene.status_token)?;
        let verified = token.verify(scene.authority.status.key.public(), &Expected::new(STATUS_URI, scene.now))?;
        let mut revoked = 0;
        for index in &asked {
            revoked += u32::from(verified.status((*index).into())? != mapae_status_list::Status::Valid);
        }
        Ok(revoked)
    };
    let (signed, compressed) = taken_apart(scene)?;
    let mut list = vec![0; (LIST_LEN / 8) as usize];
    let limit = move || {
        signed.verify()?;
        inflate(&compressed, &mut list)?;
        Ok(indices.iter().map(|index| u32::from(list[(index / 8) as usize] >> (index % 8) & 1)).sum::<u32>())
    };
    Ok(Operation::new("status-token", "1 verification, inflate, 1,000 bits", ours, limit).at_most(1.10))
}

/// Into a buffer that is there already and has the right size.
fn inflate(compressed: &[u8], list: &mut [u8]) -> Result<()> {
    let status = Decompress::new(true).decompress(compressed, list, FlushDecompress::Finish)?;
    ensure!(status == Status::StreamEnd, "the list fits");
    Ok(())
}

/// The signature, made anew over the same payload, and the compressed list.
fn taken_apart(scene: &Scene) -> Result<(Signed, Vec<u8>)> {
    let message = Sign1::parse(&scene.status_token)?;
    let payload = message.verify(scene.authority.status.key.public())?;
    let mut compressed = Vec::new();
    Reader::read_all(payload, |reader| {
        reader.map(|reader, key| {
            match key {
                Key::Int(STATUS_LIST) => EncodedList::read_cbor(reader)?.compressed().clone_into(&mut compressed),
                _ => drop(reader.skip()?),
            }
            Ok::<_, ListError>(())
        })
    })?;
    let key = &scene.authority.status.key;
    let (point, signature) = (key.public().sec1().to_vec(), key.sign(payload)?.as_bytes().to_vec());
    Ok((Signed { point, message: payload.to_vec(), signature }, compressed))
}
