//! A phone that asks until it is answered: the same request with the same keys, however often the service dies.

use std::{
    net::SocketAddr,
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use mapae_crypto::{SigningKey, sha256};
use mapae_jose::{Jwk, Object, UnsignedJws, base64url, json};
use mapae_types::Entropy as _;
use serde_json::{Value, json};
use testkit::Seeded;

use super::{
    clerk::Offered,
    wire::{Answer, get, post},
};

/// Longer than any row of deaths.
const PATIENCE: Duration = Duration::from_secs(50);
const TICK: Duration = Duration::from_millis(15);

/// What a phone was given, and so is promised for good.
#[derive(Clone)]
pub(crate) struct Acknowledged {
    pub(crate) person: String,
    pub(crate) configuration: &'static str,
    /// The device keys' thumbprints, in the order of the copies.
    pub(crate) thumbprints: Vec<[u8; 32]>,
    pub(crate) copies: Vec<String>,
    /// Whether the service took note that the phone has them.
    pub(crate) notified: bool,
}

/// A phone with a key of its own.
pub(crate) struct Phone {
    at: SocketAddr,
    key: SigningKey,
    entropy: Seeded,
    dpop_nonce: Option<String>,
}

/// It was not answered in time, or refused.
pub(crate) type GivenUp = String;

impl Phone {
    pub(crate) fn new(at: SocketAddr, seed: u64) -> Self {
        let mut entropy = Seeded::new(seed);
        Self { at, key: SigningKey::generate(&mut entropy).unwrap(), entropy, dpop_nonce: None }
    }

    /// Redeems an offer and fetches copies in both formats; says what it got as soon as it has it.
    pub(crate) fn fetch(
        &mut self,
        person: &str,
        offered: &Offered,
        mut got: impl FnMut(Acknowledged),
    ) -> Result<(), GivenUp> {
        let token = self.token(offered)?;
        for configuration in ["resident-mdoc", "resident-sd-jwt"] {
            let keys: Vec<SigningKey> = (0..3).map(|_| SigningKey::generate(&mut self.entropy).unwrap()).collect();
            let first = self.copies(configuration, &keys, &token)?;
            let mut acknowledged = Acknowledged {
                person: person.to_owned(),
                configuration,
                thumbprints: keys.iter().map(|key| Jwk::from(key.public().clone()).thumbprint()).collect(),
                copies: copies_in(&first),
                notified: false,
            };
            got(acknowledged.clone());
            // Who asks once more gets the same.
            let again = self.copies(configuration, &keys, &token)?;
            let same = again.text("notification_id") == first.text("notification_id")
                && unsigned(&copies_in(&again)) == unsigned(&acknowledged.copies);
            if !same {
                return Err("a repeated request got another result".to_owned());
            }
            self.notify(first.text("notification_id"), &token)?;
            acknowledged.notified = true;
            got(acknowledged);
        }
        Ok(())
    }

    fn token(&mut self, offered: &Offered) -> Result<String, GivenUp> {
        let ask = || get(self.at, &offered.path, &[]).ok();
        let offer = until("the offer", |answer| answer.status == 200, ask)?;
        let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
        let code = offer.body["grants"][grant]["pre-authorized_code"].as_str().unwrap_or_default();
        let grant = grant.replace(':', "%3A");
        let form = format!("grant_type={grant}&pre-authorized_code={code}&tx_code={}", offered.tx_code);
        let done = |answer: &Answer| answer.status == 200;
        let answer =
            until("the token", done, || self.send("/token", "application/x-www-form-urlencoded", None, &form))?;
        Ok(answer.text("access_token").to_owned())
    }

    fn copies(&mut self, configuration: &str, keys: &[SigningKey], token: &str) -> Result<Answer, GivenUp> {
        until(
            configuration,
            |answer| answer.status == 200,
            || {
                let nonce = self.post("/nonce", &[], "")?.text("c_nonce").to_owned();
                let proofs: Vec<String> = keys.iter().map(|key| self.proof(key, &nonce)).collect();
                let body = json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } });
                self.send("/credential", "application/json", Some(token), &body.to_string())
            },
        )
    }

    fn notify(&mut self, id: &str, token: &str) -> Result<(), GivenUp> {
        let body = json!({ "notification_id": id, "event": "credential_accepted" }).to_string();
        let done = |answer: &Answer| answer.status == 204;
        until("the notification", done, || self.send("/notification", "application/json", Some(token), &body))?;
        Ok(())
    }

    fn proof(&self, key: &SigningKey, nonce: &str) -> String {
        let header = json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": jwk(key) });
        jwt(key, &header, &json!({ "aud": format!("http://{}", self.at), "iat": now(), "nonce": nonce }))
    }

    /// With a DPoP proof; once more if the service wanted its nonce in it (RFC 9449 §8).
    fn send(&mut self, path: &str, kind: &str, token: Option<&str>, body: &str) -> Option<Answer> {
        let mut answer = None;
        for _ in 0..2 {
            let mut headers = vec![("content-type", kind.to_owned()), ("dpop", self.dpop(path, token))];
            headers.extend(token.map(|token| ("authorization", format!("DPoP {token}"))));
            answer = self.post(path, &headers, body);
            if answer.as_ref().is_none_or(|answer| answer.text("error") != "use_dpop_nonce") {
                break;
            }
        }
        answer
    }

    fn post(&mut self, path: &str, headers: &[(&str, String)], body: &str) -> Option<Answer> {
        let answer = post(self.at, path, headers, body).ok()?;
        if let Some(nonce) = answer.header("dpop-nonce") {
            self.dpop_nonce = Some(nonce.to_owned());
        }
        Some(answer)
    }

    fn dpop(&mut self, path: &str, token: Option<&str>) -> String {
        let jti: [u8; 16] = self.entropy.array().unwrap();
        let mut payload = json!({
            "jti": base64url::encode(jti), "htm": "POST", "htu": format!("http://{}{path}", self.at), "iat": now(),
        });
        if let Some(nonce) = &self.dpop_nonce {
            payload["nonce"] = json!(nonce);
        }
        if let Some(token) = token {
            payload["ath"] = json!(base64url::encode(sha256(token.as_bytes())));
        }
        jwt(&self.key, &json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk(&self.key) }), &payload)
    }
}

/// Asks until the answer is the one that was hoped for; refusals that will not change end it.
fn until(
    what: &str,
    done: impl Fn(&Answer) -> bool,
    mut ask: impl FnMut() -> Option<Answer>,
) -> Result<Answer, GivenUp> {
    let end = Instant::now() + PATIENCE;
    let mut said = String::new();
    while Instant::now() < end {
        if let Some(answer) = ask() {
            if done(&answer) {
                return Ok(answer);
            }
            said = format!("{} {}", answer.status, answer.body);
            if answer.status < 500 && answer.status != 429 {
                break;
            }
        }
        sleep(TICK);
    }
    Err(format!("{what}: {said}"))
}

fn copies_in(answer: &Answer) -> Vec<String> {
    let copies = answer.body["credentials"].as_array().into_iter().flatten();
    copies.map(|copy| copy["credential"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Signatures are made anew, of the same bytes. Of an mdoc, whose signature stands within, only the length is compared.
fn unsigned(copies: &[String]) -> Vec<String> {
    let unsigned = |copy: &String| match copy.split_once('~') {
        Some((jwt, disclosures)) => format!("{}~{disclosures}", jwt.rsplit_once('.').unwrap_or_default().0),
        None => copy.len().to_string(),
    };
    copies.iter().map(unsigned).collect()
}

fn jwt(key: &SigningKey, header: &Value, payload: &Value) -> String {
    let header: Object = json::parse_object(header.to_string().as_bytes()).unwrap();
    let unsigned = UnsignedJws::new(&header, payload.to_string().as_bytes());
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn jwk(key: &SigningKey) -> Value {
    Value::Object(Jwk::from(key.public().clone()).to_object())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
