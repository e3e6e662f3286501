//! `PyPI` `schemathesis` against a service that describes itself at `/openapi.json`.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::install;

/// Requests for each operation beside those that its description alone suggests.
const EXAMPLES: &str = "10";

/// What each answer has to pass.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance";

/// Asks the same in every run; an error with its report if an answer is not as described.
pub fn conforms(url: &str, token: Option<&str>) -> Result<()> {
    let mut command = Command::new(install::schemathesis()?);
    command.args(["run", &format!("{url}/openapi.json"), "--url", url, "--phases", "coverage,fuzzing"]);
    command.args(["--checks", CHECKS, "--max-examples", EXAMPLES, "--generation-deterministic", "--no-shrink"]);
    if let Some(token) = token {
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    // It keeps what it found under the folder that it runs in.
    let output = command.current_dir(install::target()).output()?;
    ensure!(output.status.success(), "{url}:\n{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}
