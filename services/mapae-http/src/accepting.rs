//! Connections: so many at once, and none that keeps us waiting for the head of a request.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tower_service::Service as _;

use crate::Stop;

/// Connections at once; more wait in the system's queue.
const MOST: usize = 1024;

/// How long to wait if the system has no file descriptor for one more.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Accepts connections until the stop; then waits for the requests that have begun. The head of a request must be there
/// within `head` of the connection's begin, or of the request before.
pub(crate) async fn accept(listener: TcpListener, routes: Router, head: Duration, mut stop: Stop) {
    let places = Arc::new(Semaphore::new(MOST));
    let graceful = GracefulShutdown::new();
    // Their end is the end of this task, whatever ends it.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.requested() => break,
            Some(_) = connections.join_next() => continue,
            accepted = next(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let routes = routes.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            // A router is always ready.
            routes.clone().call(request)
        });
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(head);
        let connection = graceful.watch(protocol.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            // How a client ends its connection is its own affair.
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let Ok((stream, peer)) = listener.accept().await else {
        tokio::time::sleep(EXHAUSTED).await;
        return None;
    };
    // An answer is written at once: nothing is gained by waiting for more of it.
    stream.set_nodelay(true).ok()?;
    Some((stream, peer, place))
}
