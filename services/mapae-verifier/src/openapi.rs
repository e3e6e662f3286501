//! The `OpenAPI` 3.1 document of all routes. A test compares it with what a running verifier takes.

use serde_json::{Value, json};

/// What a verifier may have beside its sessions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// An `OpenID` provider.
    pub provider: bool,
    /// Sample people, who answer in a wallet's place.
    pub sandbox: bool,
}

/// The document; `origin` is what the service's addresses begin with.
pub fn document(origin: &str, beside: Beside) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Mapae verifier", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": origin }],
        "paths": paths(beside),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key." },
                "client": { "type": "http", "scheme": "basic", "description": "client_secret_basic; or private_key_jwt." },
                "access_token": { "type": "http", "scheme": "bearer", "description": "An access token." },
            },
        },
    })
}

fn paths(beside: Beside) -> Value {
    let mut paths = sessions();
    let parts = [(true, others as fn() -> Value), (beside.provider, provider), (beside.sandbox, sandbox)];
    for others in parts.into_iter().filter(|(has, _)| *has).map(|(_, part)| part()) {
        if let (Value::Object(paths), Value::Object(others)) = (&mut paths, others) {
            paths.extend(others);
        }
    }
    paths
}

/// The provider's, whose messages are OpenID Connect's.
fn provider() -> Value {
    let page = |what: &str| json!({ "200": { "description": what, "content": { "text/html": {} } }, "default": { "description": "A page that says why not." } });
    let back = json!({ "303": { "description": "On, or back to the client." }, "default": { "description": "A page: the answer as a form, or why there is none." } });
    let told = |status: &str, what: &str| json!({ status: { "description": what, "content": { "application/json": {} } }, "default": { "description": "An error of RFC 6749 §5.2." } });
    let form = json!({ "required": true, "content": { "application/x-www-form-urlencoded": {} } });
    let claims = told("200", "The claims.");
    let (bearer, client) = (json!([{ "access_token": [] }]), json!([{ "client": [] }, {}]));
    let login = || json!([parameter("id", "path", true, "The sign-in.")]);
    json!({
        "/openid/.well-known/openid-configuration": { "get": { "summary": "What the provider is (Discovery 1.0 §4)", "responses": told("200", "The document.") } },
        "/openid/jwks": { "get": { "summary": "The keys that sign tokens", "responses": { "200": {
            "description": "The keys.", "content": { "application/jwk-set+json": { "schema": { "type": "object" } } },
        } } } },
        "/openid/page.css": { "get": { "summary": "The look of its pages", "responses": { "200": { "description": "A file." } } } },
        "/openid/page.js": { "get": { "summary": "The script that waits", "responses": { "200": { "description": "A file." } } } },
        "/openid/par": { "post": { "summary": "Push a request (RFC 9126)", "requestBody": form, "responses": told("201", "Its name."), "security": client } },
        "/openid/authorize": {
            "get": { "summary": "A browser arrives (OpenID Connect Core §3.1.2)", "responses": back },
            "post": { "summary": "The same", "requestBody": form, "responses": back },
        },
        "/openid/login/{id}": { "get": { "summary": "The page that asks for the wallet, for the browser that began", "parameters": login(), "responses": page("The page.") } },
        "/openid/login/{id}/state": { "get": { "summary": "Where the sign-in stands, for that browser", "parameters": login(), "responses": told("200", "Its state and the wallet's links.") } },
        "/openid/login/{id}/return": { "get": { "summary": "That browser comes for its answer, once; or learns why its document did not hold", "parameters": login(), "responses": back } },
        "/openid/login/{id}/again": { "post": { "summary": "Another sign-in of the same request, after a document that did not hold", "parameters": login(), "responses": back } },
        "/openid/token": { "post": { "summary": "Tokens for a code, once (OpenID Connect Core §3.1.3)", "requestBody": form, "responses": told("200", "The tokens."), "security": client } },
        "/openid/userinfo": {
            "get": { "summary": "Claims (OpenID Connect Core §5.3)", "responses": claims, "security": bearer },
            "post": { "summary": "The same", "requestBody": { "content": { "application/x-www-form-urlencoded": {} } }, "responses": claims, "security": bearer },
        },
        "/openid/logout": {
            "get": { "summary": "Sign out (RP-Initiated Logout 1.0 §2)", "responses": back },
            "post": { "summary": "The same", "requestBody": form, "responses": back },
        },
    })
}

/// Nobody needs a key for it: docs/operations/sandbox.md.
fn sandbox() -> Value {
    let told = |what: &str| json!({ "200": { "description": what, "content": { "application/json": {}, "text/html": {} } }, "default": problem() });
    let json = |what: &str| json!({ "200": { "description": what, "content": { "application/json": {} } }, "default": problem() });
    let on = json!({ "303": { "description": "On, to the page of the session." }, "default": problem() });
    let form = json!({ "required": true, "content": { "application/x-www-form-urlencoded": {} } });
    let act = json!({ "type": "object", "additionalProperties": false, "properties": {
        "person": { "type": "integer", "description": "Their number; else the first who can." },
        "document": { "type": "string", "description": "The one that they have with them; else all of theirs." },
        "format": { "type": "string", "enum": ["mdoc", "sd-jwt"] },
        "break": { "type": "string", "description": "What goes wrong; else nothing." },
    } });
    let mut acted = json("What was sent, what was told, and where the person goes on.");
    acted["303"] = json!({ "description": "The same for a page's form: on, to the page of the session." });
    json!({
        "/sandbox": { "get": { "summary": "People, wrong answers and sessions", "responses": told("A page for browsers; for programs where the rest is.") } },
        "/sandbox/sandbox.css": { "get": { "summary": "The look of its pages", "responses": { "200": { "description": "A file." } } } },
        "/sandbox/people": { "get": { "summary": "Who there is, and their documents", "responses": json("The people.") } },
        "/sandbox/breaks": { "get": { "summary": "What they can do wrong, and which rule refuses it", "responses": json("The breaks.") } },
        "/sandbox/sessions": { "post": { "summary": "Begin a session for a use, from the page", "requestBody": form, "responses": on } },
        "/sandbox/sessions/{id}": { "get": { "summary": "The page of a session", "parameters": [id()], "responses": { "200": { "description": "The page.", "content": { "text/html": {} } }, "default": problem() } } },
        "/sandbox/sessions/{id}/answer": { "post": {
            "summary": "A sample person answers, rightly or not",
            "parameters": [id()],
            "requestBody": { "content": { "application/json": { "schema": act }, "application/x-www-form-urlencoded": {} } },
            "responses": acted,
        } },
        "/sandbox/sessions/{id}/trace": { "get": { "summary": "What was seen of the answer, step by step", "parameters": [id()], "responses": json("The steps.") } },
    })
}

fn sessions() -> Value {
    json!({
        "/sessions": { "post": {
            "summary": "Begin a session with a wallet",
            "requestBody": { "required": true, "content": content("application/json", "Wish") },
            "responses": with("201", "The session.", "Begun"),
            "security": [{ "key": [] }],
        } },
        "/sessions/{id}": {
            "get": {
                "summary": "Where a session stands, and its result once there is one",
                "parameters": [id(), code()],
                "responses": with("200", "The session.", "Session"),
                "security": [{ "key": [] }],
            },
            "delete": {
                "summary": "Forget a session, whatever it has",
                "parameters": [id()],
                "responses": { "204": { "description": "It is forgotten." }, "default": problem() },
                "security": [{ "key": [] }],
            },
        },
        "/sessions/{id}/events": { "get": {
            "summary": "The same as server-sent events: `state` at once and at each change, until there is a result",
            "parameters": [id(), code()],
            "responses": { "200": { "description": "Events.", "content": { "text/event-stream": {} } }, "default": problem() },
            "security": [{ "key": [] }],
        } },
        "/sessions/{id}/response": { "post": {
            "summary": "Hand over what a page's browser got by the Digital Credentials API: `data` of the credential",
            "parameters": [id()],
            "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object" } } } },
            "responses": with("200", "The session with its result.", "Session"),
            "security": [{ "key": [] }],
        } },
    })
}

fn others() -> Value {
    let object = json!({ "200": { "description": "The request object.", "content": { "application/oauth-authz-req+jwt": {} } },
        "default": problem() });
    let told = |what: &str| json!({ "200": { "description": what }, "default": problem() });
    json!({
        "/requests/{handle}": {
            "get": { "summary": "The request, once (OpenID4VP 1.0 §5.10)", "parameters": [handle()], "responses": object },
            "post": {
                "summary": "The request for a wallet's nonce, which may ask again",
                "parameters": [handle()],
                "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {} } },
                "responses": object,
            },
        },
        "/responses/{handle}": { "post": {
            "summary": "The answer, once (OpenID4VP 1.0 §8.2)",
            "parameters": [handle()],
            "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {} } },
            "responses": with("200", "It is taken; where the person goes on.", "Accepted"),
        } },
        "/health": { "get": { "summary": "What the service needs, and when it last went well", "responses": told("All is well.") } },
        "/health/live": { "get": { "summary": "Whether it answers at all", "responses": told("It does.") } },
        "/health/ready": { "get": { "summary": "Whether it may be asked", "responses": told("It may.") } },
        "/health/bundle": { "get": { "summary": "The trust bundle and its age", "responses": told("The bundle.") } },
        "/openapi.json": { "get": { "summary": "This document", "responses": told("This document.") } },
    })
}

fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let flows = json!({ "type": "string", "enum": ["same_device", "cross_device", "dc_api"] });
    json!({
        "Wish": { "type": "object", "required": ["flow"], "additionalProperties": false, "properties": {
            "flow": flows,
            "use": { "type": "string", "description": "A named use, such as age_over_19; or else dcql_query." },
            "region": { "type": "string", "description": "For the use resident_of." },
            "dcql_query": { "type": "object", "description": "OpenID4VP 1.0 §6; or else use." },
            "purpose": { "type": "string", "description": "A registered purpose, in either language." },
            "transaction_data": { "type": "array", "items": { "type": "object", "required": ["type"] } },
            "redirect_uri": { "type": "string", "description": "same_device: where the wallet sends the person back." },
            "origin": { "type": "string", "description": "dc_api: the origin of the page that asks." },
            "reference": { "type": "string", "description": "The caller's own; told with the result." },
            "holders": { "type": "string", "enum": ["one", "any"], "description": "Whether all documents must be one person's." },
        } },
        "Begun": { "type": "object", "required": ["id", "flow", "expires_at", "status_url", "events_url"], "properties": {
            "id": text, "flow": flows, "expires_at": text, "status_url": text, "events_url": text, "link": text,
            "wallet_page_link": text, "qr": { "type": "string", "description": "A picture as data: URL." },
            "number": { "type": "string", "description": "Two digits to show beside the QR code." },
            "request": { "type": "object", "description": "dc_api: for navigator.credentials.get." }, "response_url": text,
        } },
        "Session": { "type": "object", "required": ["id", "flow", "state", "expires_at"], "properties": {
            "id": text, "flow": flows, "expires_at": text,
            "state": { "type": "string", "enum": ["waiting", "fetched", "done", "expired"] },
            "result_needs": { "type": "string", "const": "response_code" },
            "reference": { "type": ["string", "null"] }, "result": { "$ref": "#/components/schemas/Result" },
        } },
        "Result": { "type": "object", "required": ["verdict", "verified_at"], "properties": {
            "verdict": { "type": "string", "enum": ["held", "refused", "undecided", "declined"] }, "verified_at": text,
            "credentials": { "type": "array", "items": { "type": "object" } },
            "transactions": { "type": "array", "items": { "type": "object" } }, "reason": { "type": "object" },
        } },
        "Accepted": { "type": "object", "properties": { "redirect_uri": text } },
        "Problem": { "type": "object", "required": ["type", "title", "status"], "properties": {
            "type": text, "title": text, "status": { "type": "integer" }, "detail": text,
        } },
    })
}

fn id() -> Value {
    parameter("id", "path", true, "The session.")
}

fn handle() -> Value {
    parameter("handle", "path", true, "The end of the address that the wallet was given.")
}

fn code() -> Value {
    parameter("response_code", "query", false, "same_device: what the wallet's redirect brought.")
}

fn parameter(name: &str, place: &str, required: bool, meaning: &str) -> Value {
    json!({ "name": name, "in": place, "required": required, "description": meaning, "schema": { "type": "string" } })
}

fn content(media_type: &str, schema: &str) -> Value {
    json!({ media_type: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn problem() -> Value {
    json!({ "description": "A problem document (RFC 9457).", "content": content("application/problem+json", "Problem") })
}

fn with(status: &str, meaning: &str, schema: &str) -> Value {
    json!({ status: { "description": meaning, "content": content("application/json", schema) }, "default": problem() })
}
