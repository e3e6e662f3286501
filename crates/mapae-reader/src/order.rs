//! A continuity order as a reader uses it (design D14).

use mapae_trust::{ContinuityOrder, Order, TrustStore};
use mapae_types::{AgencyId, Duration, Timestamp, UseClass};
use serde_json::{Value, json};

use crate::OrderRefused;

/// The order of a file, signed by enough of those whom the bundle names. It does not take the place of one that was
/// decided later, which may know more signers as compromised.
pub fn verified(file: &[u8], store: &TrustStore) -> Result<ContinuityOrder, OrderRefused> {
    let order = store.verify_order(&Order::parse(file)?)?;
    match store.order() {
        Some(newer) if newer.terms().issued_at > order.terms().issued_at => {
            Err(OrderRefused::Older { in_use: newer.id().clone() })
        }
        _ => Ok(order),
    }
}

/// What it says, and what that means at `now`: `state` is `in_force`, `not_yet` or `ended`.
pub fn summary(order: &ContinuityOrder, now: Timestamp) -> Value {
    let terms = order.terms();
    json!({
        "id": order.id().as_str(),
        "reason": { "ko": terms.reason.ko(), "en": terms.reason.en() },
        "issued_at": terms.issued_at.to_string(),
        "from": terms.from.to_string(),
        "until": terms.until.to_string(),
        "state": state(terms.from, terms.until, now),
        "classes": terms.classes.iter().map(class).collect::<Vec<_>>(),
        "signed_by": order.signed_by().iter().map(AgencyId::as_str).collect::<Vec<_>>(),
        "compromised": order.compromised().len(),
    })
}

fn state(from: Timestamp, until: Timestamp, now: Timestamp) -> &'static str {
    if now < from {
        "not_yet"
    } else if now <= until {
        "in_force"
    } else {
        "ended"
    }
}

fn class((name, usable_for): &(UseClass, Duration)) -> Value {
    json!({ "name": name.as_str(), "usable_for_seconds": usable_for.as_seconds() })
}
