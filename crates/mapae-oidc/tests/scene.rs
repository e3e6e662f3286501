//! A bank with three applications: a web site that has a secret, one that has a key, and an app that can keep neither.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use mapae_crypto::SigningKey;
use mapae_dcql::{ClaimPath, PathSegment, Wanted};
use mapae_document::Attribute;
use mapae_jose::{Object, UnsignedJws, Value, base64url, json};
use mapae_oidc::{
    Acr, Arrival, AuthorizationAnswer, AuthorizationRefusal, AuthorizationRequest, Begun, Client, ClientAuthentication,
    Code, ConfigFault, ErrorCode, IssuedCode, IssuerUrl, KeyRing, Lifetimes, Login, NewProvider, Once, PageFault,
    Person, Presented, Provider, RequestFault, Scope, Source, SubjectRule, SubjectSecret, TokenAlgorithm, TokenFault,
    TokenRequest, Tokens,
};
use mapae_trust::{Names, NewRegistration, RegisteredDocument, RegisteredKind, Registration};
use mapae_types::{Duration, PersonId, Timestamp};
use mapae_verify::{Claims, Format, Verified, VerifiedCredential};
use mapae_x509::{Certificate, Role};
use testkit::{Pki, Seeded, World, document, now};

pub(crate) const ISSUER: &str = "https://login.bank.example/oidc";
/// Has a secret, and knows its people again.
pub(crate) const WEB: &str = "web";
/// Has a key, and does not know its people.
pub(crate) const KEYED: &str = "keyed";
/// Has nothing.
pub(crate) const APP: &str = "app";
pub(crate) const SECRET: &str = "s:cr/t+%&= of 128 bits";
pub(crate) const HOME: &str = "https://bank.example/back";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Claims by the catalogue's attributes.
pub(crate) const CLAIMS: [(&str, &[&str]); 5] = [
    ("family_name", &["family_name"]),
    ("given_name", &["given_name"]),
    ("birthdate", &["birth_date"]),
    ("age_over_19", &["age_over_19"]),
    ("address", &["resident_address", "resident_city"]),
];
/// What the person of every scene shows.
pub(crate) const SHOWN: [&str; 6] =
    ["family_name", "given_name", "birth_date", "age_over_19", "resident_address", "resident_city"];

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let from = now().start_of_day();
    Pki::new(7, "KR").signer(Role::MdocReader, 8, from, from + Duration::days(365)).certificate
});
static WORLD: LazyLock<Shown> = LazyLock::new(|| {
    let world = World::new();
    let show = |format| {
        let copy = world.issue(format);
        world.verify(&world.request.answer(&copy, &SHOWN)).unwrap()
    };
    Shown { mdoc: show(Format::Mdoc), sd_jwt: show(Format::SdJwt) }
});

struct Shown {
    mdoc: Verified,
    sd_jwt: Verified,
}

/// A presentation of a resident card.
pub(crate) fn shown(format: Format) -> &'static Verified {
    match format {
        Format::Mdoc => &WORLD.mdoc,
        Format::SdJwt => &WORLD.sd_jwt,
    }
}

pub(crate) fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn path(format: Format, attribute: &Attribute) -> ClaimPath {
    match format {
        Format::Mdoc => ClaimPath::element(attribute.namespace(), attribute.element()),
        Format::SdJwt => {
            ClaimPath::new(attribute.claim_path().iter().cloned().map(PathSegment::Key).collect()).unwrap()
        }
    }
}

fn paths(format: Format, ids: &[&str]) -> Vec<ClaimPath> {
    ids.iter().map(|id| path(format, document("resident").attribute(id).unwrap())).collect()
}

pub(crate) fn source(format: Format) -> Source {
    let card = document("resident");
    let (id, wanted) = match format {
        Format::Mdoc => ("resident-mdoc", Wanted::Mdoc { doctype: card.doctype().to_owned() }),
        Format::SdJwt => ("resident-sd-jwt", Wanted::SdJwtVc { vct_values: vec![card.vct().to_owned()] }),
    };
    let claims = CLAIMS.iter().map(|(name, ids)| ((*name).to_owned(), paths(format, ids)));
    let person = paths(format, &["person_id"]).pop();
    Source { id: id.parse().unwrap(), wanted, claims: claims.collect::<BTreeMap<_, _>>(), person }
}

pub(crate) fn registration() -> Registration {
    let both = |format| {
        let kind = match source(format).wanted {
            Wanted::Mdoc { doctype } => RegisteredKind::Mdoc(doctype),
            Wanted::SdJwtVc { vct_values } => RegisteredKind::SdJwtVc(vct_values[0].clone()),
            _ => unreachable!(),
        };
        RegisteredDocument::new(kind, paths(format, &[&SHOWN[..], &["person_id"]].concat())).unwrap()
    };
    Registration::new(NewRegistration {
        id: "bank".parse().unwrap(),
        names: Names::new("은행", "Bank").unwrap(),
        certificate: CERTIFICATE.clone(),
        use_class: "substantial".parse().unwrap(),
        purposes: vec![Names::new("로그인", "Signing in").unwrap()],
        legal_basis: None,
        documents: vec![both(Format::Mdoc), both(Format::SdJwt)],
    })
    .unwrap()
}

pub(crate) fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut Seeded::new(seed)).unwrap()
}

/// The key of the client [`KEYED`].
pub(crate) fn client_key() -> SigningKey {
    key(41)
}

pub(crate) fn client(id: &str) -> Client {
    Client {
        id: id.to_owned(),
        authentication: match id {
            WEB => ClientAuthentication::secret_basic(SECRET),
            KEYED => {
                ClientAuthentication::PrivateKeyJwt { keys: vec![(Some("k1".into()), client_key().public().clone())] }
            }
            _ => ClientAuthentication::Public,
        },
        redirect_uris: vec![HOME.to_owned(), format!("{HOME}?app=2")],
        post_logout_redirect_uris: vec!["https://bank.example/bye".to_owned()],
        id_token_algorithm: TokenAlgorithm::Es256,
        subject: if id == WEB { SubjectRule::Returning(SubjectSecret::new([7; 32])) } else { SubjectRule::PerLogin },
        scopes: names(&["profile"]),
        claims: names(&["family_name", "given_name", "birthdate", "age_over_19"]),
        baseline: names(&["age_over_19"]),
        sources: vec![source(Format::SdJwt).id, source(Format::Mdoc).id],
        acr: vec!["substantial".to_owned(), "high".to_owned()],
        purpose: Some("Signing in".to_owned()),
    }
}

pub(crate) fn new_provider() -> NewProvider {
    let acr = |name: &str| Acr { value: name.to_owned(), use_class: name.parse().unwrap() };
    let scope = |name: &str, claims: &[&str]| Scope { name: name.to_owned(), claims: names(claims) };
    NewProvider {
        issuer: IssuerUrl::parse(ISSUER).unwrap(),
        clients: vec![client(WEB), client(KEYED), client(APP)],
        sources: vec![source(Format::SdJwt), source(Format::Mdoc)],
        scopes: vec![scope("profile", &["family_name", "given_name", "birthdate"]), scope("address", &["address"])],
        acr: vec![acr("low"), acr("substantial"), acr("high")],
        keys: KeyRing::new(key(40).public().clone()).unwrap(),
        lifetimes: Lifetimes::default(),
    }
}

pub(crate) fn changed(change: impl FnOnce(&mut NewProvider)) -> Result<Provider, ConfigFault> {
    let mut new = new_provider();
    change(&mut new);
    Provider::new(new, &registration())
}

pub(crate) fn provider() -> Provider {
    changed(|_| {}).unwrap()
}

/// A form or query of these parameters.
pub(crate) fn form<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> String {
    let write = |form: mapae_types::form::FormWriter, (name, value): &(N, V)| form.add(name.as_ref(), value.as_ref());
    parameters.iter().fold(mapae_types::form::FormWriter::new(), write).finish()
}

/// A request of a client, with some parameters changed; an empty one is left out.
pub(crate) fn parameters<'a>(client: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", HOME),
        ("scope", "openid profile"),
        ("state", "st&te"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    parameters
}

pub(crate) fn authorize(
    provider: &Provider,
    client: &str,
    changes: &[(&str, &str)],
) -> Result<AuthorizationRequest, AuthorizationRefusal> {
    match provider.authorize(form(&parameters(client, changes)).as_bytes())? {
        Arrival::Direct(request) => Ok(*request),
        Arrival::Pushed(_) => panic!("nothing was pushed"),
    }
}

/// What a request of [`WEB`] is told, and that it is told it where it wants.
pub(crate) fn fault(client: &str, changes: &[(&str, &str)]) -> (RequestFault, String) {
    let refusal = authorize(&provider(), client, changes).map(drop).unwrap_err();
    let AuthorizationRefusal::Back { fault, answer } = refusal else { panic!("a page: {refusal}") };
    let location = location(&answer);
    assert!(location.starts_with(&format!("{HOME}?error=")), "{location}");
    assert!(location.ends_with("&state=st%26te&iss=https%3A%2F%2Flogin.bank.example%2Foidc"), "{location}");
    let code = location.strip_prefix(&format!("{HOME}?error=")).unwrap().split('&').next().unwrap().to_owned();
    assert_eq!(code, ErrorCode::from(&fault).as_str());
    (fault, code)
}

pub(crate) fn page(client: &str, changes: &[(&str, &str)]) -> PageFault {
    match authorize(&provider(), client, changes).map(drop).unwrap_err() {
        AuthorizationRefusal::Page(fault) => fault,
        other @ AuthorizationRefusal::Back { .. } => panic!("redirected: {other}"),
    }
}

pub(crate) fn location(answer: &AuthorizationAnswer) -> String {
    match answer {
        AuthorizationAnswer::Redirect(location) => location.clone(),
        other => panic!("no redirect: {other:?}"),
    }
}

/// A parameter of an address.
pub(crate) fn parameter(location: &str, name: &str) -> String {
    let query = location.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    mapae_types::form::decode(value).unwrap().into_owned()
}

/// The claims of a credential in the shape of OpenID Connect, as a service would make them from the catalogue.
pub(crate) fn shape(credential: &VerifiedCredential) -> Object {
    let format = match credential.claims() {
        Claims::Mdoc(_) => Format::Mdoc,
        _ => Format::SdJwt,
    };
    let claims = credential.claims().to_json();
    let value = |path: &ClaimPath| {
        let step = |value: &Value, segment: &PathSegment| match segment {
            PathSegment::Key(key) => value.get(key).cloned(),
            _ => None,
        };
        path.segments().iter().try_fold(claims.clone(), |value, segment| step(&value, segment))
    };
    let all = CLAIMS.iter().filter_map(|(name, ids)| {
        let values: Vec<Value> = paths(format, ids).iter().filter_map(value).collect();
        let value = if *name == "address" { values.into() } else { values.into_iter().next()? };
        Some(((*name).to_owned(), value))
    });
    all.collect()
}

/// Somebody in the register of `issuer`.
pub(crate) fn somebody() -> &'static PersonId {
    static SOMEBODY: LazyLock<PersonId> = LazyLock::new(|| "p-4711".parse().unwrap());
    &SOMEBODY
}

pub(crate) fn presented<'a>(verified: &'a Verified, id: &'a PersonId) -> Presented<'a> {
    Presented { verified, shape: &shape, person: Some(Person { issuer: "https://issuer.example", id }) }
}

pub(crate) fn begin(provider: &Provider, client: &str, changes: &[(&str, &str)]) -> Begun {
    let request = authorize(provider, client, changes).unwrap();
    request.begin(provider, &mut Seeded::new(1), now()).unwrap()
}

pub(crate) fn login(provider: &Provider, client: &str, changes: &[(&str, &str)]) -> (Login, String) {
    let begun = begin(provider, client, changes);
    let presented = &presented(shown(Format::SdJwt), somebody());
    let login = begun.pending.complete(presented, &mut Seeded::new(2), now()).unwrap();
    (login, begun.cookie.expose().to_owned())
}

pub(crate) fn issue(provider: &Provider, client: &str, changes: &[(&str, &str)]) -> (IssuedCode, String) {
    let (login, cookie) = login(provider, client, changes);
    let issued = login.issue(provider, &cookie, &mut Seeded::new(3), now()).unwrap();
    let code = parameter(&location(&issued.answer), "code");
    (issued, code)
}

/// The header of `client_secret_basic`, by RFC 6749 §2.3.1.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encoded = form(&[(id, secret)]).replacen('=', ":", 1);
    format!("Basic {}", base64url::encode_standard(encoded))
}

pub(crate) fn token_parameters<'a>(code: &'a str, changes: &[(&'a str, &'a str)]) -> String {
    let mut parameters =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", HOME), ("code_verifier", VERIFIER)];
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    form(&parameters)
}

pub(crate) fn token_request(
    provider: &Provider,
    code: &str,
    changes: &[(&str, &str)],
) -> Result<TokenRequest, TokenFault> {
    let body = token_parameters(code, changes);
    let request = provider.token(Some(&basic(WEB, SECRET)), body.as_bytes(), now())?;
    Ok(request.confirm(Once::First)?)
}

/// The tokens of [`WEB`] for a code.
pub(crate) fn tokens_at(provider: &Provider, text: &str, code: Code, now: Timestamp) -> Result<Tokens, TokenFault> {
    let redemption = token_request(provider, text, &[])?.redeem(Some(code))?;
    let unsigned = redemption.consume(provider, Once::First, &mut Seeded::new(4), now)?;
    let signature = key(40).sign(unsigned.to_be_signed()).unwrap();
    Ok(unsigned.attach(&signature))
}

pub(crate) fn tokens(provider: &Provider, changes: &[(&str, &str)]) -> Tokens {
    let (issued, text) = issue(provider, WEB, changes);
    tokens_at(provider, &text, issued.code, now()).unwrap()
}

pub(crate) fn object(json: impl AsRef<[u8]>) -> Object {
    json::parse_object(json.as_ref()).unwrap()
}

/// The answer of the token endpoint, and the verified claims of its `id_token`.
pub(crate) fn opened(tokens: &Tokens) -> (Object, Object) {
    let answer = object(tokens.json.expose());
    let jws = mapae_jose::Jws::parse(answer["id_token"].as_str().unwrap()).unwrap();
    let claims = jws.verify(key(40).public()).unwrap().payload_object().unwrap();
    (answer, claims)
}

/// A JWT by a key.
pub(crate) fn jwt(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let unsigned = UnsignedJws::new(header.as_object().unwrap(), &json::to_vec(claims));
    let signature = key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}
