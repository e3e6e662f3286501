//! What PostgreSQL says beside its answers.
//!
//! A backend that is told to stop waiting for its standbys answers COMMIT with success and a WARNING: the transaction
//! stands on this machine only. `sqlx` hands such notices to nobody but the log, so they are picked up there, on the
//! thread that reads the connection, while the COMMIT is polled.

use core::cell::RefCell;
use core::fmt::Debug;
use core::future::{Future, poll_fn};
use core::pin::pin;
use std::sync::LazyLock;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber, dispatcher};

const TARGET: &str = "sqlx::postgres::notice";

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

static LISTENER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Listener));

/// Runs a future, and collects the notices that came with it. They reach no log.
pub(crate) async fn listening<T>(future: impl Future<Output = T>) -> (T, Vec<String>) {
    let mut future = pin!(future);
    let mut notices = Vec::new();
    let output = poll_fn(|context| {
        HEARD.take();
        let polled = dispatcher::with_default(&LISTENER, || future.as_mut().poll(context));
        notices.append(&mut HEARD.take());
        polled
    });
    let output = output.await;
    (output, notices)
}

/// A subscriber that hears notices and nothing else.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Message(String::new());
        event.record(&mut text);
        HEARD.with_borrow_mut(|heard| heard.push(text.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
