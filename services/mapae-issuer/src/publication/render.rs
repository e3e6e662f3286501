//! Lists made into signed tokens, some at a time: compressing is done apart from the threads that answer wallets.

use std::sync::Arc;

use mapae_cose::UnsignedSign1;
use mapae_crypto::Algorithm;
use mapae_hsm::Signer;
use mapae_jose::UnsignedJws;
use mapae_status_list::{NewStatusToken, RevocationList, TokenTimes};
use mapae_types::Timestamp;
use tokio::task::spawn_blocking;

use super::{Form, ListFolder, PublicationError};

/// Who signs status lists.
#[derive(Debug, Clone)]
pub struct ListSigner {
    /// The key.
    pub signer: Signer,
    /// Its certificate and links in DER, without the root.
    pub chain: Vec<Vec<u8>>,
}

/// What the tokens of one publication have in common.
#[derive(Clone)]
pub(super) struct Edition {
    pub(super) folder: ListFolder,
    pub(super) chain: Arc<Vec<Vec<u8>>>,
    /// Up to the list's number.
    pub(super) prefix: String,
    pub(super) aggregation: String,
    pub(super) at: Timestamp,
}

/// A list that lacks its signatures.
struct Draft {
    number: u64,
    jwt: UnsignedJws,
    cwt: UnsignedSign1,
}

impl Edition {
    pub(super) fn uri(&self, number: u64) -> String {
        format!("{}{number}", self.prefix)
    }

    /// Signs lists and replaces their files.
    pub(super) async fn publish(
        &self,
        lists: Vec<(u64, RevocationList)>,
        signer: &Signer,
    ) -> Result<(), PublicationError> {
        let edition = self.clone();
        let drafts = blocking(move || lists.iter().map(|(number, list)| edition.draft(*number, list)).collect());
        let drafts: Vec<Draft> = drafts.await?;
        let forms = |draft: &Draft| [draft.jwt.to_be_signed().to_vec(), draft.cwt.to_be_signed().to_vec()];
        let signatures = signer.sign(drafts.iter().flat_map(forms).collect()).await?;
        let folder = self.folder.clone();
        blocking(move || {
            for (draft, signed) in drafts.into_iter().zip(signatures.chunks_exact(2)) {
                folder.write_list(draft.number, Form::Jwt, draft.jwt.attach(&signed[0]).as_bytes())?;
                folder.write_list(draft.number, Form::Cwt, &draft.cwt.attach(&signed[1]))?;
            }
            Ok(())
        })
        .await
    }

    fn draft(&self, number: u64, list: &RevocationList) -> Result<Draft, PublicationError> {
        let uri = self.uri(number);
        let token =
            NewStatusToken::new(&uri, list, TokenTimes::published(self.at))?.with_aggregation(&self.aggregation);
        let jwt = token.unsigned_jwt(Algorithm::Es256, &self.chain)?;
        let cwt = token.unsigned_cwt(Algorithm::Es256, &self.chain)?;
        Ok(Draft { number, jwt, cwt })
    }
}

/// Runs what takes long on a thread for that.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PublicationError> + Send + 'static,
) -> Result<T, PublicationError> {
    spawn_blocking(work).await.map_err(|_| PublicationError::Ended)?
}
