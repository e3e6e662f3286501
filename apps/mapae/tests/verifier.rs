//! A verifier from a relying party's folder to a session, by its commands. What wallets answer, its own scenarios show.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use mapae_crypto::sha256;
use mapae_types::hex;

use crate::{sandbox::Sandbox, served::Served};

const TOKEN: &str = "a-token-of-256-bits";
const SERVE: &str = "serve verifier --config verifier.toml --listen 127.0.0.1:0";

/// A shop that may ask for an age, a bundle, and the settings of its verifier.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.ok("authority init --dir A");
    sandbox.ok("bundle build --authority A --out trust.bundle");
    sandbox.ok("relying-party registrar --dir registrar");
    sandbox.ok("relying-party register --registrar registrar --id shop --name-ko 가게 --name-en Shop --class low \
         --purpose-ko 성년 --purpose-en Age --document resident=age_over_19 --out shop");
    sandbox.write("verifier.secret", hex::encode(&[7; 32]).as_bytes());
    let settings = format!(
        "base_url = \"http://127.0.0.1:8660\"\nrelying_party = \"shop\"\n[bundle]\nsource = \"trust.bundle\"\n\
         key = \"A/bundle-key.pem\"\n[[api_keys]]\nname = \"till\"\nsha256 = \"{}\"\n",
        hex::encode(&sha256(TOKEN.as_bytes()))
    );
    sandbox.write("verifier.toml", settings.as_bytes());
    sandbox
}

/// Begins a session; what is answered.
fn begin(url: &str, token: &str) -> String {
    let wish = r#"{"use":"age_over_19","flow":"cross_device"}"#;
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = wish.len();
    write!(
        stream,
        "POST /sessions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{wish}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_relying_party_begins_a_session() {
    let sandbox = shop();
    let served = Served::start(&sandbox, "verifier", SERVE);
    assert_eq!(served.said()["verifier"], "http://127.0.0.1:8660");
    let begun = begin(served.url(), TOKEN);
    assert!(begun.starts_with("HTTP/1.1 201 ") && begun.contains("openid4vp://?"), "{begun}");
    assert!(begin(served.url(), "another").starts_with("HTTP/1.1 401 "));
    assert!(sandbox.path("verifier.db").exists() && sandbox.path("verifier.memory").exists());
}

#[test]
fn it_does_not_begin_with_what_cannot_be_meant() {
    let sandbox = shop();
    sandbox.write("verifier.secret", b"short");
    assert_eq!(sandbox.run(SERVE).code, 64);
    sandbox.write("verifier.secret", hex::encode(&[7; 32]).as_bytes());
    let key = sandbox.read("registrar/registrar.key");
    sandbox.write("shop/access.key", &key);
    let ran = sandbox.run(SERVE);
    assert!(ran.code == 64 && ran.stderr.contains("the registered certificate"), "{}", ran.stderr);
}
