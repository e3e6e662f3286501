//! A log asks its witnesses: real ones, slow ones, and such as lie.

use mapae_ledger::{
    AddCheckpoint, Answer, Collecting, NoteSignature, Refusal, Submission, TreeHead, Witness, WitnessFault,
    WitnessRecord,
};

use crate::{
    notes::base64,
    parties::{Files, cosignature, grown, log, now, origin, signed, witness},
};

/// A witness as a service: its record, and an answer to each request as status and body.
struct Service {
    record: WitnessRecord,
}

impl Service {
    fn new(head: TreeHead) -> Self {
        Self { record: WitnessRecord::stored(origin(), head).unwrap() }
    }

    fn answer(&mut self, body: &str) -> (u16, String) {
        match self.cosign(body) {
            Ok(line) => (200, line.to_string()),
            Err(refusal) => (refusal.status(), refusal.size_body().unwrap_or_default()),
        }
    }

    fn cosign(&mut self, body: &str) -> Result<NoteSignature, Refusal> {
        let service = Witness::new(witness(0).verifier, vec![log().verifier]).unwrap();
        let to_persist = service.check(AddCheckpoint::parse(body.as_bytes())?, &self.record)?;
        self.record = to_persist.after();
        let unsigned = to_persist.persisted(now()).unwrap();
        let signature = witness(0).signing.sign(unsigned.to_be_signed()).unwrap();
        Ok(unsigned.attach(&signature).unwrap())
    }
}

fn collecting(head: TreeHead) -> Collecting {
    Collecting::new(signed(head))
}

fn ask(submission: Submission, files: &Files, service: &mut Service) -> Result<Answer, WitnessFault> {
    let proof = submission.query().unwrap().answer(|path| files.get(path)).unwrap();
    let (status, body) = service.answer(&submission.request(proof).to_string());
    submission.answered(status, body.as_bytes())
}

#[test]
fn a_witness_whose_size_is_known_cosigns_at_once() {
    let (_, files, heads) = grown(&[7, 300]);
    let submission = collecting(heads[1]).submit_to(witness(0).verifier, 7);
    let answer = ask(submission, &files, &mut Service::new(heads[0])).unwrap();
    assert!(matches!(answer, Answer::Cosigned(_)));
}

#[test]
fn a_witness_says_from_which_size_to_prove() {
    let (_, files, heads) = grown(&[7, 300]);
    for guess in [0, 5, 300, 9999] {
        let mut service = Service::new(heads[0]);
        let submission = collecting(heads[1]).submit_to(witness(0).verifier, guess);
        let Answer::Again(again) = ask(submission, &files, &mut service).unwrap() else { panic!("{guess}") };
        assert!(matches!(ask(*again, &files, &mut service), Ok(Answer::Cosigned(_))), "{guess}");
        assert_eq!(service.record.head(), heads[1]);
    }
}

#[test]
fn a_witness_that_has_seen_more_is_not_asked_again() {
    let (_, files, heads) = grown(&[7, 300]);
    let submission = collecting(heads[0]).submit_to(witness(0).verifier, 0);
    let fault = ask(submission, &files, &mut Service::new(heads[1])).err();
    assert_eq!(fault, Some(WitnessFault::Ahead { size: 300, ours: 7 }));
}

fn answered(status: u16, body: &str) -> Result<Answer, WitnessFault> {
    let (_, _, heads) = grown(&[7]);
    collecting(heads[0]).submit_to(witness(0).verifier, 3).answered(status, body.as_bytes())
}

#[test]
fn a_witness_may_correct_the_size_once() {
    assert_eq!(answered(409, "3\n").err(), Some(WitnessFault::KeepsChanging { size: 3 }), "what was asked");
    let Ok(Answer::Again(again)) = answered(409, "4\n") else { panic!() };
    assert_eq!(again.answered(409, b"5\n").err(), Some(WitnessFault::KeepsChanging { size: 5 }));
}

#[test]
fn answers_have_their_forms() {
    for body in ["", "4", "4\n\n", "04\n", "-4\n", "four\n", "99999999999999999999\n"] {
        assert_eq!(answered(409, body).err(), Some(WitnessFault::AnswerMalformed), "{body:?}");
    }
    for body in ["", "ok\n", "\u{2014} agency0.example\n"] {
        assert_eq!(answered(200, body).err(), Some(WitnessFault::AnswerMalformed), "{body:?}");
    }
    let endless = "\u{2014} a AAAAAAA=\n".repeat(10_000);
    assert_eq!(answered(200, &endless).err(), Some(WitnessFault::AnswerMalformed));
    for status in [400, 403, 404, 422, 500, 301, 201] {
        assert_eq!(answered(status, "").err(), Some(WitnessFault::Refused { status }));
    }
}

#[test]
fn only_the_witnesss_own_line_counts() {
    let (_, _, heads) = grown(&[7]);
    let checkpoint = signed(heads[0]);
    let (own, other) = (cosignature(&witness(0), &checkpoint, now()), cosignature(&witness(1), &checkpoint, now()));
    assert_eq!(answered(200, &other.to_string()).err(), Some(WitnessFault::DidNotCosign));
    let Ok(Answer::Cosigned(line)) = answered(200, &format!("{other}{own}")) else { panic!() };
    assert_eq!(line, own);
    // Over another checkpoint.
    let stale = cosignature(&witness(0), &signed(TreeHead::EMPTY), now());
    assert_eq!(answered(200, &stale.to_string()).err(), Some(WitnessFault::CosignatureInvalid));
}

#[test]
fn an_answer_has_bounds() {
    let (_, _, heads) = grown(&[7]);
    let own = cosignature(&witness(0), &signed(heads[0]), now());
    let beside = |len: usize| answered(200, &format!("{own}\u{2014} a {}\n", base64(&vec![0; len])));
    assert!(beside(40_000).is_ok());
    assert_eq!(beside(60_000).err(), Some(WitnessFault::AnswerMalformed));
}

/// "The timestamp MUST NOT be zero", though the signature is right.
#[test]
fn a_cosignature_without_a_time_is_refused() {
    let (_, _, heads) = grown(&[7]);
    let message = format!("cosignature/v1\ntime 0\n{}", signed(heads[0]).note().unverified_text());
    let signature = witness(0).signing.sign(message.as_bytes()).unwrap();
    let bytes = [&witness(0).verifier.id().as_bytes()[..], &[0; 8], signature.as_bytes()].concat();
    let line = format!("\u{2014} agency0.example {}\n", base64(&bytes));
    assert_eq!(answered(200, &line).err(), Some(WitnessFault::CosignatureInvalid));
}
