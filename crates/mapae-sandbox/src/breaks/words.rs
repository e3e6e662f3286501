//! What breaks are called, by programs and by people.

use super::Break;

impl Break {
    /// For programs.
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    /// What it does, in one line, in Korean and in English.
    pub const fn says(self) -> (&'static str, &'static str) {
        let (_, ko, en) = self.words();
        (ko, en)
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::AlteredClaim => (
                "altered_claim",
                "서명된 값을 하나 바꿔서 보냅니다.",
                "Changes one of the values that the issuer signed.",
            ),
            Self::WrongNonce => {
                ("wrong_nonce", "요청에 없는 논스에 서명합니다.", "Signs another nonce than that of the request.")
            }
            Self::WrongAudience => {
                ("wrong_audience", "다른 검증자에게 보내는 것으로 서명합니다.", "Signs for another verifier.")
            }
            Self::Replayed => (
                "replayed",
                "같은 검증자에게 다른 세션에서 보여 준 것을 다시 보냅니다.",
                "Shows again what was shown to the same verifier in another session.",
            ),
            Self::MixUp => (
                "mix_up",
                "다른 세션에 대한 응답을 통째로 이 세션에 보냅니다.",
                "Sends the whole answer to another session to this one.",
            ),
            Self::WrongKey => ("wrong_key", "다른 키로 암호화합니다.", "Encrypts to another key."),
            Self::NotEncrypted => ("not_encrypted", "응답을 암호화하지 않습니다.", "Does not encrypt the answer."),
            Self::OtherDevice => (
                "other_device",
                "발급받은 기기가 아닌 다른 기기의 키로 서명합니다.",
                "Signs by the key of another device than the copy was issued to.",
            ),
            Self::NoKeyBinding => ("no_key_binding", "소지자의 서명을 뺍니다.", "Leaves the holder's signature out."),
            Self::AlgorithmNone => (
                "algorithm_none",
                "서명 알고리즘을 ‘none’이라고 적습니다.",
                "Says that the algorithm of the holder's signature is `none`.",
            ),
            Self::Expired => ("expired", "유효기간이 지난 사본을 보여 줍니다.", "Shows a copy whose time is over."),
            Self::NotYetValid => (
                "not_yet_valid",
                "유효기간이 시작되지 않은 사본을 보여 줍니다.",
                "Shows a copy whose time has not begun.",
            ),
            Self::Revoked => ("revoked", "폐기된 사본을 보여 줍니다.", "Shows a copy that was revoked."),
            Self::Suspended => ("suspended", "효력이 정지된 사본을 보여 줍니다.", "Shows a copy that is suspended."),
            Self::StaleStatus => (
                "stale_status",
                "상태 정보가 오래된 사본을 보여 줍니다.",
                "Shows a copy of whose status nothing recent is known.",
            ),
            Self::UnknownIssuer => (
                "unknown_issuer",
                "신뢰 꾸러미에 없는 발급자의 신분증을 보여 줍니다.",
                "Shows a document of an issuer that is not in the trust bundle.",
            ),
            Self::DistrustedSigner => (
                "distrusted_signer",
                "키를 도난당한 서명자가 서명한 신분증을 보여 줍니다.",
                "Shows a document of a signer whose key is in other hands.",
            ),
            Self::MoreThanAsked => (
                "more_than_asked",
                "요청하지 않은 항목을 하나 더 보여 줍니다.",
                "Tells one claim that nobody asked for.",
            ),
            Self::LessThanAsked => {
                ("less_than_asked", "요청한 항목을 하나 빼고 보여 줍니다.", "Keeps back one claim that was asked for.")
            }
            Self::OtherDocument => (
                "other_document",
                "요청한 것과 다른 신분증을 보여 줍니다.",
                "Shows another document than was asked for.",
            ),
            Self::TwoPersons => (
                "two_persons",
                "두 사람의 신분증을 한 응답에 넣습니다.",
                "Puts the documents of two persons into one answer.",
            ),
            Self::Declined => ("declined", "보여 주지 않겠다고 답합니다.", "Answers that the person shows nothing."),
            Self::Malformed => ("malformed", "읽을 수 없는 것을 보냅니다.", "Sends bytes that are no presentation."),
            Self::WrongState => ("wrong_state", "다른 요청의 state를 붙입니다.", "Sends the state of another request."),
            Self::WrongTransaction => {
                ("wrong_transaction", "다른 거래의 해시에 서명합니다.", "Signs the hash of another transaction.")
            }
            Self::SecondAnswer => {
                ("second_answer", "맞는 응답을 두 번 보냅니다.", "Sends the right answer, and sends it again.")
            }
        }
    }
}
