//! A document's life: every event in every state.

use mapae_document::{LifeEvent, LifeSlot, LifeState};

const EVENTS: [LifeEvent; 8] = [
    LifeEvent::Identify,
    LifeEvent::Offer,
    LifeEvent::Activate,
    LifeEvent::Suspend,
    LifeEvent::Resume,
    LifeEvent::Revoke,
    LifeEvent::Replace,
    LifeEvent::Expire,
];

/// What follows, in the order of [`EVENTS`]; a dash where the event cannot happen.
const AFTER: [(&str, [&str; 8]); 8] = [
    ("applied", ["identified", "-", "-", "-", "-", "revoked", "-", "-"]),
    ("identified", ["-", "offered", "-", "-", "-", "revoked", "-", "-"]),
    ("offered", ["-", "offered", "active", "-", "-", "revoked", "-", "-"]),
    ("active", ["-", "-", "-", "suspended", "-", "revoked", "replaced", "expired"]),
    ("suspended", ["-", "-", "-", "-", "active", "revoked", "replaced", "expired"]),
    ("revoked", ["-"; 8]),
    ("replaced", ["-"; 8]),
    ("expired", ["-"; 8]),
];

#[test]
fn every_event_leads_where_the_table_says() {
    for (state, (name, after)) in LifeState::ALL.into_iter().zip(AFTER) {
        assert_eq!(state.name(), name);
        for (event, expected) in EVENTS.into_iter().zip(after) {
            assert_eq!(state.after(event).map_or("-", LifeState::name), expected, "{name}, {event:?}");
        }
    }
}

#[test]
fn a_person_has_one_that_is_pending_and_one_that_is_live() {
    let slots = LifeState::ALL.map(LifeState::slot);
    let (pending, live) = (Some(LifeSlot::Pending), Some(LifeSlot::Live));
    assert_eq!(slots, [pending, pending, pending, live, live, None, None, None]);
}

#[test]
fn copies_are_revoked_with_whatever_ends_or_suspends() {
    let revoke = EVENTS.map(LifeEvent::revokes_copies);
    assert_eq!(revoke, [false, false, false, true, false, true, true, true]);
}
