//! From an issuer's identifier to what it says of itself and of its authorization server (OpenID4VCI §12.2, RFC 8414).

use std::sync::Arc;

use mapae_x509::TrustAnchor;

use super::{
    Answer, Context, Endpoint, Exchange, HttpRequest, HttpResponse, Issuer, IssuerFault, WalletError,
    call::{Call, Plan},
};
use crate::{IssuerMetadata, IssuerUrl, MetadataFault, ServerMetadata, SignedMetadata};

/// By what an issuer's metadata are believed.
#[derive(Debug, Clone, Copy)]
pub enum MetadataTrust<'a> {
    /// By its address: TLS alone.
    Transport,
    /// By a signature that leads to one of these (OpenID4VCI §12.2.3, HAIP §4.1).
    Signed(&'a [TrustAnchor]),
}

/// Where discovery starts.
#[derive(Debug)]
pub struct Discovery;

impl Discovery {
    /// Asks an issuer for its metadata.
    pub fn begin<'t>(
        issuer: IssuerUrl,
        trust: MetadataTrust<'t>,
        context: &mut Context<'_>,
    ) -> Result<AwaitingIssuerMetadata<'t>, WalletError> {
        let accept = match trust {
            MetadataTrust::Transport => "application/json",
            MetadataTrust::Signed(_) => "application/jwt",
        };
        let url = issuer.well_known("openid-credential-issuer");
        let call = Call::begin(Plan::get(Endpoint::IssuerMetadata, &url, accept), context)?;
        Ok(AwaitingIssuerMetadata { issuer, trust, call })
    }
}

/// The issuer's metadata are on their way.
#[derive(Clone)]
pub struct AwaitingIssuerMetadata<'t> {
    issuer: IssuerUrl,
    trust: MetadataTrust<'t>,
    call: Call,
}

impl Exchange for AwaitingIssuerMetadata<'_> {
    type Done = AwaitingServerMetadata;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(
        self,
        response: &HttpResponse,
        context: &mut Context<'_>,
    ) -> Result<Answer<Self, AwaitingServerMetadata>, WalletError> {
        let Self { issuer, trust, call } = self;
        if let Answer::Again(call) = call.receive(response, context)? {
            return Ok(Answer::Again(Self { issuer, trust, call }));
        }
        let metadata = read(response, &issuer, trust, context)?;
        AwaitingServerMetadata::begin(issuer, metadata, context).map(Answer::Done)
    }
}

fn read(
    response: &HttpResponse,
    issuer: &IssuerUrl,
    trust: MetadataTrust<'_>,
    context: &Context<'_>,
) -> Result<IssuerMetadata, WalletError> {
    let read = match trust {
        MetadataTrust::Transport => IssuerMetadata::parse(&response.body, issuer),
        // An issuer that answers without a signature could be anybody who sits between.
        MetadataTrust::Signed(_) if !response.is_of_type("application/jwt") => {
            return Err(IssuerFault::MetadataUnsigned.into());
        }
        MetadataTrust::Signed(anchors) => {
            let text = str::from_utf8(&response.body).unwrap_or_default();
            SignedMetadata::verify(text, issuer, anchors, context.now)
        }
    };
    read.map_err(|fault| IssuerFault::Metadata { at: Endpoint::IssuerMetadata, fault }.into())
}

/// The authorization server's metadata are on their way.
#[derive(Clone)]
pub struct AwaitingServerMetadata {
    issuer: IssuerUrl,
    metadata: Arc<IssuerMetadata>,
    server: IssuerUrl,
    call: Call,
}

impl AwaitingServerMetadata {
    fn begin(issuer: IssuerUrl, metadata: IssuerMetadata, context: &mut Context<'_>) -> Result<Self, WalletError> {
        let fault =
            |fault| IssuerFault::Metadata { at: Endpoint::IssuerMetadata, fault: MetadataFault::Message(fault) };
        // §12.2.4: without the list the issuer is its own authorization server.
        let server = metadata.authorization_servers.first().map_or_else(|| Ok(issuer.clone()), |s| IssuerUrl::parse(s));
        let server = server.map_err(fault)?;
        let url = server.well_known("oauth-authorization-server");
        let call = Call::begin(Plan::get(Endpoint::ServerMetadata, &url, "application/json"), context)?;
        Ok(Self { issuer, metadata: Arc::new(metadata), server, call })
    }
}

impl Exchange for AwaitingServerMetadata {
    type Done = Issuer;

    fn request(&self) -> &HttpRequest {
        self.call.request()
    }

    fn receive(self, response: &HttpResponse, context: &mut Context<'_>) -> Result<Answer<Self, Issuer>, WalletError> {
        let Self { issuer, metadata, server, call } = self;
        if let Answer::Again(call) = call.receive(response, context)? {
            return Ok(Answer::Again(Self { issuer, metadata, server, call }));
        }
        let server = ServerMetadata::parse(&response.body, &server);
        let server = server.map_err(|fault| IssuerFault::Metadata { at: Endpoint::ServerMetadata, fault })?;
        Ok(Answer::Done(Issuer::new(issuer, metadata, server)))
    }
}
