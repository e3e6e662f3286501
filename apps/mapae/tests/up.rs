//! A country on one machine: what `cargo xtask up` starts.

use std::net::TcpListener;

use serde_json::Value;

use crate::{
    sandbox::{Ran, Sandbox},
    served::{Served, free_port},
};

/// `mapae up` in the folder `target/up`.
pub(crate) struct Up {
    pub(crate) sandbox: Sandbox,
    served: Option<Served>,
    port: u16,
}

/// Ports that one country takes.
const PORTS: u16 = 9;

impl Up {
    pub(crate) fn start() -> Self {
        let mut up = Self { sandbox: Sandbox::empty(), served: None, port: free_ports() };
        up.again("");
        up
    }

    /// Ends it without a word of warning, and starts it again.
    fn again(&mut self, more: &str) {
        if let Some(served) = self.served.take() {
            served.kill();
        }
        let line = format!("up --dir target/up --people 12 --port {}{more}", self.port);
        self.served = Some(Served::start(&self.sandbox, "up", &line));
    }

    fn said(&self, name: &str) -> &str {
        self.served.as_ref().unwrap().said()[name].as_str().unwrap()
    }

    /// Where its office is, for commands that are not told.
    pub(crate) fn office(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 6)
    }

    /// Runs the program as somebody beside it would.
    pub(crate) fn run(&self, words: &[String]) -> Ran {
        let mut command = self.sandbox.command_of(words);
        command.env("MAPAE_OFFICE", self.office()).env("MAPAE_WALLET_PASSPHRASE", "correct horse battery");
        Ran::of(&command.output().unwrap())
    }

    /// Runs a line that the program said, with the words that it leaves to the reader.
    fn typed(&self, line: &str, values: &[(&str, &str)]) -> Ran {
        let words =
            line.split(' ').skip(1).map(|word| values.iter().find(|(name, _)| *name == word).map_or(word, |v| v.1));
        let ran = self.run(&words.map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// From the clerk's command to the citizen's.
    fn issue(&self) -> Ran {
        let offer = self.typed(&format!("{} --json", self.said("office")), &[]).json();
        let code = self.sandbox.ok("office outbox --json --dir target/up/issuer/outbox").json();
        let (link, code) = (offer["credential_offer"].as_str().unwrap(), code["code"].as_str().unwrap());
        self.typed(&format!("{} --tx-code CODE", self.said("wallet")), &[("LINK", link), ("CODE", code)])
    }
}

/// A port with free ones after it.
fn free_ports() -> u16 {
    loop {
        let first = free_port();
        let all = (first..first.saturating_add(PORTS)).map(|port| TcpListener::bind(("127.0.0.1", port)));
        if first < u16::MAX - PORTS && all.collect::<Result<Vec<_>, _>>().is_ok() {
            return first;
        }
    }
}

fn body(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{url}\n{answer}");
    answer
}

#[test]
fn a_country_comes_up_issues_and_comes_up_again_after_a_crash() {
    let mut up = Up::start();
    let address = up.said("address").to_owned();
    let page = body(&address);
    assert!(page.contains(up.said("office")) && page.contains(up.said("wallet")), "{page}");
    up.issue();
    let held = up.run(&["wallet", "list", "--json", "--dir", "target/up/wallet"].map(str::to_owned)).json();
    let before: Value = held.clone();
    assert!(held.to_string().contains("resident"), "{held}");

    up.again("");
    assert_eq!(up.said("address"), address);
    let documents = ["office", "documents", "--json", "--person", up.said("person")].map(str::to_owned);
    let token = ["--token-file", "target/up/issuer/office.token"].map(str::to_owned);
    let documents = up.run(&[&documents[..], &token[..]].concat()).json();
    assert_eq!(documents["documents"][0]["state"], "active", "{documents}");
    assert_eq!(before, up.run(&["wallet", "list", "--json", "--dir", "target/up/wallet"].map(str::to_owned)).json());

    up.again(" --fresh");
    let fresh = up
        .run(
            &[
                "office",
                "documents",
                "--json",
                "--person",
                up.said("person"),
                "--token-file",
                "target/up/issuer/office.token",
            ]
            .map(str::to_owned),
        )
        .json();
    assert_eq!(fresh["documents"].as_array().unwrap().len(), 0, "{fresh}");
}

#[test]
fn a_folder_of_others_is_not_begun_anew() {
    let sandbox = Sandbox::empty();
    std::fs::create_dir(sandbox.path("home")).unwrap();
    sandbox.write("home/letter.txt", b"dear");
    for more in ["", " --fresh"] {
        let ran = sandbox.run(&format!("up --dir home{more}"));
        assert_eq!((ran.code, sandbox.text("home/letter.txt").as_str()), (64, "dear"), "{}", ran.stderr);
    }
}
