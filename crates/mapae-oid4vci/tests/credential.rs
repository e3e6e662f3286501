//! Credential requests and answers, deferred ones, notifications (OpenID4VCI §8, §9, §11).

use mapae_jose::JsonError;
use mapae_oid4vci::{
    CredentialFault, CredentialId, CredentialRequest, CredentialResponse, DeferredRequest, Encryption, MediaType,
    MessageFault, NotificationEvent, NotificationFault, NotificationRequest, ProofFault, Proofs,
};
use serde_json::{Value, json};

fn parse(request: &Value) -> Result<CredentialRequest, CredentialFault> {
    CredentialRequest::parse(request.to_string().as_bytes())
}

fn request() -> Value {
    json!({"credential_configuration_id": "resident-mdoc", "proofs": {"jwt": ["a", "b"]}})
}

fn with(member: &str, value: Value) -> Value {
    let mut request = request();
    request[member] = value;
    request
}

#[test]
fn a_request_names_a_configuration_and_brings_proofs() {
    let read = parse(&request()).unwrap();
    assert_eq!(read.by, CredentialId::Configuration("resident-mdoc".to_owned()));
    assert_eq!(read.proofs, Proofs::Jwt(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(CredentialRequest::parse(&read.to_json()), Ok(read));
}

#[test]
fn a_request_may_name_an_identifier_instead() {
    let read = parse(&json!({"credential_identifier": "c", "proofs": {"attestation": ["a"]}})).unwrap();
    assert_eq!(read.by, CredentialId::Identifier("c".to_owned()));
    assert_eq!(read.proofs, Proofs::Attestation("a".to_owned()));
    assert_eq!(CredentialRequest::parse(&read.to_json()), Ok(read));
}

#[test]
fn a_request_names_one_of_the_two() {
    let (name, other) = ("credential_identifier", "credential_configuration_id");
    assert_eq!(parse(&with(name, json!("c"))), Err(MessageFault::Exclusive { name, other }.into()));
    assert_eq!(parse(&json!({"proofs": {"jwt": ["a"]}})), Err(MessageFault::Missing { name: other }.into()));
    for value in [json!(1), json!(""), Value::Null, json!("a".repeat(1025))] {
        assert_eq!(parse(&with(other, value)), Err(MessageFault::Malformed { name: other }.into()));
    }
}

#[test]
fn proofs_are_of_one_type_and_not_empty() {
    for proofs in [
        json!({}),
        json!([]),
        json!("a"),
        json!({"jwt": []}),
        json!({"jwt": "a"}),
        json!({"jwt": [1]}),
        json!({"jwt": ["a"], "attestation": ["b"]}),
        json!({"attestation": ["a", "b"]}),
        json!({"di_vp": ["a"]}),
    ] {
        assert_eq!(parse(&with("proofs", proofs.clone())), Err(ProofFault::Type.into()), "{proofs}");
    }
}

#[test]
fn proofs_are_there() {
    let fault = parse(&json!({"credential_configuration_id": "a"}));
    assert_eq!(fault, Err(ProofFault::Missing.into()));
    // The parameter of older drafts is one that is not understood, and ignored.
    let old = json!({"credential_configuration_id": "a", "proof": {"proof_type": "jwt", "jwt": "a"}});
    assert_eq!(parse(&old), Err(ProofFault::Missing.into()));
}

#[test]
fn a_request_is_an_object_without_repeated_members() {
    let fault = |json: &[u8]| match CredentialRequest::parse(json) {
        Err(CredentialFault::Message(MessageFault::Json(fault))) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(b"[]"), JsonError::NotAnObject);
    assert!(matches!(fault(br#"{"proofs":{},"proofs":{}}"#), JsonError::DuplicateName { .. }));
    assert!(matches!(fault(b""), JsonError::Syntax { .. }));
    assert!(matches!(fault(b"{} x"), JsonError::Trailing { .. }));
    assert!(matches!(fault("[".repeat(40).as_bytes()), JsonError::TooDeep { .. }));
    assert!(matches!(fault(&[0xff]), JsonError::NotUtf8 { .. }));
}

#[test]
fn what_is_not_understood_is_ignored() {
    parse(&with("other", json!({"a": 1}))).unwrap();
}

#[test]
fn copies_are_answered_at_once() {
    let answer = CredentialResponse::Issued {
        credentials: vec!["a".to_owned(), "b\"c".to_owned()],
        notification_id: Some("n".to_owned()),
    };
    let json = json!({"credentials": [{"credential": "a"}, {"credential": "b\"c"}], "notification_id": "n"});
    assert_eq!(serde_json::from_slice::<Value>(&answer.to_json()).unwrap(), json);
    assert_eq!(answer.status(), 200);
    assert_eq!(CredentialResponse::parse(&answer.to_json()), Ok(answer));
}

#[test]
fn later_is_answered_with_a_transaction() {
    let answer = CredentialResponse::Deferred { transaction_id: "t".to_owned(), interval: 5 };
    assert_eq!(
        serde_json::from_slice::<Value>(&answer.to_json()).unwrap(),
        json!({"transaction_id": "t", "interval": 5})
    );
    assert_eq!(answer.status(), 202);
    assert_eq!(CredentialResponse::parse(&answer.to_json()), Ok(answer));
}

#[test]
fn an_answer_is_one_or_the_other() {
    let parse = |json: Value| CredentialResponse::parse(json.to_string().as_bytes());
    assert_eq!(parse(json!({})), Err(MessageFault::Missing { name: "credentials" }));
    let both = json!({"credentials": [{"credential": "a"}], "transaction_id": "t", "interval": 5});
    assert_eq!(parse(both), Err(MessageFault::Exclusive { name: "credentials", other: "transaction_id" }));
    for interval in [json!(0), Value::Null] {
        let fault = parse(json!({"transaction_id": "t", "interval": interval})).unwrap_err();
        assert!(matches!(fault, MessageFault::Missing { name: "interval" } | MessageFault::Malformed { .. }));
    }
    for credentials in [json!([]), json!(["a"]), json!([{"credential": {}}]), json!([{}]), json!("a")] {
        assert_eq!(parse(json!({"credentials": credentials})), Err(MessageFault::Malformed { name: "credentials" }));
    }
}

#[test]
fn an_answer_is_not_printed() {
    let answer = CredentialResponse::Issued { credentials: vec!["hidden".to_owned()], notification_id: None };
    assert_eq!(format!("{answer:?}"), "Issued(1 credentials)");
}

#[test]
fn a_deferred_request_names_its_transaction() {
    let receive = |json: &str| DeferredRequest::receive(MediaType::Json, json.as_bytes(), &Encryption::default());
    let request = receive(r#"{"transaction_id":"t","other":1}"#).unwrap();
    assert_eq!(request.transaction_id.expose(), "t");
    assert_eq!(request.to_json(), br#"{"transaction_id":"t"}"#);
    let name = "transaction_id";
    assert_eq!(receive("{}"), Err(MessageFault::Missing { name }.into()));
    assert_eq!(receive(r#"{"transaction_id":1}"#), Err(MessageFault::Malformed { name }.into()));
}

#[test]
fn a_notification_says_what_became_of_the_copies() {
    for (name, event) in [
        ("credential_accepted", NotificationEvent::Accepted),
        ("credential_failure", NotificationEvent::Failure),
        ("credential_deleted", NotificationEvent::Deleted),
    ] {
        let json = json!({"notification_id": "n", "event": name, "event_description": "Out of storage.", "x": 1});
        let read = NotificationRequest::parse(json.to_string().as_bytes()).unwrap();
        assert_eq!((read.event, read.description.as_deref()), (event, Some("Out of storage.")));
        assert_eq!(NotificationRequest::parse(&read.to_json()), Ok(read));
    }
}

#[test]
fn a_notification_has_its_members() {
    let parse = |member: &str, value: Value| {
        let mut json = json!({"notification_id": "n", "event": "credential_accepted", "event_description": "a"});
        json[member] = value;
        match NotificationRequest::parse(json.to_string().as_bytes()) {
            Err(NotificationFault::Message(fault)) => Err(fault),
            other => Ok(other),
        }
    };
    parse("event_description", json!("a")).unwrap().unwrap();
    for (name, value) in [
        ("notification_id", json!(1)),
        ("notification_id", json!("")),
        ("event", json!("Credential_accepted")),
        ("event", Value::Null),
        ("event_description", json!("\"")),
        ("event_description", json!("\\")),
        ("event_description", json!("\u{e9}")),
        ("event_description", json!("a".repeat(4097))),
    ] {
        assert_eq!(parse(name, value.clone()), Err(MessageFault::Malformed { name }), "{value}");
    }
    for (json, name) in
        [(r#"{"notification_id":"n"}"#, "event"), (r#"{"event":"credential_accepted"}"#, "notification_id")]
    {
        assert_eq!(NotificationRequest::parse(json.as_bytes()), Err(MessageFault::Missing { name }.into()));
    }
    let long = vec![b' '; 8193];
    let fault = MessageFault::TooLong { len: 8193, limit: 8192 };
    assert_eq!(NotificationRequest::parse(&long), Err(fault.into()));
}
