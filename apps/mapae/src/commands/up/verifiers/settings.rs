//! `verifier.toml` of each: what an operator would write.

use mapae_crypto::sha256;
use mapae_types::hex;

use super::Verifier;
use crate::{commands::up::made::Made, failure::Outcome};

/// Whose settings, and what they depend on.
pub(super) struct Asked<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) made: &'a Made,
    pub(super) has_wallet_page: bool,
}

/// What only one of them has.
const LIBRARY: &str = include_str!("library.toml");
const BANK: &str = include_str!("bank.toml");
const MINISTRY: &str = include_str!("ministry.toml");

/// The whole file.
pub(super) fn text(asked: &Asked<'_>) -> Outcome<String> {
    let Asked { verifier, made, has_wallet_page } = asked;
    let own = match verifier.name {
        "library" => LIBRARY,
        "bank" => BANK,
        _ => MINISTRY,
    };
    let hash = |file| verifier.secret(file).map(|secret| hex::encode(&sha256(secret.as_bytes())));
    let page = if *has_wallet_page { format!("[wallets]\npage = \"{}\"\n", made.wallet_url()) } else { String::new() };
    let values = [
        ("{{base_url}}", verifier.url.clone()),
        ("{{relying_party}}", format!("../../{}", verifier.relying_party)),
        ("{{guide}}", made.url()),
        ("{{api_key}}", hash("api.key")?),
        ("{{curl_key}}", hash("curl.key")?),
        ("{{wallets}}", page),
        ("{{bank}}", format!("http://{}", made.ports.bank)),
        ("{{approval}}", format!("http://{}", made.ports.approval)),
        ("{{openid_secret}}", hash("openid.secret")?),
    ];
    let whole = format!("{}{own}", include_str!("common.toml"));
    Ok(values.into_iter().fold(whole, |text, (place, value)| text.replace(place, &value)))
}
