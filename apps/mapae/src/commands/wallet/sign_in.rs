//! The way through the browser, for offers without a code: the person signs in, and the browser comes back to this
//! machine (RFC 8252 §7.3).

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
};

use anyhow::Context as _;
use mapae_wallet::Added;

use super::{drive::Driver, failure};
use crate::{failure::Outcome, output::Output};

/// Bytes of a request line.
const MAX_LINE: u64 = 16 << 10;

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n\
                    이 창을 닫아도 됩니다. You may close this window.\n";

/// Lets a person sign in, and takes what the browser brings.
pub(super) fn run(driver: &mut Driver, link: &str, copies: usize) -> Outcome<Added> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot wait for the browser")?;
    let redirect_uri = format!("http://{}/callback", listener.local_addr()?);
    let task = driver.wallet.sign_in(link, &redirect_uri, copies, &driver.start()?);
    let sign_in = driver.run(task)?.map_err(failure)?;
    Output::note(&format!("Sign in with your browser:\n{}", sign_in.url));
    loop {
        let (connection, _) = listener.accept().context("cannot wait for the browser")?;
        // Browsers also ask for icons.
        let Some(path) = path(connection)?.filter(|path| path.starts_with("/callback?")) else { continue };
        let address = format!("{}{}", redirect_uri.trim_end_matches("/callback"), path);
        let task = driver.wallet.signed_in(&address, &driver.start()?);
        return driver.run(task)?.map_err(failure);
    }
}

/// The path of a GET request, which is answered whatever it is.
fn path(mut connection: TcpStream) -> anyhow::Result<Option<String>> {
    let mut line = String::new();
    let mut reader = BufReader::new(std::io::Read::take(connection.try_clone()?, MAX_LINE));
    reader.read_line(&mut line)?;
    while reader.read_line(&mut String::new())? > 2 {}
    connection.write_all(PAGE.as_bytes())?;
    let mut words = line.split(' ');
    Ok((words.next() == Some("GET")).then(|| words.next().map(str::to_owned)).flatten())
}
