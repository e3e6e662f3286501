//! A row of the table: one method of one path.

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// In small letters.
    pub method: &'static str,
    /// The path, as the router knows it.
    pub path: Place,
    /// What it is for, in a line.
    pub summary: &'static str,
    /// What stands in the path, the query or a header.
    pub parameters: &'static [Parameter],
    /// The request's body, by its types.
    pub body: &'static [Body],
    /// What is answered, beside what every route may answer.
    pub answers: &'static [Answer],
    /// Who may ask.
    pub security: Security,
}

/// Where a path hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below the path of the issuer's identifier.
    Below(&'static str),
    /// Between host and that path (OpenID4VCI §12.2.2, RFC 8414 §3.1).
    WellKnown(&'static str),
    /// At the root of the listener.
    Root(&'static str),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// `path`, `query` or `header`.
    pub place: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The values, if they are few.
    pub values: &'static [&'static str],
}

/// A body of a type.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// The media type.
    pub media_type: &'static str,
    /// Its schema among the components.
    pub schema: &'static str,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// When.
    pub meaning: &'static str,
    /// Its body, by its types; none has none.
    pub bodies: &'static [Body],
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Everybody.
    Nobody,
    /// Who has an access token and the key that it is bound to (RFC 9449 §7.1).
    Dpop,
    /// Who has the office's token.
    Office,
}

impl Place {
    /// The path below `base`, the path of the issuer's identifier.
    pub fn under(self, base: &str) -> String {
        match self {
            Self::Below(path) => format!("{base}{path}"),
            Self::WellKnown(path) => format!("{path}{base}"),
            Self::Root(path) => path.to_owned(),
        }
    }
}

impl Parameter {
    pub(super) const fn path(name: &'static str, meaning: &'static str) -> Self {
        Self { name, place: "path", meaning, required: true, values: &[] }
    }

    pub(super) const fn query(name: &'static str, meaning: &'static str) -> Self {
        Self { name, place: "query", meaning, required: true, values: &[] }
    }

    pub(super) const fn header(name: &'static str, meaning: &'static str) -> Self {
        Self { name, place: "header", meaning, required: false, values: &[] }
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    pub(super) const fn one_of(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }
}

pub(super) const fn json(schema: &'static str) -> Body {
    Body { media_type: "application/json", schema }
}

pub(super) const fn answer(status: u16, meaning: &'static str, bodies: &'static [Body]) -> Answer {
    Answer { status, meaning, bodies }
}
