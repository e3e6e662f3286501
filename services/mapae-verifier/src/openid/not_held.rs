//! Why a document did not sign its person in, as that person is told it.
//!
//! Whoever runs the application learns that nobody signed in, and not this. It is told to a browser that the answer belongs to:
//! on the same device that is the one which the wallet sent, by its response code (OpenID4VP 1.0 §14.2); any other learns no
//! more than that it was not accepted.

use mapae_oidc::LoginRefusal;

/// Sign-ins that come of one request, the first counted: enough to take another document, too few to try them all.
pub(super) const SIGN_INS: u8 = 3;

/// What the person may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The wallet showed nothing.
    Declined,
    /// Outside the document's own dates.
    Period,
    /// The document was withdrawn.
    Revoked,
    /// It is withdrawn for a while.
    Suspended,
    /// What this provider knows of documents is too old to tell, or not there.
    Unconfirmed,
    /// It is another document, or more or less of it, than was asked for.
    NotAsked,
    /// The application asks for somebody else.
    AnotherPerson,
    /// What only whoever made or altered the document, or the wallet, can be at fault for.
    Other,
    /// It is not for this browser to know.
    Untold,
}

/// Why a sign-in has no code, to its client and to its person.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoLogin {
    pub(super) why: LoginRefusal,
    pub(super) reason: Reason,
}

impl NoLogin {
    /// Of the code of a rule, where one was broken.
    pub(super) fn of(why: LoginRefusal, code: Option<&str>) -> Self {
        Self { why, reason: Reason::of(why, code.unwrap_or_default()) }
    }

    /// For a browser that has not shown that the answer is its own.
    pub(super) const fn untold(self) -> Self {
        Self { why: self.why, reason: Reason::Untold }
    }

    /// Whether the person can do something about it, and is shown what; else the application is told at once.
    pub(super) const fn is_shown(self) -> bool {
        use LoginRefusal::{AnotherPerson, Declined, NotVerified, Unavailable};
        matches!(self.why, Declined | NotVerified | AnotherPerson | Unavailable)
    }
}

impl Reason {
    fn of(why: LoginRefusal, code: &str) -> Self {
        match (why, code) {
            (LoginRefusal::Declined, _) => Self::Declined,
            (LoginRefusal::AnotherPerson, _) => Self::AnotherPerson,
            (LoginRefusal::Unavailable, _) | (_, "bundle_too_old" | "status_too_old") => Self::Unconfirmed,
            (_, "expired" | "not_yet_valid") => Self::Period,
            (_, "revoked") => Self::Revoked,
            (_, "suspended") => Self::Suspended,
            (_, "not_what_was_asked" | "more_than_asked") => Self::NotAsked,
            _ => Self::Other,
        }
    }
}
