//! The `OpenAPI` 3.1 document of all routes. A test compares it with what a running verifier takes.

use serde_json::{Value, json};

/// The document; `origin` is what the service's addresses begin with.
pub fn document(origin: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Mapae verifier", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": origin }],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "An API key." } },
        },
    })
}

fn paths() -> Value {
    let mut paths = sessions();
    if let (Value::Object(paths), Value::Object(others)) = (&mut paths, others()) {
        paths.extend(others);
    }
    paths
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
            "state": { "type": "string", "enum": ["waiting", "fetched", "answered", "done", "expired"] },
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
