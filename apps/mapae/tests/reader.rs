//! The reader page, served to this machine.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A running `mapae reader`, stopped when the test ends.
struct Served {
    child: Child,
    said: Value,
}

/// What a server answered.
struct Answer {
    status: String,
    headers: String,
    body: Vec<u8>,
}

/// A folder with a page, and beside it a file that is nobody's business.
fn page(sandbox: &Sandbox) {
    fs::create_dir_all(sandbox.path("web/below")).unwrap();
    for (name, content) in [
        ("web/index.html", "<!doctype html>"),
        ("web/app.js", "export {};"),
        ("web/style.css", "body {}"),
        ("web/core.wasm", "\0asm"),
        ("web/manifest.webmanifest", "{}"),
        ("web/icon.svg", "<svg/>"),
        ("web/icon.png", "png"),
        ("web/.secret", "secret"),
        ("web/below/file.js", "secret"),
        ("secret.js", "secret"),
    ] {
        sandbox.write(name, content.as_bytes());
    }
}

impl Served {
    fn start(sandbox: &Sandbox) -> Self {
        let arguments = ["reader", "--json", "--port", "0", "--web", "web"].map(str::to_owned);
        let mut child = sandbox.command_of(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut document = String::new();
        for line in lines.by_ref() {
            document.push_str(&line);
            if line == "}" {
                break;
            }
        }
        Self { child, said: serde_json::from_str(&document).unwrap() }
    }

    fn host(&self) -> &str {
        let address = self.said["address"].as_str().unwrap();
        address.strip_prefix("http://").unwrap().strip_suffix('/').unwrap()
    }

    fn get(&self, target: &str) -> Answer {
        let mut stream = TcpStream::connect(self.host()).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.host()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let (status, headers) = head.split_once("\r\n").unwrap();
        Answer { status: status.to_owned(), headers: headers.to_lowercase(), body: bytes[end + 4..].to_vec() }
    }

    #[cfg(unix)]
    fn signal(&mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_page_is_served_to_this_machine_only() {
    let sandbox = Sandbox::empty();
    page(&sandbox);
    let served = Served::start(&sandbox);
    assert!(served.host().starts_with("127.0.0.1:"), "{}", served.said);
    assert_eq!(served.said["pid"], served.child.id());
    for target in ["/", "/index.html", "/?source=pwa"] {
        let answer = served.get(target);
        assert!(answer.status.contains(" 200 ") && answer.body == b"<!doctype html>", "{target}: {}", answer.status);
    }
}

#[test]
fn files_have_their_types() {
    let sandbox = Sandbox::empty();
    page(&sandbox);
    let served = Served::start(&sandbox);
    for (target, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/core.wasm", "application/wasm"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icon.svg", "image/svg+xml"),
        ("/icon.png", "image/png"),
    ] {
        let headers = served.get(target).headers;
        assert!(headers.contains(&format!("content-type: {kind}\r\n")), "{target}: {headers}");
        assert!(headers.contains("x-content-type-options: nosniff"), "{target}");
    }
}

#[test]
fn nothing_beside_the_page_is_served() {
    let sandbox = Sandbox::empty();
    page(&sandbox);
    let served = Served::start(&sandbox);
    for target in [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/%2fetc%2fpasswd",
        "//etc/passwd",
        "/.secret",
        "/below/file.js",
        "/below%2ffile.js",
        "/below",
        "/absent.js",
    ] {
        let answer = served.get(target);
        assert!(answer.status.contains(" 404 "), "{target}: {}", answer.status);
        assert!(!answer.body.windows(6).any(|six| six == b"secret"), "{target}");
    }
}

/// The page says its policy itself, for servers of plain files; only a header can forbid framing.
#[test]
fn the_header_has_the_policy_of_the_page() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reader-web/page/index.html");
    let text = fs::read_to_string(source).unwrap();
    let (_, rest) = text.split_once("Content-Security-Policy\" content=\"").unwrap();
    let (policy, _) = rest.split_once('"').unwrap();
    let sandbox = Sandbox::empty();
    page(&sandbox);
    let headers = Served::start(&sandbox).get("/").headers;
    let expected = format!("content-security-policy: {policy}; frame-ancestors 'none'\r\n");
    assert!(headers.contains(&expected), "{headers}\n{expected}");
}

/// Nothing that came from a file may become markup, script or style; the policy forbids it, and the page does not try.
#[test]
fn the_page_makes_no_markup_of_text() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reader-web/page");
    let mut scripts = 0;
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let Some(kind @ ("js" | "html")) = path.extension().and_then(|extension| extension.to_str()) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=", "onclick="] {
            assert!(!text.contains(sink), "{sink} in {}", path.display());
        }
        assert!(
            kind == "js" || text.matches("<script").count() == text.matches("<script type=\"module\" src=").count()
        );
        scripts += usize::from(kind == "js");
    }
    assert!(scripts > 5, "the page's scripts are found");
}

#[cfg(unix)]
#[test]
fn it_stops_when_told() {
    for signal in ["TERM", "INT"] {
        let sandbox = Sandbox::empty();
        page(&sandbox);
        let mut served = Served::start(&sandbox);
        assert!(served.get("/").status.contains(" 200 "));
        assert_eq!(served.signal(signal), Some(0), "{signal}");
        assert!(TcpStream::connect(served.host()).is_err(), "nobody listens any more");
    }
}

#[test]
fn without_a_page_it_says_how_to_build_one() {
    let sandbox = Sandbox::empty();
    let ran = sandbox.run("reader --port 0 --web .");
    assert_eq!(ran.code, 64, "{}", ran.stderr);
    assert!(ran.stderr.contains("cargo xtask web") && ran.stderr.contains("--web"), "{}", ran.stderr);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let sandbox = Sandbox::empty();
    page(&sandbox);
    let served = Served::start(&sandbox);
    let (_, port) = served.host().split_once(':').unwrap();
    let ran = sandbox.run(&format!("reader --port {port} --web web"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(port) && ran.stderr.contains("--port 0"), "{}", ran.stderr);
}
