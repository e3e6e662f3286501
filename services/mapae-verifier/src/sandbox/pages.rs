//! Pages of the sandbox: plain HTML with forms, no script, in Korean or English.

use core::fmt::Write as _;

use mapae_issue::Format;
use mapae_sandbox::Break;
use mapae_types::html::escape;
use serde_json::Value;

use super::{
    Seen,
    trace::{Step, Verdict},
};

/// The look of the provider's pages, and what only these have.
pub(super) const STYLE: &str = concat!(include_str!("../openid/pages/page.css"), include_str!("sandbox.css"));

/// Uses that the page begins sessions for.
const USES: [&str; 5] = ["age_over_19", "age_over_14", "identity", "official_login", "driving_licence"];

/// In which language a page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Korean,
    English,
}

impl Language {
    /// What the person chose, else what the browser says (RFC 9110 §12.5.4), else Korean.
    pub(super) fn choose(chosen: Option<&str>, accepts: Option<&str>) -> Self {
        let mut wishes = chosen.into_iter().chain(accepts.unwrap_or_default().split(','));
        let known = |wish: &str| match wish.trim().get(..2) {
            Some("ko") => Some(Self::Korean),
            Some("en") => Some(Self::English),
            _ => None,
        };
        wishes.find_map(known).unwrap_or(Self::Korean)
    }

    const fn say<'t>(self, ko: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Korean => ko,
            Self::English => en,
        }
    }

    const fn tag(self) -> &'static str {
        self.say("ko", "en")
    }
}

/// People, breaks and sessions.
pub(super) fn front(language: Language, people: &[Value], sessions: &[(String, String, &str)]) -> String {
    let say = |ko, en| language.say(ko, en);
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"notice\">{}</p>\n",
        say("시험 환경", "Sandbox"),
        say(
            "견본 SAMPLE: 사람도 신분증도 발급기관도 모두 지어낸 것입니다.",
            "견본 SAMPLE: people, documents and their issuer are made up.",
        )
    );
    body.push_str(&running(language, sessions));
    body.push_str(&table_of_people(language, people));
    body.push_str(&table_of_breaks(language));
    frame(language, "/sandbox", &body)
}

fn running(language: Language, sessions: &[(String, String, &str)]) -> String {
    let mut all = String::new();
    for (id, begun, state) in sessions {
        let _infallible = writeln!(
            all,
            "<li><a href=\"/sandbox/sessions/{id}\"><code>{id}</code></a> <span class=\"hint\">{} · {}</span></li>",
            escape(begun),
            state_of(language, state)
        );
    }
    let uses = options(USES.into_iter());
    format!(
        "<section class=\"card\"><h2>{}</h2>\n<ul>{all}</ul>\n\
         <form class=\"fields\" method=\"post\" action=\"/sandbox/sessions\"><label>{} <select id=\"use\" name=\"use\">{uses}</select></label> \
         <button class=\"button\" id=\"begin\">{}</button></form></section>\n",
        language.say("세션", "Sessions"),
        language.say("용도", "Use"),
        language.say("세션 시작", "Begin a session"),
    )
}

fn table_of_people(language: Language, people: &[Value]) -> String {
    let (number, known_as) = (language.say("번호", "Number"), language.say("이름", "Name"));
    let (age, held) = (language.say("나이", "Age"), language.say("신분증", "Documents"));
    let mut rows = String::new();
    for person in people {
        let _infallible = writeln!(
            rows,
            "<tr role=\"row\">{}{}{}{}</tr>",
            cell(number, &person["person"].to_string()),
            cell(known_as, &name(language, person)),
            cell(age, &person["age"].to_string()),
            cell(held, &documents(person).join(", "))
        );
    }
    table(language.say("표본 인물", "Sample people"), &[number, known_as, age, held], &rows)
}

fn table_of_breaks(language: Language) -> String {
    let (called, does) = (language.say("이름", "Name"), language.say("하는 일", "What it does"));
    let by_rule = language.say("거부하는 규칙", "Refused by");
    let mut rows = String::new();
    for wrong in Break::ALL {
        let (ko, en) = wrong.says();
        let refused = Format::ALL.into_iter().filter_map(|format| Some((format, wrong.expected(format)?)));
        let mut refused: Vec<String> =
            refused.map(|(format, by)| format!("{format}: <code>{}</code> {}", by.code, escape(by.clause))).collect();
        refused.dedup();
        let _infallible = writeln!(
            rows,
            "<tr role=\"row\">{}{}{}</tr>",
            cell(called, &format!("<code>{}</code>", wrong.name())),
            cell(does, language.say(ko, en)),
            cell(by_rule, &refused.join("<br>"))
        );
    }
    table(language.say("잘못된 응답", "Wrong answers"), &[called, does, by_rule], &rows)
}

/// On a narrow screen its rows are cards, and each cell says its column. The roles stay what they are however it is laid out
/// (HTML AAM leaves them to the layout).
fn table(title: &str, columns: &[&str], rows: &str) -> String {
    let head = |column: &&str| format!("<th scope=\"col\" role=\"columnheader\">{column}</th>");
    let head: String = columns.iter().map(head).collect();
    format!(
        "<section class=\"card\"><h2>{title}</h2><table role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">{head}</tr></thead>\
         <tbody role=\"rowgroup\">{rows}</tbody></table></section>\n"
    )
}

fn cell(column: &str, text: &str) -> String {
    format!("<td role=\"cell\" data-column=\"{column}\">{text}</td>")
}

/// One session: who answers it, and what was seen.
pub(super) fn session(language: Language, seen: &Seen, state: &str, people: &[Value]) -> String {
    let id = seen.id.to_string();
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"lead\"><code>{id}</code> · {}</p>\n",
        language.say("세션", "Session"),
        state_of(language, state)
    );
    if let Some(uri) = &seen.redirect_uri {
        let _infallible = writeln!(
            body,
            "<p><a class=\"button primary\" href=\"{}\">{}</a></p>",
            escape(uri),
            language.say("계속하기", "Go on")
        );
    }
    if matches!(state, "waiting" | "fetched") && seen.request.is_some() {
        body.push_str(&answering(language, &id, people));
    }
    body.push_str(&verdict(language, &seen.steps));
    body.push_str(&steps(language, &seen.steps));
    frame(language, &format!("/sandbox/sessions/{id}"), &body)
}

fn answering(language: Language, id: &str, people: &[Value]) -> String {
    let person = |person: &Value| {
        let documents = documents(person).join(", ");
        format!(
            "<option value=\"{}\">{}, {} — {documents}</option>",
            person["person"],
            name(language, person),
            person["age"]
        )
    };
    let people: String = people.iter().map(person).collect();
    let wrong = |wrong: Break| {
        let (ko, en) = wrong.says();
        format!("<option value=\"{}\">{}</option>", wrong.name(), language.say(ko, en))
    };
    let breaks: String = Break::ALL.into_iter().map(wrong).collect();
    let formats = options(Format::ALL.into_iter().map(Format::name));
    let any = language.say("아무거나", "any");
    format!(
        "<section class=\"card\"><h2>{}</h2>\n<form class=\"fields\" method=\"post\" action=\"/sandbox/sessions/{id}/answer\">\n\
         <label>{} <select id=\"person\" name=\"person\"><option value=\"\">{any}</option>{people}</select></label>\n\
         <label>{} <select id=\"format\" name=\"format\"><option value=\"\">{any}</option>{formats}</select></label>\n\
         <label>{} <select id=\"break\" name=\"break\"><option value=\"\">{}</option>{breaks}</select></label>\n\
         <button class=\"button primary\" id=\"answer\">{}</button></form></section>\n",
        language.say("표본 인물로 답하기", "Answer as a sample person"),
        language.say("누가", "Who"),
        language.say("형식", "Format"),
        language.say("무엇을 잘못하나", "What goes wrong"),
        language.say("없음", "nothing"),
        language.say("답하기", "Answer"),
    )
}

/// The first thing that is wrong, in one line.
fn verdict(language: Language, steps: &[Step]) -> String {
    let Some(broken) = steps.iter().find(|step| step.verdict == Verdict::Broken) else { return String::new() };
    format!(
        "<p class=\"notice bad\" role=\"status\">{}: <code>{}</code> · {}</p>\n",
        language.say("거부", "Refused"),
        escape(broken.code.as_deref().unwrap_or_default()),
        escape(&broken.clause)
    )
}

fn steps(language: Language, steps: &[Step]) -> String {
    let (verdict, rule) = (language.say("판정", "Verdict"), language.say("규칙", "Rule"));
    let seen = language.say("본 것", "What was seen");
    let mut rows = String::new();
    for step in steps {
        let (class, mark) = match step.verdict {
            Verdict::Holds => ("good", language.say("✓ 맞음", "✓ holds")),
            Verdict::Broken => ("bad", language.say("✗ 틀림", "✗ broken")),
            Verdict::NotReached => ("none", language.say("– 보지 않음", "– not reached")),
        };
        let query = step.query.as_deref().map(|query| format!(" <span class=\"hint\">{}</span>", escape(query)));
        let code = step.code.as_deref().map(|code| format!("<code>{}</code> ", escape(code)));
        let (told, clause) = (language.say(step.korean, step.english), escape(&step.clause));
        let _infallible = writeln!(
            rows,
            "<tr class=\"{class}\" role=\"row\">{}{}{}</tr>",
            cell(verdict, mark),
            cell(rule, &format!("{told}{}<br><span class=\"hint\">{clause}</span>", query.unwrap_or_default())),
            cell(seen, &format!("{}{}", code.unwrap_or_default(), escape(&step.seen)))
        );
    }
    table(language.say("단계", "Step by step"), &[verdict, rule, seen], &rows)
}

fn options<'t>(names: impl Iterator<Item = &'t str>) -> String {
    names.fold(String::new(), |all, name| all + "<option>" + name + "</option>")
}

fn name(language: Language, person: &Value) -> String {
    let name = &person[language.say("name_ko", "name_en")];
    escape(name.as_str().unwrap_or_default())
}

fn documents(person: &Value) -> Vec<&str> {
    person["documents"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn state_of(language: Language, state: &str) -> &'static str {
    match state {
        "waiting" => language.say("지갑을 기다립니다", "waits for a wallet"),
        "fetched" => language.say("지갑이 요청을 가져갔습니다", "a wallet has the request"),
        "done" => language.say("끝났습니다", "is done"),
        "expired" => language.say("시간이 지났습니다", "expired"),
        _ => language.say("지워졌습니다", "is gone"),
    }
}

fn frame(language: Language, here: &str, body: &str) -> String {
    let (other, name) = language.say_other();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>SAMPLE · Mapae sandbox</title>\n\
         <link rel=\"stylesheet\" href=\"/sandbox/sandbox.css\">\n</head>\n<body class=\"sandbox\">\n\
         <a class=\"skip\" href=\"#main\">{}</a>\n<header><div class=\"bar\"><a class=\"brand\" href=\"/sandbox?lang={}\">Mapae sandbox</a>\
         <span class=\"sample\">견본 SAMPLE</span><a href=\"{here}?lang={other}\" lang=\"{other}\">{name}</a></div></header>\n\
         <main id=\"main\" tabindex=\"-1\">\n{body}</main>\n</body>\n</html>\n",
        language.tag(),
        language.say("본문으로 건너뛰기", "Skip to the content"),
        language.tag()
    )
}

impl Language {
    const fn say_other(self) -> (&'static str, &'static str) {
        match self {
            Self::Korean => ("en", "English"),
            Self::English => ("ko", "한국어"),
        }
    }
}
