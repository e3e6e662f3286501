//! What goes on beside requests: answers whose replica died are judged, and what is over is done away with.

use std::{sync::Arc, time::Duration};

use mapae_http::Stop;

use crate::{fault::Refusal, service::Service, store::SessionStore};

/// How often either is done.
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
    for session in service.store.unjudged(now, Service::<S>::lease(now)).await? {
        // One that cannot be judged does not keep the others waiting.
        if let Err(failure) = service.take_over(session).await {
            service.notices.say(format_args!("an answer that was left: {failure}"));
        }
    }
    while service.store.sweep(now).await?.deleted >= crate::store::SWEPT_AT_ONCE {}
    Ok(())
}
