//! What people see: the page that asks for the wallet, and pages that say in words why nothing goes on.
//!
//! A document that did not hold has a page of its own ([`not_held`]).
//!
//! Nothing of others' is loaded. The one script looks whether the wallet has answered; without scripts the page is loaded
//! again instead. Every page is written in one language; a link changes it.

mod language;
mod not_held;
mod words;

use std::fmt::Write as _;

pub(super) use language::Language;
pub(super) use not_held::NotHeld;
pub(super) use words::Trouble;

use mapae_types::html::escape;

use words::Words;

/// Own files and nothing else (CSP 3); no page shows this one in a frame.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The same for a page with a form, which goes to this service.
pub(super) const POLICY_OF_FORMS: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
pub(super) const STYLE: &str = include_str!("page.css");
pub(super) const SCRIPT: &str = include_str!("page.js");

/// Addresses of the provider, as a page links to them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// The provider's identifier.
    pub(super) issuer: &'a str,
    pub(super) language: Language,
    /// Who asks, as it is registered.
    pub(super) organisation: &'a str,
}

/// What the page that waits for a wallet says.
pub(super) struct Waiting<'a> {
    /// Its own address.
    pub(super) here: &'a str,
    pub(super) application: Option<&'a str>,
    pub(super) purpose: Option<&'a str>,
    pub(super) link: &'a str,
    pub(super) page_link: Option<&'a str>,
    /// Where another device may be used: link, picture and number.
    pub(super) other: Option<Other<'a>>,
    /// A page by which the sandbox answers.
    pub(super) sandbox: Option<&'a str>,
}

/// A wallet on another device.
pub(super) struct Other<'a> {
    pub(super) link: &'a str,
    pub(super) qr: &'a str,
    pub(super) number: &'a str,
}

impl Frame<'_> {
    /// The page that asks for the wallet.
    pub(super) fn waiting(&self, page: &Waiting<'_>) -> String {
        let words = Words::of(self.language);
        let here = escape(page.here);
        let mut body = format!("<h1>{}</h1>\n<p class=\"lead\">{}", words.title, escape(self.organisation));
        for part in [page.application, page.purpose].into_iter().flatten() {
            let _infallible = write!(body, " · {}", escape(part));
        }
        body.push_str("</p>\n");
        body.push_str(&same_device(page, words));
        body.push_str(&page.other.as_ref().map(|other| other_device(other, words)).unwrap_or_default());
        if let Some(sandbox) = page.sandbox {
            let _infallible = writeln!(
                body,
                "<section class=\"card\"><a class=\"button\" href=\"{}\">{}</a></section>",
                escape(sandbox),
                words.sandbox
            );
        }
        let _infallible = write!(
            body,
            "<p class=\"notice\" id=\"returning\" role=\"status\" hidden>{}</p>\n<p class=\"hint\" id=\"waits\">{}</p>\n\
             <p><a class=\"button\" href=\"{here}/return?cancel\">{}</a></p>\n",
            words.returning, words.waits, words.cancel
        );
        let head = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n\
                    <script type=\"module\" src=\"ISSUER/page.js\"></script>\n"
            .replace("ISSUER", &escape(self.issuer));
        let back = spoken(&format!("{here}/return"), Some(self.language.tag()));
        let main = format!("<main data-state=\"{here}/state\" data-back=\"{back}\">\n{body}</main>");
        self.page(words.title, &head, &main, Some(page.here))
    }

    /// A page that says why nothing goes on.
    pub(super) fn trouble(&self, trouble: Trouble) -> String {
        let words = Words::of(self.language);
        let (title, text) = trouble.says(self.language);
        let nothing = format!("{} · ", words.nothing_sent);
        // Of one that was finished, its end was told.
        let told = if trouble == Trouble::Over { "" } else { nothing.as_str() };
        let main = format!(
            "<main>\n<h1>{title}</h1>\n<p class=\"notice bad\" role=\"alert\">{text}</p>\n<p class=\"hint\">{told}<code>{}</code></p>\n</main>",
            trouble.code()
        );
        self.page(title, "", &main, None)
    }

    /// A page that says that all is done.
    pub(super) fn signed_out(self) -> String {
        let words = Words::of(self.language);
        let main = format!("<main>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n</main>", words.signed_out, words.close);
        self.page(words.signed_out, "", &main, None)
    }

    /// A page at `here`, where it is to be had in the other language as well.
    fn page(&self, title: &str, head: &str, main: &str, here: Option<&str>) -> String {
        let (tag, other) = (self.language.tag(), self.language.other());
        let other = here.map(|here| {
            let (tag, name) = (other.tag(), other.name());
            format!("<a lang=\"{tag}\" href=\"{}\">{name}</a>", escape(&spoken(here, Some(tag))))
        });
        format!(
            "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · {brand}</title>\n\
             <link rel=\"stylesheet\" href=\"{issuer}/page.css\">\n{head}</head>\n<body>\n<header><div class=\"bar\">\
             <span class=\"brand\">{brand}</span>{other}</div></header>\n{main}\n</body>\n</html>\n",
            brand = escape(self.organisation),
            issuer = escape(self.issuer),
            other = other.unwrap_or_default(),
        )
    }
}

fn same_device(page: &Waiting<'_>, words: &Words) -> String {
    let by_page = page.page_link.map(|link| {
        format!("<a class=\"button\" id=\"wallet-page\" href=\"{}\">{}</a>\n", escape(link), words.wallet_page)
    });
    format!(
        "<section class=\"card\">\n<h2>{}</h2>\n<a class=\"button primary\" id=\"same-device\" href=\"{}\">{}</a>\n{}\
         <p class=\"hint\">{}</p>\n</section>\n",
        words.this_device,
        escape(page.link),
        words.open_wallet,
        by_page.unwrap_or_default(),
        words.comes_back
    )
}

fn other_device(other: &Other<'_>, words: &Words) -> String {
    format!(
        "<section class=\"card\">\n<h2>{}</h2>\n<img class=\"qr\" id=\"cross-device\" alt=\"{}\" src=\"{}\" \
         data-link=\"{}\">\n<p>{} <span class=\"number\">{}</span></p>\n<p class=\"hint\">{}</p>\n</section>\n",
        words.other_device,
        words.qr,
        escape(other.qr),
        escape(other.link),
        words.number,
        escape(other.number),
        words.compare
    )
}

/// The address of a page in the language that was chosen, if one was.
pub(super) fn spoken(address: &str, lang: Option<&str>) -> String {
    let tag = lang.and_then(Language::of).map(Language::tag);
    let mark = if address.contains('?') { '&' } else { '?' };
    tag.map_or_else(|| address.to_owned(), |tag| format!("{address}{mark}lang={tag}"))
}
