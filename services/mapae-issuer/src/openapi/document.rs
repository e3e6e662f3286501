//! From the table to the document.

use serde_json::{Map, Value, json};

use super::{
    OFFICE, PUBLIC,
    operation::{Answer, Body, Operation, Parameter, Security},
    schemas::schemas,
};

/// For whom a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The public listener, at this origin; below it the path of the issuer's identifier.
    Public,
    /// The office's listener.
    Office,
}

/// The document of one listener. `origin` is where it is asked, `base` the path of the issuer's identifier, if it has one.
pub fn document(audience: Audience, origin: &str, base: &str) -> Value {
    let (title, table) = match audience {
        Audience::Public => ("Mapae issuer: wallets", PUBLIC),
        Audience::Office => ("Mapae issuer: office", OFFICE),
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "servers": [{ "url": origin }],
        "paths": paths(table, base),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "dpop": { "type": "http", "scheme": "DPoP", "description": "An access token (RFC 9449 §7.1)." },
                "office": { "type": "http", "scheme": "bearer", "description": "The office's token." },
            },
        },
    })
}

fn paths(table: &[Operation], base: &str) -> Map<String, Value> {
    let mut paths: Map<String, Value> = Map::new();
    for operation in table {
        let path = paths.entry(operation.path.under(base)).or_insert_with(|| json!({}));
        path[operation.method] = described(operation);
    }
    paths
}

fn described(operation: &Operation) -> Value {
    let mut described = json!({
        "summary": operation.summary,
        "responses": responses(operation.answers),
    });
    if !operation.parameters.is_empty() {
        described["parameters"] = operation.parameters.iter().map(parameter).collect();
    }
    if !operation.body.is_empty() {
        described["requestBody"] = json!({ "required": true, "content": content(operation.body) });
    }
    let scheme = match operation.security {
        Security::Nobody => None,
        Security::Dpop => Some("dpop"),
        Security::Office => Some("office"),
    };
    if let Some(scheme) = scheme {
        described["security"] = json!([{ scheme: [] }]);
    }
    described
}

fn parameter(parameter: &Parameter) -> Value {
    let mut schema = json!({ "type": "string" });
    if !parameter.values.is_empty() {
        schema["enum"] = parameter.values.into();
    }
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.meaning,
        "required": parameter.required,
        "schema": schema,
    })
}

/// What every route may answer (too much, too slow, too often, not with this method) is the default.
fn responses(answers: &[Answer]) -> Value {
    let problem = [Body { media_type: "application/problem+json", schema: "Problem" }];
    let mut responses = json!({
        "default": { "description": "A problem document (RFC 9457).", "content": content(&problem) },
    });
    for answer in answers {
        let mut told = json!({ "description": answer.meaning });
        if !answer.bodies.is_empty() {
            told["content"] = content(answer.bodies);
        }
        responses[answer.status.to_string()] = told;
    }
    responses
}

fn content(bodies: &[Body]) -> Value {
    let content = bodies.iter().map(|body| {
        let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{}", body.schema) } });
        (body.media_type.to_owned(), schema)
    });
    Value::Object(content.collect())
}
