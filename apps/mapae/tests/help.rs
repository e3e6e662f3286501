//! What the program says of itself.

use crate::sandbox::Sandbox;

#[test]
fn the_commands_are_these() {
    let help = Sandbox::empty().ok("--help").stdout;
    insta::assert_snapshot!("help", help);
}

#[test]
fn the_verdict_for_people() {
    let sandbox = Sandbox::with_documents("resident");
    sandbox.ask("resident", "family_name,age_over_19,portrait");
    let at = crate::sandbox::T0;
    let held = sandbox.ok(&format!("verify --bundle trust.bundle --request request.json --at {at} P.mdoc")).stdout;
    insta::assert_snapshot!("held", held);
    let refused = sandbox.run("verify --bundle trust.bundle --request request.json --at 2027-01-01T00:00:00Z P.mdoc");
    insta::assert_snapshot!("refused", refused.stdout);
}
