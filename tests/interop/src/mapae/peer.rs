//! `mapae present` and `mapae verify` under the job contract of the peers. Where a library of theirs wants the session's
//! transcript or nonce, the job's `request` serves here. Issuing is not here: it begins at a register ([`super::authority`]).
//!
//! ```text
//! present  issuerSigned + deviceKey -> deviceResponse · sdJwt + holderKey -> presentation
//! verify   deviceResponse | presentation, roots, bundle? -> verdict, reason?, claims
//! ```

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Result, anyhow, bail, ensure};
use base64::Engine;
use serde_json::{Value, json};

use super::authority::Authority;
use super::{folder, mapae, succeed};
use crate::BASE64URL;
use crate::key::Key;

/// The result of a job, as a child process would print it.
pub fn answer(job: &Value) -> Result<Value> {
    let result = match job["job"].as_str() {
        Some("present") => present(job),
        Some("verify") => verify(job),
        other => Err(anyhow!("unknown job {other:?}")),
    };
    Ok(result.unwrap_or_else(|error| json!({ "ok": false, "error": format!("{error:#}") })))
}

fn present(job: &Value) -> Result<Value> {
    if job["sdJwt"].is_null() { present_mdoc(job) } else { present_sd_jwt(job) }
}

fn present_mdoc(job: &Value) -> Result<Value> {
    let copy = BASE64URL.decode(text(job, "issuerSigned")?)?;
    let presented = present_copy(job, "mdoc", &copy, &job["deviceKey"])?;
    Ok(json!({ "ok": true, "deviceResponse": BASE64URL.encode(presented) }))
}

fn present_sd_jwt(job: &Value) -> Result<Value> {
    let presented = present_copy(job, "sd-jwt", text(job, "sdJwt")?.as_bytes(), &job["holderKey"])?;
    Ok(json!({ "ok": true, "presentation": String::from_utf8(presented)?.trim_end() }))
}

/// Lays the copy out as `mapae issue` does.
fn present_copy(job: &Value, format: &str, copy: &[u8], key: &Value) -> Result<Vec<u8>> {
    let folder = folder()?;
    let (request, out) = (folder.join("request.json"), folder.join("presentation"));
    fs::write(folder.join(format!("copy-01.{format}")), copy)?;
    fs::write(folder.join(format!("copy-01.{format}.key")), Key::from_jwk(key)?.to_pkcs8_pem()?)?;
    fs::write(&request, job["request"].to_string())?;
    succeed(&[&"present", &"--from", &folder, &"--request", &request, &"--format", &format, &"--out", &out])?;
    Ok(fs::read(out)?)
}

fn verify(job: &Value) -> Result<Value> {
    let folder = folder()?;
    let (request, presentation) = (folder.join("request.json"), folder.join("presentation"));
    fs::write(&request, job["request"].to_string())?;
    fs::write(&presentation, presented(job)?)?;
    let bundle = match job["bundle"].as_str() {
        Some(bundle) => bundle.into(),
        None => bundle(&serde_json::from_value::<Vec<String>>(job["roots"].clone())?)?,
    };
    let ran = mapae(&[&"verify", &"--bundle", &bundle, &"--request", &request, &presentation])?;
    let (verdict, exit) = match ran.answer["verdict"].as_str() {
        Some("held") => ("accepted", 0),
        Some("refused") => ("refused", 1),
        Some("undecided") => ("undecided", 2),
        _ => bail!("mapae verify gave no verdict: {}", ran.answer),
    };
    ensure!(ran.exit == exit, "mapae verify says {verdict} and exits {}", ran.exit);
    let (claims, reason) = (&ran.answer["claims"], &ran.answer["reason"]["code"]);
    ensure!(claims.is_null() == (exit != 0), "mapae verify says {verdict} and tells {claims}");
    Ok(json!({ "ok": true, "verdict": verdict, "claims": claims, "reason": reason }))
}

fn presented(job: &Value) -> Result<Vec<u8>> {
    match job["presentation"].as_str() {
        Some(sd_jwt) => Ok(sd_jwt.into()),
        None => Ok(BASE64URL.decode(text(job, "deviceResponse")?)?),
    }
}

/// The shared authority's bundle that trusts these roots too. Building one takes longer than reading it.
fn bundle(roots: &[String]) -> Result<PathBuf> {
    static BUILT: Mutex<Option<HashMap<Vec<String>, PathBuf>>> = Mutex::new(None);
    let mut built = BUILT.lock().map_err(|_| anyhow!("another bundle failed"))?;
    let built = built.get_or_insert_default();
    if let Some(bundle) = built.get(roots) {
        return Ok(bundle.clone());
    }
    let bundle = Authority::shared()?.bundle(roots)?;
    built.insert(roots.to_vec(), bundle.clone());
    Ok(bundle)
}

fn text<'j>(job: &'j Value, field: &str) -> Result<&'j str> {
    job[field].as_str().ok_or_else(|| anyhow!("job lacks {field:?}"))
}
