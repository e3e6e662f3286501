//! Policies: the format, what they accept, and the majority that ours must have.

use mapae_ledger::{
    KeyError, MAX_MEMBERS, MAX_POLICY, MajorityPolicy, NoteError, Policy, PolicyError, SignatureType, TreeHash,
    TreeHead, Unaccepted,
};

use crate::parties::{
    LOG, cosignature, cosigned, log, now, origin, party, policy, signed, time, witness, witness_lines,
};

fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(text.as_bytes())
}

fn vkey(number: u8) -> String {
    witness(number).verifier.to_string()
}

/// tlog-policy, "Example policy", with keys: two of the three Xs (w0 to w2), and any of the three Ys (w3 to w5).
fn example() -> String {
    format!(
        "log {}\n\n{}\ngroup X-witnesses 2 w0 w1 w2\ngroup Y-witnesses any w3 w4 w5\n\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        log().verifier,
        witness_lines(0..6)
    )
}

fn head() -> TreeHead {
    TreeHead::new(1, TreeHash::from_bytes([7; 32]))
}

/// Whether the policy accepts a checkpoint that these witnesses cosigned.
fn accepts(policy: &str, witnesses: &[u8]) -> Result<usize, Unaccepted> {
    let accepted = parse(policy).unwrap().accept(&cosigned(signed(head()), witnesses))?;
    assert_eq!(accepted.checkpoint().head(), head());
    Ok(accepted.cosigned().len())
}

#[test]
fn the_policy_of_the_specification_counts_as_it_says() {
    let example = example();
    for (witnesses, expected) in [
        (&[0_u8, 1, 3][..], Ok(3)),
        (&[1, 2, 5], Ok(3)),
        (&[0, 1, 2, 3, 4, 5], Ok(6)),
        (&[0, 1], Err(2)),
        (&[0, 3, 4, 5], Err(4)),
        (&[3], Err(1)),
        (&[], Err(0)),
    ] {
        let expected = expected.map_err(|cosigned| Unaccepted::QuorumNotMet { cosigned });
        assert_eq!(accepts(&example, witnesses), expected, "{witnesses:?}");
    }
}

#[test]
fn a_quorum_is_one_witness_a_group_or_none() {
    let one = format!("log {}\nwitness w {}\nwitness v {}\nquorum w\n", log().verifier, vkey(0), vkey(1));
    assert_eq!(accepts(&one, &[0]), Ok(1));
    assert_eq!(accepts(&one, &[1]), Err(Unaccepted::QuorumNotMet { cosigned: 1 }));
    let none = format!("log {}\nquorum none\n", log().verifier);
    assert_eq!(accepts(&none, &[]), Ok(0));
    assert_eq!(accepts(&none, &[0]), Ok(0), "unknown witnesses are not reported");
    let any = format!("{}group g any w v\nquorum g\n", one.replace("quorum w\n", ""));
    assert_eq!(accepts(&any, &[1]), Ok(1));
    assert_eq!(accepts(&any.replace(" any ", " all "), &[1]), Err(Unaccepted::QuorumNotMet { cosigned: 1 }));
}

#[test]
fn space_comments_and_order_do_not_matter() {
    let text = format!(
        "# a policy\n\t \n \twitness\t w \t{}  https://w.example/ \n  # quorum none\nquorum w\nlog {}\thttps://log.example/\n#",
        vkey(0),
        log().verifier
    );
    let policy = parse(&format!("{text}\n")).unwrap();
    assert_eq!(policy.witnesses()[0].url().unwrap().as_bytes(), b"https://w.example/");
    assert_eq!(
        (policy.witnesses()[0].name().to_string(), policy.witnesses()[0].key()),
        ("w".into(), &witness(0).verifier)
    );
    assert_eq!(policy.logs()[0].url().unwrap().to_string(), "https://log.example/");
    assert_eq!(policy.logs()[0].key(), &log().verifier);
    assert_eq!(parse(&text), Err(PolicyError::LineUnterminated));
    assert_eq!(parse(""), Err(PolicyError::LineUnterminated));
}

#[test]
fn names_are_opaque_octets() {
    let mut text = format!("witness K {}\nwitness ", vkey(0)).into_bytes();
    // U+212A, the Kelvin sign, and an octet that is no UTF-8 at all.
    text.extend_from_slice("\u{212a}".as_bytes());
    text.extend_from_slice(format!(" {}\nwitness ", vkey(1)).as_bytes());
    text.extend_from_slice(&[0xff]);
    text.extend_from_slice(format!(" {}\ngroup g 2 K \u{212a}\nquorum g\n", vkey(2)).as_bytes());
    assert_eq!(Policy::parse(&text).unwrap().witnesses().len(), 3);
}

#[test]
fn control_characters_are_refused() {
    for control in (0..b' ').chain([0x7f]).filter(|octet| !matches!(octet, b'\t' | b'\n')) {
        let text = [b"# ", &[control][..], b"\nquorum none\n"].concat();
        assert_eq!(Policy::parse(&text), Err(PolicyError::OctetForbidden { at: 2 }), "{control}");
    }
}

#[test]
fn lines_have_their_forms() {
    let w = vkey(0);
    for bad in [
        "log".to_owned(),
        format!("log {} url more", log().verifier),
        format!("witness {w}"),
        format!("witness w {w} url more"),
        "group".into(),
        "group g".into(),
        "quorum".into(),
        "quorum a b".into(),
        "Quorum none".into(),
        "unknown".into(),
    ] {
        assert_eq!(parse(&format!("{bad}\nquorum none\n")), Err(PolicyError::LineMalformed { line: 1 }), "{bad}");
    }
    assert!(parse(&format!("log {} url\nwitness w {w} url\nquorum none\n", log().verifier)).is_ok());
}

#[test]
fn keys_are_of_the_type_that_their_line_needs() {
    let refused = |line: String| parse(&format!("\n{line}\nquorum none\n"));
    assert_eq!(refused(format!("log {}", vkey(0))), Err(PolicyError::WrongKindOfKey { line: 2 }));
    assert_eq!(refused(format!("witness w {}", log().verifier)), Err(PolicyError::WrongKindOfKey { line: 2 }));
    let error = KeyError::NotAVerifierKey;
    assert_eq!(refused("log nonsense".into()), Err(PolicyError::Key { line: 2, error }));
    let ml_dsa = format!("a+00000000+{}", crate::notes::base64(&[6; 1313]));
    let error = KeyError::TypeUnsupported { kind: 6 };
    assert_eq!(refused(format!("witness w {ml_dsa}")), Err(PolicyError::Key { line: 2, error }));
}

#[test]
fn a_key_is_given_once_whatever_its_name() {
    let log_again = party("other.example", SignatureType::Ed25519, 1).verifier;
    let text = format!("log {}\nlog {log_again}\nquorum none\n", log().verifier);
    assert_eq!(parse(&text), Err(PolicyError::DuplicateKey { line: 2 }));
    let again = party("other.example", SignatureType::CosignatureV1, 100).verifier;
    let text = format!("witness w {}\nwitness v {again}\nquorum w\n", vkey(0));
    assert_eq!(parse(&text), Err(PolicyError::DuplicateKey { line: 2 }));
}

#[test]
fn names_are_defined_once_and_before_they_are_used() {
    let two = format!("witness w {}\nwitness v {}\n", vkey(0), vkey(1));
    let with = |lines: &str| parse(&format!("{two}{lines}")).err();
    assert_eq!(with("group g all w v\nquorum g\n"), None);
    assert_eq!(with("group w all w v\nquorum w\n"), Some(PolicyError::NameTaken { line: 3 }));
    assert_eq!(with("group none all w v\nquorum none\n"), Some(PolicyError::NameTaken { line: 3 }));
    assert_eq!(with("group g all w v\ngroup g all w\nquorum g\n"), Some(PolicyError::NameTaken { line: 4 }));
    let again = format!("witness w {}\nquorum w\n", vkey(2));
    assert_eq!(with(&again), Some(PolicyError::NameTaken { line: 3 }));
    assert_eq!(with("group g all w x\nquorum g\n"), Some(PolicyError::NameUnknown { line: 3 }));
    assert_eq!(with("group g all w g\nquorum g\n"), Some(PolicyError::NameUnknown { line: 3 }), "itself");
    assert_eq!(with("group g all w none\nquorum g\n"), Some(PolicyError::NameUnknown { line: 3 }));
    assert_eq!(with("quorum g\ngroup g all w v\n"), Some(PolicyError::NameUnknown { line: 3 }));
}

#[test]
fn a_name_is_a_member_once() {
    let two = format!("witness w {}\nwitness v {}\n", vkey(0), vkey(1));
    let with = |lines: &str| parse(&format!("{two}{lines}quorum w\n")).err();
    assert_eq!(with("group g 2 w w\n"), Some(PolicyError::ListedTwice { line: 3 }));
    assert_eq!(with("group g any w\ngroup h all w v\n"), Some(PolicyError::ListedTwice { line: 4 }));
    assert_eq!(with("group g any w\ngroup h all g v\n"), None);
}

#[test]
fn a_threshold_is_between_one_and_the_number_of_members() {
    let two = format!("witness w {}\nwitness v {}\n", vkey(0), vkey(1));
    let with = |threshold: &str| parse(&format!("{two}group g {threshold} w v\nquorum g\n")).err();
    for good in ["1", "2", "any", "all"] {
        assert_eq!(with(good), None, "{good}");
    }
    for bad in ["0", "3", "-1", "01", "1.5", "most", "99999999999999999999"] {
        assert_eq!(with(bad), Some(PolicyError::ThresholdImpossible { line: 3 }), "{bad}");
    }
    for empty in ["any", "all", "0", "1"] {
        let refused = parse(&format!("{two}group g {empty}\nquorum w\n")).err();
        assert_eq!(refused, Some(PolicyError::ThresholdImpossible { line: 3 }), "{empty} of nobody");
    }
}

#[test]
fn there_is_one_quorum() {
    assert_eq!(parse("# nothing\n"), Err(PolicyError::QuorumMissing));
    assert_eq!(parse("quorum none\nquorum none\n"), Err(PolicyError::SecondQuorum { line: 2 }));
}

#[test]
fn a_policy_has_bounds() {
    let comment = |len: usize| format!("quorum none\n#{}\n", "x".repeat(len - 14));
    assert!(parse(&comment(MAX_POLICY)).is_ok());
    assert_eq!(parse(&comment(MAX_POLICY + 1)), Err(PolicyError::TooLarge { limit: MAX_POLICY }));

    let witnesses = |count: u8| witness_lines(0..count) + "quorum w0\n";
    let limit = u8::try_from(MAX_MEMBERS).unwrap();
    assert!(parse(&witnesses(limit)).is_ok());
    let too_many = PolicyError::TooMany { line: MAX_MEMBERS + 1, limit: MAX_MEMBERS };
    assert_eq!(parse(&witnesses(limit + 1)), Err(too_many));
}

#[test]
fn a_checkpoint_is_signed_by_a_log_of_the_policy() {
    let other = party("other.example", SignatureType::Ed25519, 9).verifier;
    let checkpoint = cosigned(signed(head()), &[0]);
    let judge = |log: &dyn std::fmt::Display| {
        parse(&format!("log {log}\nwitness w {}\nquorum w\n", vkey(0))).unwrap().accept(&checkpoint).err()
    };
    assert_eq!(judge(&log().verifier), None);
    assert_eq!(judge(&other), Some(Unaccepted::LogUnknown { origin: origin() }));
    let rotated = party(LOG, SignatureType::Ed25519, 9).verifier;
    assert_eq!(judge(&rotated), Some(Unaccepted::LogDidNotSign { origin: origin() }));
    // Any one of the listed logs will do.
    let both = format!("log {rotated}\nlog {}\nwitness w {}\nquorum w\n", log().verifier, vkey(0));
    assert!(parse(&both).unwrap().accept(&checkpoint).is_ok());
}

/// One witness that cosigns twice, at two times, is one.
#[test]
fn a_witness_counts_once() {
    let checkpoint = cosigned(signed(head()), &[0]);
    let later = time("2026-11-22T00:00:00Z");
    let twice = checkpoint.clone().with(cosignature(&witness(0), &checkpoint, later)).unwrap();
    assert_eq!(twice.note().signatures().len(), 3);
    let two_of_three = parse(&policy(2, 3)).unwrap();
    assert_eq!(two_of_three.accept(&twice).err(), Some(Unaccepted::QuorumNotMet { cosigned: 1 }));
    let accepted = two_of_three.accept(&cosigned(twice, &[2])).unwrap();
    let cosigned: Vec<_> = accepted.cosigned().iter().map(|one| (one.witness().as_str(), one.at())).collect();
    assert_eq!(cosigned, [("agency0.example", later), ("agency2.example", now())]);
}

#[test]
fn a_wrong_cosignature_spoils_even_a_quorum() {
    let other = signed(TreeHead::new(2, TreeHash::from_bytes([8; 32])));
    let forged = cosignature(&witness(2), &other, now());
    let checkpoint = cosigned(signed(head()), &[0, 1]).with(forged).unwrap();
    let name = witness(2).verifier.name().clone();
    let refused = parse(&policy(2, 3)).unwrap().accept(&checkpoint).err();
    assert_eq!(refused, Some(NoteError::SignatureInvalid { name }.into()));
    // Whoever does not know that witness does not care.
    assert!(parse(&policy(2, 2)).unwrap().accept(&checkpoint).is_ok());
}

/// Design D13: k of n with 2k > n, or it does not load.
#[test]
fn a_policy_of_ours_has_a_majority() {
    for (k, n) in [(1, 1), (2, 2), (2, 3), (3, 4), (3, 5), (4, 7), (7, 7)] {
        let policy = MajorityPolicy::parse(policy(k, n).as_bytes()).unwrap();
        assert_eq!((policy.threshold(), policy.witnesses().len()), (k, usize::from(n)));
        assert_eq!(policy.log().key(), &log().verifier);
    }
    for (k, n) in [(1, 2), (1, 3), (2, 4), (2, 5), (3, 6), (3, 7)] {
        let refused = MajorityPolicy::parse(policy(k, n).as_bytes()).err();
        assert_eq!(refused, Some(PolicyError::NoMajority { threshold: k, witnesses: n.into() }), "{k} of {n}");
    }
}

#[test]
fn a_policy_of_ours_has_one_log_and_one_group_of_all_witnesses() {
    let refused = |text: &str| {
        assert!(parse(text).is_ok(), "C2SP allows it");
        MajorityPolicy::parse(text.as_bytes()).err()
    };
    let good = policy(2, 3);
    let second = party("second.example", SignatureType::Ed25519, 9).verifier;
    assert_eq!(refused(&format!("log {second}\n{good}")), Some(PolicyError::NotOneLog { logs: 2 }));
    let without = good.replace(&format!("log {}\n", log().verifier), "");
    assert_eq!(refused(&without), Some(PolicyError::NotOneLog { logs: 0 }));
    assert_eq!(refused(&format!("{good}witness bystander {}\n", vkey(9))), Some(PolicyError::NotOneGroup));
    assert_eq!(refused(&example()), Some(PolicyError::NotOneGroup), "groups of groups");
    let none = format!("log {}\nquorum none\n", log().verifier);
    assert_eq!(refused(&none), Some(PolicyError::NoMajority { threshold: 0, witnesses: 0 }));
    let one = format!("log {} https://ledger.example/\nwitness w {}\nquorum w\n", log().verifier, vkey(0));
    let policy = MajorityPolicy::parse(one.as_bytes()).unwrap();
    assert_eq!(policy.log().url().unwrap().to_string(), "https://ledger.example/");
    assert_eq!(policy.policy(), &parse(&one).unwrap());
}

#[test]
fn a_proof_needs_no_more_than_a_quorum() {
    let two_of_three = MajorityPolicy::parse(policy(2, 3).as_bytes()).unwrap();
    for (witnesses, kept) in [(&[2_u8, 9, 1, 0][..], &[1_u8, 0][..]), (&[2, 1], &[2, 1]), (&[8, 0, 2], &[0, 2])] {
        let pared = two_of_three.pare(cosigned(signed(head()), witnesses)).unwrap();
        assert_eq!(pared, cosigned(signed(head()), kept), "{witnesses:?}");
        assert_eq!(two_of_three.accept(&pared).unwrap().cosigned().len(), 2);
    }
    let refused = two_of_three.pare(cosigned(signed(head()), &[1, 8, 9])).err();
    assert_eq!(refused, Some(Unaccepted::QuorumNotMet { cosigned: 1 }));
}
