//! What a provider needs of its operator, and what it refuses before anybody signs in.

use mapae_http::settings::parse;
use mapae_verifier::{ServeError, VerifierConfig};

use super::library::{file, sections};
use crate::{
    places::Sqlite,
    scene::{KEY, Scene, Setting},
};

const LEAST: &str =
    "base_url = \"https://v.example\"\nrelying_party = \"rp\"\n[bundle]\nsource = \"b\"\npolicy = \"p\"\n";
const CLIENT: &str = "[[openid.clients]]\nid = \"a\"\nsecret_sha256 = \"9b945cbf9a62e38ff6c4ed9ee3eaaa32d06e9565e61d714f192f201e9f71850d\"\n\
     redirect_uris = [\"https://a.example/cb\"]\nclaims = [\"name\"]\ndocuments = [\"resident\"]\n";

fn refused(section: &str) -> String {
    parse::<VerifierConfig>(&format!("{LEAST}{section}")).unwrap_err().to_string()
}

#[test]
fn without_clients_there_is_no_provider() {
    assert!(parse::<VerifierConfig>(LEAST).unwrap().openid.clients.is_empty());
    assert_eq!(parse::<VerifierConfig>(&format!("{LEAST}{CLIENT}")).unwrap().openid.clients.len(), 1);
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_key() {
    let with = |from: &str, to: &str| {
        assert!(CLIENT.contains(from), "{from}");
        CLIENT.replace(from, to)
    };
    let hash = CLIENT.lines().nth(2).unwrap();
    let cases = [
        (with(hash, ""), "openid.clients.secret_sha256"),
        (with(hash, "secret_sha256 = \"00\""), "openid.clients.secret_sha256"),
        (format!("{CLIENT}keys_file = \"k\"\n"), "openid.clients.secret_sha256"),
        (format!("{CLIENT}authentication = \"private_key_jwt\"\n"), "openid.clients.keys_file"),
        (format!("{CLIENT}authentication = \"none\"\n"), "openid.clients.authentication"),
        (format!("{CLIENT}authentication = \"client_secret_post\"\n"), "openid.clients.authentication"),
        (format!("{CLIENT}subject = \"returning\"\n"), "openid.clients.subject_secret_file"),
        (format!("{CLIENT}subject_secret_file = \"s\"\n"), "openid.clients.subject_secret_file"),
        (format!("{CLIENT}subject = \"always\"\n"), "openid.clients.subject"),
        (format!("{CLIENT}id_token_alg = \"none\"\n"), "openid.clients.id_token_alg"),
        (format!("[openid]\nrotate_days = 2\nannounce_hours = 25\n{CLIENT}"), "openid.announce_hours"),
        (format!("{CLIENT}[[openid.levels]]\nacr = \"a\"\nuse_class = \"A B\"\n"), "openid.levels.use_class"),
    ];
    for (section, key) in cases {
        assert!(refused(&section).contains(&format!("`{key}`")), "{key}: {}", refused(&section));
    }
}

/// The operations page shows clients that work, and the template is a file that can be read.
#[test]
fn the_sample_of_the_page_can_be_read() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations/verifier.md");
    let page = std::fs::read_to_string(page).unwrap();
    let sample = page.split("## As an OpenID provider").nth(1).unwrap().split("```toml\n").nth(1).unwrap();
    let sample = sample.split("```").next().unwrap();
    let config: VerifierConfig = parse(&format!("{LEAST}{sample}")).unwrap();
    assert!(config.openid.clients[0].returning.is_some());
    let template = mapae_http::settings::template::<VerifierConfig>("").unwrap();
    assert!(template.contains("# Danger: Who changes it makes strangers of all users"), "{template}");
}

/// A client beyond the organisation's registration, or that names what is not there, is none that starts.
#[tokio::test]
async fn a_client_beyond_the_registration_does_not_start() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let client = |lines: &str| Setting { sections: format!("{CLIENT}{lines}"), ..Setting::default() };
    let start = async |lines: &str| scene.refusal(&client(lines)).await.to_string();
    assert!(start("").await.contains("lacks baseline"), "nothing would be presented");
    let required = "required = [\"age_over_19\"]\n";
    let secret = |text: &str| {
        let path = file("some.subject", text);
        format!("subject = \"returning\"\nsubject_secret_file = \"{}\"\n", path.display())
    };
    for (lines, expected) in [
        ("required = [\"resident_registration_number\"]\n".to_owned(), "resident_registration_number"),
        (format!("{required}purpose = \"To sell it\"\n"), "a purpose that is not registered"),
        (format!("{required}scopes = [\"email\"]\n"), "email"),
        (format!("{required}acr = [\"loa9\"]\n"), "loa9"),
        ("required = [\"telephone\"]\n".to_owned(), "telephone"),
        (format!("{required}{}", secret("too short")), "some.subject is not 32 bytes"),
        (format!("{required}subject = \"returning\"\nsubject_secret_file = \"/nowhere\"\n"), "/nowhere"),
    ] {
        let refusal = start(&lines).await;
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
    let official = CLIENT.replace("resident", "official");
    let beyond = scene
        .refusal(&Setting { sections: format!("{official}required = [\"staff_number\"]\n"), ..Setting::default() })
        .await;
    assert!(matches!(beyond, ServeError::OpenId(_)) && beyond.to_string().contains("kr:official"), "{beyond}");
    let licence = CLIENT.replace("resident", "licence").replace("\"name\"", "\"family_name\"");
    let beyond = start_returning(&scene, &licence).await;
    assert!(beyond.contains("person_id"), "knowing people again is registered as well: {beyond}");
    let unknown = CLIENT.replace("resident", "passport");
    let unknown = scene.refusal(&Setting { sections: unknown, ..Setting::default() }).await.to_string();
    assert!(unknown.contains("no document passport"), "{unknown}");
}

async fn start_returning(scene: &Scene<Sqlite>, client: &str) -> String {
    let path = file("licence.subject", &"07".repeat(32));
    let lines = format!("{client}subject = \"returning\"\nsubject_secret_file = \"{}\"\n", path.display());
    scene.refusal(&Setting { sections: lines, ..Setting::default() }).await.to_string()
}

/// Its sessions are nobody's who has an API key.
#[tokio::test]
async fn an_api_key_is_not_called_as_the_provider() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let hash = mapae_types::hex::encode(&mapae_crypto::sha256(KEY.as_bytes()));
    let key = format!("{}[[api_keys]]\nname = \"openid\"\nsha256 = \"{hash}\"\n", sections());
    let refusal = scene.refusal(&Setting { sections: key, ..Setting::default() }).await.to_string();
    assert!(refusal.contains("no API key can be called `openid`"), "{refusal}");
}

/// A file with a client's private key is not taken for its public one.
#[tokio::test]
async fn keys_of_clients_are_public_ones() {
    let scene = Scene::<Sqlite>::new().await.unwrap();
    let hash = CLIENT.lines().nth(2).unwrap();
    for (name, content) in [
        (
            "private.jwks",
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}"#,
        ),
        ("empty.jwks", r#"{"keys":[]}"#),
        ("none.jwks", "-----BEGIN PUBLIC KEY-----"),
    ] {
        let keys = format!("authentication = \"private_key_jwt\"\nkeys_file = \"{}\"", file(name, content).display());
        let sections = format!("{}required = [\"age_over_19\"]\n", CLIENT.replace(hash, &keys));
        let refusal = scene.refusal(&Setting { sections, ..Setting::default() }).await.to_string();
        assert!(refusal.contains(&format!("{name} is no JWK set of public keys")), "{refusal}");
    }
}
