//! Stopping in order: one switch, and everybody who listens for it.

use std::{future::Future, io};

use tokio::sync::watch;

/// Says that it is time to stop. Dropping it says so, too.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Hears that it is time to stop.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// A switch and its listener.
pub fn stopping() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Says it.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// One more listener.
    pub fn listener(&self) -> Stop {
        Stop(self.0.subscribe())
    }
}

impl Stop {
    /// Waits until it is said.
    pub async fn requested(&mut self) {
        // An error is the switch's end, which says the same.
        drop(self.0.wait_for(|stop| *stop).await);
    }

    /// Whether it has been said.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for `time`, or until it is said; then true.
    pub async fn within(&mut self, time: std::time::Duration) -> bool {
        tokio::time::timeout(time, self.requested()).await.is_ok()
    }
}

/// Ctrl-C, or the word of a service manager. The handlers stand when this returns, so it is called before an address is
/// told to anybody.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
