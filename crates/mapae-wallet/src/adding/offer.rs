//! What an offer says, for people: nothing of it is proven until its copies are here (OpenID4VCI §13.5).

use mapae_document::Catalogue;
use mapae_oid4vci::{
    CredentialConfiguration, CredentialFormat, CredentialOffer, Display, PreAuthorizedGrant, TxCodeMode, wallet::Issuer,
};
use serde::Serialize;

use super::{issuer, line::Line};
use crate::{Card, CardId, Format, Wallet, Words, card::document_of, error::Halt, task::Outside, wallet::Inner, words};

/// What an offer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferView {
    /// The issuer's identifier.
    pub issuer: String,
    /// What it calls itself.
    pub issuer_name: Option<Words>,
    /// What is offered.
    pub documents: Vec<OfferedDocument>,
    /// What the person must type, if anything.
    pub tx_code: Option<CodeForm>,
    /// Whether the person must sign in instead.
    pub sign_in: bool,
    /// The card of this very offer, if it was begun before.
    pub card: Option<CardId>,
}

/// A document that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferedDocument {
    /// Its name in the catalogue, if that knows it.
    pub name: Option<String>,
    /// What people call it.
    pub title: Words,
    /// In which formats.
    pub formats: Vec<Format>,
    /// Cards that hold such a document already.
    pub held: Vec<CardId>,
}

/// What a code looks like that came by another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeForm {
    /// Whether it has digits only.
    pub digits: bool,
    /// How many characters it has.
    pub length: Option<u8>,
    /// What the issuer says about it.
    pub description: Option<String>,
}

/// Reads an offer.
pub(super) async fn read(wallet: &Wallet, address: &str, outside: Outside) -> Result<OfferView, Halt> {
    let mut line = Line::new(outside);
    let offer = issuer::offer(wallet, &mut line, address).await?;
    let issuer = issuer::discover(wallet, &mut line, &offer).await?;
    let inner = wallet.lock();
    let card = inner.card_of(address);
    Ok(OfferView {
        issuer: issuer.url().as_str().to_owned(),
        issuer_name: words(&issuer.metadata().display),
        documents: documents(&issuer, &offer, &inner)?,
        tx_code: offer.grants.pre_authorized.as_ref().and_then(CodeForm::of),
        sign_in: offer.grants.pre_authorized.is_none(),
        card,
    })
}

/// The two formats of a document are one.
fn documents(issuer: &Issuer, offer: &CredentialOffer, inner: &Inner) -> Result<Vec<OfferedDocument>, Halt> {
    let mut documents: Vec<(&str, OfferedDocument)> = Vec::new();
    for (id, configuration) in issuer.offered(offer)? {
        let Some((format, kind)) = kind(&configuration.format) else { continue };
        let name = document_of(id);
        match documents.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.formats.push(format),
            None => documents.push((name, document(name, format, kind, configuration, inner))),
        }
    }
    Ok(documents.into_iter().map(|(_, document)| document).collect())
}

fn document(
    name: &str,
    format: Format,
    kind: &str,
    configuration: &CredentialConfiguration,
    inner: &Inner,
) -> OfferedDocument {
    let catalogue: Option<&Catalogue> = inner.catalogue.as_deref();
    let known = words::document(catalogue, kind, name);
    let announced = configuration.credential_metadata.as_ref().and_then(|shown| words(&shown.display));
    let is_held = |card: &Card| card.batches.iter().any(|batch| batch.document_type == kind && batch.is_good());
    OfferedDocument {
        name: known.map(|known| known.name().as_str().to_owned()),
        title: known.map(|known| known.title().into()).or(announced).unwrap_or_else(|| Words::same(name)),
        formats: vec![format],
        held: inner.cards.iter().filter(|(_, card)| is_held(card)).map(|(id, _)| id.clone()).collect(),
    }
}

fn kind(format: &CredentialFormat) -> Option<(Format, &str)> {
    match format {
        CredentialFormat::Mdoc { doctype } => Some((Format::Mdoc, doctype)),
        CredentialFormat::SdJwt { vct } => Some((Format::SdJwt, vct)),
        _ => None,
    }
}

/// A name in both languages; one that is there in one language alone serves for both.
pub(super) fn words(display: &[Display]) -> Option<Words> {
    let by = |language: &str| {
        let is = |one: &&Display| one.locale.as_deref().is_some_and(|locale| locale.starts_with(language));
        display.iter().find(is).and_then(|one| one.name.clone())
    };
    let any = display.iter().find_map(|one| one.name.clone())?;
    Some(Words { ko: by("ko").unwrap_or_else(|| any.clone()), en: by("en").unwrap_or(any) })
}

impl CodeForm {
    fn of(grant: &PreAuthorizedGrant) -> Option<Self> {
        let code = grant.tx_code.as_ref()?;
        let digits = code.mode == TxCodeMode::Numeric;
        Some(Self { digits, length: code.length, description: code.description.clone() })
    }
}

impl Inner {
    /// The card that an offer's link became.
    pub(super) fn card_of(&self, link: &str) -> Option<CardId> {
        self.cards.iter().find(|(_, card)| card.link == link).map(|(id, _)| id.clone())
    }
}
