//! The command line. What is not here is not a feature.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};
use mapae_trust::Freshness;
use mapae_types::{DocumentName, Duration, IdError, PersonId, Timestamp, UseClass};

#[cfg(feature = "services")]
use crate::commands::{
    IssuerCommand, LoadCommand, OfficeCommand, PublishArgs, ServeCommand, UpArgs, WalletCommand, WalletProviderCommand,
};
use crate::{
    commands::{FetchArgs, LedgerCommand, ListSource, OrderCommand, RelyingPartyCommand, RenewArgs, VicalArgs},
    pinned::AnchorArgs,
};

/// A national mobile ID that keeps working when its data centre does not.
#[derive(Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true, propagate_version = true)]
pub(crate) struct Cli {
    /// Answer with one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Tell the whole story in under a minute: issue, show, check; forge, replay, borrow; revoke; the centre gone
    #[cfg(feature = "services")]
    Demo(DemoArgs),
    /// Create and look after an issuing authority: its root, signers, revocation list
    #[command(subcommand)]
    Authority(AuthorityCommand),
    /// Make registers of people who do not exist
    #[command(subcommand)]
    People(PeopleCommand),
    /// Issue a document to everybody in a register
    Issue(IssueArgs),
    /// Revoke every copy of a person's document
    Revoke(RevokeArgs),
    /// Build and show trust bundles, the one file that a reader needs
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Keep the trust ledger: agencies, witnesses, entries
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Sign continuity orders, by which evidence may be older in a disaster; files alone
    #[command(subcommand)]
    Order(OrderCommand),
    /// Run a ledger, a witness, an issuer, a wallet provider or a verifier
    #[cfg(feature = "services")]
    #[command(subcommand)]
    Serve(ServeCommand),
    /// Make the directory of an issuer
    #[cfg(feature = "services")]
    #[command(subcommand)]
    Issuer(IssuerCommand),
    /// Do what a clerk does: offer documents, suspend, revoke
    #[cfg(feature = "services")]
    #[command(subcommand)]
    Office(OfficeCommand),
    /// Create a provider of wallets, which attests wallets and their keys; block an instance
    #[cfg(feature = "services")]
    #[command(subcommand)]
    WalletProvider(WalletProviderCommand),
    /// Register relying parties and their readers; say whether a request stays inside a registration
    #[command(subcommand)]
    RelyingParty(RelyingPartyCommand),
    /// Ask for elements of a document, as a relying party does
    Request(RequestArgs),
    /// Answer a request, as a wallet does
    Present(PresentArgs),
    /// Keep documents on this machine, encrypted: take an issuer's offer, refill, answer requests
    #[cfg(feature = "services")]
    #[command(subcommand)]
    Wallet(WalletCommand),
    /// Judge a presentation offline: exit 0 held, 1 refused, 2 undecided, 64 wrong usage
    Verify(VerifyArgs),
    /// Serve the reader page on this machine; `cargo xtask web` builds it
    #[cfg(feature = "services")]
    Reader(ReaderArgs),
    /// Put load on a service, and say what it took
    #[cfg(feature = "services")]
    #[command(subcommand)]
    Load(LoadCommand),
    /// Run a whole country on this machine; `cargo xtask up` builds it first
    #[cfg(feature = "services")]
    #[command(hide = true)]
    Up(UpArgs),
    /// Show what a file holds as a tree, verifying nothing
    Inspect(InspectArgs),
}

#[cfg(feature = "services")]
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Keep all files in this new or empty directory, for `mapae verify` to judge again
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Begin as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Subcommand)]
pub(crate) enum AuthorityCommand {
    /// Create the keys and certificates of a new authority
    Init(InitArgs),
    /// Distrust a signer: its documents are refused from the next bundle on (and its certificate in the CRL)
    Distrust(DistrustArgs),
    /// Make a new root under the old name, and the old root's word for it; what the old one certified stays good
    RenewRoot(RenewArgs),
    /// Make new signers below the newest root, every 90 days and after `renew-root`; what the old ones signed stays good
    RenewSigners(RenewArgs),
    /// Sign the roots of authorities into a VICAL, by which foreign readers know them
    Vical(VicalArgs),
}

#[derive(Args)]
pub(crate) struct InitArgs {
    /// Directory to create it in
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Country, ISO 3166-1 alpha-2
    #[arg(long, default_value = "KR")]
    pub(crate) country: String,
    /// Name of the authority
    #[arg(long, default_value = "Mapae Sample Authority")]
    pub(crate) name: String,
    /// Where its status lists and revocation list will be published
    #[arg(long, default_value = "https://id.example")]
    pub(crate) base_url: String,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Args)]
pub(crate) struct DistrustArgs {
    /// The authority's directory
    #[arg(long)]
    pub(crate) authority: PathBuf,
    /// The signer's certificate
    #[arg(long)]
    pub(crate) signer: PathBuf,
    /// Its key was provably destroyed at this time: what it signed before stays good
    #[arg(long, value_name = "TIME", conflicts_with = "compromised", required_unless_present = "compromised")]
    pub(crate) ceased_at: Option<Timestamp>,
    /// Its key is in other hands: nothing that it signed is accepted, whatever its date
    #[arg(long)]
    pub(crate) compromised: bool,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Subcommand)]
pub(crate) enum PeopleCommand {
    /// Write a sample register for each document of the catalogue as CSV
    Sample(SampleArgs),
}

#[derive(Args)]
pub(crate) struct SampleArgs {
    /// How many people
    #[arg(long)]
    pub(crate) count: u64,
    /// Same seed, same bytes
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Directory for resident.csv, licence.csv and the others
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct IssueArgs {
    /// The authority's directory
    #[arg(long)]
    pub(crate) authority: PathBuf,
    /// Which document of the catalogue
    #[arg(long)]
    pub(crate) document: DocumentName,
    /// The register, CSV with a header line
    #[arg(long)]
    pub(crate) register: PathBuf,
    /// Directory for the issued documents
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// How many copies of each format a person gets
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=99))]
    pub(crate) copies: u16,
    /// How many people are put on the disk together; by default as many as have 512 copies
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) batch: Option<u16>,
    /// A directory of catalogue files (TOML) instead of the built-in ones
    #[arg(long)]
    pub(crate) catalogue: Option<PathBuf>,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Args)]
pub(crate) struct RevokeArgs {
    /// The authority's directory
    #[arg(long)]
    pub(crate) authority: PathBuf,
    /// The directory of issued documents
    #[arg(long)]
    pub(crate) issued: PathBuf,
    /// The person
    #[arg(long)]
    pub(crate) person: PersonId,
    /// The document
    #[arg(long)]
    pub(crate) document: DocumentName,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Subcommand)]
pub(crate) enum BundleCommand {
    /// Sign the roots, distrusted signers and status lists of now into one file
    Build(BuildArgs),
    /// Show what a bundle says
    Show(ShowArgs),
    /// Write what is new since an earlier bundle: about a seventieth of a nation's bundle for a day
    Delta(DeltaArgs),
    /// Rebuild the new bundle from the one at hand and a delta, and check it as any bundle is checked
    Apply(ApplyArgs),
    /// Fetch the newest bundle from mirrors, each perhaps hostile; what does not prove itself is never written
    Fetch(FetchArgs),
    /// Make the bundle that follows from a ledger's entries, enter it, and write it once it is cosigned
    #[cfg(feature = "services")]
    Publish(PublishArgs),
}

#[derive(Args)]
pub(crate) struct DeltaArgs {
    /// The bundle that readers have
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The new one
    #[arg(long)]
    pub(crate) to: PathBuf,
    /// The delta to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) anchor: AnchorArgs,
}

#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// The bundle at hand
    #[arg(long)]
    pub(crate) bundle: PathBuf,
    /// What is new since
    #[arg(long)]
    pub(crate) delta: PathBuf,
    /// The bundle to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) anchor: AnchorArgs,
}

#[derive(Args)]
pub(crate) struct BuildArgs {
    /// The authority's directory
    #[arg(long)]
    pub(crate) authority: PathBuf,
    /// A directory of issued documents whose status lists go in
    #[arg(long)]
    pub(crate) issued: Vec<PathBuf>,
    /// The lists that the issuer's service published: its folder, or the address where it names them all
    #[arg(long, value_name = "DIR|URL")]
    pub(crate) lists: Vec<ListSource>,
    /// The root of another issuer to trust (PEM), whose documents carry no status
    #[arg(long, value_name = "ROOT.pem")]
    pub(crate) trust: Vec<PathBuf>,
    /// The bundle to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// The time of which the bundle speaks (RFC 3339); now if not given
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
    /// How old evidence may be for a class of use: up to the first age it is accepted, up to the second accepted and
    /// marked, beyond that refused. Unless changed: low=24h/35d, substantial=24h/7d, high=24h/24h
    #[arg(long, value_name = "NAME=FRESH/USABLE")]
    pub(crate) class: Vec<ClassAges>,
    /// The first age of the class `low`, which is that of uses that name none
    #[arg(long)]
    pub(crate) fresh_for: Option<Duration>,
    /// The second age of the class `low`
    #[arg(long)]
    pub(crate) usable_for: Option<Duration>,
}

/// A class of use and its ages, as the command line has them.
#[derive(Clone)]
pub(crate) struct ClassAges {
    pub(crate) name: UseClass,
    pub(crate) freshness: Freshness,
}

impl FromStr for ClassAges {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "expected NAME=FRESH/USABLE, such as low=24h/35d".to_owned();
        let (name, ages) = text.split_once('=').ok_or_else(form)?;
        let (fresh_for, usable_for) = ages.split_once('/').ok_or_else(form)?;
        let age = |text: &str| text.parse::<Duration>().map_err(|error| error.to_string());
        let freshness = Freshness::new(age(fresh_for)?, age(usable_for)?).map_err(|_| "the second age is shorter")?;
        Ok(Self { name: name.parse().map_err(|error: IdError| error.to_string())?, freshness })
    }
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The bundle
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) anchor: AnchorArgs,
}

#[derive(Args)]
pub(crate) struct RequestArgs {
    /// Which document of the catalogue
    #[arg(long)]
    pub(crate) document: DocumentName,
    /// What to ask for, separated by commas, as the catalogue names it
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) elements: Vec<String>,
    /// Why, in words that the citizen will read
    #[arg(long)]
    pub(crate) purpose: String,
    /// The request to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Where a wallet would send its answer
    #[arg(long, default_value = "https://rp.example/response")]
    pub(crate) response_uri: String,
    /// A directory of catalogue files (TOML) instead of the built-in ones
    #[arg(long)]
    pub(crate) catalogue: Option<PathBuf>,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FormatArg {
    /// ISO/IEC 18013-5
    Mdoc,
    /// SD-JWT VC with key binding
    SdJwt,
}

#[derive(Args)]
pub(crate) struct PresentArgs {
    /// The directory of one issued document: `<issued>/<person>/<document>`
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The request to answer
    #[arg(long)]
    pub(crate) request: PathBuf,
    /// In which format
    #[arg(long)]
    pub(crate) format: FormatArg,
    /// The presentation to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Which copy to use
    #[arg(long, default_value_t = 1)]
    pub(crate) copy: u16,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The trust bundle
    #[arg(long)]
    pub(crate) bundle: PathBuf,
    #[command(flatten)]
    pub(crate) anchor: AnchorArgs,
    /// A continuity order, which stretches ages for the classes and days that it names
    #[arg(long, value_name = "FILE", env = "MAPAE_ORDER")]
    pub(crate) order: Option<PathBuf>,
    /// The request that the presentation must answer
    #[arg(long)]
    pub(crate) request: PathBuf,
    /// The presentation
    pub(crate) presentation: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
    /// What the check is for: a class of use that the bundle knows, such as low, substantial or high; without it, its
    /// first
    #[arg(long = "use", value_name = "CLASS")]
    pub(crate) use_class: Option<UseClass>,
    /// Remember the newest bundle that was used in this file, and let no older one take its place
    #[arg(long, value_name = "FILE", env = "MAPAE_MEMORY")]
    pub(crate) memory: Option<PathBuf>,
    /// Refuse evidence older than this, where that is stricter than the bundle
    #[arg(long)]
    pub(crate) accept_age: Option<Duration>,
}

#[cfg(feature = "services")]
#[derive(Args)]
pub(crate) struct ReaderArgs {
    /// Folder of the built page; without it, `web/reader` beside this program or above it
    #[arg(long, value_name = "DIR", env = "MAPAE_WEB")]
    pub(crate) web: Option<PathBuf>,
    /// Port on 127.0.0.1, 0 for a free one. A browser keeps what the page remembers by address and port
    #[arg(long, default_value_t = 8627)]
    pub(crate) port: u16,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// A credential, presentation, status list, certificate, revocation list, request or bundle
    pub(crate) file: PathBuf,
}
