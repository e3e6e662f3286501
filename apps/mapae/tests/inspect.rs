//! `mapae inspect` on every kind of file that the program writes.

use crate::sandbox::Sandbox;

#[test]
fn every_kind_of_file_is_shown() {
    let sandbox = Sandbox::with_documents("licence");
    let person = sandbox.ask("licence", "family_name");
    for (file, part) in [
        (format!("I/{person}/licence/copy-01.mdoc"), "credential (IssuerSigned)"),
        (format!("I/{person}/licence/copy-01.sd-jwt"), "credential (SD-JWT VC)"),
        (format!("I/{person}/licence/copy-01.mdoc.key"), "private key: not shown"),
        ("P.mdoc".into(), "presentation (DeviceResponse)"),
        ("P.sd-jwt".into(), "key-binding JWT"),
        ("request.json".into(), "request (OpenID4VP 1.0)"),
        ("trust.bundle".into(), "mapae-bundle"),
        ("A/iaca.pem".into(), "may issue certificates: yes"),
        ("A/document-signer.pem".into(), "may issue certificates: no"),
        ("A/iaca.crl".into(), "certificate revocation list"),
        ("A/bundle-key.pem".into(), "public key"),
        ("A/status/0.cwt".into(), "length: 1048576"),
        ("A/status/0.jwt".into(), "length: 1048576"),
    ] {
        let shown = sandbox.ok(&format!("inspect {file}")).stdout;
        assert!(shown.contains(part), "{file}:\n{shown}");
        assert!(shown.contains("nothing here was verified"));
        sandbox.ok(&format!("inspect --json {file}")).json();
    }
}

#[test]
fn what_is_inside_is_opened() {
    let sandbox = Sandbox::with_documents("licence");
    sandbox.ask("licence", "family_name");
    let shown = sandbox.ok("inspect P.mdoc").stdout;
    for part in ["docType: \"org.iso.18013.5.1.mDL\"", "valueDigests", "deviceKey", "validFrom", "subject: CN="] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

#[test]
fn what_is_unknown_or_cut_off_is_an_error() {
    let sandbox = Sandbox::with_documents("licence");
    let bundle = sandbox.read("trust.bundle");
    sandbox.write("cut", &bundle[..bundle.len() / 2]);
    sandbox.write("empty", b"");
    sandbox.write("text", b"hello");
    for file in ["cut", "empty", "text"] {
        let ran = sandbox.run(&format!("inspect {file}"));
        assert_eq!(ran.code, 1, "{file}: {}", ran.stdout);
        assert!(ran.stderr.contains(file), "{}", ran.stderr);
    }
    assert_eq!(sandbox.run("inspect nowhere").code, 64);
}
