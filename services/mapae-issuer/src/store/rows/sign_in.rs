//! A citizen's way through the authorization endpoint.

use mapae_types::{PersonId, Timestamp};

use super::{Blob, Int, StoreError, Stored, Text};
use crate::{
    ids::{GrantId, SignInId},
    store::{
        PushedRequest,
        sql::{Reader, Row, Table, blob, int, opt_blob, opt_text, text},
    },
};

pub(in crate::store) static SIGN_IN: Table = Table {
    name: "sign_ins",
    columns: &[
        ("id", Blob),
        ("stage", Int),
        ("client_id", Text),
        ("redirect_uri", Text),
        ("state", Text),
        ("challenge", Text),
        ("configurations", Text),
        ("name", Text),
        ("jkt", Blob),
        ("nonce", Text),
        ("verifier", Text),
        ("person", Text),
        ("grant_id", Blob),
        ("expires_at", Int),
    ],
};

/// The step that was taken last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum SignInStage {
    Pushed,
    Begun,
    Taken,
    SignedIn,
    Exchanged,
}

/// Such a way.
#[derive(Debug, Clone)]
pub(in crate::store) struct SignIn {
    pub(in crate::store) id: SignInId,
    pub(in crate::store) stage: SignInStage,
    pub(in crate::store) request: PushedRequest,
    pub(in crate::store) nonce: Option<String>,
    pub(in crate::store) verifier: Option<String>,
    pub(in crate::store) person: Option<PersonId>,
    pub(in crate::store) grant: Option<GrantId>,
    /// Of the next step.
    pub(in crate::store) expires_at: Timestamp,
}

const STAGES: [SignInStage; 5] =
    [SignInStage::Pushed, SignInStage::Begun, SignInStage::Taken, SignInStage::SignedIn, SignInStage::Exchanged];

impl Stored for SignIn {
    const TABLE: &'static Table = &SIGN_IN;

    fn to_row(&self) -> Result<Row, StoreError> {
        let request = &self.request;
        let configurations = serde_json::Value::from(request.configurations.clone()).to_string();
        Ok(vec![
            blob(self.id.as_bytes()),
            int(match self.stage {
                SignInStage::Pushed => 0,
                SignInStage::Begun => 1,
                SignInStage::Taken => 2,
                SignInStage::SignedIn => 3,
                SignInStage::Exchanged => 4,
            }),
            text(&request.client_id),
            text(&request.redirect_uri),
            opt_text(request.state.as_deref()),
            text(&request.challenge),
            text(&configurations),
            text(request.name.as_str()),
            opt_blob(request.jkt.as_ref().map(<[u8; 32]>::as_slice)),
            opt_text(self.nonce.as_deref()),
            opt_text(self.verifier.as_deref()),
            opt_text(self.person.as_ref().map(PersonId::as_str)),
            opt_blob(self.grant.as_ref().map(|id| id.as_bytes().as_slice())),
            int(self.expires_at.unix()),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        let id = reader.id()?;
        let stage = STAGES.get(reader.count::<usize>()?).copied().ok_or_else(|| reader.damaged())?;
        let request = PushedRequest {
            client_id: reader.text()?,
            redirect_uri: reader.text()?,
            state: reader.opt_text()?,
            challenge: reader.text()?,
            configurations: serde_json::from_str(&reader.text()?).map_err(|_| reader.damaged())?,
            name: reader.text()?.parse().map_err(|_| reader.damaged())?,
            jkt: reader.opt_array()?,
        };
        let (nonce, verifier) = (reader.opt_text()?, reader.opt_text()?);
        let person = reader.opt_text()?.map(|person| person.parse().map_err(|_| reader.damaged())).transpose()?;
        Ok(Self { id, stage, request, nonce, verifier, person, grant: reader.opt_id()?, expires_at: reader.time()? })
    }
}
