//! What becomes of a sign-in when its answer is judged: a login that waits for its browser, or why there is none.
//!
//! It is the session's result, so it is made once: by the replica whose compare-and-swap finishes the session.

use mapae_document::Catalogue;
use mapae_http::Dice;
use mapae_jose::{Object, base64url};
use mapae_oid4vp::verifier::ResponseFault;
use mapae_oidc::{Login, LoginFault, LoginRefusal, PendingLogin, Presented};
use mapae_types::{Timestamp, UseClass};
use mapae_verify::{NotVerified, VerifiedCredential};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{claims::shape, not_held::NoLogin};
use crate::judging::{Held, Holder, NotHeld, PERSON_ID, claims_by_attribute};

/// A sign-in whose answer is being judged.
pub(crate) struct SignIn(pub(super) PendingLogin);

/// A result of a session, as a sign-in reads it.
pub(super) enum Concluded {
    /// The browser that began may have its code.
    Login(Box<Login>),
    /// It is told that there is none.
    Refused(NoLogin),
}

/// The members of a result that are a sign-in's.
#[derive(Deserialize)]
struct Members {
    login: Option<String>,
    refusal: Option<Word>,
    /// Of the rule that was broken.
    code: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Declined,
    TimedOut,
    NotVerified,
    AnotherPerson,
    Unavailable,
    Internal,
}

impl SignIn {
    /// Under which the answer is judged.
    pub(crate) fn class(&self) -> &UseClass {
        &self.0.acr().use_class
    }

    /// What is presented holds.
    pub(crate) fn held(self, held: &Held, catalogue: &Catalogue, dice: &Dice, at: Timestamp) -> Value {
        // Several presentations might be several persons' (peers' hole 18).
        let [verified] = held.verified() else { return refused("refused", LoginRefusal::NotVerified) };
        let shape = |credential: &VerifiedCredential| -> Object { shape(credential, catalogue) };
        let holder = verified.credentials().first().and_then(|one| holder(one, catalogue));
        let person = holder.as_ref().map(Holder::as_person);
        match self.0.complete(&Presented { verified, shape: &shape, person }, &mut &*dice, at) {
            Ok(login) => json!({ "verdict": "held", "login": base64url::encode(login.to_record()) }),
            Err(failed) => refused("refused", why(&failed.fault)),
        }
    }

    /// It does not, or cannot be judged.
    pub(crate) fn not_held(reason: &NotHeld) -> Value {
        let undecided = matches!(reason, NotHeld::BundleMissing)
            || matches!(reason, NotHeld::NotVerified { reason: NotVerified::Undecided(_), .. });
        let refusal = if undecided { LoginRefusal::Unavailable } else { LoginRefusal::NotVerified };
        let mut told = refused(reason.verdict(), refusal);
        told["code"] = reason.code().into();
        told
    }

    /// The wallet shows nothing, or its answer is none.
    pub(crate) fn unanswered(fault: &ResponseFault) -> Value {
        if fault.is_refusal() {
            refused("declined", LoginRefusal::Declined)
        } else {
            refused("refused", LoginRefusal::NotVerified)
        }
    }

    /// The client was taken away while the person was at the wallet.
    pub(crate) fn gone() -> Value {
        refused("undecided", LoginRefusal::Internal)
    }
}

fn holder(credential: &VerifiedCredential, catalogue: &Catalogue) -> Option<Holder> {
    let told = claims_by_attribute(credential, catalogue).remove(PERSON_ID)?;
    Holder::of(&told, credential.issuer(), credential.document_type(), catalogue)
}

fn why(fault: &LoginFault) -> LoginRefusal {
    fault.into()
}

fn refused(verdict: &str, refusal: LoginRefusal) -> Value {
    json!({ "verdict": verdict, "refusal": Word::from(refusal) })
}

impl Concluded {
    /// Reads what is above; nothing where it cannot be read.
    pub(super) fn read(result: &Value) -> Option<Self> {
        let Members { login, refusal, code } = Members::deserialize(result).ok()?;
        let login = login.map(|login| base64url::decode(&login).ok().map(Zeroizing::new));
        match login {
            Some(record) => Login::from_record(&record?).ok().map(|login| Self::Login(Box::new(login))),
            None => refusal.map(|word| Self::Refused(NoLogin::of(word.into(), code.as_deref()))),
        }
    }
}

impl From<LoginRefusal> for Word {
    fn from(refusal: LoginRefusal) -> Self {
        match refusal {
            LoginRefusal::Declined => Self::Declined,
            LoginRefusal::TimedOut => Self::TimedOut,
            LoginRefusal::NotVerified => Self::NotVerified,
            LoginRefusal::AnotherPerson => Self::AnotherPerson,
            LoginRefusal::Unavailable => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

impl From<Word> for LoginRefusal {
    fn from(word: Word) -> Self {
        match word {
            Word::Declined => Self::Declined,
            Word::TimedOut => Self::TimedOut,
            Word::NotVerified => Self::NotVerified,
            Word::AnotherPerson => Self::AnotherPerson,
            Word::Unavailable => Self::Unavailable,
            Word::Internal => Self::Internal,
        }
    }
}
