//! What pages say.

use axum::http::StatusCode;
use mapae_oidc::{LogoutFault, PageFault};

use super::Language;

/// The words of a page.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) this_device: &'static str,
    pub(super) open_wallet: &'static str,
    pub(super) wallet_page: &'static str,
    pub(super) comes_back: &'static str,
    pub(super) other_device: &'static str,
    pub(super) qr: &'static str,
    pub(super) number: &'static str,
    pub(super) compare: &'static str,
    pub(super) returning: &'static str,
    pub(super) waits: &'static str,
    pub(super) cancel: &'static str,
    pub(super) sandbox: &'static str,
    pub(super) nothing_sent: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) close: &'static str,
    pub(super) not_signed_in: &'static str,
    pub(super) again: &'static str,
    pub(super) back: &'static str,
    pub(super) no_more: &'static str,
    pub(super) only_that: &'static str,
}

static KOREAN: Words = Words {
    title: "모바일 신분증으로 로그인",
    this_device: "이 기기에서",
    open_wallet: "모바일 신분증 열기",
    wallet_page: "웹 지갑 열기",
    comes_back: "신분증을 제시하면 이 브라우저로 돌아옵니다.",
    other_device: "다른 휴대전화로",
    qr: "휴대전화로 찍는 QR 코드",
    number: "확인 번호",
    compare: "휴대전화에 같은 번호가 보이는지 확인하세요. 다른 사람이 보낸 QR 코드는 찍지 마세요.",
    returning: "신분증을 제시했습니다. 지갑이 새로 연 창에서 계속하세요.",
    waits: "신분증을 기다리고 있습니다. 이 화면은 저절로 넘어갑니다.",
    cancel: "그만두기",
    sandbox: "표본 인물로 답하기 (SAMPLE)",
    nothing_sent: "신청한 서비스에는 아무것도 전달되지 않았습니다",
    signed_out: "로그아웃했습니다",
    close: "이 창을 닫아도 됩니다.",
    not_signed_in: "로그인하지 못했습니다",
    again: "다시 시도하기",
    back: "서비스로 돌아가기",
    no_more: "이 요청으로는 더 시도할 수 없습니다. 서비스로 돌아가 처음부터 다시 로그인하세요.",
    only_that: "돌아가면 서비스에는 로그인하지 못했다는 것만 전달됩니다",
};

static ENGLISH: Words = Words {
    title: "Sign in with your mobile ID",
    this_device: "On this device",
    open_wallet: "Open mobile ID",
    wallet_page: "Open the web wallet",
    comes_back: "Once you have shown your ID, you come back to this browser.",
    other_device: "With another phone",
    qr: "QR code for a phone's camera",
    number: "Number",
    compare: "Check that the phone shows the same number. Do not scan a QR code that somebody sent you.",
    returning: "Your ID was shown. Go on in the window that the wallet opened.",
    waits: "Waiting for your ID. This page goes on by itself.",
    cancel: "Cancel",
    sandbox: "Answer as a sample person (SAMPLE)",
    nothing_sent: "Nothing was told to the service you came from",
    signed_out: "You are signed out",
    close: "You may close this window.",
    not_signed_in: "You are not signed in",
    again: "Try again",
    back: "Back to the service",
    no_more: "This request cannot be tried any more. Go back to the service and sign in from the beginning.",
    only_that: "When you go back, the service is told only that you did not sign in",
};

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Korean => &KOREAN,
            Language::English => &ENGLISH,
        }
    }
}

/// Why nothing goes on, for the person and, in a word, for who helps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::openid) enum Trouble {
    /// The application asks wrongly, and cannot be told.
    Application(&'static str),
    /// It was asked long ago, or before.
    RequestOld,
    /// There is no such sign-in.
    Unknown,
    /// It was finished before.
    Over,
    /// Another browser began it.
    Browser,
    /// It is another sign-in's answer.
    Code,
    /// Signing out goes wrong.
    Logout,
    /// We cannot, now.
    Unavailable,
}

impl Trouble {
    pub(in crate::openid) const fn of_request(fault: &PageFault) -> Self {
        match fault {
            PageFault::ClientUnknown => Self::Application("client_unknown"),
            PageFault::RedirectUriUnregistered => Self::Application("redirect_uri_unregistered"),
            PageFault::PushedUnknown | PageFault::PushedUsed | PageFault::PushedExpired => Self::RequestOld,
            PageFault::PushedByAnother => Self::Application("request_uri_of_another"),
            _ => Self::Application("request_malformed"),
        }
    }

    pub(in crate::openid) const fn of_logout(_fault: &LogoutFault) -> Self {
        Self::Logout
    }

    pub(in crate::openid) const fn status(self) -> StatusCode {
        match self {
            Self::Application(_) | Self::RequestOld | Self::Logout => StatusCode::BAD_REQUEST,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Over => StatusCode::CONFLICT,
            Self::Browser | Self::Code => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A word that stays the same.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Application(code) => code,
            Self::RequestOld => "request_uri_over",
            Self::Unknown => "login_unknown",
            Self::Over => "login_over",
            Self::Browser => "browser_differs",
            Self::Code => "response_code_foreign",
            Self::Logout => "logout_refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// A title and a sentence.
    pub(super) const fn says(self, language: Language) -> (&'static str, &'static str) {
        let [korean, english] = self.texts();
        match language {
            Language::Korean => korean,
            Language::English => english,
        }
    }

    const fn texts(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Application(_) => [
                (
                    "로그인 요청이 잘못되었습니다",
                    "접속한 서비스의 설정에 문제가 있습니다. 서비스 운영자에게 알려 주세요.",
                ),
                (
                    "The request to sign in is wrong",
                    "The service you came from is set up wrongly. Please tell whoever runs it.",
                ),
            ],
            Self::RequestOld => [
                (
                    "로그인 요청이 지났습니다",
                    "이 요청은 이미 쓰였거나 시간이 지났습니다. 서비스로 돌아가 다시 로그인하세요.",
                ),
                (
                    "The request to sign in is over",
                    "It was used before, or its time is over. Go back to the service and sign in again.",
                ),
            ],
            Self::Unknown => [
                (
                    "로그인을 찾을 수 없습니다",
                    "시간이 지났거나 주소가 잘못되었습니다. 서비스로 돌아가 다시 로그인하세요.",
                ),
                (
                    "There is no such sign-in",
                    "Its time is over, or the address is wrong. Go back to the service and sign in again.",
                ),
            ],
            Self::Over => [
                ("이미 끝난 로그인입니다", "이 로그인은 한 번 끝났습니다. 서비스로 돌아가 확인하세요."),
                ("This sign-in is finished", "It was finished before. Go back to the service and look there."),
            ],
            Self::Browser => [
                (
                    "다른 브라우저에서 시작한 로그인입니다",
                    "로그인을 시작한 브라우저에서 계속하세요. 다른 사람이 보낸 링크라면 열지 마세요.",
                ),
                (
                    "Another browser began this sign-in",
                    "Go on in the browser where you began. If somebody sent you this link, leave it.",
                ),
            ],
            Self::Code => [
                (
                    "이 로그인의 답이 아닙니다",
                    "신분증은 다른 로그인에 제시되었습니다. 서비스로 돌아가 다시 로그인하세요.",
                ),
                (
                    "This answers another sign-in",
                    "Your ID was shown for another one. Go back to the service and sign in again.",
                ),
            ],
            Self::Logout => [
                ("로그아웃 요청이 잘못되었습니다", "서비스로 돌아가 로그아웃을 확인하세요."),
                ("The request to sign out is wrong", "Go back to the service and make sure that you are signed out."),
            ],
            Self::Unavailable => [
                ("지금은 로그인할 수 없습니다", "잠시 뒤 서비스로 돌아가 다시 로그인하세요."),
                ("Signing in does not work now", "Go back to the service in a while and sign in again."),
            ],
        }
    }
}
