//! Making an answer with one wrong thing in it.

use std::collections::BTreeMap;

use mapae_crypto::SigningKey;
use mapae_dcql::{ClaimPath, PathSegment};
use mapae_document::{CopyValidity, DocumentType, Facts};
use mapae_issue::Format;
use mapae_jose::{Jwk, base64url};
use mapae_mdoc::SessionTranscript;
use mapae_oid4vp::{HttpRequest, Presentation, Request, TransactionData};
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};

use super::{Break, altered};
use crate::{
    Pocket, SandboxError,
    answer::Answer,
    card::{self, Copy, Terms},
    pocket::Part,
    present::{Session, present},
    status::Fate,
};

/// Everything that goes into a presentation, each to be exchanged.
struct Made<'p> {
    query: String,
    document: &'p DocumentType,
    copy: Copy,
    by: SigningKey,
    paths: Vec<ClaimPath>,
    transactions: Vec<TransactionData>,
}

impl Pocket {
    /// The answer with one wrong thing in it, in that format if it is said. Several requests are to be sent one after the other.
    pub fn answer_broken(
        &self,
        wrong: Break,
        format: Option<Format>,
        request: &Request,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<HttpRequest>, SandboxError> {
        let formats = format.map_or(Format::ALL.to_vec(), |format| vec![format]);
        match wrong {
            Break::Declined => return Ok(vec![self.decline(request, entropy)?]),
            Break::SecondAnswer => {
                let right = self.broken(None, &formats, request, now, entropy)?;
                return Ok(vec![right.clone(), right]);
            }
            _ => {}
        }
        Ok(vec![self.broken(Some(wrong), &formats, request, now, entropy)?])
    }

    fn broken(
        &self,
        wrong: Option<Break>,
        formats: &[Format],
        request: &Request,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, SandboxError> {
        let session = session(wrong, request, now, entropy)?;
        let mut parts =
            self.parts(formats, request)?.iter().map(|part| self.made(part)).collect::<Result<Vec<_>, _>>()?;
        if let Some(wrong) = wrong {
            self.spoil(wrong, &mut parts, now, entropy)?;
        }
        let mut shown: BTreeMap<String, Vec<Presentation>> = BTreeMap::new();
        for (place, part) in parts.iter().enumerate() {
            let transactions: Vec<_> = part.transactions.iter().collect();
            let right = present(&part.copy, &part.by, &part.paths, &session, &transactions)?;
            let wrong = wrong.filter(|_| place == 0);
            shown.entry(part.query.clone()).or_default().push(tampered(wrong, right, part, &session)?);
        }
        let mut answer = Answer::to(request, shown);
        match wrong {
            Some(Break::WrongState) => answer.state = Some(random(entropy)?),
            Some(Break::MixUp) => {
                answer.state = Some(random(entropy)?);
                answer.key = Some(another_key(entropy)?);
            }
            Some(Break::WrongKey) => answer.key = Some(another_key(entropy)?),
            Some(Break::NotEncrypted) => answer.key = None,
            _ => {}
        }
        answer.send(request, entropy)
    }

    fn made(&self, part: &Part<'_>) -> Result<Made<'_>, SandboxError> {
        let holder = SigningKey::from_pkcs8_pem(&part.copy.holder.to_pkcs8_pem())?;
        let by = SigningKey::from_pkcs8_pem(&part.copy.holder.to_pkcs8_pem())?;
        Ok(Made {
            query: part.query.id().to_string(),
            document: self.country().document(&part.card.name)?,
            copy: Copy { format: part.copy.format, bytes: part.copy.bytes.clone(), holder },
            by,
            paths: part.paths.clone(),
            transactions: part.transactions.iter().map(|one| (*one).clone()).collect(),
        })
    }

    /// What is wrong before anything is presented.
    fn spoil(
        &self,
        wrong: Break,
        parts: &mut [Made<'_>],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), SandboxError> {
        let several = parts.len() > 1;
        let Some((first, others)) = parts.split_first_mut() else { return Err(SandboxError::NothingToAlter) };
        match wrong {
            Break::OtherDevice => first.by = SigningKey::generate(entropy)?,
            Break::Expired
            | Break::NotYetValid
            | Break::Revoked
            | Break::Suspended
            | Break::StaleStatus
            | Break::UnknownIssuer
            | Break::DistrustedSigner => self.reissue(wrong, first, now, entropy)?,
            Break::MoreThanAsked => first.paths.push(self.unasked(first)?),
            Break::LessThanAsked => drop(first.paths.pop()),
            Break::OtherDocument => self.exchange(first, now, entropy)?,
            Break::TwoPersons if several => {
                let other = others.first_mut().ok_or(SandboxError::NotApplicable(wrong))?;
                self.give_away(other, now, entropy)?;
            }
            Break::WrongTransaction if !first.transactions.is_empty() => {
                first.transactions = first.transactions.iter().filter_map(another).collect();
            }
            Break::TwoPersons | Break::WrongTransaction => return Err(SandboxError::NotApplicable(wrong)),
            Break::AlteredClaim => altered::copy(&mut first.copy, &first.paths)?,
            _ => {}
        }
        Ok(())
    }

    /// The same document on bad terms.
    fn reissue(
        &self,
        wrong: Break,
        part: &mut Made<'_>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), SandboxError> {
        let country = self.country().at(now);
        let facts = country.facts(self.person(), part.document.name().as_str())?;
        let pki = if wrong == Break::UnknownIssuer { country.stranger() } else { country.pki() };
        let mut terms = Terms::good(&country, pki, &facts)?;
        let today = now.start_of_day();
        let between = |from: i64, to: i64| CopyValidity {
            valid_from: today + Duration::days(from),
            valid_until: today + Duration::days(to),
            ..terms.validity
        };
        match wrong {
            Break::Expired => terms.validity = between(-10, -1),
            Break::NotYetValid => terms.validity = between(2, 30),
            Break::Revoked => terms.fate = Fate::Revoked,
            Break::Suspended => terms.fate = Fate::Suspended,
            Break::StaleStatus => terms.fate = Fate::Stale,
            Break::DistrustedSigner => (terms.mdoc, terms.sd_jwt) = (&pki.lost.0, &pki.lost.1),
            _ => {}
        }
        part.hold(issued(&country, &facts, part.copy.format, &terms, entropy)?)
    }

    /// A claim of the document that nobody asked for.
    fn unasked(&self, part: &Made<'_>) -> Result<ClaimPath, SandboxError> {
        let facts = self.country().facts(self.person(), part.document.name().as_str())?;
        let has = |id: &str| facts.get(id).is_some();
        let attributes = part.document.attributes().iter().filter(|one| has(one.id()) && one.id() != "portrait");
        let mut paths = attributes.filter_map(|one| match part.copy.format {
            Format::Mdoc => Some(ClaimPath::element(one.namespace(), one.element())),
            Format::SdJwt => ClaimPath::new(one.claim_path().iter().cloned().map(PathSegment::Key).collect()).ok(),
        });
        paths.find(|path| !part.paths.contains(path)).ok_or(SandboxError::NothingToAlter)
    }

    /// Another document, of whoever may have it: of which nothing is told.
    fn exchange(&self, part: &mut Made<'_>, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), SandboxError> {
        let country = self.country().at(now).without_faces();
        let other = |document: &&DocumentType| document.doctype() != part.document.doctype();
        let mut all = self.country().catalogue().documents().iter();
        let document = all.find(other).ok_or(SandboxError::NothingToAlter)?.name().to_string();
        let person = country.people(&document).next().ok_or(SandboxError::NothingToAlter)?;
        let facts = country.facts(person, &document)?;
        let terms = Terms::good(&country, country.pki(), &facts)?;
        part.paths.clear();
        part.hold(issued(&country, &facts, part.copy.format, &terms, entropy)?)
    }

    /// The same document, of another person.
    fn give_away(&self, part: &mut Made<'_>, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), SandboxError> {
        let country = self.country().at(now);
        let name = part.document.name().as_str();
        let mut people = country.people(name).filter(|person| *person != self.person());
        let person = people.next().ok_or(SandboxError::NothingToAlter)?;
        let facts = country.facts(person, name)?;
        let terms = Terms::good(&country, country.pki(), &facts)?;
        part.hold(issued(&country, &facts, part.copy.format, &terms, entropy)?)
    }
}

impl Made<'_> {
    fn hold(&mut self, copy: Copy) -> Result<(), SandboxError> {
        self.by = SigningKey::from_pkcs8_pem(&copy.holder.to_pkcs8_pem())?;
        self.copy = copy;
        Ok(())
    }
}

fn issued(
    country: &crate::Country,
    facts: &Facts<'_>,
    format: Format,
    terms: &Terms<'_>,
    entropy: &mut dyn Entropy,
) -> Result<Copy, SandboxError> {
    card::issue(country, facts, (format, 1), terms, entropy)?.pop().ok_or(SandboxError::NothingToAlter)
}

/// To what the answer is bound.
fn session(
    wrong: Option<Break>,
    request: &Request,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Session, SandboxError> {
    let mut session = Session::of(request, now);
    let mut key = request.response_key().map(|key| key.jwk().thumbprint());
    let mut place = request.response_uri().to_owned();
    match wrong {
        Some(Break::WrongNonce) => session.nonce = random(entropy)?,
        Some(Break::WrongAudience) => session.audience = format!("x509_hash:{}", random(entropy)?),
        // Whatever differs from one session of a verifier to the next.
        Some(Break::Replayed | Break::MixUp) => {
            session.nonce = random(entropy)?;
            key = Some(another_key(entropy)?.thumbprint());
            place = format!("{place}-of-another-session");
        }
        _ => {}
    }
    session.transcript = SessionTranscript::openid4vp(&session.audience, &session.nonce, key.as_ref(), &place);
    Ok(session)
}

/// What is wrong with a presentation once it is made.
fn tampered(
    wrong: Option<Break>,
    right: Presentation,
    part: &Made<'_>,
    session: &Session,
) -> Result<Presentation, SandboxError> {
    let transactions: Vec<_> = part.transactions.iter().collect();
    match wrong {
        Some(Break::AlteredClaim) => altered::claim(right, &part.by, session, &transactions),
        Some(Break::NoKeyBinding) => altered::unbound(right),
        Some(Break::AlgorithmNone) => altered::algorithm_none(right, session, &transactions),
        Some(Break::Malformed) => Ok(match part.copy.format {
            // A map of CBOR that ends too early.
            Format::Mdoc => Presentation::DeviceResponse(b"\xa3no presentation".to_vec()),
            Format::SdJwt => Presentation::SdJwt("no presentation".to_owned()),
        }),
        _ => Ok(right),
    }
}

/// The same transaction with a member that it does not have.
fn another(transaction: &TransactionData) -> Option<TransactionData> {
    let mut details = transaction.details().clone();
    details.insert("sandbox".to_owned(), "another transaction".into());
    TransactionData::new(transaction.kind(), transaction.credentials().to_vec(), details)
}

fn another_key(entropy: &mut dyn Entropy) -> Result<Jwk, EntropyError> {
    Ok(Jwk::from(SigningKey::generate(entropy)?.public().clone()))
}

fn random(entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes)?;
    Ok(base64url::encode(bytes))
}
