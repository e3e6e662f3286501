//! Who is at fault, and in what. What of it others are told stands in [`crate::Refusal`].

use mapae_dcql::QueryError;
use mapae_jose::JwsError;
use mapae_trust::OverAsking;
use mapae_types::EntropyError;

use crate::{AuthorizationAnswer, ErrorCode, LoginId, answer::WayBack};

/// Parameters that are not of their form: the fault of their sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFault {
    /// Longer than any that we read.
    #[error("more than {limit} bytes")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// Not `application/x-www-form-urlencoded`.
    #[error("the parameters are not form-encoded UTF-8")]
    NotForm,
    /// A parameter is given twice (RFC 6749 §3.1).
    #[error("a parameter is given more than once")]
    Repeated,
    /// A parameter is missing.
    #[error("{name} is missing")]
    Missing {
        /// The parameter.
        name: &'static str,
    },
    /// A parameter is of another type or outside its bounds.
    #[error("{name} is malformed")]
    Malformed {
        /// The parameter.
        name: &'static str,
    },
    /// A parameter that may not be there.
    #[error("{name} may not be given")]
    Unexpected {
        /// The parameter.
        name: &'static str,
    },
}

/// A request that no registered client can be told of: the person sees a page (RFC 6749 §4.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageFault {
    /// The parameters.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// No client of that name.
    #[error("the client is not registered")]
    ClientUnknown,
    /// The address is none of the client's.
    #[error("redirect_uri is not registered for this client")]
    RedirectUriUnregistered,
    /// Nothing was pushed under that name.
    #[error("request_uri is unknown")]
    PushedUnknown,
    /// It was opened before.
    #[error("request_uri has been used before")]
    PushedUsed,
    /// It came too late.
    #[error("request_uri has expired")]
    PushedExpired,
    /// Another client pushed it.
    #[error("request_uri was pushed by another client")]
    PushedByAnother,
}

/// What is wrong with a request of a known client: its fault, of which it is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestFault {
    /// A parameter.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// `response_type` is not `code`.
    #[error("this response_type is not supported")]
    ResponseType,
    /// `response_mode` is neither `query` nor `form_post`.
    #[error("this response_mode is not supported")]
    ResponseMode,
    /// A request object (RFC 9101).
    #[error("request objects are not supported")]
    RequestObject,
    /// A request object elsewhere.
    #[error("request_uri is supported for pushed requests alone")]
    RequestUri,
    /// Metadata in the request (§7.2.1).
    #[error("registration by a request is not supported")]
    Registration,
    /// `scope` without `openid` (§3.1.2.1).
    #[error("scope lacks openid")]
    OpenIdScopeMissing,
    /// A scope that the client is not registered for.
    #[error("the client is not registered for the scope {scope}")]
    ScopeBeyond {
        /// Which.
        scope: String,
    },
    /// A claim that the client is not registered for.
    #[error("the client is not registered for the claim {claim}")]
    ClaimBeyond {
        /// Which.
        claim: String,
    },
    /// `claims` is not of its form (§5.5).
    #[error("claims is malformed")]
    ClaimsMalformed,
    /// No `code_challenge` where one is needed, or a method without one.
    #[error("code_challenge is missing")]
    ChallengeMissing,
    /// Not the hash that it must be.
    #[error("code_challenge is malformed")]
    ChallengeMalformed,
    /// `plain`, or nothing, which would mean the same.
    #[error("code_challenge_method is not S256")]
    ChallengeMethod,
    /// `prompt` has unknown values, or others beside `none`.
    #[error("prompt is malformed")]
    Prompt,
    /// `prompt=none`: nobody is signed in here.
    #[error("nobody signs in without being asked")]
    LoginRequired,
    /// A level that is essential and out of reach (§5.5.1.1).
    #[error("the level of authentication cannot be reached")]
    AcrUnmet,
    /// `id_token_hint` is no token of ours for this client.
    #[error("id_token_hint is not one of ours for this client")]
    Hint,
    /// Somebody is asked for whom the client cannot know again.
    #[error("the person asked for cannot be recognised")]
    SubjectOutOfReach,
}

/// A refusal at the authorization endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationRefusal {
    /// A page for the person, status 400; nobody is redirected.
    #[error("{0}")]
    Page(#[from] PageFault),
    /// An answer for the client.
    #[error("{fault}")]
    Back {
        /// Why.
        fault: RequestFault,
        /// What the browser carries there.
        answer: AuthorizationAnswer,
    },
}

impl AuthorizationRefusal {
    pub(crate) fn back(fault: RequestFault, back: &WayBack) -> Self {
        let answer = back.error(ErrorCode::from(&fault), Some(crate::wire::printable(&fault)));
        Self::Back { fault, answer }
    }
}

/// A client that does not show who it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientFault {
    /// The parameters.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// No client is named, or one that must show more than its name.
    #[error("the client does not authenticate")]
    Missing,
    /// The secret is not that of the client, or there is no such client.
    #[error("the client or its secret is unknown")]
    SecretWrong,
    /// `client_secret_post`.
    #[error("a secret in the body is not accepted: use client_secret_basic")]
    SecretInBody,
    /// Two methods at once (RFC 6749 §2.3).
    #[error("the client authenticates in more than one way")]
    SeveralMethods,
    /// `Authorization` is not `Basic` with two parts.
    #[error("the header Authorization is malformed")]
    HeaderMalformed,
    /// An assertion of a client that is registered for another method.
    #[error("the client is registered for another method")]
    MethodDiffers,
    /// `client_id` is another.
    #[error("client_id is not that of the authenticated client")]
    IdDiffers,
    /// The assertion cannot be read, or its signature does not verify.
    #[error("the client assertion: {0}")]
    Assertion(#[from] JwsError),
    /// The assertion says nothing that can be read.
    #[error("the client assertion is not a JSON object with one reading")]
    PayloadMalformed,
    /// The assertion names a key that is none of the client's.
    #[error("the key of the client assertion is unknown")]
    KeyUnknown,
    /// A claim of the assertion is missing or wrong.
    #[error("{name} of the client assertion is missing or wrong")]
    Claim {
        /// The claim.
        name: &'static str,
    },
    /// The assertion was shown before.
    #[error("the client assertion has been used before")]
    Replayed,
}

/// A token request that gets no tokens: the client's fault, or that of whom it got the code from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// The parameters.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// The client.
    #[error("{0}")]
    Client(#[from] ClientFault),
    /// `grant_type` is not `authorization_code`.
    #[error("this grant_type is not supported")]
    GrantUnsupported,
    /// `code_verifier` is not of its form.
    #[error("code_verifier is malformed")]
    VerifierMalformed,
    /// There is no such code.
    #[error("the code is unknown")]
    CodeUnknown,
    /// It came too late.
    #[error("the code has expired")]
    CodeExpired,
    /// It was made for another client.
    #[error("the code was issued to another client")]
    CodeOfAnother,
    /// It was used before: what came of it is to be withdrawn.
    #[error("the code has been used before")]
    CodeUsed {
        /// The sign-in whose access tokens are to be withdrawn.
        login: LoginId,
    },
    /// `redirect_uri` is another than in the authorization request.
    #[error("redirect_uri is not that of the authorization request")]
    RedirectUriDiffers,
    /// The code has a challenge, and no verifier came.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// The code has no challenge, and a verifier came (RFC 9700 §4.8.2).
    #[error("code_verifier without a code_challenge before it")]
    VerifierUnexpected,
    /// The verifier does not belong to the challenge (RFC 7636 §4.6).
    #[error("code_verifier does not belong to code_challenge")]
    VerifierDiffers,
    /// Nobody's fault but ours.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// A request for userinfo that is refused: the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserinfoFault {
    /// The parameters.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// No token.
    #[error("no access token")]
    TokenMissing,
    /// One in the header and one in the body.
    #[error("more than one access token")]
    TokenTwice,
    /// `Authorization` is not `Bearer` and a token.
    #[error("the access token is not presented as a bearer token")]
    TokenMalformed,
    /// It is unknown, expired or withdrawn.
    #[error("the access token is unknown, expired or withdrawn")]
    TokenUnknown,
}

/// A request to sign out that is answered by a page, and redirects nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutFault {
    /// The parameters.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// `id_token_hint` is no token of ours.
    #[error("id_token_hint is not one of ours")]
    Hint,
    /// An address, and no token that says whose it is.
    #[error("post_logout_redirect_uri without id_token_hint")]
    HintMissing,
    /// `client_id` is not that of the token.
    #[error("client_id is not that of id_token_hint")]
    ClientDiffers,
    /// The address is none of the client's.
    #[error("post_logout_redirect_uri is not registered for this client")]
    RedirectUriUnregistered,
}

/// A presentation that is no answer to a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginFault {
    /// The sign-in has ended.
    #[error("the sign-in has expired")]
    Expired,
    /// The wallet's: none, or more than the one document that a sign-in is.
    #[error("{count} credentials where a sign-in is one")]
    NotOneCredential {
        /// How many.
        count: usize,
    },
    /// The wallet's: a document that nobody asked for.
    #[error("a document that was not asked for")]
    DocumentNotAsked,
    /// Ours or the wallet's: a claim that every presentation has was not found in this one.
    #[error("the presentation lacks {claim}")]
    ClaimMissing {
        /// The claim.
        claim: String,
    },
    /// The service's: it does not say who this is, and the client is one that knows people again.
    #[error("the person is not known, whom the client wants to know again")]
    PersonMissing,
    /// Somebody else than the client asked for.
    #[error("another person than the one asked for")]
    AnotherPerson,
    /// Nobody's fault but ours.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Another browser than the one that began the sign-in (RFC 9700 §4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in was begun in another browser")]
pub struct BrowserDiffers;

/// A record that is none of ours, or none any more: the operator's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// Not of this kind or version.
    #[error("the record cannot be read")]
    Unreadable,
    /// The client, or what it may ask for, has changed since then.
    #[error("what the record holds is no longer allowed")]
    NoLongerAllowed,
}

/// A provider that cannot be one: its operator's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigFault {
    /// Two clients of one name.
    #[error("the client {client} is there twice")]
    ClientTwice {
        /// Which.
        client: String,
    },
    /// A client lacks what every client has.
    #[error("the client {client} lacks {member}")]
    ClientIncomplete {
        /// Which client.
        client: String,
        /// What it lacks.
        member: &'static str,
    },
    /// An address to which no browser may be sent.
    #[error("the client {client} has an unusable address {uri}")]
    RedirectUri {
        /// Which client.
        client: String,
        /// Which address.
        uri: String,
    },
    /// A client names a claim, scope, source, level or algorithm that there is not, or a source that cannot give what every
    /// sign-in asks for.
    #[error("the client {client} names {name}, which is not there or cannot give its baseline")]
    NameUnknown {
        /// Which client.
        client: String,
        /// Which name.
        name: String,
    },
    /// A client knows its people again, by a document that does not tell who they are.
    #[error("the client {client} knows its people again, which {source_id} does not tell")]
    PersonUntold {
        /// Which client.
        client: String,
        /// Which source.
        source_id: String,
    },
    /// A claim has the name of something else.
    #[error("{claim} is a name of the protocol's")]
    ClaimReserved {
        /// Which.
        claim: String,
    },
    /// A client may ask for more than the organisation is registered for (design D15).
    #[error("the client {client}: {over}")]
    BeyondRegistration {
        /// Which client.
        client: String,
        /// What is beyond.
        over: OverAsking,
    },
    /// The sources make no query.
    #[error("{0}")]
    Query(QueryError),
    /// A key that does not sign ES256.
    #[error("the key is not on P-256")]
    KeyUnsuitable,
}
