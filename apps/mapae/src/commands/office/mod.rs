//! `mapae office`: what a clerk does at the counter, before there is a page for it.
//!
//! The office is the issuer's second listener; its token is in a file that `mapae issuer init` made. An offer goes to the
//! citizen by its QR code; the code that belongs to it leaves by another channel and is never shown here: `outbox` stands for
//! that channel.

mod change;
mod client;
mod documents;
mod offer;
mod outbox;
mod qr;
mod waiting;

use clap::Subcommand;

use self::{
    change::{Change, ChangeArgs},
    documents::DocumentsArgs,
    offer::OfferArgs,
    outbox::OutboxArgs,
    waiting::BacklogArgs,
};
use crate::{failure::Outcome, output::Output, service};
pub(crate) use client::{Office, refused};

#[derive(Subcommand)]
pub(crate) enum OfficeCommand {
    /// Offer a document to a person who has been identified: prints the link and its QR code, never the code
    Offer(OfferArgs),
    /// Offer to the most urgent of those who wait
    Backlog(BacklogArgs),
    /// Show what documents a person has
    Documents(DocumentsArgs),
    /// Suspend a document: its copies are revoked, and its wallet gets no new ones
    Suspend(ChangeArgs),
    /// Resume a suspended document: its wallet may fetch new copies
    Resume(ChangeArgs),
    /// Revoke a document for good
    Revoke(ChangeArgs),
    /// Approve a document that waits for a decision, so that its wallet may fetch it
    Approve(ChangeArgs),
    /// Read the newest message that left for a citizen's phone; stands for the phone
    Outbox(OutboxArgs),
}

/// Asks the office, and says what it answered.
pub(crate) fn run(command: &OfficeCommand, output: &Output) -> Outcome<()> {
    let change = |change, args| service::block_on(change::run(change, args, output));
    match command {
        OfficeCommand::Offer(args) => service::block_on(offer::run(args, output)),
        OfficeCommand::Backlog(args) => service::block_on(waiting::run(args, output)),
        OfficeCommand::Documents(args) => service::block_on(documents::run(args, output)),
        OfficeCommand::Suspend(args) => change(Change::Suspend, args),
        OfficeCommand::Resume(args) => change(Change::Resume, args),
        OfficeCommand::Revoke(args) => change(Change::Revoke, args),
        OfficeCommand::Approve(args) => change(Change::Approve, args),
        OfficeCommand::Outbox(args) => outbox::run(args, output),
    }
}
