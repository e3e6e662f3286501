//! The authorization request (OpenID Connect Core §3.1.2), one rule at a time.

use mapae_oidc::{
    AuthorizationAnswer, AuthorizationRefusal, FormPost, LoginRefusal, MessageFault, PageFault, RequestFault,
};

use crate::scene::{
    APP, CHALLENGE, HOME, KEYED, SECRET, WEB, authorize, begin, changed, fault, form, location, page, parameters,
    provider, tokens,
};

fn refused(changes: &[(&str, &str)]) -> RequestFault {
    fault(WEB, changes).0
}

#[test]
fn a_known_client_asks_for_a_sign_in() {
    let request = authorize(&provider(), WEB, &[("ui_locales", "en ko")]).unwrap();
    assert_eq!((request.client().id.as_str(), request.ui_locales()), (WEB, &["en".to_owned(), "ko".to_owned()][..]));
    for client in [KEYED, APP] {
        authorize(&provider(), client, &[]).unwrap();
    }
}

#[test]
fn an_unknown_client_is_a_page() {
    assert_eq!(page("", &[]), MessageFault::Missing { name: "client_id" }.into());
    assert_eq!(page("somebody", &[]), PageFault::ClientUnknown);
}

#[test]
fn an_address_that_is_not_registered_is_a_page_and_no_redirect() {
    authorize(&provider(), WEB, &[("redirect_uri", "https://bank.example/back?app=2")]).unwrap();
    assert_eq!(page(WEB, &[("redirect_uri", "")]), MessageFault::Missing { name: "redirect_uri" }.into());
    for wrong in [
        "https://evil.example/back",
        "https://bank.example/back/",
        "https://bank.example/back?app=3",
        "https://bank.example/back?x",
        "https://bank.example/back#x",
        "https://bank.example:443/back",
        "https://BANK.example/back",
        "https://bank.example/a/../back",
        "https://bank.example/bye",
        "http://bank.example/back",
    ] {
        assert_eq!(page(WEB, &[("redirect_uri", wrong)]), PageFault::RedirectUriUnregistered, "{wrong}");
    }
}

#[test]
fn a_parameter_has_one_value() {
    let twice = form(&[&parameters(WEB, &[])[..], &[("state", "b")]].concat());
    let repeated = provider().authorize(twice.as_bytes()).map(drop).unwrap_err();
    assert_eq!(repeated, AuthorizationRefusal::Page(MessageFault::Repeated.into()));
    let resources = form(&[&parameters(WEB, &[])[..], &[("resource", "a"), ("resource", "b")]].concat());
    provider().authorize(resources.as_bytes()).unwrap();
}

#[test]
fn parameters_are_encoded_utf_8_within_bounds() {
    let refused = |text: &[u8]| provider().authorize(text).map(drop).unwrap_err();
    for text in [&b"client_id=\xff"[..], b"client_id=%ff", b"client_id=%4"] {
        assert_eq!(refused(text), AuthorizationRefusal::Page(MessageFault::NotForm.into()));
    }
    let long = MessageFault::TooLong { limit: 32 << 10 };
    assert_eq!(refused("a".repeat((32 << 10) + 1).as_bytes()), AuthorizationRefusal::Page(long.into()));
    let many: Vec<(String, &str)> = (0..65).map(|n| (n.to_string(), "")).collect();
    assert_eq!(refused(form(&many).as_bytes()), AuthorizationRefusal::Page(MessageFault::NotForm.into()));
    assert_eq!(
        refused(form(&many[..64]).as_bytes()),
        AuthorizationRefusal::Page(MessageFault::Missing { name: "client_id" }.into())
    );
}

#[test]
fn unknown_and_empty_parameters_are_ignored() {
    authorize(
        &provider(),
        WEB,
        &[("extra", "foobar"), ("display", "popup"), ("login_hint", "a"), ("claims_locales", "ko")],
    )
    .unwrap();
    authorize(&provider(), WEB, &[("state", ""), ("nonce", "")]).unwrap();
    let empty = format!("{}&prompt=&max_age=", form(&parameters(WEB, &[])));
    provider().authorize(empty.as_bytes()).unwrap();
}

#[test]
fn only_codes_are_given() {
    let missing = RequestFault::Message(MessageFault::Missing { name: "response_type" });
    assert_eq!(fault(WEB, &[("response_type", "")]), (missing, "invalid_request".to_owned()));
    for other in ["token", "id_token", "code id_token", "none", "Code"] {
        let unsupported = (RequestFault::ResponseType, "unsupported_response_type".to_owned());
        assert_eq!(fault(WEB, &[("response_type", other)]), unsupported, "{other}");
    }
}

#[test]
fn an_answer_comes_in_the_query_or_by_a_form() {
    authorize(&provider(), WEB, &[("response_mode", "query")]).unwrap();
    for other in ["fragment", "web_message", "Query"] {
        assert_eq!(refused(&[("response_mode", other)]), RequestFault::ResponseMode, "{other}");
    }
    let begun = begin(&provider(), WEB, &[("response_mode", "form_post"), ("state", "\"><script>&'")]);
    let answer = begun.pending.refuse(begun.cookie.expose(), LoginRefusal::Declined).unwrap();
    let AuthorizationAnswer::FormPost(post) = answer else { panic!("no form") };
    let fields: Vec<_> = post.fields().collect();
    assert_eq!(post.action(), HOME);
    assert_eq!(fields[0], ("error", "access_denied"));
    assert_eq!(fields[1], ("error_description", "no document was presented"));
    assert_eq!(fields[2], ("state", "\"><script>&'"));
    let page = post.to_html();
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;&amp;&#39;\""), "{page}");
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(FormPost::content_security_policy().contains("script-src 'sha256-"));
}

#[test]
fn a_registered_query_stays_in_the_answer() {
    let begun = begin(&provider(), WEB, &[("redirect_uri", "https://bank.example/back?app=2")]);
    let answer = begun.pending.refuse(begun.cookie.expose(), LoginRefusal::Declined).unwrap();
    assert!(location(&answer).starts_with("https://bank.example/back?app=2&error=access_denied&error_description="));
}

#[test]
fn request_objects_are_refused_by_name() {
    for (name, fault_of, code) in [
        ("request", RequestFault::RequestObject, "request_not_supported"),
        ("request_uri", RequestFault::RequestUri, "request_uri_not_supported"),
        ("registration", RequestFault::Registration, "registration_not_supported"),
    ] {
        assert_eq!(fault(WEB, &[(name, "https://bank.example/r")]), (fault_of, code.to_owned()));
    }
}

#[test]
fn the_scope_has_openid_and_what_the_client_is_registered_for() {
    for other_order in ["profile openid", "openid", "openid  profile"] {
        authorize(&provider(), WEB, &[("scope", other_order)]).unwrap();
    }
    for without in ["", "profile", "openid2", "OpenID"] {
        let lacking = (RequestFault::OpenIdScopeMissing, "invalid_scope".to_owned());
        assert_eq!(fault(WEB, &[("scope", without)]), lacking, "{without}");
    }
    // Unknown to the provider, which gives no refresh tokens either.
    authorize(&provider(), WEB, &[("scope", "openid email phone offline_access")]).unwrap();
    let beyond = RequestFault::ScopeBeyond { scope: "address".to_owned() };
    assert_eq!(fault(WEB, &[("scope", "openid address")]), (beyond, "invalid_scope".to_owned()));
}

#[test]
fn a_challenge_is_of_the_method_s256() {
    for method in ["plain", "", "s256"] {
        assert_eq!(refused(&[("code_challenge_method", method)]), RequestFault::ChallengeMethod, "{method}");
    }
    for wrong in [&CHALLENGE[1..], &format!("{CHALLENGE}A"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c*"] {
        assert_eq!(refused(&[("code_challenge", wrong)]), RequestFault::ChallengeMalformed, "{wrong}");
    }
}

#[test]
fn who_keeps_no_secret_brings_a_challenge() {
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    for client in [WEB, KEYED] {
        authorize(&provider(), client, &without).unwrap();
    }
    assert_eq!(fault(APP, &without), (RequestFault::ChallengeMissing, "invalid_request".to_owned()));
    // A method alone says that the challenge was lost.
    assert_eq!(refused(&[("code_challenge", "")]), RequestFault::ChallengeMissing);
}

#[test]
fn nobody_signs_in_without_being_asked() {
    assert_eq!(fault(WEB, &[("prompt", "none")]), (RequestFault::LoginRequired, "login_required".to_owned()));
    for fine in ["login", "consent", "select_account", "login consent"] {
        authorize(&provider(), WEB, &[("prompt", fine)]).unwrap();
    }
    for wrong in ["none login", "create", "Login"] {
        assert_eq!(refused(&[("prompt", wrong)]), RequestFault::Prompt, "{wrong}");
    }
}

#[test]
fn every_sign_in_is_younger_than_any_age_asked_for() {
    for fine in ["0", "1", "10000"] {
        authorize(&provider(), WEB, &[("max_age", fine)]).unwrap();
    }
    for wrong in ["-1", "a", "1.5"] {
        let malformed = MessageFault::Malformed { name: "max_age" };
        assert_eq!(refused(&[("max_age", wrong)]), malformed.into(), "{wrong}");
    }
}

#[test]
fn values_have_their_bounds() {
    for (name, max) in [("state", 4096), ("nonce", 1024), ("scope", 1024)] {
        let (long, longer) = ("a".repeat(max), "a".repeat(max + 1));
        let long = if name == "scope" { format!("openid {}", &long[7..]) } else { long };
        authorize(&provider(), WEB, &[(name, &long)]).unwrap();
        let refusal = authorize(&provider(), WEB, &[(name, &longer)]).map(drop).unwrap_err();
        assert_eq!(refusal.to_string(), format!("{name} is malformed"));
    }
}

#[test]
fn a_level_is_the_clients_unless_it_wishes_another_of_its_own() {
    let level = |values: &str| begin(&provider(), WEB, &[("acr_values", values)]).pending.acr().value.clone();
    assert_eq!(level(""), "substantial");
    assert_eq!(level("high substantial"), "high");
    // Wishes that cannot be had are passed over (§3.1.2.1), `low` being none of this client's.
    assert_eq!(level("loa4 high"), "high");
    assert_eq!(level("low loa4"), "substantial");
}

#[test]
fn a_hint_is_a_token_of_ours_for_this_client() {
    let provider = provider();
    let tokens = tokens(&provider, &[]);
    let hint = crate::scene::opened(&tokens).0["id_token"].as_str().unwrap().to_owned();
    authorize(&provider, WEB, &[("id_token_hint", &hint)]).unwrap();
    let (head, tail) = hint.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    for wrong in ["a", "eyJhbGciOiJub25lIn0.e30.", &altered] {
        assert_eq!(refused(&[("id_token_hint", wrong)]), RequestFault::Hint, "{wrong}");
    }
    assert_eq!(fault(KEYED, &[("id_token_hint", &hint)]).0, RequestFault::Hint);
    let elsewhere = changed(|new| new.keys = mapae_oidc::KeyRing::new(crate::scene::key(9).public().clone()).unwrap());
    let refusal = authorize(&elsewhere.unwrap(), WEB, &[("id_token_hint", &hint)]).map(drop).unwrap_err();
    assert_eq!(refusal.to_string(), RequestFault::Hint.to_string());
}

#[test]
fn a_secret_in_a_request_is_not_kept() {
    let begun = begin(&provider(), WEB, &[("client_secret", SECRET)]);
    let record = begun.pending.to_record();
    assert!(!core::str::from_utf8(&record).unwrap().contains("secret"));
}
