//! What is left: rows, the database's files, and logs.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use mapae_types::hex;
use memchr::memmem::Finder;
use scratch_postgres::Server;

use super::{
    library::{Library, TOKEN},
    people,
    sign_ins::{self, SignIn},
    visit::Visit,
};

/// Visits and sign-ins whose own secrets are looked for: each costs a search through everything.
const SAMPLE: usize = 10;

/// How a key that signs tokens would begin, if it were not sealed.
const UNSEALED_KEY: &str = "BEGIN PRIVATE KEY";

/// What must not be found.
pub(crate) struct Secrets(Vec<(String, Finder<'static>)>);

fn finder(secret: String) -> (String, Finder<'static>) {
    let finder = Finder::new(secret.as_bytes()).into_owned();
    (secret, finder)
}

impl Secrets {
    /// What is people's own.
    pub(crate) fn personal(visits: &[Visit]) -> Self {
        let references = visits.iter().take(SAMPLE).map(Visit::reference);
        Self(people::personal().into_iter().chain(references).map(finder).collect())
    }

    /// The same, what opens a session or a sign-in, and what the library and its applications have for themselves.
    pub(crate) fn all(visits: &[Visit], sign_ins: &[SignIn]) -> Self {
        let mut all = Self::personal(visits);
        let own = visits.iter().take(SAMPLE).flat_map(|visit| visit.secrets.clone());
        let own = own.chain(sign_ins.iter().take(SAMPLE).flat_map(SignIn::secrets));
        let others = [TOKEN.to_owned(), sign_ins::SECRET.to_owned(), hex::encode(&sign_ins::SUBJECT_SECRET)];
        all.0.extend(own.chain(others).chain([UNSEALED_KEY.to_owned()]).map(finder));
        all
    }

    /// The same as the digits by which a database shows bytes.
    fn in_digits(&self) -> Self {
        Self(self.0.iter().map(|(secret, _)| finder(hex::encode(secret.as_bytes()))).collect())
    }

    /// Which are there, said by their first letters.
    pub(crate) fn found_in(&self, bytes: &[u8], where_: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(_, finder)| finder.find(bytes).is_some());
        found.map(|(secret, _)| format!("{secret} is in {where_}")).collect()
    }
}

/// What is in the columns of any row of any table.
pub(crate) fn rows(server: &Server, store: &str, secrets: &Secrets) -> Vec<String> {
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
    let look = |table: &str| {
        let dump = server.sql_in(store, &format!("SELECT * FROM {table}"));
        [secrets, &secrets.in_digits()].map(|secrets| secrets.found_in(dump.as_bytes(), table)).concat()
    };
    server.sql_in(store, tables).lines().flat_map(look).collect()
}

/// What the database's files say, deleted rows and the log of what was written included; and the server's own log.
pub(crate) fn files(server: &Server, store: &str, secrets: &Secrets) -> Vec<String> {
    server.sql("CHECKPOINT");
    let own = server.sql_in(store, "SELECT pg_relation_filepath('sessions')");
    let data = folder(store).join("data");
    let paths = [data.join(own).parent().unwrap().to_owned(), data.join("pg_wal"), folder(store).join("log")];
    let files = paths.iter().flat_map(|path| files_in(path));
    let look = |path: PathBuf| secrets.found_in(&contents(&path), &path.display().to_string());
    files.flat_map(look).collect()
}

/// The server's own: its address names the folder of the socket.
fn folder(store: &str) -> PathBuf {
    store.split("host=").nth(1).unwrap().replace("%2F", "/").into()
}

fn files_in(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap().flatten();
    let in_folder = |entry: fs::DirEntry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder { files_in(&entry.path()) } else { vec![entry.path()] }
    };
    entries.flat_map(in_folder).collect()
}

/// Nothing of a file that the server did away with meanwhile.
fn contents(path: &Path) -> Vec<u8> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        read => read.unwrap(),
    }
}

/// What both replicas said during all their lives.
pub(crate) fn logs(library: &Library, secrets: &Secrets) -> Vec<String> {
    let files = ["replica-0.log", "replica-0.out", "replica-1.log", "replica-1.out"];
    let look = |name: &str| secrets.found_in(&fs::read(library.dir.join(name)).unwrap(), name);
    files.into_iter().flat_map(look).collect()
}

/// A count that the database tells.
pub(crate) fn count(server: &Server, store: &str, of: &str) -> u64 {
    server.sql_in(store, &format!("SELECT count(*) FROM {of}")).parse().unwrap()
}

/// Sessions of which something that a wallet sent is still kept, by their ids.
pub(crate) fn kept(server: &Server, store: &str) -> Vec<String> {
    let kept = "SELECT encode(id, 'hex') FROM sessions WHERE result IS NOT NULL ORDER BY 1";
    server.sql_in(store, kept).lines().map(str::to_owned).collect()
}

/// Sessions of sign-ins of which what somebody showed is still kept; how many.
pub(crate) fn kept_of_sign_ins(server: &Server, store: &str) -> u64 {
    count(server, store, "sessions WHERE owner = 'openid' AND result IS NOT NULL")
}

/// Whatever else is kept of sign-ins. The keys that sign are not theirs.
pub(crate) const OF_SIGN_INS: &str = "openid WHERE kind <> 5";
