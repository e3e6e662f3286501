//! Apache with `mod_auth_openidc`, set up by the sample's very files (`samples/approval/apache`), and an application behind it
//! that says what it was sent (`node/backend.mjs`).

use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use serde_json::{Value, json};

use crate::BASE64URL;
use crate::browser::Page;
use crate::install::source;
use crate::mapae::{folder, free_url};
use crate::peer::node;
use crate::relying_party::hash;

const CLIENT_ID: &str = "approval";
const CLIENT_SECRET: &str = "m:od/au+th%&= of 128 bits";
/// By which the application knows its Apache.
pub const BACKEND_SECRET: &str = "of-256-random-bits-were-this-no-test";

/// One that runs. It ends with this process, or when it is dropped.
pub struct Apache {
    url: String,
    _shell: Child,
    /// Held open for as long as the server is wanted.
    _open: ChildStdin,
}

/// Its program as `MAPAE_APACHE` names it, or as Debian installs it; none, and the tests say so.
pub fn program() -> Option<PathBuf> {
    let told = std::env::var_os("MAPAE_APACHE").map(PathBuf::from);
    let program = told.unwrap_or_else(|| PathBuf::from("/usr/sbin/apache2"));
    modules(&program).join("mod_auth_openidc.so").is_file().then_some(program)
}

/// Where Debian has them beside the program, installed or unpacked.
fn modules(program: &Path) -> PathBuf {
    program.parent().unwrap_or(Path::new("")).join("../lib/apache2/modules")
}

/// Where a server will be found, which its provider has to know before.
pub fn address() -> String {
    free_url()
}

/// Such a server as client of a provider, which knows its people again.
pub fn client(url: &str) -> String {
    format!(
        r#"[[openid.scopes]]
name = "official"
claims = ["age_over_14"]

[[openid.clients]]
id = "{CLIENT_ID}"
authentication = "client_secret_basic"
secret_sha256 = "{}"
subject = "returning"
subject_secret_file = "approval.subject"
redirect_uris = ["{url}/oidc/callback"]
post_logout_redirect_uris = ["{url}/public/signed-out"]
scopes = ["profile", "official"]
claims = ["name", "age_over_14"]
required = ["name"]
documents = ["resident"]

"#,
        hash(CLIENT_SECRET)
    )
}

impl Apache {
    /// Starts it at that address, for people who sign in at that provider.
    pub fn start(program: &Path, url: &str, issuer: &str) -> Result<Self> {
        let (run, listen) = (folder()?, url.trim_start_matches("http://"));
        let backend = node("backend.mjs", &json!({ "job": "start" }))?;
        let mut command = Command::new("sh");
        command.args(["-c", r#""$@" & service=$!; cat >/dev/null; kill $service; wait $service"#, "sh"]).arg(program);
        command.args(["-D", "FOREGROUND", "-f", "alone.conf", "-d"]).arg(source("../../samples/approval/apache"));
        command.env("APPROVAL_URL", url).env("APPROVAL_LISTEN", listen).env("APPROVAL_RUN", &run);
        command.env("APPROVAL_MODULES", modules(program)).env("APPROVAL_ISSUER", issuer);
        command.env("APPROVAL_CLIENT_ID", CLIENT_ID).env("APPROVAL_CLIENT_SECRET", CLIENT_SECRET);
        command.env("APPROVAL_COOKIE_SECRET", "07".repeat(32)).env("APPROVAL_BACKEND_SECRET", BACKEND_SECRET);
        command.env("APPROVAL_BACKEND", backend["url"].as_str().context("no application")?);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(File::create(run.join("complaints"))?);
        let mut shell = command.spawn()?;
        let open = shell.stdin.take().context("no pipe")?;
        wait(listen, &run)?;
        Ok(Self { url: url.to_owned(), _shell: shell, _open: open })
    }

    /// Where browsers find it, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn wait(listen: &str, run: &Path) -> Result<()> {
    for _ in 0..1_200 {
        if TcpStream::connect(listen).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(50));
    }
    let said = ["complaints", "error.log"].map(|file| std::fs::read_to_string(run.join(file)).unwrap_or_default());
    bail!("Apache does not answer:\n{}", said.concat())
}

/// What the application was sent for a page, by name in lower case.
pub fn sent(page: &Page) -> Result<Value> {
    ensure!(page.status() == Some(200), "no page of the application: {page:?}");
    Ok(page.json()?["headers"].take())
}

/// A claim among it.
pub fn claim(sent: &Value, name: &str) -> Result<String> {
    let encoded = sent[format!("oidc_claim_{name}")].as_str().with_context(|| format!("no {name} in {sent}"))?;
    Ok(String::from_utf8(BASE64URL.decode(encoded)?)?)
}
