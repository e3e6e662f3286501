//! What an errand wants done outside, and what came of it, as JSON. Bytes are base64url.
//!
//! ```text
//! {want: "send", request: {method, url, headers: [[name, value]], body}}   {response: {status, headers, body}} | {silent}
//! {want: "make_keys", count}                                               {keys: [{handle, public: JWK}]}
//! {want: "sign", messages: [{key, message}]}                               {signatures: [r‖s]}
//! {want: "write", changes: [{put, content} | {remove} | {forget_key}]}     {written}
//! ```
//!
//! To anything, `{refused}`.

use mapae_crypto::{Curve, Signature};
use mapae_jose::{Jwk, Object, base64url, json::parse_within};
use mapae_types::http::{HttpRequest, HttpResponse};
use mapae_wallet::{Change, KeyHandle, NewKey, Reply, ToSign, Want};
use serde_json::{Value, json};

use crate::problem::Problem;

pub(crate) fn shown(want: &Want) -> Value {
    match want {
        Want::Send(request) => json!({ "want": "send", "request": self::request(request) }),
        Want::MakeKeys(count) => json!({ "want": "make_keys", "count": count }),
        Want::Sign(messages) => json!({ "want": "sign", "messages": messages.iter().map(message).collect::<Value>() }),
        Want::Write(changes) => json!({ "want": "write", "changes": changes.iter().map(change).collect::<Value>() }),
    }
}

fn request(request: &HttpRequest) -> Value {
    json!({
        "method": request.method.as_str(),
        "url": request.url,
        "headers": request.headers.iter().map(|(name, value)| json!([name, value])).collect::<Value>(),
        "body": base64url::encode(&request.body),
    })
}

fn message(asked: &ToSign) -> Value {
    json!({ "key": asked.key.as_str(), "message": base64url::encode(&asked.message) })
}

fn change(change: &Change) -> Value {
    match change {
        Change::Put(name, content) => json!({ "put": name, "content": base64url::encode(content) }),
        Change::Remove(name) => json!({ "remove": name }),
        Change::ForgetKey(handle) => json!({ "forget_key": handle.as_str() }),
    }
}

pub(crate) fn reply(text: &str) -> Result<Reply, Problem> {
    let reply = parse_within(text.as_bytes(), usize::MAX).map_err(|error| Problem::new("reply_malformed", error))?;
    read(&reply).ok_or_else(|| Problem::new("reply_malformed", "not a reply"))
}

fn read(reply: &Value) -> Option<Reply> {
    let (kind, value) = reply.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "response" => Reply::Response(response(value)?),
        "silent" => Reply::Silent,
        "keys" => Reply::Keys(value.as_array()?.iter().map(key).collect::<Option<_>>()?),
        "signatures" => Reply::Signatures(value.as_array()?.iter().map(signature).collect::<Option<_>>()?),
        "written" => Reply::Written,
        "refused" => Reply::Refused,
        _ => return None,
    })
}

fn response(value: &Value) -> Option<HttpResponse> {
    let header = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.as_str()?.to_owned()));
    Some(HttpResponse {
        status: value.get("status")?.as_u64()?.try_into().ok()?,
        headers: value.get("headers")?.as_array()?.iter().map(header).collect::<Option<_>>()?,
        body: bytes(value.get("body")?)?,
    })
}

fn key(value: &Value) -> Option<NewKey> {
    let public: Object = value.get("public")?.as_object()?.clone();
    let public = Jwk::from_object(&public).ok()?.public_key().clone();
    Some(NewKey { handle: KeyHandle::new(value.get("handle")?.as_str()?), public })
}

/// As a browser gives it: r and s, 32 bytes each.
fn signature(value: &Value) -> Option<Signature> {
    Signature::from_bytes(Curve::P256, &bytes(value)?).ok()
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    base64url::decode(value.as_str()?).ok()
}
