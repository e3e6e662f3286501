//! A document's life: which states there are, what may happen in each, and what that does to its copies (design D6, D9).
//!
//! ```text
//! applied → identified → offered → active ⇄ suspended
//!                           ↺         ↓         ↓
//!              (from any of these) revoked, replaced, expired
//! ```
//!
//! Left out: who may cause an event, and the register, which is asked before a copy is made.

/// Where a document is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LifeState {
    /// Somebody asked for it.
    Applied,
    /// It is known who the person is.
    Identified,
    /// An offer is on its way to a phone.
    Offered,
    /// A phone has copies.
    Active,
    /// Its copies are revoked, and no refill is made until it is resumed (design D6).
    Suspended,
    /// Over, for a reason that somebody gave.
    Revoked,
    /// Over, because another device has the document now (design D9).
    Replaced,
    /// Over, by its own date.
    Expired,
}

/// What may happen to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LifeEvent {
    /// A clerk, or a provider of identities, says who the person is.
    Identify,
    /// An offer is made, or another one in the place of one that came to nothing.
    Offer,
    /// The first copies are committed.
    Activate,
    /// Its use is to pause.
    Suspend,
    /// Its use may go on.
    Resume,
    /// It is withdrawn, or an application is.
    Revoke,
    /// The same document became active on another device.
    Replace,
    /// Its last day is over.
    Expire,
}

/// Of which a person has one at most of each document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LifeSlot {
    /// One that is on its way: applied, identified or offered.
    Pending,
    /// One that a device has: active or suspended.
    Live,
}

impl LifeState {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Applied,
        Self::Identified,
        Self::Offered,
        Self::Active,
        Self::Suspended,
        Self::Revoked,
        Self::Replaced,
        Self::Expired,
    ];

    /// The state after `event`; nothing if that cannot happen here.
    pub const fn after(self, event: LifeEvent) -> Option<Self> {
        match (self, event) {
            (Self::Applied, LifeEvent::Identify) => Some(Self::Identified),
            (Self::Identified | Self::Offered, LifeEvent::Offer) => Some(Self::Offered),
            (Self::Offered, LifeEvent::Activate) | (Self::Suspended, LifeEvent::Resume) => Some(Self::Active),
            (Self::Active, LifeEvent::Suspend) => Some(Self::Suspended),
            (Self::Active | Self::Suspended, LifeEvent::Replace) => Some(Self::Replaced),
            (Self::Active | Self::Suspended, LifeEvent::Expire) => Some(Self::Expired),
            (state, LifeEvent::Revoke) if state.slot().is_some() => Some(Self::Revoked),
            _ => None,
        }
    }

    /// The place that it takes; none once it is over.
    pub const fn slot(self) -> Option<LifeSlot> {
        match self {
            Self::Applied | Self::Identified | Self::Offered => Some(LifeSlot::Pending),
            Self::Active | Self::Suspended => Some(LifeSlot::Live),
            Self::Revoked | Self::Replaced | Self::Expired => None,
        }
    }

    /// The name in messages, such as `active`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Identified => "identified",
            Self::Offered => "offered",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
        }
    }
}

impl LifeEvent {
    /// Whether the copies made so far are revoked with it (design D6: revoked stays revoked, and a document that is
    /// resumed gets new ones).
    pub const fn revokes_copies(self) -> bool {
        matches!(self, Self::Suspend | Self::Revoke | Self::Replace | Self::Expire)
    }
}
