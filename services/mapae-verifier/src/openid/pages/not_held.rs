//! The page for a person whose document did not sign them in: what happened, and how to go on.
//!
//! It is theirs: the application is told that nobody signed in when they go back, and no more. It has no script.

use mapae_types::form::FormWriter;

use super::{Frame, Language, escape, words::Words};
use crate::openid::not_held::Reason;

/// What the page says.
pub(in crate::openid) struct NotHeld<'a> {
    /// The address of the sign-in.
    pub(in crate::openid) here: &'a str,
    /// With which the wallet sent the browser, so that it is told the same in another language.
    pub(in crate::openid) response_code: Option<&'a str>,
    pub(in crate::openid) application: Option<&'a str>,
    pub(in crate::openid) reason: Reason,
    /// Whether it may be tried again.
    pub(in crate::openid) again: bool,
}

/// What happened, and what to do about it.
type Said = [&'static str; 2];

impl Frame<'_> {
    /// The page of a document that did not hold.
    pub(in crate::openid) fn not_held(&self, page: &NotHeld<'_>) -> String {
        let (words, language) = (Words::of(self.language), self.language);
        let (here, lang) = (escape(page.here), language.tag());
        let [happened, todo] = page.reason.says(language);
        let of = page.application.map(|name| format!(" · {}", escape(name))).unwrap_or_default();
        let again = format!(
            "<form method=\"post\" action=\"{here}/again?lang={lang}\"><button class=\"button primary\" id=\"again\">{}</button></form>\n",
            words.again
        );
        let (again, todo) = if page.again { (again.as_str(), todo) } else { ("", words.no_more) };
        let main = format!(
            "<main>\n<h1>{}</h1>\n<p class=\"lead\">{}{of}</p>\n<p class=\"notice bad\" role=\"alert\"><span aria-hidden=\"true\">✗ </span>{happened}</p>\n<p>{todo}</p>\n\
             <div class=\"choices\">\n{again}<a class=\"button\" id=\"back\" href=\"{here}/return?cancel\">{}</a>\n</div>\n\
             <p class=\"hint\">{} · <code>{}</code></p>\n</main>",
            words.not_signed_in,
            escape(self.organisation),
            words.back,
            words.only_that,
            page.reason.code()
        );
        self.page(words.not_signed_in, "", &main, Some(&page.address()))
    }
}

impl NotHeld<'_> {
    fn address(&self) -> String {
        let back = format!("{}/return", self.here);
        self.response_code
            .map_or_else(|| back.clone(), |code| FormWriter::after(&back).add("response_code", code).finish())
    }
}

impl Reason {
    /// A word that stays the same.
    const fn code(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Period => "document_out_of_date",
            Self::Revoked => "document_revoked",
            Self::Suspended => "document_suspended",
            Self::Unconfirmed => "status_unconfirmed",
            Self::NotAsked => "another_document",
            Self::AnotherPerson => "another_person",
            Self::Other | Self::Untold => "not_accepted",
        }
    }

    const fn says(self, language: Language) -> Said {
        match language {
            Language::Korean => self.in_korean(),
            Language::English => self.in_english(),
        }
    }

    const fn in_korean(self) -> Said {
        match self {
            Self::Declined => [
                "지갑이 신분증을 제시하지 않았습니다.",
                "제시를 그만두었거나, 요청에 맞는 신분증이 지갑에 없습니다. 제시하려면 다시 시도하세요.",
            ],
            Self::Period => [
                "제시한 신분증은 유효기간 밖에 있습니다.",
                "지갑에서 새로 발급받거나, 다른 신분증으로 다시 시도하세요.",
            ],
            Self::Revoked => [
                "제시한 신분증은 폐기되었습니다.",
                "새로 발급받은 신분증이나 다른 신분증으로 다시 시도하세요. 폐기한 까닭은 발급기관이 알려 줍니다.",
            ],
            Self::Suspended => [
                "제시한 신분증은 효력이 정지되어 있습니다.",
                "다른 신분증으로 다시 시도하거나, 정지를 푼 뒤 다시 로그인하세요. 정지한 까닭은 발급기관이 알려 줍니다.",
            ],
            Self::Unconfirmed => [
                "지금은 신분증의 효력을 확인할 수 없습니다.",
                "신분증에 문제가 있다는 뜻은 아닙니다. 잠시 뒤 다시 시도하세요.",
            ],
            Self::NotAsked => {
                ["제시한 내용이 이 로그인이 요청한 것과 다릅니다.", "요청한 신분증과 항목 그대로 다시 제시하세요."]
            }
            Self::AnotherPerson => [
                "서비스가 기다리는 사람의 신분증이 아닙니다.",
                "본인의 신분증으로 다시 시도하거나, 서비스로 돌아가 다른 사람으로 로그인하세요.",
            ],
            Self::Other => [
                "제시한 신분증을 확인하지 못했습니다.",
                "다시 시도하거나 다른 신분증을 쓰세요. 거듭되면 신분증을 발급한 기관에 문의하세요.",
            ],
            Self::Untold => [
                "제시한 신분증으로 로그인하지 못했습니다.",
                "까닭은 지갑이 새로 연 창에 있습니다. 여기에서 다시 시도할 수도 있습니다.",
            ],
        }
    }

    const fn in_english(self) -> Said {
        match self {
            Self::Declined => [
                "The wallet showed no document.",
                "You declined, or no document in it fits what was asked for. To show one, try again.",
            ],
            Self::Period => [
                "The document that you showed is outside its dates.",
                "Have it issued anew in your wallet, or try again with another document.",
            ],
            Self::Revoked => [
                "The document that you showed was withdrawn.",
                "Try again with one that was issued since, or with another document. Its issuer tells you why it was withdrawn.",
            ],
            Self::Suspended => [
                "The document that you showed is suspended.",
                "Try again with another document, or sign in once the suspension is lifted. Its issuer tells you why it was suspended.",
            ],
            Self::Unconfirmed => [
                "Whether your document is valid cannot be confirmed now.",
                "This does not mean that anything is wrong with it. Try again in a while.",
            ],
            Self::NotAsked => [
                "What you showed is not what this sign-in asked for.",
                "Try again, and show the document and the items that are asked for.",
            ],
            Self::AnotherPerson => [
                "The service expects a document of somebody else.",
                "Try again with your own document, or go back to the service and sign in as another person.",
            ],
            Self::Other => [
                "The document that you showed could not be confirmed.",
                "Try again, or use another document. If it happens again, ask whoever issued the document.",
            ],
            Self::Untold => [
                "What you showed did not sign you in.",
                "The window that your wallet opened says why. You can try again here as well.",
            ],
        }
    }
}
