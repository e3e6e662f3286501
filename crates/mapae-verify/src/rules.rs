//! What each reason code means: the clause that it enforces, the place in our code that does, and a sentence for people
//! in Korean and English.
//!
//! Left out: the data of a particular refusal (dates, element names), which its error holds.

use crate::{Format, NotVerified};

/// A rule that a presentation, or what it is judged by, has broken or leaves undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The stable code of [`NotVerified::code`].
    pub code: &'static str,
    /// The clause that it enforces; for an mdoc where the formats differ.
    pub clause: &'static str,
    /// Where our code does; for an mdoc where the formats differ.
    pub source: Source,
    /// The same for an SD-JWT where that differs.
    pub sd_jwt: Option<(&'static str, Source)>,
    /// A sentence in English.
    pub english: &'static str,
    /// The same in Korean.
    pub korean: &'static str,
}

/// A place in our code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// From the root of the repository.
    pub file: &'static str,
    /// The function, with its type where it has one that tells it apart.
    pub function: &'static str,
}

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// All rules, in the order in which a reader might meet them: form, signer, signature, dates, holder, status, bundle.
pub const fn rules() -> &'static [Rule] {
    &RULES
}

impl NotVerified {
    /// The rule that stopped it.
    pub fn rule(&self) -> &'static Rule {
        // A test holds every code to having a rule; the first is the most general.
        rule(self.code()).unwrap_or(&RULES[0])
    }
}

impl Rule {
    /// The clause, and where our code enforces it, for presentations of a format.
    pub const fn enforced_in(&self, format: Format) -> (&'static str, Source) {
        match (format, self.sd_jwt) {
            (Format::SdJwt, Some(other)) => other,
            _ => (self.clause, self.source),
        }
    }

    const fn new(code: &'static str, clause: &'static str, source: Source) -> Self {
        Self { code, clause, source, sd_jwt: None, english: "", korean: "" }
    }

    const fn in_sd_jwt(self, clause: &'static str, source: Source) -> Self {
        Self { sd_jwt: Some((clause, source)), ..self }
    }

    const fn says(self, english: &'static str, korean: &'static str) -> Self {
        Self { english, korean, ..self }
    }
}

const fn at(file: &'static str, function: &'static str) -> Source {
    Source { file, function }
}

const MDOC: &str = "crates/mapae-mdoc/src/verify.rs";
const MDOC_RESPONSE: &str = "crates/mapae-mdoc/src/response.rs";
const MDOC_MSO: &str = "crates/mapae-mdoc/src/mso.rs";
const MDOC_ISSUER: &str = "crates/mapae-mdoc/src/issuer_signed.rs";
const SD_JWT: &str = "crates/mapae-sd-jwt/src/verify.rs";
const SD_PROCESS: &str = "crates/mapae-sd-jwt/src/process.rs";
const SD_DISCLOSURE: &str = "crates/mapae-sd-jwt/src/disclosure.rs";
const SD_BINDING: &str = "crates/mapae-sd-jwt/src/key_binding.rs";
const SD_REGISTERED: &str = "crates/mapae-sd-jwt/src/registered.rs";
const JWS: &str = "crates/mapae-jose/src/header.rs";
const CHAIN: &str = "crates/mapae-x509/src/chain.rs";
const STORE: &str = "crates/mapae-trust/src/store.rs";
const BUNDLE: &str = "crates/mapae-trust/src/bundle.rs";
const SEAL: &str = "crates/mapae-trust/src/seal.rs";
const ORDER: &str = "crates/mapae-trust/src/order/mod.rs";
const MEMORY: &str = "crates/mapae-trust/src/memory.rs";
const VERIFY: &str = "crates/mapae-verify/src/lib.rs";
const VERIFY_MDOC: &str = "crates/mapae-verify/src/mdoc.rs";
const EVIDENCE: &str = "crates/mapae-verify/src/evidence.rs";
const ASKED: &str = "crates/mapae-verify/src/asked.rs";
const COMMAND: &str = "apps/mapae/src/commands/verify.rs";

const RULES: [Rule; 50] = [
    Rule::new("malformed", "ISO/IEC 18013-5 §8.3.2.1.2.2, RFC 8949 §5", at(MDOC_RESPONSE, "DeviceResponse::parse"))
        .in_sd_jwt("RFC 9901 §7.1 step 1, RFC 7515 §7.1", at(SD_JWT, "SdJwtPresentation::parse"))
        .says(
            "The presentation cannot be read in the one way that its standard allows.",
            "제시한 자료를 표준이 정한 한 가지 방식으로 읽을 수 없습니다.",
        ),
    Rule::new("unsupported", "ISO/IEC 18013-5 §9.1.2.5, RFC 9053 §2.1", at(MDOC_MSO, "digest_algorithm"))
        .in_sd_jwt("RFC 9901 §4.1.1, RFC 7515 §4.1.1", at(JWS, "algorithm"))
        .says(
            "It uses an algorithm or a version that is not accepted here.",
            "여기에서 받아들이지 않는 알고리즘이나 버전을 사용했습니다.",
        ),
    Rule::new("no_document", "ISO/IEC 18013-5 §8.3.2.1.2.3", at(MDOC_RESPONSE, "DeviceResponse::read"))
        .says("The answer holds no document.", "제시한 자료에 신분증이 들어 있지 않습니다."),
    Rule::new("credential_type_unsupported", "SD-JWT VC §3.2.1", at(SD_JWT, "parse_issuer"))
        .says("It does not say that it is an SD-JWT credential.", "SD-JWT 신분증이라는 표시가 없습니다."),
    Rule::new("issuer_certificate_missing", "ISO/IEC 18013-5 §9.1.2.4", at(MDOC_ISSUER, "IssuerSigned::x5chain"))
        .in_sd_jwt("HAIP 1.0 §6.1.1", at(STORE, "TrustStore::signer"))
        .says("The certificate of whoever signed it is missing.", "서명한 기관의 인증서가 없습니다."),
    Rule::new("issuer_unknown", "ISO/IEC 18013-5 §9.3.3, RFC 5280 §6.1", at(CHAIN, "find_anchor")).says(
        "No authority in the trust bundle vouches for whoever signed it.",
        "신뢰 꾸러미에 있는 어떤 기관도 서명자를 보증하지 않습니다.",
    ),
    Rule::new("signer_expired", "ISO/IEC 18013-5 §9.3.3, RFC 5280 §4.1.2.5", at(CHAIN, "check_validity"))
        .says("The signer's certificate has expired.", "서명자의 인증서 유효기간이 지났습니다."),
    Rule::new("signer_not_yet_valid", "ISO/IEC 18013-5 §9.3.3, RFC 5280 §4.1.2.5", at(CHAIN, "check_validity"))
        .says("The signer's certificate is not valid yet.", "서명자의 인증서가 아직 유효하지 않습니다."),
    Rule::new("signer_certificate_invalid", "ISO/IEC 18013-5 Annex B, RFC 5280 §6.1", at(CHAIN, "verify_chain")).says(
        "The signer's certificate does not fit: its signature, its form or its purpose.",
        "서명자의 인증서가 맞지 않습니다. 서명이나 형식, 용도가 다릅니다.",
    ),
    Rule::new(
        "signer_not_listed",
        "Mapae rule: signers stand on the ledger (D13)",
        at(STORE, "TrustStore::check_listed"),
    )
    .says(
        "Its signer is not on the ledger of those who may issue.",
        "발급 자격이 있는 기관의 명부에 없는 서명자입니다.",
    ),
    Rule::new("signer_compromised", "Mapae rule: signers no longer trusted (D11)", at(STORE, "TrustStore::distrust"))
        .says(
            "The signer's key is known to be in other hands, so nothing that it signed holds.",
            "서명자의 키가 유출된 것으로 알려져 그 키로 서명한 것은 모두 효력이 없습니다.",
        ),
    Rule::new(
        "signer_ceased",
        "Mapae rule: signers no longer trusted (D11)",
        at(STORE, "TrustedSigner::check_signed_at"),
    )
    .says("It is dated after its signer stopped signing.", "서명자가 서명을 그만둔 뒤의 날짜로 서명되어 있습니다."),
    Rule::new(
        "issuer_signature_invalid",
        "ISO/IEC 18013-5 §9.3.1 step 2, RFC 9052 §4.4",
        at(MDOC, "Document::verify_issuer"),
    )
    .in_sd_jwt("RFC 9901 §7.1 step 2", at(SD_JWT, "verify_issuer"))
    .says(
        "The issuer's signature is wrong: what it signed was changed, or somebody else signed.",
        "발급기관의 서명이 맞지 않습니다. 내용이 바뀌었거나 다른 사람이 서명했습니다.",
    ),
    Rule::new("document_type_mismatch", "ISO/IEC 18013-5 §9.3.1 step 4", at(MDOC, "Document::verify_issuer")).says(
        "It claims to be another kind of document than the issuer signed.",
        "발급기관이 서명한 것과 다른 종류의 신분증이라고 되어 있습니다.",
    ),
    Rule::new("digest_missing", "ISO/IEC 18013-5 §9.3.1 step 3", at(MDOC, "check_digests"))
        .in_sd_jwt("RFC 9901 §7.1 step 5", at(SD_PROCESS, "process"))
        .says("It shows a claim that the issuer did not sign.", "발급기관이 서명하지 않은 항목을 보여 주고 있습니다."),
    Rule::new("digest_mismatch", "ISO/IEC 18013-5 §9.3.1 step 3", at(MDOC, "check_digests")).says(
        "A claim is not what the issuer signed: its digest differs.",
        "항목의 내용이 발급기관이 서명한 것과 다릅니다. 해시값이 맞지 않습니다.",
    ),
    Rule::new("digest_repeated", "RFC 9901 §7.1 step 4", at(SD_PROCESS, "refuse_repeated_digests"))
        .says("A digest occurs twice in what the issuer signed.", "서명된 내용에 같은 해시값이 두 번 나옵니다."),
    Rule::new("disclosure_repeated", "RFC 9901 §4", at(SD_DISCLOSURE, "Disclosures::new"))
        .says("The same claim is shown twice.", "같은 항목을 두 번 보여 주고 있습니다."),
    Rule::new("element_twice", "Mapae rule beside ISO/IEC 18013-5 §9.1.2.5", at(MDOC, "refuse_twice"))
        .in_sd_jwt("RFC 9901 §7.1 step 3.c.ii", at(SD_PROCESS, "member"))
        .says(
            "One claim has two values, and two readers might see different ones.",
            "한 항목에 값이 두 개여서 읽는 쪽마다 다르게 볼 수 있습니다.",
        ),
    Rule::new("not_yet_valid", "ISO/IEC 18013-5 §9.3.1 step 5", at(MDOC, "IssuerAuthentic::valid_at"))
        .in_sd_jwt("RFC 9901 §7.1 step 6, RFC 7519 §4.1.5", at(SD_JWT, "check_validity"))
        .says("The document may not be used yet.", "아직 사용할 수 없는 신분증입니다."),
    Rule::new("expired", "ISO/IEC 18013-5 §9.3.1 step 5", at(MDOC, "IssuerAuthentic::valid_at"))
        .in_sd_jwt("RFC 9901 §7.1 step 6, RFC 7519 §4.1.4", at(SD_JWT, "check_validity"))
        .says("The document has expired.", "유효기간이 지난 신분증입니다."),
    Rule::new("audience_excluded", "RFC 9901 §7.1 step 6, RFC 7519 §4.1.3", at(SD_JWT, "check_audience")).says(
        "The issuer made it for others than this reader.",
        "발급기관이 다른 곳에서만 쓰도록 발급한 신분증입니다.",
    ),
    Rule::new("signed_outside_signer", "ISO/IEC 18013-5 §9.3.1 step 5", at(VERIFY_MDOC, "check_signed_within"))
        .in_sd_jwt("Mapae rule after ISO/IEC 18013-5 §9.3.1 step 5", at(VERIFY_MDOC, "check_signed_within"))
        .says(
            "It is dated when its signer's certificate was not valid.",
            "서명자의 인증서가 유효하지 않던 날짜로 서명되어 있습니다.",
        ),
    Rule::new("outlives_signer", "ISO/IEC 18013-5 edition 2, §9.1.2.4", at(VERIFY_MDOC, "check_outlives"))
        .in_sd_jwt("Mapae rule after ISO/IEC 18013-5 edition 2, §9.1.2.4", at(VERIFY_MDOC, "check_outlives"))
        .says("It would be valid longer than its signer's certificate.", "서명자의 인증서보다 유효기간이 더 깁니다."),
    Rule::new("issuing_country_mismatch", "ISO/IEC 18013-5 §9.3.1", at(VERIFY_MDOC, "check_country")).says(
        "It names another issuing country than its signer's certificate.",
        "발급 국가가 서명자 인증서의 국가와 다릅니다.",
    ),
    Rule::new("holder_binding_missing", "ISO/IEC 18013-5 §9.1.3.4, §9.3.2", at(MDOC_RESPONSE, "DeviceAuth::read"))
        .in_sd_jwt("RFC 9901 §7.3 steps 1 and 2", at(SD_BINDING, "parse"))
        .says(
            "Nothing shows that its holder is the one who presents it.",
            "제시한 사람이 신분증의 주인이라는 증명이 없습니다.",
        ),
    Rule::new("holder_binding_invalid", "ISO/IEC 18013-5 §9.3.2, §9.1.3.6", at(MDOC, "ValidMdoc::verify_device"))
        .in_sd_jwt("RFC 9901 §7.3 step 5", at(SD_BINDING, "KeyBindingExpectation::check"))
        .says(
            "The holder's signature is wrong: another phone, another request, or something was changed.",
            "소지자의 서명이 맞지 않습니다. 다른 휴대전화이거나 다른 요청에 대한 응답이거나 내용이 바뀌었습니다.",
        ),
    Rule::new("device_element_unauthorized", "ISO/IEC 18013-5 §9.1.2.4", at(MDOC, "check_authorized")).says(
        "The phone states a claim that only the issuer may state.",
        "발급기관만 말할 수 있는 항목을 휴대전화가 말하고 있습니다.",
    ),
    Rule::new("wrong_audience", "RFC 9901 §7.3 step 5.f", at(SD_BINDING, "KeyBindingExpectation::check"))
        .says("It was presented to somebody else.", "다른 곳에 제시한 것입니다."),
    Rule::new("wrong_nonce", "RFC 9901 §7.3 step 5.f", at(SD_BINDING, "KeyBindingExpectation::check"))
        .says("It answers another request, perhaps an earlier one.", "다른 요청이나 이전 요청에 대한 응답입니다."),
    Rule::new("presentation_time", "RFC 9901 §7.3 step 5.e", at(SD_BINDING, "check_times")).says(
        "It was presented too long ago, or in the future.",
        "너무 오래전에 제시했거나 미래의 시각으로 제시한 것입니다.",
    ),
    Rule::new("status_reference_missing", "ISO/IEC 18013-5 edition 2, Token Status List §6", at(EVIDENCE, "evidence"))
        .says(
            "It does not say in which list to look whether it was revoked.",
            "폐기 여부를 확인할 목록이 적혀 있지 않습니다.",
        ),
    Rule::new("status_unusable", "Token Status List §6.3", at(MDOC_MSO, "read_status"))
        .in_sd_jwt("Token Status List §6.2", at(SD_REGISTERED, "status"))
        .says("What it says about its status list cannot be used.", "상태 목록에 관한 내용을 사용할 수 없습니다."),
    Rule::new("status_list_missing", "Token Status List §8.3 step 2", at(STORE, "TrustStore::status")).says(
        "The trust bundle lacks its status list, so nothing can be said.",
        "신뢰 꾸러미에 이 신분증의 상태 목록이 없어 판단할 수 없습니다.",
    ),
    Rule::new("status_list_invalid", "Token Status List §8.3 steps 3 and 4", at(STORE, "TrustStore::check_usable"))
        .says("Its status list is not signed as it must be.", "상태 목록의 서명이나 내용이 맞지 않습니다."),
    Rule::new("status_index_out_of_range", "Token Status List §8.3 step 6", at(EVIDENCE, "status_as_of"))
        .says("Its place lies beyond the end of its status list.", "상태 목록에 없는 번호를 가리키고 있습니다."),
    Rule::new("revoked", "Token Status List §7.1, §8.3 step 7", at(EVIDENCE, "status_as_of"))
        .says("It was revoked.", "폐기된 신분증입니다."),
    Rule::new("suspended", "Token Status List §7.1, §8.3 step 7", at(EVIDENCE, "status_as_of"))
        .says("It is suspended.", "효력이 정지된 신분증입니다."),
    Rule::new("status_unknown", "Token Status List §7.1, §8.3 step 7", at(EVIDENCE, "status_as_of"))
        .says("Its status has a value without a meaning here.", "상태 값의 뜻을 알 수 없어 유효하다고 볼 수 없습니다."),
    Rule::new(
        "status_too_old",
        "Mapae rule: ages of evidence (D14); Token Status List §8.3 step 4",
        at(EVIDENCE, "status_as_of"),
    )
    .says(
        "What is known of its status is older than this use allows.",
        "상태 정보가 이 용도에 허용된 것보다 오래되었습니다.",
    ),
    Rule::new("bundle_too_old", "Mapae rule: ages of evidence (D14)", at(VERIFY, "Check::bundle")).says(
        "The trust bundle is older than this use allows; fetch a newer one.",
        "신뢰 꾸러미가 이 용도에 허용된 것보다 오래되었습니다. 새 꾸러미를 받으십시오.",
    ),
    Rule::new("bundle_missing", "Mapae rule: nothing is decided without evidence (D3)", at(COMMAND, "load_store"))
        .says("There is no trust bundle, so nothing can be said.", "신뢰 꾸러미가 없어 판단할 수 없습니다."),
    Rule::new(
        "bundle_malformed",
        "Mapae rule: a bundle is checked before it is used (D3)",
        at(BUNDLE, "Bundle::parse"),
    )
    .says("The file is not a trust bundle.", "신뢰 꾸러미 파일이 아니거나 읽을 수 없습니다."),
    Rule::new("bundle_forged", "Mapae rule: a bundle is checked before it is used (D3)", at(BUNDLE, "Bundle::verify"))
        .says(
            "The trust bundle comes from nobody whom this reader trusts, or was altered.",
            "이 판독기가 신뢰하는 곳에서 나온 꾸러미가 아니거나 내용이 바뀌었습니다.",
        ),
    Rule::new("bundle_not_proven", "C2SP tlog-proof, \"Verifying a tlog proof\"", at(SEAL, "Seal::verify_logged"))
        .says(
            "Not enough of the agencies that watch the ledger have seen this trust bundle in it.",
            "원장을 지켜보는 기관들 가운데 이 신뢰 꾸러미를 확인한 기관이 모자랍니다.",
        ),
    Rule::new("order_invalid", "Mapae rule: an order has enough signers (D14)", at(ORDER, "Order::verify")).says(
        "The continuity order is not signed by enough agencies, or says what none may.",
        "비상 명령에 서명한 기관이 모자라거나 명령의 내용이 허용되지 않습니다.",
    ),
    Rule::new("bundle_rolled_back", "Mapae rule: no older bundle after a newer one (D14)", at(MEMORY, "Memory::admit"))
        .says(
            "A newer trust bundle was used here before; an older one is not taken.",
            "더 새로운 신뢰 꾸러미를 이미 사용했으므로 그보다 오래된 것은 받아들이지 않습니다.",
        ),
    Rule::new("use_class_unknown", "Mapae rule: ages of evidence (D14)", at(VERIFY, "freshness")).says(
        "The trust bundle does not say how old evidence may be for this use.",
        "신뢰 꾸러미에 이 용도의 허용 기간이 정해져 있지 않습니다.",
    ),
    Rule::new("clock_behind", "Mapae rule: the clock is not behind the evidence (D3)", at(VERIFY, "Check::bundle"))
        .says(
            "This device's clock shows an earlier time than the evidence, so it is wrong; set it.",
            "이 기기의 시계가 증거의 시각보다 이릅니다. 시계를 맞추십시오.",
        ),
    Rule::new("not_what_was_asked", "OpenID4VP 1.0 §6, §8.6", at(ASKED, "Check::asked"))
        .says("It holds, but it is not what was asked for.", "신분증은 맞지만 요청한 것이 아닙니다."),
];
