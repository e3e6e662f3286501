//! Token requests of three grants and their answer (OpenID4VCI §6, RFC 6749 §4.1.3, §5.1, §6).

use mapae_jose::{Object, Value, json};

use crate::{
    Asked, GrantedDetail, MessageFault, OAuthFault, PkceVerifier, Secret,
    form::{Form, FormWriter},
    members::{self, MAX_ID},
};

/// `grant_type` of an offer's code.
pub(crate) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
/// `grant_type` of a sign-in's code.
pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";
/// `grant_type` of a refresh token.
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
/// Characters of a transaction code at most.
const MAX_TX_CODE: usize = 64;
/// Bytes of a token response at most.
const MAX_RESPONSE: usize = 64 << 10;

/// A token request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// What is redeemed.
    pub grant: GrantRequest,
    /// `client_id`, if given.
    pub client_id: Option<String>,
    /// What is asked for; where nothing is said, all that the grant allows.
    pub asked: Asked,
}

/// What a token request redeems.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantRequest {
    /// An offer's code (OpenID4VCI §6.1).
    PreAuthorized {
        /// `pre-authorized_code`.
        code: Secret,
        /// `tx_code`, what the person typed.
        tx_code: Option<Secret>,
    },
    /// The code of a sign-in (RFC 6749 §4.1.3).
    AuthorizationCode {
        /// `code`.
        code: Secret,
        /// `code_verifier`.
        verifier: PkceVerifier,
        /// `redirect_uri`, which must be the pushed one.
        redirect_uri: String,
    },
    /// A refresh token (RFC 6749 §6).
    Refresh {
        /// `refresh_token`.
        token: Secret,
    },
}

impl TokenRequest {
    /// Reads the form in the body of a token request.
    pub fn parse(body: &[u8]) -> Result<Self, OAuthFault> {
        let form = Form::parse(body)?;
        let grant = GrantRequest::from_form(&form)?;
        Ok(Self { grant, client_id: form.owned("client_id", MAX_ID)?, asked: Asked::from_form(&form)? })
    }

    /// The form of the request, `application/x-www-form-urlencoded`.
    pub fn to_form(&self) -> String {
        let (details, scope) = self.asked.to_parameters();
        self.grant
            .write(FormWriter::new())
            .add_some("client_id", self.client_id.as_deref())
            .add_some("authorization_details", details.as_deref())
            .add_some("scope", scope.as_deref())
            .finish()
    }
}

impl GrantRequest {
    fn from_form(form: &Form<'_>) -> Result<Self, OAuthFault> {
        let secret = |name| Ok::<_, MessageFault>(Secret::from(form.required(name, MAX_ID)?.to_owned()));
        let tx_code = form.owned("tx_code", MAX_TX_CODE)?.map(Secret::new);
        let grant = match form.required("grant_type", 128)? {
            PRE_AUTHORIZED => return Ok(Self::PreAuthorized { code: secret("pre-authorized_code")?, tx_code }),
            AUTHORIZATION_CODE => Self::AuthorizationCode {
                code: secret("code")?,
                verifier: PkceVerifier::parse(form.required("code_verifier", MAX_ID)?)?,
                redirect_uri: form.required("redirect_uri", 2048)?.to_owned(),
            },
            REFRESH_TOKEN => Self::Refresh { token: secret("refresh_token")? },
            _ => return Err(OAuthFault::GrantUnsupported),
        };
        // OpenID4VCI §6.1: only ever with a pre-authorized code.
        if tx_code.is_some() { Err(MessageFault::Unexpected { name: "tx_code" }.into()) } else { Ok(grant) }
    }

    fn write(&self, form: FormWriter) -> FormWriter {
        match self {
            Self::PreAuthorized { code, tx_code } => form
                .add("grant_type", PRE_AUTHORIZED)
                .add("pre-authorized_code", code.expose())
                .add_some("tx_code", tx_code.as_ref().map(Secret::expose)),
            Self::AuthorizationCode { code, verifier, redirect_uri } => form
                .add("grant_type", AUTHORIZATION_CODE)
                .add("code", code.expose())
                .add("code_verifier", verifier.expose())
                .add("redirect_uri", redirect_uri),
            Self::Refresh { token } => form.add("grant_type", REFRESH_TOKEN).add("refresh_token", token.expose()),
        }
    }
}

/// The answer to a token request: an access token bound to the key of the DPoP proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: Secret,
    /// `expires_in`, in seconds.
    pub expires_in: u64,
    /// `refresh_token`.
    pub refresh_token: Option<Secret>,
    /// `scope`: what was granted, where scopes were asked for.
    pub scope: Option<String>,
    /// `authorization_details`; empty where none were asked for.
    pub details: Vec<GrantedDetail>,
}

impl TokenResponse {
    /// The body, `application/json`, never to be cached.
    pub fn to_json(&self) -> Vec<u8> {
        let details: Vec<Value> = self.details.iter().map(GrantedDetail::to_value).collect();
        let members = [
            ("access_token", Some(self.access_token.expose().into())),
            ("token_type", Some("DPoP".into())),
            ("expires_in", Some(self.expires_in.into())),
            ("refresh_token", self.refresh_token.as_ref().map(|token| token.expose().into())),
            ("scope", self.scope.as_deref().map(Value::from)),
            ("authorization_details", (!details.is_empty()).then(|| details.into())),
        ];
        json::to_vec(&crate::jwt::collect(members))
    }

    /// Reads the answer of a server, whose token must be bound to our key (RFC 9449 §5).
    pub fn parse(body: &[u8]) -> Result<Self, MessageFault> {
        let mut object = members::object(body, MAX_RESPONSE)?;
        if !members::required(&object, "token_type", 32)?.eq_ignore_ascii_case("DPoP") {
            return Err(MessageFault::Malformed { name: "token_type" });
        }
        let access_token = members::take(&mut object, "access_token", 4096)?;
        Ok(Self {
            access_token: access_token.ok_or(MessageFault::Missing { name: "access_token" })?.into(),
            // RFC 6749 §5.1 recommends it; without it a token is used at once or not at all.
            expires_in: members::seconds(&object, "expires_in")?.unwrap_or(0),
            refresh_token: members::take(&mut object, "refresh_token", 4096)?.map(Secret::new),
            details: read_details(&object)?,
            scope: members::take(&mut object, "scope", 8 << 10)?,
        })
    }
}

fn read_details(object: &Object) -> Result<Vec<GrantedDetail>, MessageFault> {
    let Some(value) = object.get("authorization_details") else { return Ok(Vec::new()) };
    let all = value.as_array().filter(|all| !all.is_empty());
    let ours = |value: &&Value| value.get("type").and_then(Value::as_str) == Some("openid_credential");
    let all = all.ok_or(MessageFault::Malformed { name: "authorization_details" })?;
    all.iter().filter(ours).map(GrantedDetail::from_value).collect()
}
