//! Status list tokens as JWT (draft §5.1).

use mapae_crypto::PublicKey;
use mapae_jose::{Jws, Object};

use super::{Claims, Expected, VerifiedStatusToken, date, time_to_live};
use crate::{EncodedList, TokenError};

pub(super) const TYP: &str = "statuslist+jwt";

/// A token that has been read but not verified. It answers nothing yet.
#[derive(Debug, Clone)]
pub struct StatusTokenJwt<'a> {
    jws: Jws<'a>,
}

impl<'a> StatusTokenJwt<'a> {
    /// Reads a compact JWS whose `typ` is `statuslist+jwt`.
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        let jws = Jws::parse(text)?;
        if jws.header().typ() != Some(TYP) {
            return Err(TokenError::WrongType { expected: TYP });
        }
        Ok(Self { jws })
    }

    /// The certificates in `x5c` as DER, the signer's first; empty if there are none. Whether they are to
    /// be trusted is decided elsewhere, before [`verify`](Self::verify) is given the first one's key.
    pub fn x5chain(&self) -> Vec<Vec<u8>> {
        self.jws.header().x5c().to_vec()
    }

    /// Checks the signature, then the claims, then inflates the list.
    pub fn verify(self, key: &PublicKey, expected: &Expected<'_>) -> Result<VerifiedStatusToken, TokenError> {
        let claims = self.jws.verify(key)?.payload_object()?;
        read(&claims)?.check(expected)
    }
}

fn read(claims: &Object) -> Result<Claims<'_>, TokenError> {
    let subject = required(claims, "sub")?.as_str().ok_or(TokenError::ClaimMalformed { claim: "sub" })?;
    let list = required(claims, "status_list")?.as_object();
    let optional_date = |claim| claims.get(claim).map(|value| date(value.as_i64(), claim)).transpose();
    Ok(Claims {
        subject: subject.to_owned(),
        issued_at: date(required(claims, "iat")?.as_i64(), "iat")?,
        expires_at: optional_date("exp")?,
        not_before: optional_date("nbf")?,
        ttl: claims.get("ttl").map(|value| time_to_live(value.as_i64())).transpose()?,
        list: EncodedList::from_json(list.ok_or(TokenError::ClaimMalformed { claim: "status_list" })?)?,
    })
}

fn required<'v>(claims: &'v Object, claim: &'static str) -> Result<&'v mapae_jose::Value, TokenError> {
    claims.get(claim).ok_or(TokenError::ClaimMissing { claim })
}
