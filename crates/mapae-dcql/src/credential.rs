//! Credential queries (OpenID4VP 1.0 §6.1) with the `meta` of each format (B.2.3, B.3.5).

use serde_json::{Map, Value, json};

use crate::{ClaimQuery, QueryError, QueryId, id, wire};

/// One or more credentials of a kind that are asked for, and which of their claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialQuery {
    id: QueryId,
    wanted: Wanted,
    multiple: bool,
    holder_binding: bool,
    trusted_authorities: Vec<TrustedAuthority>,
    claims: Vec<ClaimQuery>,
    claim_sets: Vec<Vec<QueryId>>,
}

/// The format and type of credential that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// `mso_mdoc`: a document of ISO 18013-5.
    Mdoc {
        /// Its document type.
        doctype: String,
    },
    /// `dc+sd-jwt`: an SD-JWT VC.
    SdJwtVc {
        /// The types that will do, at least one.
        vct_values: Vec<String>,
    },
    /// Another format: kept as it came, and never matched.
    Other {
        /// Its identifier.
        format: String,
        /// Its `meta`.
        meta: Map<String, Value>,
    },
}

/// Authorities or frameworks that certify issuers (§6.1.1); any one of the values will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedAuthority {
    kind: String,
    values: Vec<String>,
}

impl CredentialQuery {
    /// Asks for one holder-bound credential, and for none of its selectively disclosable claims.
    pub fn new(id: QueryId, wanted: Wanted) -> Result<Self, QueryError> {
        if matches!(&wanted, Wanted::SdJwtVc { vct_values } if vct_values.is_empty()) {
            return Err(QueryError::Empty { member: "vct_values" });
        }
        Ok(Self {
            id,
            wanted,
            multiple: false,
            holder_binding: true,
            trusted_authorities: Vec::new(),
            claims: Vec::new(),
            claim_sets: Vec::new(),
        })
    }

    /// Asks for `claims` (at least one): all of them, or, if `claim_sets` has alternatives, the first of
    /// these that can be had.
    pub fn with_claims(mut self, claims: Vec<ClaimQuery>, claim_sets: Vec<Vec<QueryId>>) -> Result<Self, QueryError> {
        if claims.is_empty() {
            return Err(QueryError::Empty { member: "claims" });
        }
        id::all_distinct(claims.iter().filter_map(ClaimQuery::id))?;
        self.check_paths(&claims)?;
        self.check_claim_sets(&claims, &claim_sets)?;
        (self.claims, self.claim_sets) = (claims, claim_sets);
        Ok(self)
    }

    /// Takes more than one credential.
    pub fn with_multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// Wants credentials whose issuer one of these authorities certifies.
    pub fn with_trusted_authorities(mut self, authorities: Vec<TrustedAuthority>) -> Self {
        self.trusted_authorities = authorities;
        self
    }

    /// The id that the answer uses.
    pub fn id(&self) -> &QueryId {
        &self.id
    }

    /// Format and type.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether more than one credential may be returned.
    pub fn multiple(&self) -> bool {
        self.multiple
    }

    /// Whether the verifier requires a cryptographic proof of the holder. It does unless it says otherwise.
    pub fn requires_holder_binding(&self) -> bool {
        self.holder_binding
    }

    /// The authorities that will do; empty if the verifier makes no statement.
    pub fn trusted_authorities(&self) -> &[TrustedAuthority] {
        &self.trusted_authorities
    }

    /// The claims; empty if none that is selectively disclosable is asked for.
    pub fn claims(&self) -> &[ClaimQuery] {
        &self.claims
    }

    /// The alternatives among the claims, the preferred one first; empty if all claims are asked for.
    pub fn claim_sets(&self) -> &[Vec<QueryId>] {
        &self.claim_sets
    }

    /// §7.2.1 step 1, checked when the query is read: such a path could never be answered.
    fn check_paths(&self, claims: &[ClaimQuery]) -> Result<(), QueryError> {
        let is_mdoc = matches!(self.wanted, Wanted::Mdoc { .. });
        if is_mdoc && claims.iter().any(|claim| claim.path().as_element().is_none()) {
            return Err(QueryError::NotAnElement { credential: self.id.clone() });
        }
        Ok(())
    }

    fn check_claim_sets(&self, claims: &[ClaimQuery], sets: &[Vec<QueryId>]) -> Result<(), QueryError> {
        // §6.3: the id is REQUIRED if claim_sets is present, even where no set refers to the claim.
        if !sets.is_empty() && claims.iter().any(|claim| claim.id().is_none()) {
            return Err(QueryError::ClaimIdMissing { credential: self.id.clone() });
        }
        let known = |id: &QueryId| claims.iter().any(|claim| claim.id() == Some(id));
        match sets.iter().flatten().find(|id| !known(id)) {
            Some(id) => Err(QueryError::IdUnknown { id: id.clone() }),
            None => Ok(()),
        }
    }

    pub(crate) fn from_json(value: &Value) -> Result<Self, QueryError> {
        let object = wire::object(value, "credentials")?;
        let mut query = Self::new(wire::id(wire::required(object, "id")?, "id")?, Wanted::from_json(object)?)?;
        query.multiple = wire::boolean(object, "multiple")?.unwrap_or(false);
        query.holder_binding = wire::boolean(object, "require_cryptographic_holder_binding")?.unwrap_or(true);
        if let Some(authorities) = wire::non_empty(object, "trusted_authorities")? {
            query.trusted_authorities = wire::all(authorities, TrustedAuthority::from_json)?;
        }
        query.claims_from_json(object)
    }

    fn claims_from_json(self, object: &Map<String, Value>) -> Result<Self, QueryError> {
        let claims = wire::non_empty(object, "claims")?;
        let claim_sets = wire::non_empty(object, "claim_sets")?;
        match claims {
            Some(claims) => self.with_claims(
                wire::all(claims, ClaimQuery::from_json)?,
                wire::id_lists(claim_sets.unwrap_or_default(), "claim_sets")?,
            ),
            None if claim_sets.is_some() => Err(QueryError::ClaimSetsWithoutClaims { credential: self.id }),
            None => Ok(self),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let (format, meta) = self.wanted.to_json();
        let mut object = Map::new();
        object.insert("id".into(), self.id.as_str().into());
        object.insert("format".into(), format.into());
        object.insert("meta".into(), meta);
        self.insert_options(&mut object);
        if !self.claims.is_empty() {
            object.insert("claims".into(), self.claims.iter().map(ClaimQuery::to_json).collect());
        }
        if !self.claim_sets.is_empty() {
            object.insert("claim_sets".into(), wire::id_lists_to_json(&self.claim_sets));
        }
        Value::Object(object)
    }

    /// Members whose absence has a meaning are written only where they differ from it.
    fn insert_options(&self, object: &mut Map<String, Value>) {
        if self.multiple {
            object.insert("multiple".into(), true.into());
        }
        if !self.holder_binding {
            object.insert("require_cryptographic_holder_binding".into(), false.into());
        }
        if !self.trusted_authorities.is_empty() {
            let authorities = self.trusted_authorities.iter().map(TrustedAuthority::to_json);
            object.insert("trusted_authorities".into(), authorities.collect());
        }
    }
}

impl Wanted {
    /// §6.1 lets `meta` be empty in general; B.2.3 and B.3.5 then require `doctype_value` and
    /// `vct_values` for their formats. We follow the latter: a query names what it wants.
    fn from_json(object: &Map<String, Value>) -> Result<Self, QueryError> {
        let format = wire::text(wire::required(object, "format")?, "format")?;
        let meta = wire::object(wire::required(object, "meta")?, "meta")?;
        Ok(match format.as_str() {
            "mso_mdoc" => Self::Mdoc { doctype: wire::text(wire::required(meta, "doctype_value")?, "doctype_value")? },
            "dc+sd-jwt" => {
                Self::SdJwtVc { vct_values: wire::texts(wire::required_non_empty(meta, "vct_values")?, "vct_values")? }
            }
            _ => Self::Other { format, meta: meta.clone() },
        })
    }

    fn to_json(&self) -> (&str, Value) {
        match self {
            Self::Mdoc { doctype } => ("mso_mdoc", json!({ "doctype_value": doctype })),
            Self::SdJwtVc { vct_values } => ("dc+sd-jwt", json!({ "vct_values": vct_values })),
            Self::Other { format, meta } => (format, Value::Object(meta.clone())),
        }
    }
}

impl TrustedAuthority {
    /// Authorities of a kind (`aki`, `etsi_tl`, `openid_federation`), at least one.
    pub fn new(kind: &str, values: Vec<String>) -> Result<Self, QueryError> {
        if values.is_empty() {
            return Err(QueryError::Empty { member: "values" });
        }
        Ok(Self { kind: kind.to_owned(), values })
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The values, in the notation of their kind: base64url for `aki`.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    fn from_json(value: &Value) -> Result<Self, QueryError> {
        let object = wire::object(value, "trusted_authorities")?;
        let kind = wire::text(wire::required(object, "type")?, "type")?;
        Self::new(&kind, wire::texts(wire::required_non_empty(object, "values")?, "values")?)
    }

    fn to_json(&self) -> Value {
        json!({ "type": self.kind, "values": self.values })
    }
}
