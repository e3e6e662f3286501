//! Apache with `mod_auth_openidc`, if this machine has them: the system's, or Debian's packages unpacked in a folder.
//!
//! It runs the very files of `samples/approval/apache`, told by its environment what differs from place to place.

use std::{
    ffi::OsString,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use axum::Router;
use mapae_jose::base64url;
use mapae_types::Entropy as _;

use crate::{
    commands::{
        pages::Pages,
        up::{look, made::Made, verifiers::Verifier},
    },
    environment::SystemEntropy,
    failure::Outcome,
    files::{self, Access},
    output::Output,
};

/// What brings both on Debian, without a server that starts by itself.
pub(in super::super) const INSTALL: &str = "sudo apt install apache2-bin libapache2-mod-auth-openidc";

const MODULES: &str = "usr/lib/apache2/modules";
const SETTINGS: [(&str, &str); 2] = [
    ("alone.conf", include_str!("../../../../../../samples/approval/apache/alone.conf")),
    ("approval.conf", include_str!("../../../../../../samples/approval/apache/approval.conf")),
];
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// Apache outlives whoever started it; a shell whose input is a pipe of ours ends it with us, however we end.
const WITH_US: &str = "\"$@\" </dev/null & cat >/dev/null; kill -TERM $!; wait $!";

/// Where both are.
struct Found {
    program: PathBuf,
    modules: PathBuf,
    libraries: Option<OsString>,
}

/// An Apache that runs until this is dropped.
pub(in super::super) struct Apache(Child);

impl Apache {
    /// Begins, if there is one; says why not, if there is one that does not begin.
    pub(in super::super) fn begin(
        made: &Made,
        verifier: &Verifier,
        secret: &str,
        unpacked: Option<&Path>,
    ) -> Outcome<Option<Self>> {
        let Some(found) = found(unpacked) else { return Ok(None) };
        let folder = made.dir().join("apache");
        let run = folder.join("run");
        files::create_dir(&run)?;
        for (name, text) in SETTINGS {
            files::write(&folder.join(name), text.as_bytes(), Access::Public)?;
        }
        let apache = Self(found.command(&folder).envs(environment(made, verifier, secret, &found)?).spawn()?);
        if answers(made.ports.approval) {
            return Ok(Some(apache));
        }
        Output::note(&format!("approvals: Apache does not answer; {} says why", run.join("error.log").display()));
        Ok(None)
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // The end of its input is what ends it.
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

impl Found {
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", WITH_US, "sh", "env"]);
        if let Some(libraries) = &self.libraries {
            let mut libraries_of_it = OsString::from("LD_LIBRARY_PATH=");
            libraries_of_it.push(libraries);
            command.arg(libraries_of_it);
        }
        command.arg(&self.program).args(["-D", "FOREGROUND", "-f", "alone.conf", "-d"]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

fn environment(
    made: &Made,
    verifier: &Verifier,
    secret: &str,
    found: &Found,
) -> Outcome<[(&'static str, OsString); 10]> {
    let ports = made.ports;
    Ok([
        ("APPROVAL_URL", format!("http://{}", ports.approval).into()),
        ("APPROVAL_LISTEN", ports.approval.to_string().into()),
        ("APPROVAL_RUN", made.dir().join("apache/run").into()),
        ("APPROVAL_MODULES", found.modules.clone().into()),
        ("APPROVAL_ISSUER", verifier.issuer().into()),
        ("APPROVAL_CLIENT_ID", "approval".into()),
        ("APPROVAL_CLIENT_SECRET", verifier.secret("openid.secret")?.into()),
        ("APPROVAL_COOKIE_SECRET", base64url::encode(SystemEntropy.array::<32>()?).into()),
        ("APPROVAL_BACKEND", format!("http://{}", ports.backend).into()),
        ("APPROVAL_BACKEND_SECRET", secret.into()),
    ])
}

fn found(unpacked: Option<&Path>) -> Option<Found> {
    let root = unpacked.unwrap_or(Path::new("/"));
    let (program, modules) = (root.join("usr/sbin/apache2"), root.join(MODULES));
    let is_there = program.is_file() && modules.join("mod_auth_openidc.so").is_file();
    is_there.then(|| Found { program, modules, libraries: unpacked.and_then(libraries) })
}

/// Debian's folders of an architecture, of unpacked packages.
fn libraries(root: &Path) -> Option<OsString> {
    let folders = std::fs::read_dir(root.join("usr/lib")).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let of_system = |path: &PathBuf| path.to_str().is_some_and(|path| path.contains("-linux-"));
    std::env::join_paths(folders.filter(of_system)).ok()
}

fn answers(address: SocketAddr) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if TcpStream::connect(address).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// What stands in its place where there is none.
pub(in super::super) fn absent(verifier: &Verifier) -> Router {
    let discovery = format!("{}/.well-known/openid-configuration", verifier.issuer());
    let page = include_str!("apache.html").replace("{{install}}", INSTALL).replace("{{discovery}}", &discovery);
    let files = Pages::new(look::POLICY).with("index.html", page).with("approval.js", include_str!("approval.js"));
    look::with(files).routes()
}
