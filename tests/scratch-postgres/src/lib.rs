//! A PostgreSQL of one's own, for tests: made in a temporary folder, reached by a socket in it, gone with the test.
//!
//! ```no_run
//! let Some(server) = scratch_postgres::shared() else { return };
//! let url = server.database();
//! ```
//!
//! [`shared`] is one server for all tests of a binary, each of which makes itself a [`Server::database`]. Who changes
//! the server, stops or kills it starts [`Server::start`] one. PostgreSQL refuses to run as root, so root starts it as
//! `nobody`. A shell stands between: it stops the server by its own process id when the test's end of a pipe closes,
//! however the test ended, and removes the folder.
//!
//! Left out: standbys, and connections over a network.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up stops where that shows"
)]

mod programs;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use programs::Programs;

/// The superuser of every server.
const USER: &str = "mapae";
const NOBODY: u32 = 65534;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    folder: PathBuf,
    settings: Vec<String>,
    shell: Option<Child>,
    databases: AtomicU32,
}

/// The server of this test binary. Nothing, said loudly, where PostgreSQL is not installed.
pub fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    // Many tests at a time, each with pools of its own.
    SERVER.get_or_init(|| Server::start(&["max_connections=300"])).as_ref()
}

impl Server {
    /// A server with settings such as `synchronous_standby_names=x`. Nothing, said loudly, where PostgreSQL is not
    /// installed; `cargo xtask test` installs it, and under `CI=true` counts its absence as a failure.
    pub fn start(settings: &[&str]) -> Option<Self> {
        let Some(programs) = Programs::find() else {
            eprintln!("SKIPPED: PostgreSQL not found (Debian's package postgresql)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg-").tempdir().unwrap().keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).unwrap();
        if is_root(&folder) {
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let mut server = Self { programs, folder, settings, shell: None, databases: AtomicU32::new(0) };
        server.init();
        server.restart();
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Tests of crashes kill processes and not the machine, so nothing has to reach the disk but by the server's own rules.
    fn init(&self) {
        let mut init = self.as_ordinary_user(&self.programs.file("initdb"));
        init.args(["--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"]);
        let output = init.arg(self.data()).output().unwrap();
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts a server that was stopped, on the same data.
    pub fn restart(&mut self) {
        const SHELL: &str = r#"
            folder=$1 postgres=$2; shift 2
            "$postgres" -D "$folder/data" -k "$folder" -h '' "$@" >>"$folder/log" 2>&1 </dev/null &
            server=$!
            if read -r signal; then kill -s "$signal" $server; wait $server
            else kill -s INT $server; wait $server; rm -rf "$folder"; fi"#;
        let mut shell = self.as_ordinary_user(Path::new("sh"));
        shell.args(["-c", SHELL, "sh"]).arg(&self.folder).arg(self.programs.file("postgres"));
        for setting in &self.settings {
            shell.args(["-c", setting]);
        }
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
        self.shell = Some(shell.stdin(Stdio::piped()).spawn().unwrap());
        self.wait_until_ready();
    }

    /// `postmaster.pid`, line 8, says what the server is ready for.
    fn wait_until_ready(&self) {
        let status = || Some(fs::read_to_string(self.data().join("postmaster.pid")).ok()?.lines().nth(7)?.to_owned());
        let end = Instant::now() + Duration::from_mins(1);
        while !status().is_some_and(|status| status.starts_with("ready")) {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < end, "PostgreSQL does not start: {}", log());
            sleep(Duration::from_millis(20));
        }
    }

    /// Kills the server as a crash would; [`Server::restart`] recovers what was committed.
    pub fn kill(&mut self) {
        self.signal("KILL");
    }

    /// Stops the server in order; [`Server::restart`] goes on.
    pub fn stop(&mut self) {
        self.signal("INT");
    }

    fn signal(&mut self, signal: &str) {
        let Some(mut shell) = self.shell.take() else { return };
        writeln!(shell.stdin.take().unwrap(), "{signal}").unwrap();
        shell.wait().unwrap();
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("scratch{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql(&format!("CREATE DATABASE {name}"));
        self.url(&name, USER)
    }

    /// The address of a database, for a user.
    pub fn url(&self, database: &str, user: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://{user}@localhost/{database}?host={folder}")
    }

    /// Runs SQL as superuser in the database `postgres`; the rows that it answered, columns separated by `|`.
    pub fn sql(&self, sql: &str) -> String {
        self.sql_in("postgres", sql)
    }

    /// Runs SQL as superuser in a database that [`Server::database`] made, or in any other by its name.
    pub fn sql_in(&self, database: &str, sql: &str) -> String {
        let database = database.rsplit('/').next().and_then(|name| name.split('?').next()).unwrap();
        let mut psql = Command::new(self.programs.file("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        psql.args(["--username", USER, "--dbname", database, "--host"]).arg(&self.folder);
        let output = psql.args(["--command", sql]).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn as_ordinary_user(&self, program: &Path) -> Command {
        let mut command = if fs::metadata(&self.folder).unwrap().uid() == NOBODY {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder).env_remove("PGDATA").env_remove("PGOPTIONS");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            let _ = shell.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whoever made a folder owns it.
fn is_root(folder: &Path) -> bool {
    fs::metadata(folder).unwrap().uid() == 0
}
