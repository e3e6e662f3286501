//! What goes on beside requests: what is over is done away with.

use std::{sync::Arc, time::Duration};

use mapae_http::Stop;

use crate::{fault::Refusal, service::Service, store::SessionStore};

/// How often that is done.
const EVERY: Duration = Duration::from_secs(5);

/// Until the stop.
pub(crate) async fn tend<S: SessionStore>(service: Arc<Service<S>>, mut stop: Stop) {
    while !stop.within(EVERY).await {
        if let Err(failure) = tend_once(&service).await {
            service.notices.say(format_args!("tending sessions: {failure}"));
        }
    }
}

async fn tend_once<S: SessionStore>(service: &Arc<Service<S>>) -> Result<(), Refusal> {
    let now = service.now()?;
    service.waiting.forget(now);
    while service.store.sweep(now).await?.deleted >= crate::store::SWEPT_AT_ONCE {}
    Ok(())
}
