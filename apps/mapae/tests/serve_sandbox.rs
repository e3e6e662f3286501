//! A developer's verifier from nothing: `mapae serve verifier --sandbox`.

use mapae_jose::base64url;
use serde_json::{Value, json};

use crate::{sandbox::Sandbox, served::Served};

const SERVE: &str = "serve verifier --sandbox box --listen 127.0.0.1:0";

/// The last lines of a script that each hold one JSON document.
fn documents(sandbox: &Sandbox, script: &str) -> Vec<Value> {
    let output = sandbox.shell(script).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} of {text}"))).collect()
}

fn script(said: &Value) -> String {
    let lines: Vec<&str> = said["curl"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(lines.len(), 10);
    lines.join("\n")
}

#[test]
fn ten_lines_from_nothing_return_verified_claims() {
    let sandbox = Sandbox::empty();
    let served = Served::start(&sandbox, "box", SERVE);
    let said = served.said();
    let told = documents(&sandbox, &script(said));
    let [acted, polled, traced] = &told[..] else { panic!("{told:?}") };
    assert_eq!(acted["sent"][0]["status"], 200, "{acted}");
    assert_eq!(polled["result"]["verdict"], "held", "{polled}");
    assert!(polled["result"]["credentials"][0]["claims"]["family_name_hangul"].is_string(), "{polled}");
    assert!(traced["steps"].as_array().unwrap().iter().all(|step| step["verdict"] == "holds"), "{traced}");
    assert_eq!((&said["sample"], &acted["sample"]), (&json!(true), &json!(true)));
}

#[test]
fn the_same_lines_with_a_break_return_why_there_are_none() {
    let sandbox = Sandbox::empty();
    let served = Served::start(&sandbox, "box", SERVE);
    let broken = script(served.said()).replace("{\"format\":\"sd-jwt\"}", "{\"break\":\"revoked\"}");
    let polled = &documents(&sandbox, &broken)[1];
    assert_eq!(polled["result"]["reason"]["code"], "revoked", "{polled}");
}

/// The text between two marks.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before)
        .and_then(|(_, rest)| rest.split_once(after))
        .unwrap_or_else(|| panic!("{before} in {text}"))
        .0
}

/// Says what a shell says.
fn shell(sandbox: &Sandbox, script: &str) -> String {
    String::from_utf8(sandbox.shell(script).output().unwrap().stdout).unwrap()
}

#[test]
fn a_sample_person_signs_in_at_an_application() {
    let sandbox = Sandbox::empty();
    let served = Served::start(&sandbox, "box", SERVE);
    let (base, openid) = (served.url(), &served.said()["openid"]);
    let verifier = "a-code-verifier-of-forty-three-characters-or-more";
    let challenge = base64url::encode(mapae_crypto::sha256(verifier.as_bytes()));
    let back = "http%3A%2F%2F127.0.0.1%3A8701%2Fcallback";
    let query = format!(
        "response_type=code&scope=openid%20profile&state=s&nonce=n&client_id=sandbox&redirect_uri={back}\
         &code_challenge={challenge}&code_challenge_method=S256"
    );
    let page = shell(&sandbox, &format!("curl -s -L -c jar -b jar '{base}/openid/authorize?{query}'"));
    let session = between(&page, "/sandbox/sessions/", "\"");
    let acted = shell(&sandbox, &format!("curl -s {base}/sandbox/sessions/{session}/answer -d '{{}}'"));
    let acted: Value = serde_json::from_str(&acted).unwrap();
    let code_page = acted["redirect_uri"].as_str().unwrap();
    let went = shell(&sandbox, &format!("curl -s -i -c jar -b jar '{code_page}'"));
    let code = between(&went, "code=", "&");
    let secret = openid["client_secret"].as_str().unwrap();
    let told = shell(
        &sandbox,
        &format!(
            "curl -s {base}/openid/token -u sandbox:{secret} -d grant_type=authorization_code -d code={code} \
             -d redirect_uri={back} -d code_verifier={verifier}"
        ),
    );
    let token = between(&told, "\"access_token\":\"", "\"");
    let person = shell(&sandbox, &format!("curl -s {base}/openid/userinfo -H 'Authorization: Bearer {token}'"));
    let person: Value = serde_json::from_str(&person).unwrap();
    assert!(person["sub"].is_string() && person["name"].is_string(), "{person}");
}

#[test]
fn its_openid_provider_is_there() {
    let sandbox = Sandbox::empty();
    let served = Served::start(&sandbox, "box", SERVE);
    let openid = &served.said()["openid"];
    let found = &documents(&sandbox, &format!("curl -s {}", openid["discovery"].as_str().unwrap()))[0];
    assert_eq!(found["issuer"], format!("{}/openid", served.url()));
    let query =
        "response_type=code&scope=openid%20profile&state=s&redirect_uri=http%3A%2F%2F127.0.0.1%3A8701%2Fcallback";
    let query = format!("{query}&client_id=sandbox&nonce=n");
    let challenge = base64url::encode([7; 32]);
    let authorize = format!(
        "{}?{query}&code_challenge={challenge}&code_challenge_method=S256",
        found["authorization_endpoint"].as_str().unwrap()
    );
    let page = sandbox.shell(&format!("curl -s -L -c jar -b jar '{authorize}'")).output().unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    // A sample person can answer the page that waits for a wallet.
    assert!(page.contains("/sandbox/sessions/"), "{page}");
}

#[test]
fn a_second_start_finds_the_same() {
    let sandbox = Sandbox::empty();
    let first = Served::start(&sandbox, "box", SERVE);
    let key = first.said()["api_key"].clone();
    first.kill();
    let second = Served::start(&sandbox, "box", SERVE);
    assert_eq!(second.said()["api_key"], key);
    assert_eq!(documents(&sandbox, &script(second.said()))[1]["result"]["verdict"], "held");
}

#[test]
fn it_is_for_this_machine_and_for_a_folder_of_its_own() {
    let sandbox = Sandbox::empty();
    assert_eq!(sandbox.run("serve verifier --sandbox box --listen 0.0.0.0:0").code, 64);
    assert!(!sandbox.path("box").exists());
    std::fs::create_dir(sandbox.path("box")).unwrap();
    sandbox.write("box/letter.txt", b"mine");
    assert_eq!(sandbox.run(SERVE).code, 64);
    assert!(!sandbox.path("box/sandbox.seed").exists());
    // One of the two says what is served.
    assert_eq!(sandbox.run("serve verifier --listen 127.0.0.1:0").code, 64);
    assert_eq!(sandbox.run("serve verifier --sandbox box --config c --listen 127.0.0.1:0").code, 64);
}

/// Nobody becomes somebody else by way of a sandbox: what others vouch for it does not believe.
#[test]
fn it_believes_no_bundle_of_others() {
    let sandbox = Sandbox::empty();
    Served::start(&sandbox, "box", SERVE).kill();
    sandbox.ok("authority init --dir A");
    let key = sandbox.text("A/bundle-key.pem");
    sandbox.write("another.pub", key.as_bytes());
    let settings = sandbox.text("box/verifier.toml").replace("bundle.pub", "../another.pub");
    sandbox.write("box/verifier.toml", settings.as_bytes());
    let refused = Served::refused(&sandbox, SERVE);
    assert!(refused.contains("bundles of its own sample country"), "{refused}");
}
