//! Many who submit at the same time: each has a connection, and one entry on its way.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::{net::TcpStream, task::JoinSet};

/// Submits all of them; the highest index that was given.
pub(crate) fn submit_all(log: SocketAddr, entries: &[Vec<u8>], clients: usize) -> Result<u64> {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(entries.iter().map(|entry| request(entry)).collect());
    let next = Arc::new(AtomicUsize::new(0));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut all = JoinSet::new();
        for _ in 0..clients {
            all.spawn(client(log, Arc::clone(&requests), Arc::clone(&next)));
        }
        let mut highest = 0;
        while let Some(one) = all.join_next().await {
            highest = highest.max(one??);
        }
        Ok(highest)
    })
}

fn request(entry: &[u8]) -> Vec<u8> {
    let head = format!("POST /add-entry?wait=0 HTTP/1.1\r\nhost: log\r\ncontent-length: {}\r\n\r\n", entry.len());
    [head.as_bytes(), entry].concat()
}

async fn client(log: SocketAddr, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) -> Result<u64> {
    let stream = TcpStream::connect(log).await?;
    let (mut highest, mut answer) = (0, Vec::new());
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        highest = highest.max(submit(&stream, request, &mut answer).await?);
    }
    Ok(highest)
}

/// Until it is acknowledged: a log that has too much to do says so, and is asked again.
async fn submit(stream: &TcpStream, request: &[u8], answer: &mut Vec<u8>) -> Result<u64> {
    loop {
        write_all(stream, request).await?;
        answer.clear();
        let body = read(stream, answer).await?;
        match answer.get(9..12) {
            Some(b"200") => return index(answer.get(body..).unwrap_or_default()).context("a receipt without an index"),
            Some(b"503") => tokio::time::sleep(Duration::from_millis(20)).await,
            _ => bail!("refused: {}", String::from_utf8_lossy(answer)),
        }
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A whole answer; where its body begins.
async fn read(stream: &TcpStream, answer: &mut Vec<u8>) -> Result<usize> {
    let mut piece = [0; 2048];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut piece) {
            Ok(0) => bail!("the log hung up"),
            Ok(read) => answer.extend_from_slice(piece.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error.into()),
        }
        if let Some((body, length)) = announced(answer)
            && answer.len() >= body + length
        {
            return Ok(body);
        }
    }
}

/// Where the body begins, and how long it is.
fn announced(answer: &[u8]) -> Option<(usize, usize)> {
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = str::from_utf8(answer.get(..body)?).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some((body, length.parse().ok()?))
}

/// `{"index":17,…`
fn index(receipt: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(receipt).ok()?.strip_prefix("{\"index\":")?;
    digits.split(',').next()?.parse().ok()
}
