//! `mapae wallet present`: answers a request with a copy of the wallet (design D7).
//!
//! By its link the request is authenticated and compared with the ledger's registrations, as on a citizen's phone. From a file it
//! is answered into another file, for a reader without a network and for those who try things out: such requests are not
//! signed, and nobody vouches for them. One that a page gave its browser is judged as one by a link is.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use mapae_reader::Request;
use mapae_types::DocumentName;
use mapae_wallet::{Asked, Consent, CopyState, DocumentView, Format, HandedRequest, OptionView, Proposal, Refusal};
use serde_json::json;

use super::{
    WalletArgs,
    drive::Driver,
    failure, page, share,
    show::find,
    trust::{TrustArgs, read_anchors},
    vault::Vault,
};
use crate::{
    cli::FormatArg,
    failure::{Failure, Outcome},
    files::{self, Access},
    output::Output,
    request,
};

#[derive(Args)]
pub(crate) struct PresentArgs {
    /// The request's link: what the QR code says (`openid4vp://…`, `haip-vp://…` or https), or a signed request as text
    #[arg(required_unless_present_any = ["request", "dc_api"], conflicts_with_all = ["request", "document", "format", "out"])]
    link: Option<String>,
    /// The file of a request that a page gave its browser (Digital Credentials API): `{"protocol", "data"}`. What the browser
    /// would hand back is written to --out. Here only: no browser lets a page be a wallet
    #[arg(long, value_name = "FILE", requires_all = ["origin", "out"], conflicts_with_all = ["link", "request", "document"])]
    dc_api: Option<PathBuf>,
    /// Where that page stands, as the browser says it: `https://library.example`
    #[arg(long, requires = "dc_api")]
    origin: Option<String>,
    /// Agree without being asked
    #[arg(long, conflicts_with = "request")]
    yes: bool,
    /// Agree to what is optional as well
    #[arg(long, conflicts_with = "request")]
    all: bool,
    /// Answer somebody whom no registration names: for those who try things out
    #[arg(long, conflicts_with = "request")]
    unregistered: bool,
    /// A root certificate (PEM) that vouches for who asks, beside the bundle's registrars
    #[arg(long, value_name = "ROOT.pem", requires = "unregistered")]
    registrar: Vec<PathBuf>,
    /// The file of a request to answer into a file
    #[arg(long, requires_all = ["document", "format", "out"])]
    request: Option<PathBuf>,
    /// The document, as `list` names it
    #[arg(long)]
    document: Option<DocumentName>,
    /// In which format
    #[arg(long)]
    format: Option<FormatArg>,
    /// The presentation to write
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    wallet: WalletArgs,
}

/// Answers.
pub(super) fn run(args: &PresentArgs, output: &Output) -> Outcome<()> {
    let store = args.trust.read()?;
    let mut driver = Driver::open(Vault::open(&args.wallet.dir)?, args.wallet.at)?;
    driver.wallet.rely_on(store);
    match (&args.link, &args.request, &args.dc_api, &args.out) {
        (Some(link), ..) => share::run(&mut driver, link, args.wanted()?, output),
        (None, Some(request), _, Some(out)) => hand_over(&mut driver, args, request, out, output),
        (None, None, Some(file), Some(out)) => {
            let origin = args.origin.as_deref().unwrap_or_default();
            page::run(&mut driver, (file, origin, out), args.wanted()?, output)
        }
        _ => Err(Failure::usage("a link, --request with --out, or --dc-api with --origin and --out")),
    }
}

impl PresentArgs {
    fn wanted(&self) -> Outcome<share::Wanted> {
        let anybody = self.unregistered.then(|| read_anchors(&self.registrar)).transpose()?;
        Ok(share::Wanted { yes: self.yes, all: self.all, anybody })
    }
}

fn hand_over(driver: &mut Driver, args: &PresentArgs, request: &Path, out: &Path, output: &Output) -> Outcome<()> {
    let request = request::read(request)?;
    let document = args.document.as_ref().context("no document")?;
    let (id, _) = find(&driver.wallet, document.as_str())?;
    let format = match args.format {
        Some(FormatArg::SdJwt) => Format::SdJwt,
        _ => Format::Mdoc,
    };
    let proposal = match driver.wallet.ask_handed(handed(&request), &driver.start()?) {
        Asked::Proposal(proposal) => *proposal,
        Asked::Refusal(refusal) => return Err(refused(&refusal)),
    };
    let wanted = |view: &DocumentView| view.card == id && view.format == format;
    let (consent, shown) = choose(&proposal, &wanted)?;
    let client_id = proposal.view().who.client_id.clone();
    let task = driver.wallet.make(proposal, consent, &driver.start()?);
    let made = driver.run(task)?.map_err(failure)?;
    let presentation = made.presentations.get(&shown.query).context("nothing to hand over")?;
    files::write(out, presentation, Access::Public)?;
    let names: Vec<String> = shown.elements.iter().map(|element| element.path.join("/")).collect();
    let (seen, out) = (shown.copy.state != CopyState::Fresh, out.display().to_string());
    let said = json!({
        "out": out,
        "format": format.name(),
        "used_before": seen,
        "fresh_left": shown.copy.fresh_left,
        "client_id": client_id,
        "disclosed": names,
        "bytes": presentation.len(),
    });
    output.answer(&said, || format!("Presentation {out} for {client_id}\n  discloses {}", names.join(", ")));
    if seen {
        Output::note("note: no copy is left that nobody has seen; `mapae wallet refill` gets new ones");
    }
    Ok(())
}

fn handed(request: &Request) -> HandedRequest {
    HandedRequest {
        client_id: request.client_id().to_owned(),
        nonce: request.nonce().to_owned(),
        transcript: request.transcript(),
        query: request.query().clone(),
        purpose: request.purpose().map(str::to_owned),
        expires_at: None,
    }
}

/// The option that shares the one document which is meant.
fn choose(proposal: &Proposal, wanted: &dyn Fn(&DocumentView) -> bool) -> Outcome<(Consent, DocumentView)> {
    let fits = |option: &OptionView| matches!(option.documents.as_slice(), [only] if wanted(only));
    for (place, ask) in proposal.view().asks.iter().enumerate() {
        let Some(option) = ask.options.iter().position(fits) else { continue };
        let mut consent = proposal.least();
        consent.chosen[place] = Some(option);
        consent.express = true;
        return Ok((consent, ask.options[option].documents[0].clone()));
    }
    Err(Failure::usage("this document does not answer the request in that format"))
}

/// What a refusal comes to: the request's fault, or this wallet's.
pub(super) fn refused(refusal: &Refusal) -> Failure {
    let reason = refusal.reason().clone();
    Failure::Failed(anyhow::Error::new(reason).context(format!("refused ({}); nothing was sent", refusal.code())))
}
