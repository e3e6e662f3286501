//! What clerks and the monitoring may ask, on a listener of their own.

use super::operation::{Answer, Body, Operation, Parameter, Place, Security, answer, json};

const PROBLEM: &[Body] = &[Body { media_type: "application/problem+json", schema: "Problem" }];

const MALFORMED: Answer = answer(400, "Not what is expected.", PROBLEM);
const UNAUTHORISED: Answer = answer(401, "The office's token is missing or wrong.", PROBLEM);
const UNKNOWN: Answer = answer(404, "No such person or document.", PROBLEM);
const CONFLICT: Answer = answer(409, "Not in the document's state, or somebody was quicker.", PROBLEM);
const NOT_ELIGIBLE: Answer = answer(422, "The person may not have the document.", PROBLEM);
const AWAY: Answer = answer(503, "Not available for now.", PROBLEM);

const DOCUMENT: Parameter = Parameter::path("id", "The document's id.");

/// The routes of the office's listener.
pub const OFFICE: &[Operation] = &[
    Operation {
        method: "post",
        path: Place::Root("/office/applications"),
        summary: "A person waits for an offer",
        parameters: &[],
        body: &[json("Application")],
        answers: &[
            answer(201, "They wait.", &[json("Document")]),
            MALFORMED,
            UNAUTHORISED,
            UNKNOWN,
            CONFLICT,
            NOT_ELIGIBLE,
            AWAY,
        ],
        security: Security::Office,
    },
    Operation {
        method: "post",
        path: Place::Root("/office/offers"),
        summary: "An offer for a person who stands before the clerk; the transaction code goes to the outbox alone",
        parameters: &[],
        body: &[json("Application")],
        answers: &[
            answer(201, "The offer.", &[json("Offer")]),
            answer(202, "Too many wait: they have a place in the line.", &[json("Document")]),
            MALFORMED,
            UNAUTHORISED,
            UNKNOWN,
            CONFLICT,
            NOT_ELIGIBLE,
            AWAY,
        ],
        security: Security::Office,
    },
    Operation {
        method: "post",
        path: Place::Root("/office/offers/bulk"),
        summary: "Offers for many, up to a thousand",
        parameters: &[],
        body: &[json("Bulk")],
        answers: &[answer(201, "Offers, and who got none.", &[json("BulkOffers")]), MALFORMED, UNAUTHORISED, AWAY],
        security: Security::Office,
    },
    Operation {
        method: "post",
        path: Place::Root("/office/offers/next"),
        summary: "Offers for those who wait, the most urgent first",
        parameters: &[],
        body: &[json("Next")],
        answers: &[answer(200, "The offers.", &[json("Offers")]), MALFORMED, UNAUTHORISED, AWAY],
        security: Security::Office,
    },
    Operation {
        method: "get",
        path: Place::Root("/office/documents"),
        summary: "The documents that a person has or had",
        parameters: &[Parameter::query("person", "The person's id.")],
        body: &[],
        answers: &[answer(200, "The documents.", &[json("Documents")]), MALFORMED, UNAUTHORISED, AWAY],
        security: Security::Office,
    },
    Operation {
        method: "get",
        path: Place::Root("/office/documents/{id}"),
        summary: "A document",
        parameters: &[DOCUMENT],
        body: &[],
        answers: &[answer(200, "The document.", &[json("Document")]), UNAUTHORISED, UNKNOWN, AWAY],
        security: Security::Office,
    },
    Operation {
        method: "post",
        path: Place::Root("/office/documents/{id}/{act}"),
        summary: "Suspend, resume, revoke or approve a document",
        parameters: &[
            DOCUMENT,
            Parameter::path("act", "What to do.").one_of(&["suspend", "resume", "revoke", "approve"]),
        ],
        body: &[json("Why")],
        answers: &[answer(200, "Done.", &[json("Document")]), MALFORMED, UNAUTHORISED, UNKNOWN, CONFLICT, AWAY],
        security: Security::Office,
    },
    Operation {
        method: "get",
        path: Place::Root("/metrics"),
        summary: "What the process measures, in the format of OpenMetrics 1.0",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "Metrics.", &[Body { media_type: "application/openmetrics-text", schema: "Text" }])],
        security: Security::Nobody,
    },
    Operation {
        method: "get",
        path: Place::Root("/openapi.json"),
        summary: "This document",
        parameters: &[],
        body: &[],
        answers: &[answer(200, "OpenAPI 3.1.", &[json("Anything")])],
        security: Security::Nobody,
    },
];
