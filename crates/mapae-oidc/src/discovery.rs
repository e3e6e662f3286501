//! What the provider says of itself (Discovery 1.0 §3, RFC 8414 §2), at `/.well-known/openid-configuration` under its issuer.

use mapae_jose::{Object, Value, json};

use crate::{Provider, TokenAlgorithm};

impl Provider {
    /// The document, `application/json`.
    pub fn discovery(&self) -> Vec<u8> {
        let mut document = self.endpoints();
        document.extend(capabilities());
        document.extend(self.names());
        json::to_vec(&document)
    }

    fn endpoints(&self) -> Object {
        let at = |path: &str| Value::from(self.issuer().endpoint(path));
        json::object([
            ("issuer", self.issuer().as_str().into()),
            ("authorization_endpoint", at("authorize")),
            ("pushed_authorization_request_endpoint", at("par")),
            ("token_endpoint", at("token")),
            ("userinfo_endpoint", at("userinfo")),
            ("end_session_endpoint", at("logout")),
            ("jwks_uri", at("jwks")),
        ])
    }

    fn names(&self) -> Object {
        let own = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
        json::object([
            ("acr_values_supported", texts(self.acr_values())),
            ("id_token_signing_alg_values_supported", texts(self.keys().algorithms().map(TokenAlgorithm::name))),
            ("claims_supported", texts(own.into_iter().chain(self.claim_names()))),
            ("scopes_supported", texts(["openid"].into_iter().chain(self.scope_names()))),
        ])
    }
}

fn capabilities() -> Object {
    json::object([
        ("authorization_response_iss_parameter_supported", true.into()),
        ("claims_parameter_supported", true.into()),
        ("code_challenge_methods_supported", texts(["S256"])),
        ("grant_types_supported", texts(["authorization_code"])),
        ("request_parameter_supported", false.into()),
        // Left out, it would mean that it is (§3).
        ("request_uri_parameter_supported", false.into()),
        ("require_pushed_authorization_requests", false.into()),
        ("response_modes_supported", texts(["query", "form_post"])),
        ("response_types_supported", texts(["code"])),
        ("subject_types_supported", texts(["pairwise"])),
        ("token_endpoint_auth_methods_supported", texts(["client_secret_basic", "private_key_jwt", "none"])),
        ("token_endpoint_auth_signing_alg_values_supported", texts(["ES256", "ES384"])),
        ("ui_locales_supported", texts(["ko", "en"])),
    ])
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    texts.into_iter().map(Value::from).collect()
}
