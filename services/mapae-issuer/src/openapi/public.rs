//! What wallets, verifiers and everybody may ask.

use super::operation::{Answer, Body, Operation, Parameter, Place, Security, answer, json};

const DPOP: Parameter = Parameter::header("DPoP", "A DPoP proof with the newest DPoP-Nonce (RFC 9449 §4).").required();
const ATTESTATION: Parameter = Parameter::header("OAuth-Client-Attestation", "The wallet provider's attestation.");
const POP: Parameter = Parameter::header("OAuth-Client-Attestation-PoP", "The proof of its key, with the challenge.");

const FORM: &str = "application/x-www-form-urlencoded";
const JWT: &str = "application/jwt";

const ERROR: &[Body] = &[json("Error")];
const EITHER: &[Body] = &[json("Error"), Body { media_type: "application/problem+json", schema: "Problem" }];
const PROBLEM: &[Body] = &[Body { media_type: "application/problem+json", schema: "Problem" }];
/// A response that may be encrypted (OpenID4VCI §10).
const COPIES: &[Body] = &[json("CredentialResponse"), Body { media_type: JWT, schema: "Jwe" }];
const LATER: &[Body] = &[json("DeferredResponse"), Body { media_type: JWT, schema: "Jwe" }];

const REFUSED: Answer = answer(400, "Refused; the code says why.", ERROR);
const CLIENT_REFUSED: Answer = answer(401, "The wallet is not authenticated.", ERROR);
const TOKEN_REFUSED: Answer = answer(401, "The token or its proof is refused; WWW-Authenticate says why.", ERROR);
const AWAY: Answer = answer(503, "Not available for now.", EITHER);

/// The routes of the public listener.
pub const PUBLIC: &[Operation] = &[
    Operation {
        method: "get",
        path: Place::WellKnown("/.well-known/openid-credential-issuer"),
        summary: "The issuer's metadata, signed for who accepts application/jwt (OpenID4VCI §12.2)",
        parameters: &[],
        body: &[],
        answers: &[
            answer(200, "The metadata.", &[json("IssuerMetadata"), Body { media_type: JWT, schema: "Jwt" }]),
            AWAY,
        ],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::WellKnown("/.well-known/oauth-authorization-server"),
        summary: "The authorization server's metadata (RFC 8414)",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "The metadata.", &[json("ServerMetadata")])],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Below("/offers/{id}"),
        summary: "An offer by reference (OpenID4VCI §4.1.3)",
        parameters: &[Parameter::path("id", "The reference in the offer's QR code.")],
        body: &[],
        answers: &[
            answer(200, "The offer.", &[json("CredentialOffer")]),
            answer(404, "There is none, or it is over.", PROBLEM),
            AWAY,
        ],
        security: Security::Nobody,
    },
    Operation {
        method: "post",
        path: Place::Below("/par"),
        summary: "Push an authorization request (RFC 9126)",
        parameters: &[Parameter::header("DPoP", "Binds the code to a key (RFC 9449 §10.1)."), ATTESTATION, POP],
        body: &[Body { media_type: FORM, schema: "PushedRequest" }],
        answers: &[answer(201, "Pushed.", &[json("PushedResponse")]), REFUSED, CLIENT_REFUSED, AWAY],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Below("/authorize"),
        summary: "The citizen's browser comes to sign in (RFC 6749 §4.1.1); visited, not called",
        parameters: &[
            Parameter::query("client_id", "The wallet, as it was pushed.").optional(),
            Parameter::query("request_uri", "What was pushed.").optional(),
        ],
        body: &[],
        answers: &[
            answer(302, "To the provider of identities.", &[]),
            answer(303, "To the provider of identities.", &[]),
            answer(400, "No such pushed request.", EITHER),
            AWAY,
        ],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Below("/callback"),
        summary: "The citizen's browser comes back from the provider of identities; visited, not called",
        parameters: &[
            Parameter::query("state", "What the browser was sent away with.").optional(),
            Parameter::query("code", "The provider's code.").optional(),
            Parameter::query("error", "Or the provider's refusal.").optional(),
            Parameter::query("iss", "The provider (RFC 9207).").optional(),
        ],
        body: &[],
        answers: &[
            answer(302, "To the wallet, with its code or an error.", &[]),
            answer(303, "To the wallet, with its code or an error.", &[]),
            answer(400, "No such sign-in.", EITHER),
            AWAY,
        ],
        security: Security::Nobody,
    },
    Operation {
        method: "post",
        path: Place::Below("/token"),
        summary: "Redeem an offer's code, a sign-in's code or a refresh token (OpenID4VCI §6)",
        parameters: &[DPOP, ATTESTATION, POP],
        body: &[Body { media_type: FORM, schema: "TokenRequest" }],
        answers: &[answer(200, "A token bound to the key.", &[json("TokenResponse")]), REFUSED, CLIENT_REFUSED, AWAY],
        security: Security::Nobody,
    },
    Operation {
        method: "post",
        path: Place::Below("/nonce"),
        summary: "A nonce for proofs of keys (OpenID4VCI §7)",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "The nonce.", &[json("Nonce")]), AWAY],
        security: Security::Nobody,
    },
    Operation {
        method: "post",
        path: Place::Below("/challenge"),
        summary: "A challenge for client attestations (attestation-based client authentication §8)",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "The challenge.", &[json("Challenge")]), AWAY],
        security: Security::Nobody,
    },
    Operation {
        method: "post",
        path: Place::Below("/credential"),
        summary: "Copies of a document for proven keys (OpenID4VCI §8)",
        parameters: &[DPOP],
        body: &[json("CredentialRequest"), Body { media_type: JWT, schema: "Jwe" }],
        answers: &[
            answer(200, "The copies.", COPIES),
            answer(202, "They come later.", LATER),
            REFUSED,
            TOKEN_REFUSED,
            AWAY,
        ],
        security: Security::Dpop,
    },
    Operation {
        method: "post",
        path: Place::Below("/deferred"),
        summary: "Copies that were to come later (OpenID4VCI §9)",
        parameters: &[DPOP],
        body: &[json("DeferredRequest"), Body { media_type: JWT, schema: "Jwe" }],
        answers: &[
            answer(200, "The copies.", COPIES),
            answer(202, "Still later.", LATER),
            REFUSED,
            TOKEN_REFUSED,
            AWAY,
        ],
        security: Security::Dpop,
    },
    Operation {
        method: "post",
        path: Place::Below("/notification"),
        summary: "What became of the copies on the phone (OpenID4VCI §11)",
        parameters: &[DPOP],
        body: &[json("Notification")],
        answers: &[answer(204, "Noted.", &[]), REFUSED, TOKEN_REFUSED, AWAY],
        security: Security::Dpop,
    },
    Operation {
        method: "get",
        path: Place::Below("/status/{number}"),
        summary: "A status list (Token Status List), in the form that is accepted",
        parameters: &[Parameter::path("number", "Which list.")],
        body: &[],
        answers: &[
            answer(
                200,
                "The list.",
                &[
                    Body { media_type: "application/statuslist+jwt", schema: "Jwt" },
                    Body { media_type: "application/statuslist+cwt", schema: "Bytes" },
                ],
            ),
            answer(404, "There is no such list.", PROBLEM),
            answer(406, "None of the accepted types.", PROBLEM),
            AWAY,
        ],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Below("/status"),
        summary: "All status lists (Token Status List, aggregation)",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "Their addresses.", &[json("StatusLists")]), AWAY],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Below("/openapi.json"),
        summary: "This document",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "OpenAPI 3.1.", &[json("Anything")])],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Root("/health"),
        summary: "Whether a full-size write, a read and a signature went through lately",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "All did.", &[json("Health")]), answer(503, "Not all did.", &[json("Health")])],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Root("/health/live"),
        summary: "Whether the process answers at all",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "It does.", &[Body { media_type: "text/plain", schema: "Text" }])],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Root("/health/ready"),
        summary: "Whether requests should be sent here",
        parameters: &[],
        body: &[],
        answers: &[
            answer(200, "They should.", &[Body { media_type: "text/plain", schema: "Text" }]),
            answer(503, "They should not.", PROBLEM),
        ],
        security: Security::Nobody,
    },
];
