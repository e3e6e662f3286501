//! A provider on a loopback socket, for relying parties that others wrote: what a service has to do around this crate, with
//! a wallet that always presents the same sample person.
//!
//! It says where it is, and by what its clients authenticate, as one line of JSON; it ends with its standard input. Nothing
//! of it is fit for more than tests: one thread for each connection, and a store that forgets nothing.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the crate has no socket and no clock, a service does"
)]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of tests stops where it is wrong")]

mod http;
mod routes;
#[expect(dead_code, reason = "it is the tests', which use all of it")]
#[path = "../../tests/scene.rs"]
mod scene;

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use serde_json::json;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}/oidc", listener.local_addr().unwrap());
    let site = Arc::new(routes::Site::new(&issuer));
    let key = scene::client_key().to_pkcs8_pem();
    println!("{}", json!({ "issuer": issuer, "home": scene::HOME, "secret": scene::SECRET, "key": *key }));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let site = Arc::clone(&site);
            thread::spawn(move || http::serve(&stream, &site));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
