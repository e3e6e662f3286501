//! Everything that a process tells its log, at the finest level and without the last net, for a test to search.
//!
//! The subscriber is the whole process's, since work on other threads counts as well: a binary's tests share it.

use std::{
    io,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing_subscriber::{
    Layer as _,
    filter::dynamic_filter_fn,
    fmt::{MakeWriter, format::FmtSpan},
    layer::SubscriberExt as _,
};

static LISTENING: AtomicBool = AtomicBool::new(false);
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Begins to listen, or goes on.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines =
            tracing_subscriber::fmt::layer().with_ansi(false).with_span_events(FmtSpan::FULL).with_writer(Paper);
        let lines = lines.with_filter(dynamic_filter_fn(|_, _| LISTENING.load(Ordering::Relaxed)));
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines)).unwrap();
    });
    LISTENING.store(true, Ordering::Relaxed);
}

/// Spares the other tests the cost.
pub fn stop() {
    LISTENING.store(false, Ordering::Relaxed);
}

/// What was said so far.
pub fn heard() -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

struct Paper;

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
