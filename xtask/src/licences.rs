//! Every package's licence, an SPDX expression (SPDX 2.3 Annex D), against the list of those that the project may ship.
//!
//! `+` and user-defined references are left out: nothing here uses them, and what is not understood is refused.

use crate::metadata::Metadata;

/// Permissive licences. `IJG` is libjpeg's, of the JPEG encoder; `BlueOak-1.0.0` is minicbor's; `CDLA-Permissive-2.0` is
/// for data, Mozilla's list of roots, which the HTTP client falls back on where a machine has none of its own.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "IJG",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// One line for each package without a licence that the list satisfies.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let refused = metadata.packages.iter().filter(|package| !package.licence.as_deref().is_some_and(allows));
    let line = |package: &crate::metadata::Package| {
        let licence = package.licence.as_deref().unwrap_or("none");
        format!("{} {}: licence {licence} is not satisfied by the allow-list", package.name, package.version)
    };
    refused.map(line).collect()
}

fn allows(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut tokens: Tokens<'_> = spaced.split_whitespace().peekable();
    let satisfied = any(&mut tokens);
    satisfied == Some(true) && tokens.next().is_none()
}

type Tokens<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `a OR b`: binds weakest (SPDX 2.3 D.4.5). None: malformed.
fn any(tokens: &mut Tokens<'_>) -> Option<bool> {
    let mut satisfied = all(tokens)?;
    while tokens.next_if_eq(&"OR").is_some() {
        satisfied |= all(tokens)?;
    }
    Some(satisfied)
}

fn all(tokens: &mut Tokens<'_>) -> Option<bool> {
    let mut satisfied = one(tokens)?;
    while tokens.next_if_eq(&"AND").is_some() {
        satisfied &= one(tokens)?;
    }
    Some(satisfied)
}

fn one(tokens: &mut Tokens<'_>) -> Option<bool> {
    match tokens.next()? {
        "(" => {
            let inner = any(tokens)?;
            tokens.next_if_eq(&")").map(|_| inner)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        licence => {
            // An exception only adds permissions.
            if tokens.next_if_eq(&"WITH").is_some() {
                tokens.next()?;
            }
            Some(ALLOWED.contains(&licence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn one_permissive_choice_is_enough() {
        for expression in
            ["MIT", "MIT/Apache-2.0", "LGPL-2.1-or-later OR MIT", "Apache-2.0 WITH LLVM-exception", "(MIT)"]
        {
            assert!(allows(expression), "{expression}");
        }
    }

    #[test]
    fn every_required_licence_must_be_permissive() {
        assert!(allows("(MIT OR GPL-3.0-only) AND Unicode-3.0"));
        assert!(!allows("MIT AND GPL-3.0-only"));
        assert!(!allows("(MIT OR Apache-2.0) AND NCSA"));
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(allows("MIT OR Apache-2.0 AND GPL-3.0-only"));
        assert!(!allows("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    }

    #[test]
    fn malformed_expressions_are_refused() {
        for expression in ["", "MIT OR", "MIT Apache-2.0", "(MIT", "MIT)", "AND MIT", "MIT WITH", "OR"] {
            assert!(!allows(expression), "{expression}");
        }
    }
}
