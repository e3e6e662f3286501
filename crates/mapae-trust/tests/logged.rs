//! Bundles that a ledger vouches for.

use mapae_cose::cbor::{Reader, Writer};
use mapae_ledger::{LogProofError, MajorityPolicy};
use mapae_trust::{
    Bundle, BundleDelta, BundleError, DraftBundle, Memory, MemoryError, SealedBy, TrustStore,
    ledger::{BundleStatement, PolicyStatement, Statement},
};
use mapae_types::Duration;
use testkit::{Ledger, World, now};

const ALL: [usize; 3] = [0, 1, 2];

fn read(file: &[u8], policy: &MajorityPolicy) -> Result<TrustStore, BundleError> {
    Bundle::parse(file).and_then(|bundle| bundle.verify(policy))
}

/// The four pieces of a seal.
fn pieces(file: &[u8]) -> [Vec<u8>; 4] {
    let mut reader = Reader::new(file);
    reader
        .array(|reader, _| {
            let seal = reader.array(|reader, _| {
                let bytes = [reader.bytes()?.to_vec(), reader.bytes()?.to_vec(), reader.bytes()?.to_vec()];
                let [manifest, entry, proof] = bytes;
                Ok::<_, BundleError>([manifest, entry, proof, reader.skip()?.to_vec()])
            });
            reader.skip()?;
            seal
        })
        .unwrap()
}

/// The file with another piece of its seal.
fn with(file: &[u8], change: impl FnOnce(&mut [Vec<u8>; 4])) -> Vec<u8> {
    let mut seal = pieces(file);
    change(&mut seal);
    let [manifest, entry, proof, rotations] = seal;
    let parts = Reader::new(file)
        .array(|reader, _| {
            reader.skip()?;
            Ok::<_, BundleError>(reader.skip()?.to_vec())
        })
        .unwrap();
    let mut writer = Writer::new();
    writer.array(2).array(4).bytes(&manifest).bytes(&entry).bytes(&proof).raw(&rotations).raw(&parts);
    writer.into_bytes()
}

#[test]
fn the_holder_of_the_policy_needs_nothing_else() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let file = ledger.publish(world.contents(), &[0, 2]);
    let store = read(&file, &ledger.policy()).unwrap();
    assert_eq!(store.sealed_by(), &SealedBy::Log(ledger.origin()));
    let cosigned: Vec<&str> = store.proven().unwrap().cosigned().iter().map(|one| one.witness().as_str()).collect();
    assert_eq!(cosigned, ["interior.example/cosigner", "library.example/cosigner"]);
    let same = world.store();
    assert!(store.status_lists().zip(same.status_lists()).all(|(a, b)| a.uri == b.uri));
    assert_eq!(store.as_of(), same.as_of());
}

/// Design D13: k of n, with 2k > n.
#[test]
fn one_cosigner_short_of_the_quorum_is_refused() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let file = ledger.publish(world.contents(), &[1]);
    assert!(matches!(read(&file, &ledger.policy()), Err(BundleError::NotProven(LogProofError::Unaccepted(_)))));
    let file = ledger.publish(world.contents(), &[1, 2]);
    assert!(read(&file, &ledger.policy()).is_ok());
}

#[test]
fn another_ledger_of_the_same_name_is_refused() {
    let (world, mut ledger) = (World::new(), Ledger::of("ledger.example/mapae", 9));
    let file = ledger.publish(world.contents(), &ALL);
    assert!(read(&file, &ledger.policy()).is_ok());
    assert!(matches!(read(&file, &Ledger::new().policy()), Err(BundleError::NotProven(_))));
}

#[test]
fn a_key_does_not_vouch_for_a_ledger_nor_a_ledger_for_a_key_nor_one_ledger_for_another() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let (logged, signed) = (ledger.publish(world.contents(), &ALL), world.bundle());
    let by_key = |file: &[u8]| Bundle::parse(file).unwrap().verify(world.bundle_key.public()).map(drop);
    assert_eq!(by_key(&logged), Err(BundleError::OtherAnchor));
    assert_eq!(by_key(&signed), Ok(()));
    assert_eq!(read(&signed, &ledger.policy()).map(drop), Err(BundleError::OtherAnchor));
    let other = Ledger::of("other.example/mapae", 1).policy();
    assert_eq!(read(&logged, &other).map(drop), Err(BundleError::OtherAnchor));
}

#[test]
fn a_manifest_other_than_the_entry_states_is_refused() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let file = ledger.publish(world.contents(), &ALL);
    let mut other = World::new();
    other.issuers.clear();
    let manifest = other.contents().draft(&ledger.origin()).manifest().to_vec();
    let swapped = with(&file, |pieces| pieces[0] = manifest);
    assert_eq!(read(&swapped, &ledger.policy()).map(drop), Err(BundleError::Forged));
    assert!(read(&with(&file, |_| ()), &ledger.policy()).is_ok());
}

#[test]
fn an_entry_that_is_not_the_leaf_is_refused() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let file = ledger.publish(world.contents(), &ALL);
    let draft = world.contents().draft(&ledger.origin());
    let statement = Statement::Bundle(BundleStatement::new(draft.manifest_hash(), draft.as_of()));
    let entry = ledger.said_by(&[1], &statement, now());
    let swapped = with(&file, |pieces| pieces[1] = entry);
    assert!(matches!(read(&swapped, &ledger.policy()), Err(BundleError::NotProven(LogProofError::Merkle(_)))));
}

/// An entry of another kind is in the log by right, and vouches for no manifest.
#[test]
fn a_leaf_that_states_no_bundle_is_refused() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let statement = Statement::Policy(PolicyStatement::new(ledger.policy_text(), 1).unwrap());
    let entry = ledger.said_by(&[0, 1], &statement, now());
    let index = ledger.add(entry.clone());
    let file = world.contents().draft(&ledger.origin()).seal(&entry, &ledger.prove(index, &ALL), &[]);
    assert_eq!(read(&file, &ledger.policy()).map(drop), Err(BundleError::Forged));
}

#[test]
fn every_changed_byte_is_refused_but_those_that_prove_nothing() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let (file, policy) = (ledger.publish(world.contents(), &[0, 1]), ledger.policy());
    let good = read(&file, &policy).unwrap().file().to_vec();
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(read(&altered, &policy).is_err(), "byte {at} of {}", good.len());
    }
}

/// A fresh checkpoint over an old bundle makes nothing younger (design D3).
#[test]
fn a_fresh_checkpoint_over_an_old_bundle_makes_nothing_younger() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    world.as_of = now() - Duration::days(40);
    let draft = world.contents().draft(&ledger.origin());
    let (entry, index) = ledger.enter(&draft);
    let old = draft.seal(&entry, &ledger.prove(index, &ALL), &[]);
    ledger.add(b"something new".to_vec());
    let again = draft.seal(&entry, &ledger.prove(index, &ALL), &[]);
    assert_ne!(old, again);
    for file in [old, again] {
        let store = read(&file, &ledger.policy()).unwrap();
        assert_eq!(store.as_of(), now() - Duration::days(40));
        assert_eq!(store.proven().unwrap().cosigned()[0].at(), now(), "the checkpoint itself is of now");
    }
}

#[test]
fn keys_rotate_and_no_reader_is_left_behind() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let first = ledger.policy();
    ledger.rotate(2);
    let second = ledger.policy();
    ledger.rotate(3);
    let third = ledger.policy();
    let file = ledger.publish(world.contents(), &ALL);
    for held in [&first, &second, &third] {
        assert_eq!(read(&file, held).unwrap().policy_generation(), 2);
    }
    // Without the steps only who holds the newest policy can tell.
    let bare = with(&file, |pieces| pieces[3] = vec![0x80]);
    assert!(read(&bare, &first).is_err() && read(&bare, &second).is_err());
    assert_eq!(read(&bare, &third).unwrap().policy_generation(), 0);
}

#[test]
fn a_step_that_the_old_quorum_has_not_seen_leads_nowhere() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let first = ledger.policy();
    ledger.rotate(2);
    let (entry, _) = ledger.rotations()[0].clone();
    // Two of the new cosigners, none of the old, have seen the statement of the new policy.
    let proof = ledger.prove(0, &ALL);
    let draft = world.contents().draft(&ledger.origin());
    let (bundle, index) = ledger.enter(&draft);
    let file = draft.seal(&bundle, &ledger.prove(index, &ALL), &[(entry, proof)]);
    assert!(matches!(read(&file, &first), Err(BundleError::NotProven(_))));
}

#[test]
fn a_step_that_states_no_policy_leads_nowhere() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let draft = world.contents().draft(&ledger.origin());
    let (entry, index) = ledger.enter(&draft);
    let proof = ledger.prove(index, &ALL);
    let file = draft.seal(&entry, &proof, &[(entry.clone(), proof.clone())]);
    assert_eq!(read(&file, &ledger.policy()).map(drop), Err(BundleError::Forged));
}

/// Policies that go back in their count would let a policy of old come again.
#[test]
fn steps_that_do_not_count_up_lead_nowhere() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let first = ledger.policy();
    ledger.rotate(2);
    ledger.rotate(3);
    let draft = world.contents().draft(&ledger.origin());
    let (entry, index) = ledger.enter(&draft);
    let proof = ledger.prove(index, &ALL);
    let twice = [ledger.rotations(), &ledger.rotations()[1..]].concat();
    assert!(read(&draft.seal(&entry, &proof, &twice), &first).is_err());
    assert!(read(&draft.seal(&entry, &proof, ledger.rotations()), &first).is_ok());
}

/// Whoever got hold of the old cosigners' keys makes bundles under the old policy.
#[test]
fn who_has_seen_a_newer_policy_goes_back_to_no_older_one() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let first = ledger.policy();
    let old = read(&ledger.publish(world.contents(), &ALL), &first).unwrap();
    let memory = Memory::admit(None, &old, now()).unwrap();
    ledger.rotate(2);
    let new = read(&ledger.publish(world.contents(), &ALL), &first).unwrap();
    let memory = Memory::admit(Some(&memory), &new, now()).unwrap();
    let memory: Memory = memory.to_string().parse().unwrap();
    assert_eq!(Memory::admit(Some(&memory), &old, now()), Err(MemoryError::PolicySuperseded));
    assert_eq!(Memory::admit(Some(&memory), &new, now()), Ok(memory));
}

/// He says that the newer policy led to the older one. It did not: its quorum never saw that.
#[test]
fn a_made_up_way_back_to_an_old_policy_is_none() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let (first, text) = (ledger.policy(), ledger.policy_text());
    ledger.rotate(2);
    let new = read(&ledger.publish(world.contents(), &ALL), &first).unwrap();
    let memory = Memory::admit(None, &new, now()).unwrap();
    // The old cosigners' keys, and an entry that states their policy once more.
    let mut thief = Ledger::new();
    let back = thief.said_by(&[0, 1], &Statement::Policy(PolicyStatement::new(text, 2).unwrap()), now());
    let index = thief.add(back.clone());
    let proof = thief.prove(index, &ALL);
    let draft = world.contents().draft(&thief.origin());
    let (entry, index) = thief.enter(&draft);
    let place = thief.prove(index, &ALL);
    let there = ledger.rotations()[0].clone();
    // Only what leads back, or the way there as well: the way back is not proven under the newer policy.
    let only_back = read(&draft.seal(&entry, &place, &[(back.clone(), proof.clone())]), &first).unwrap();
    assert_eq!(Memory::admit(Some(&memory), &only_back, now()), Err(MemoryError::PolicySuperseded));
    assert!(read(&draft.seal(&entry, &place, &[there, (back, proof)]), &first).is_err());
    let none = read(&draft.seal(&entry, &place, &[]), &first).unwrap();
    assert_eq!(Memory::admit(Some(&memory), &none, now()), Err(MemoryError::PolicySuperseded));
}

/// A reader that is given the newer policy's file goes on with its memory.
#[test]
fn who_is_given_a_newer_policy_keeps_its_memory() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    let first = ledger.policy();
    ledger.rotate(2);
    let memory = Memory::admit(None, &read(&ledger.publish(world.contents(), &ALL), &first).unwrap(), now()).unwrap();
    ledger.rotate(3);
    let by_newest = read(&ledger.publish(world.contents(), &ALL), &ledger.policy()).unwrap();
    let after = Memory::admit(Some(&memory), &by_newest, now()).unwrap();
    assert_ne!(memory, after);
}

#[test]
fn a_delta_between_logged_bundles_proves_itself() {
    let (mut world, mut ledger) = (World::new(), Ledger::new());
    let policy = ledger.policy();
    let old = read(&ledger.publish(world.contents(), &ALL), &policy).unwrap();
    world.as_of = world.as_of + Duration::seconds(900);
    ledger.rotate(2);
    let new = read(&ledger.publish(world.contents(), &[0, 2]), &policy).unwrap();
    let delta = BundleDelta::parse(&BundleDelta::between(&old, &new).unwrap().to_bytes()).unwrap();
    assert_eq!(delta.apply(&old, &policy).unwrap().file(), new.file());
    assert!(delta.apply(&old, &Ledger::of("ledger.example/mapae", 9).policy()).is_err());
}

#[test]
fn a_draft_is_read_again_from_its_bytes_and_refused_if_a_part_is_another() {
    let (world, ledger) = (World::new(), Ledger::new());
    let draft = world.contents().draft(&ledger.origin());
    let again = DraftBundle::parse(draft.as_bytes()).unwrap();
    assert_eq!((again.manifest_hash(), again.as_of()), (draft.manifest_hash(), world.as_of));
    assert_eq!(again.status_lists().len(), 1);
    for at in 0..draft.as_bytes().len() {
        let mut altered = draft.as_bytes().to_vec();
        altered[at] ^= 1;
        let other = DraftBundle::parse(altered).map(|draft| draft.manifest_hash());
        assert_ne!(other, Ok(draft.manifest_hash()), "byte {at}");
    }
}

/// What no reader could use is not to be published.
#[test]
fn a_draft_with_a_list_that_no_reader_accepts_is_found_out() {
    let (mut world, ledger) = (World::new(), Ledger::new());
    assert_eq!(world.contents().draft(&ledger.origin()).check_lists(), Ok(()));
    world.tokens = Some(vec![world.list.signed_by(&world.pki.document)]);
    let draft = world.contents().draft(&ledger.origin());
    assert!(matches!(draft.check_lists(), Err(BundleError::StatusList(_))));
}
