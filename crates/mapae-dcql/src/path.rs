//! Claims path pointers (OpenID4VP 1.0 §7).

use core::fmt;

use serde_json::Value;

use crate::{QueryError, wire};

/// A pointer to one or more claims of a credential; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimPath(Vec<PathSegment>);

/// A step of a [`ClaimPath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathSegment {
    /// The member of that name; in an mdoc, the namespace and then the element.
    Key(String),
    /// Every element of an array (JSON `null`).
    All,
    /// One element of an array, from 0.
    Index(usize),
}

/// A value of a credential with the path that leads to it and to nothing else.
pub(crate) struct Located<'v> {
    pub(crate) path: Vec<PathSegment>,
    pub(crate) value: &'v Value,
}

impl ClaimPath {
    /// A path of the given steps, at least one.
    pub fn new(segments: Vec<PathSegment>) -> Result<Self, QueryError> {
        if segments.is_empty() { Err(QueryError::Empty { member: "path" }) } else { Ok(Self(segments)) }
    }

    /// An element of an mdoc (§7.2.1).
    pub fn element(namespace: &str, element: &str) -> Self {
        Self(vec![PathSegment::Key(namespace.to_owned()), PathSegment::Key(element.to_owned())])
    }

    /// A member at the top level of a JSON credential.
    pub fn claim(name: &str) -> Self {
        Self(vec![PathSegment::Key(name.to_owned())])
    }

    /// The steps.
    pub fn segments(&self) -> &[PathSegment] {
        &self.0
    }

    /// Namespace and element, if this is a path into an mdoc (§7.2.1 step 1).
    pub fn as_element(&self) -> Option<(&str, &str)> {
        match self.0.as_slice() {
            [PathSegment::Key(namespace), PathSegment::Key(element)] => Some((namespace, element)),
            _ => None,
        }
    }

    /// The elements of a JSON credential that the path selects (§7.1.1), or nothing where the
    /// specification says to abort.
    pub(crate) fn locate<'v>(&self, root: &'v Value) -> Option<Vec<Located<'v>>> {
        let mut selected = vec![Located { path: Vec::with_capacity(self.0.len()), value: root }];
        for segment in &self.0 {
            selected = step(selected, segment)?;
        }
        Some(selected)
    }

    /// Whether [`locate`](Self::locate) finds a value that `accepts` takes, without noting where.
    pub(crate) fn leads_to(&self, root: &Value, accepts: &dyn Fn(&Value) -> bool) -> bool {
        lead_to(&self.0, root, accepts) == Some(true)
    }

    /// Whether disclosing `other` serves this path: it lies at or below what this path selects, or on
    /// the way to it.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(asked, shown)| asked.selects(shown))
    }

    pub(crate) fn from_located(path: Vec<PathSegment>) -> Self {
        Self(path)
    }

    pub(crate) fn from_json(value: &Value) -> Result<Self, QueryError> {
        let segments = value.as_array().ok_or(QueryError::WrongType { member: "path" })?;
        Self::new(wire::all(segments, PathSegment::from_json)?)
    }

    pub(crate) fn to_json(&self) -> Value {
        self.0.iter().map(PathSegment::to_json).collect()
    }
}

impl PathSegment {
    /// Whether this step of an asked path selects that step of a concrete path.
    fn selects(&self, concrete: &Self) -> bool {
        self == concrete || (*self == Self::All && matches!(concrete, Self::Index(_)))
    }

    /// §7: strings, nulls and non-negative integers, nothing else.
    fn from_json(value: &Value) -> Result<Self, QueryError> {
        match value {
            Value::String(key) => Ok(Self::Key(key.clone())),
            Value::Null => Ok(Self::All),
            other => other
                .as_u64()
                .and_then(|index| usize::try_from(index).ok())
                .map(Self::Index)
                .ok_or(QueryError::WrongType { member: "path" }),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Key(key) => Value::from(key.as_str()),
            Self::All => Value::Null,
            Self::Index(index) => Value::from(*index),
        }
    }
}

/// §7.1.1 step 2: one component, applied to everything selected so far.
fn step<'v>(selected: Vec<Located<'v>>, segment: &PathSegment) -> Option<Vec<Located<'v>>> {
    let mut next = Vec::with_capacity(selected.len());
    for Located { path, value } in selected {
        match segment {
            PathSegment::Key(key) => {
                next.extend(value.as_object()?.get(key).map(|value| located(&path, segment.clone(), value)));
            }
            PathSegment::Index(index) => {
                next.extend(value.as_array()?.get(*index).map(|value| located(&path, segment.clone(), value)));
            }
            PathSegment::All => {
                for (index, value) in value.as_array()?.iter().enumerate() {
                    next.push(located(&path, PathSegment::Index(index), value));
                }
            }
        }
    }
    Some(next)
}

/// The same steps for every value selected: `None` where the specification says to abort.
fn lead_to(path: &[PathSegment], value: &Value, accepts: &dyn Fn(&Value) -> bool) -> Option<bool> {
    let Some((segment, rest)) = path.split_first() else { return Some(accepts(value)) };
    let next = match segment {
        PathSegment::Key(key) => value.as_object()?.get(key),
        PathSegment::Index(index) => value.as_array()?.get(*index),
        PathSegment::All => {
            let mut elements = value.as_array()?.iter();
            return elements.try_fold(false, |any, value| Some(lead_to(rest, value, accepts)? || any));
        }
    };
    next.map_or(Some(false), |value| lead_to(rest, value, accepts))
}

fn located<'v>(parent: &[PathSegment], last: PathSegment, value: &'v Value) -> Located<'v> {
    let mut path = Vec::with_capacity(parent.len() + 1);
    path.extend_from_slice(parent);
    path.push(last);
    Located { path, value }
}

impl fmt::Display for ClaimPath {
    /// As the JSON array that it is on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_json(), f)
    }
}
