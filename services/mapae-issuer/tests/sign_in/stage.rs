//! Everybody: an issuer whose citizens sign in at a provider, an attested wallet, a browser.

use std::{collections::HashMap, sync::Arc};

use mapae_crypto::SigningKey;
use mapae_issuer::{
    IssuerConfig, Providers,
    sign_in::{ClientAuth, SignIn, SignInConfig},
};
use mapae_oid4vci::{ClientAttestationContents, PopContents, TrustedProviders};
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::Role;
use serde_json::{Value, json};
use testkit::{Pki, Seeded, Signer, now};

use super::{
    browser::{Browser, Seen},
    provider::{CLIENT_ID, Key, Provider, SECRET, form},
};
use crate::scene::{Answer, Phone, Scene};

/// The `client_id` of the wallets.
pub(crate) const WALLET: &str = "https://wallet.example/app";
/// Where the browser goes back to.
pub(crate) const HOME: &str = "https://wallet.example/back?from=issuer";
const VERIFIER: &str = "0123456789012345678901234567890123456789abc";
/// S256 of the verifier (RFC 7636 §4.2).
fn challenge() -> String {
    mapae_jose::base64url::encode(mapae_crypto::sha256(VERIFIER.as_bytes()))
}

pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) provider: Provider,
    pub(crate) key: Key,
    pub(crate) phone: Phone,
    pub(crate) browser: Browser,
    wallet_provider: Signer,
    instance: SigningKey,
    entropy: Seeded,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    /// The same where the issuer or its sign-in is set up otherwise.
    pub(crate) async fn with(
        change: impl FnOnce(&mut IssuerConfig),
        change_sign_in: impl FnOnce(&mut SignInConfig),
    ) -> Self {
        let (provider, key) = (Provider::new().await, Key::ec(70));
        provider.tell(|script| script.keys = vec![key.jwk("one")]);
        let mut config = SignInConfig {
            provider: provider.url.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_auth: ClientAuth::SecretBasic(SECRET.to_owned().into()),
            scope: "openid profile".to_owned(),
            person_claim: "resident_id".to_owned(),
            acr: None,
        };
        change_sign_in(&mut config);
        let wallets = Pki::new(60, "KR");
        let trusted = TrustedProviders::new(vec![wallets.root.clone()]);
        let scene = Scene::with_parts(change, |deps| {
            deps.sign_in = Some(SignIn::new(config).unwrap());
            deps.providers = Arc::new(Providers::new(trusted));
        });
        let scene = scene.await;
        let wallet_provider =
            wallets.signer(Role::AttestationSigner, 61, now() - Duration::days(1), now() + Duration::days(100));
        let (phone, browser) = (scene.phone(1), Browser::new());
        let instance = SigningKey::generate(&mut Seeded::new(62)).unwrap();
        Self { scene, provider, key, phone, browser, wallet_provider, instance, entropy: Seeded::new(63) }
    }

    /// The headers by which a wallet shows who attests it.
    pub(crate) async fn attestation(&mut self) -> Vec<(&'static str, String)> {
        self.attestation_of(WALLET).await
    }

    /// The same under another name.
    pub(crate) async fn attestation_of(&mut self, client_id: &str) -> Vec<(&'static str, String)> {
        let challenge = self.phone.post("challenge", &[], "").await.body["attestation_challenge"].clone();
        let at = self.scene.now();
        let contents = ClientAttestationContents {
            provider: "https://wallet.example",
            client_id,
            issued_at: at,
            expires_at: at + Duration::hours(1),
            key: &self.instance.public().clone().into(),
            wallet_name: None,
            wallet_link: None,
            chain: &self.wallet_provider.chain(),
        };
        let unsigned = contents.unsigned();
        let signature = self.wallet_provider.sign(unsigned.to_be_signed());
        let attestation = unsigned.attach(&signature);
        let pop = self.pop(client_id, at, challenge.as_str());
        vec![("oauth-client-attestation", attestation), ("oauth-client-attestation-pop", pop)]
    }

    fn pop(&mut self, client_id: &str, at: Timestamp, challenge: Option<&str>) -> String {
        let audience = self.phone.url("").trim_end_matches('/').to_owned();
        let random = self.entropy.array().unwrap();
        let contents = PopContents { client_id, audience: &audience, issued_at: at, random, challenge };
        let unsigned = contents.unsigned();
        let signature = self.instance.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    /// What a wallet pushes: each field may be changed, and is left out if it is empty.
    #[expect(clippy::unused_self, reason = "reads as what the wallet of this stage does")]
    pub(crate) fn request(&self, changes: &[(&str, &str)]) -> String {
        let challenge = challenge();
        let mut fields: Vec<(&str, &str)> = vec![
            ("response_type", "code"),
            ("client_id", WALLET),
            ("redirect_uri", HOME),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "the wallet's"),
            ("scope", "resident-mdoc"),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        encode(fields.into_iter().filter(|(_, value)| !value.is_empty()))
    }

    /// Pushes a request with those changes.
    pub(crate) async fn push(&mut self, changes: &[(&str, &str)]) -> Answer {
        let headers = self.attestation().await;
        self.push_with(&headers, changes).await
    }

    /// The same with headers of one's own.
    pub(crate) async fn push_with(&mut self, headers: &[(&'static str, String)], changes: &[(&str, &str)]) -> Answer {
        let form_type = ("content-type", "application/x-www-form-urlencoded".to_owned());
        let headers: Vec<_> = headers.iter().cloned().chain([form_type]).collect();
        let request = self.request(changes);
        self.phone.post("par", &headers, request).await
    }

    /// The address that the wallet opens in a browser.
    pub(crate) async fn pushed(&mut self, changes: &[(&str, &str)]) -> String {
        let answer = self.push(changes).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.authorize_url(answer.body["request_uri"].as_str().unwrap(), WALLET)
    }

    pub(crate) fn authorize_url(&self, request_uri: &str, client_id: &str) -> String {
        let query = encode([("client_id", client_id), ("request_uri", request_uri)]);
        format!("{}?{query}", self.phone.url("authorize"))
    }

    /// Goes on to the provider, and tells what the provider is told.
    pub(crate) async fn begun(&mut self) -> HashMap<String, String> {
        let url = self.pushed(&[]).await;
        let seen = self.browser.open(&url).await;
        seen.query()
    }

    /// What the provider signs for that sign-in, as everything is in order.
    pub(crate) fn claims(&self, begun: &HashMap<String, String>) -> Value {
        let at = self.scene.now().unix();
        json!({
            "iss": self.provider.url,
            "sub": "citizen 7",
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 300,
            "nonce": begun["nonce"],
            "resident_id": self.scene.people[0].as_str(),
        })
    }

    /// Lets the token endpoint answer with those claims.
    pub(crate) fn says(&self, claims: &Value) {
        let id_token = self.key.jwt(&json!({ "alg": self.key.alg(), "kid": "one" }), claims);
        self.gives(&id_token);
    }

    /// Lets the token endpoint answer with that token.
    pub(crate) fn gives(&self, id_token: &str) {
        let answer = json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": id_token });
        self.provider.tell(|script| script.answer = (200, answer));
    }

    /// The browser comes back with what the provider gave it.
    pub(crate) async fn back(&mut self, parameters: &[(&str, &str)]) -> Seen {
        let url = format!("{}?{}", self.phone.url("callback"), encode(parameters.iter().copied()));
        self.browser.open(&url).await
    }

    /// All the way to where the wallet is told, with a provider that says `claims`.
    pub(crate) async fn signed_in_with(&mut self, change: impl FnOnce(&mut Value)) -> HashMap<String, String> {
        let begun = self.begun().await;
        let mut claims = self.claims(&begun);
        change(&mut claims);
        self.says(&claims);
        self.back(&[("code", "from the provider"), ("state", &begun["state"])]).await.query()
    }

    /// All the way to a code.
    pub(crate) async fn code(&mut self) -> String {
        let told = self.signed_in_with(|_| {}).await;
        told.get("code").unwrap_or_else(|| panic!("{told:?}")).clone()
    }

    /// The token request for a code, with those changes.
    pub(crate) async fn redeem(&mut self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", HOME),
            ("client_id", WALLET),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        let mut headers = self.attestation().await;
        headers.push(("dpop", self.phone.dpop("token", None)));
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        let answer = self.phone.post("token", &headers, encode(fields)).await;
        if answer.status == 200 {
            answer.body["access_token"].as_str().unwrap().clone_into(&mut self.phone.token);
        }
        answer
    }
}

/// A form or a query.
pub(crate) fn encode<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let mut url = mapae_http::Url::parse("http://form.invalid").unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// The parameters of an address.
pub(crate) fn query(url: &str) -> HashMap<String, String> {
    form(url.split_once('?').map(|(_, query)| query).unwrap_or_default())
}
