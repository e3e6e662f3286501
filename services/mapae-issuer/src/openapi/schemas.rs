//! The shapes of messages.

use serde_json::{Map, Value, json};

/// All shapes, by their names.
pub(super) fn schemas() -> Map<String, Value> {
    let all = [basics(), offers(), tokens(), copies(), office()];
    all.into_iter()
        .filter_map(|group| if let Value::Object(group) = group { Some(group) } else { None })
        .flatten()
        .collect()
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn basics() -> Value {
    let probe = object(
        &["name", "ok", "failures"],
        &json!({
            "name": text(),
            "ok": { "type": "boolean" },
            "age_seconds": { "type": ["integer", "null"] },
            "milliseconds": { "type": ["integer", "null"] },
            "failures": number(),
        }),
    );
    json!({
        "Anything": { "type": "object" },
        "Text": text(),
        "Jwt": { "type": "string", "description": "A JWS in compact form." },
        "Jwe": { "type": "string", "description": "A JWE in compact form (OpenID4VCI §10)." },
        "Bytes": { "type": "string", "contentMediaType": "application/octet-stream" },
        "Error": object(&[], &json!({ "error": text(), "error_description": text() })),
        "Problem": object(&["type", "title", "status"], &json!({
            "type": { "type": "string", "format": "uri" },
            "title": text(),
            "status": { "type": "integer" },
            "detail": text(),
        })),
        "Health": object(&["status", "probes"], &json!({
            "status": { "enum": ["ok", "failing"] },
            "probes": list(&probe),
        })),
        "StatusLists": object(&["status_lists"], &json!({ "status_lists": list(&text()) })),
    })
}

fn offers() -> Value {
    json!({
        "CredentialOffer": object(&["credential_issuer", "credential_configuration_ids"], &json!({
            "credential_issuer": text(),
            "credential_configuration_ids": list(&text()),
            "grants": { "type": "object" },
        })),
        "IssuerMetadata": object(
            &["credential_issuer", "credential_endpoint", "credential_configurations_supported"],
            &json!({
                "credential_issuer": text(),
                "credential_endpoint": text(),
                "nonce_endpoint": text(),
                "deferred_credential_endpoint": text(),
                "notification_endpoint": text(),
                "credential_configurations_supported": { "type": "object" },
            }),
        ),
        "ServerMetadata": object(&["issuer", "token_endpoint"], &json!({
            "issuer": text(),
            "token_endpoint": text(),
            "pushed_authorization_request_endpoint": text(),
            "authorization_endpoint": text(),
        })),
    })
}

fn tokens() -> Value {
    let details = json!({ "type": "string", "contentMediaType": "application/json" });
    json!({
        "PushedRequest": object(
            &["response_type", "client_id", "redirect_uri", "code_challenge", "code_challenge_method"],
            &json!({
                "response_type": { "const": "code" },
                "client_id": text(),
                "redirect_uri": { "type": "string", "format": "uri" },
                "code_challenge": text(),
                "code_challenge_method": { "const": "S256" },
                "state": text(),
                "scope": text(),
                "authorization_details": details,
                "issuer_state": text(),
                "dpop_jkt": text(),
            }),
        ),
        "PushedResponse": object(&["request_uri", "expires_in"], &json!({
            "request_uri": text(),
            "expires_in": number(),
        })),
        "TokenRequest": object(&["grant_type"], &json!({
            "grant_type": { "enum": [
                "urn:ietf:params:oauth:grant-type:pre-authorized_code",
                "authorization_code",
                "refresh_token",
            ] },
            "pre-authorized_code": text(),
            "tx_code": { "type": "string", "description": "The six digits of the text message." },
            "code": text(),
            "code_verifier": text(),
            "redirect_uri": { "type": "string", "format": "uri" },
            "refresh_token": text(),
            "client_id": text(),
            "scope": text(),
            "authorization_details": details,
        })),
        "TokenResponse": object(&["access_token", "token_type", "expires_in"], &json!({
            "access_token": text(),
            "token_type": { "const": "DPoP" },
            "expires_in": number(),
            "refresh_token": text(),
            "scope": text(),
            "authorization_details": list(&json!({ "type": "object" })),
        })),
        "Nonce": object(&["c_nonce"], &json!({ "c_nonce": text() })),
        "Challenge": object(&["attestation_challenge"], &json!({ "attestation_challenge": text() })),
    })
}

fn copies() -> Value {
    let encryption = object(&["jwk", "enc"], &json!({ "jwk": { "type": "object" }, "enc": text(), "zip": text() }));
    json!({
        "CredentialRequest": object(&["proofs"], &json!({
            "credential_configuration_id": text(),
            "credential_identifier": text(),
            "proofs": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "properties": { "jwt": list(&text()), "attestation": list(&text()) },
            },
            "credential_response_encryption": encryption,
        })),
        "CredentialResponse": object(&["credentials"], &json!({
            "credentials": list(&object(&["credential"], &json!({ "credential": text() }))),
            "notification_id": text(),
        })),
        "DeferredResponse": object(&["transaction_id", "interval"], &json!({
            "transaction_id": text(),
            "interval": number(),
        })),
        "DeferredRequest": object(&["transaction_id"], &json!({
            "transaction_id": text(),
            "credential_response_encryption": encryption,
        })),
        "Notification": object(&["notification_id", "event"], &json!({
            "notification_id": text(),
            "event": { "enum": ["credential_accepted", "credential_failure", "credential_deleted"] },
            "event_description": text(),
        })),
    })
}

fn office() -> Value {
    let person = json!({ "type": "string", "minLength": 1, "maxLength": 64, "description": "The register's id." });
    let urgency = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    let time = json!({ "type": "string", "format": "date-time" });
    let perhaps = json!({ "type": ["string", "null"] });
    json!({
        "Application": object(&["person", "document"], &json!({
            "person": person,
            "document": text(),
            "urgency": urgency,
            "hold": { "type": "boolean" },
        })),
        "Bulk": object(&["people", "document"], &json!({
            "people": { "type": "array", "items": person, "minItems": 1, "maxItems": 1000 },
            "document": text(),
            "urgency": urgency,
        })),
        "Next": object(&["count"], &json!({ "count": { "type": "integer", "minimum": 0, "maximum": 1000 } })),
        "Why": object(&[], &json!({ "reason": { "type": ["string", "null"], "maxLength": 500 } })),
        "Document": object(&["document_id", "person", "document", "state"], &json!({
            "document_id": text(),
            "person": text(),
            "document": text(),
            "state": { "enum": [
                "applied", "identified", "offered", "active", "suspended", "revoked", "replaced", "expired",
            ] },
            "held": { "type": "boolean" },
            "queued": { "type": "boolean" },
            "urgency": urgency,
            "applied_at": time,
            "changed_at": time,
            "activated_at": perhaps,
            "expires_at": perhaps,
            "refill_from": perhaps,
            "offer_id": perhaps,
            "reason": perhaps,
        })),
        "Documents": object(&["documents"], &json!({ "documents": list(&schema("Document")) })),
        "Offer": object(&["person", "document_id", "offer_id", "credential_offer", "credential_offer_uri"], &json!({
            "person": text(),
            "document": text(),
            "document_id": text(),
            "offer_id": text(),
            "credential_offer": text(),
            "credential_offer_uri": text(),
            "expires_at": time,
            "copies": number(),
        })),
        "Offers": object(&["offers"], &json!({ "offers": list(&schema("Offer")) })),
        "BulkOffers": object(&["offers", "refused"], &json!({
            "offers": list(&schema("Offer")),
            "refused": list(&object(&["person", "code"], &json!({ "person": text(), "code": text(), "detail": perhaps }))),
        })),
    })
}
