//! The steps by which an answer is judged, in the order in which `mapae-oid4vp` and `mapae-verify` take them.

use mapae_oid4vp::verifier::ResponseFault;
use mapae_verify::Format;

/// A step: its name, what it is in Korean and in English, and the clause that asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) says: (&'static str, &'static str),
    pub(super) clause: &'static str,
}

const fn kind(name: &'static str, says: (&'static str, &'static str), clause: &'static str) -> Kind {
    Kind { name, says, clause }
}

pub(super) const REQUEST: Kind =
    kind("request", ("요청을 만들었습니다", "The request was made"), "OpenID4VP 1.0 §5, HAIP 1.0 §5.1");
pub(super) const FETCHED: Kind =
    kind("fetched", ("지갑이 요청을 가져갔습니다", "A wallet fetched the request"), "OpenID4VP 1.0 §5.10");
pub(super) const ONCE: Kind = kind("once", ("응답은 하나만 받습니다", "One answer is taken"), "OpenID4VP 1.0 §14.3.2");
pub(super) const ENCRYPTION: Kind =
    kind("encryption", ("응답을 풀었습니다", "The answer was opened"), "OpenID4VP 1.0 §8.3, §8.3.1");
pub(super) const STATE: Kind =
    kind("state", ("이 요청에 대한 응답입니다", "It answers this request"), "OpenID4VP 1.0 §14.3.2");
pub(super) const CONSENT: Kind =
    kind("consent", ("보여 주기로 했습니다", "The person consented"), "OpenID4VP 1.0 §8.5");
pub(super) const COMPLETE: Kind = kind(
    "complete",
    ("요청한 신분증이 모두 있습니다", "Every document asked for is there"),
    "OpenID4VP 1.0 §8.1, §6.4.2",
);
pub(super) const TRANSACTIONS: Kind =
    kind("transactions", ("거래에 서명했습니다", "The transactions are authorised"), "OpenID4VP 1.0 §8.4, §B.3.3.1");
pub(super) const NOTHING_ELSE: Kind =
    kind("nothing_else", ("요청한 것만 있습니다", "Nothing else is told"), "OpenID4VP 1.0 §6.4.1");
pub(super) const ONE_PERSON: Kind = kind(
    "one_person",
    ("한 사람의 신분증입니다", "The documents are one person's"),
    "Mapae rule: one answer, one person (hole 18 of the peers)",
);
pub(super) const RESULT: Kind = kind("result", ("결과", "The result"), "OpenID4VP 1.0 §8.6");
pub(super) const TOLD: Kind = kind("told", ("지갑에 답했습니다", "What the wallet is told"), "OpenID4VP 1.0 §8.2");

const BUNDLE: Kind = kind(
    "bundle",
    ("신뢰 꾸러미가 충분히 새것입니다", "The trust bundle is recent enough"),
    "Mapae rule: ages of evidence (D14)",
);
const FORM: Kind = kind("form", ("읽을 수 있습니다", "It can be read"), "ISO/IEC 18013-5 §8.3.2.1.2.2; RFC 9901 §7.1");
const SIGNER: Kind = kind(
    "signer",
    ("신뢰하는 발급자입니다", "Its issuer is trusted"),
    "ISO/IEC 18013-5 §9.3.3, RFC 5280 §6.1; HAIP 1.0 §6.1.1",
);
const ISSUER: Kind = kind(
    "issuer",
    ("발급자가 서명한 그대로입니다", "It is what the issuer signed"),
    "ISO/IEC 18013-5 §9.3.1; RFC 9901 §7.1",
);
const SIGNED: Kind =
    kind("signed", ("서명한 때가 맞습니다", "It was signed while the signer could"), "ISO/IEC 18013-5 §9.3.1 step 5");
const DATES: Kind =
    kind("dates", ("유효기간 안입니다", "It holds today"), "ISO/IEC 18013-5 §9.3.1 step 5; RFC 7519 §4.1");
const HOLDER: Kind = kind(
    "holder",
    ("소지자가 이 요청에 서명했습니다", "Its holder signed for this request"),
    "ISO/IEC 18013-5 §9.3.2; RFC 9901 §7.3",
);
const STATUS: Kind =
    kind("status", ("폐기되거나 정지되지 않았습니다", "It is neither revoked nor suspended"), "Token Status List §8.3");
const ASKED: Kind = kind("asked", ("요청한 것입니다", "It is what was asked for"), "OpenID4VP 1.0 §6, §8.6");

const MDOC: [Kind; 9] = [BUNDLE, FORM, SIGNER, ISSUER, SIGNED, DATES, HOLDER, STATUS, ASKED];
/// RFC 9901 §7.1 and §7.3 come before what we ask of the signer's dates.
const SD_JWT: [Kind; 9] = [BUNDLE, FORM, SIGNER, ISSUER, DATES, HOLDER, SIGNED, STATUS, ASKED];

/// The steps that one presentation takes.
pub(super) const fn of_presentation(format: Format) -> &'static [Kind; 9] {
    match format {
        Format::Mdoc => &MDOC,
        Format::SdJwt => &SD_JWT,
    }
}

/// The step at which a rule of `mapae-verify` stops a presentation. `form`, whose rules are met wherever something is read,
/// stands for what is not listed.
pub(super) fn of_rule(code: &str) -> &'static str {
    match code {
        "clock_behind" | "use_class_unknown" => BUNDLE.name,
        _ if code.starts_with("bundle_") || code.starts_with("order_") => BUNDLE.name,
        "signed_outside_signer" | "outlives_signer" | "issuing_country_mismatch" => SIGNED.name,
        "issuer_unknown" | "issuer_certificate_missing" => SIGNER.name,
        _ if code.starts_with("signer_") => SIGNER.name,
        "issuer_signature_invalid" | "document_type_mismatch" | "element_twice" => ISSUER.name,
        _ if code.starts_with("digest_") || code.starts_with("disclosure_") => ISSUER.name,
        "expired" | "not_yet_valid" | "audience_excluded" => DATES.name,
        "wrong_audience" | "wrong_nonce" | "presentation_time" => HOLDER.name,
        _ if code.starts_with("holder_") || code.starts_with("device_") => HOLDER.name,
        "revoked" | "suspended" => STATUS.name,
        _ if code.starts_with("status_") => STATUS.name,
        "not_what_was_asked" => ASKED.name,
        _ => FORM.name,
    }
}

/// The steps that the message itself takes.
pub(super) const OF_MESSAGE: [Kind; 5] = [ENCRYPTION, STATE, CONSENT, COMPLETE, TRANSACTIONS];

/// The step at which a message is no answer.
pub(super) const fn of_fault(fault: &ResponseFault) -> Kind {
    match fault {
        ResponseFault::StateDiffers => STATE,
        ResponseFault::Refused(_) | ResponseFault::RefusedUnknown => CONSENT,
        ResponseFault::Token | ResponseFault::Unsatisfied(_) => COMPLETE,
        ResponseFault::TransactionMissing { .. } | ResponseFault::TransactionForeign => TRANSACTIONS,
        _ => ENCRYPTION,
    }
}
