//! A log grows: each step follows the one before, and it can be taken up after any of them.

use mapae_ledger::{Collecting, MajorityPolicy, Sequencer, SequencerError, TileError, TreeHash, TreeHead, Unaccepted};

use crate::parties::{Files, cosignature, cosigned, entries, grown, log, now, policy, signed, witness};

fn two_of_three() -> MajorityPolicy {
    MajorityPolicy::parse(policy(2, 3).as_bytes()).unwrap()
}

#[test]
fn entries_are_integrated_committed_written_signed_cosigned_and_published() {
    let integrated = Sequencer::new(log().verifier).unwrap().integrate(&entries(0..3)).unwrap();
    assert_eq!(integrated.before(), TreeHead::EMPTY);
    let after = integrated.after();
    let (sequencer, committed) = integrated.committed();
    assert_eq!((sequencer.head(), committed.indices()), (after, 0..3));
    let names: Vec<String> = committed.files().iter().map(|file| file.path.to_string()).collect();
    assert_eq!(names, ["tile/entries/000.p/3", "tile/0/000.p/3"]);

    let unsigned = committed.written().unwrap();
    assert_eq!(unsigned.checkpoint().head(), after);
    let signature = log().signing.sign(unsigned.to_be_signed()).unwrap();
    let checkpoint = unsigned.attach(&signature).unwrap();
    let mut collecting = Collecting::new(checkpoint.clone());
    for number in [0, 1] {
        let missing = collecting.publish(&two_of_three()).err();
        assert_eq!(missing, Some(Unaccepted::QuorumNotMet { cosigned: number.into() }));
        collecting = collecting.with_cosignature(cosignature(&witness(number), &checkpoint, now())).unwrap();
    }
    let published = collecting.publish(&two_of_three()).unwrap();
    assert_eq!(published.checkpoint(), &cosigned(checkpoint, &[0, 1]));
    // The sequencer went on meanwhile.
    assert_eq!(sequencer.integrate(&entries(3..5)).unwrap().committed().1.indices(), 3..5);
}

#[test]
fn a_checkpoint_that_the_policy_does_not_accept_is_not_published() {
    let (log, ..) = grown(&[3]);
    let too_few = Collecting::new(cosigned(signed(log.head()), &[0, 7, 8])).publish(&two_of_three());
    assert_eq!(too_few.err(), Some(Unaccepted::QuorumNotMet { cosigned: 1 }));
}

#[test]
fn a_log_signs_with_a_logs_key() {
    let key = witness(0).verifier;
    let refused = Sequencer::new(key.clone()).err();
    assert_eq!(refused, Some(SequencerError::WrongKindOfKey { name: key.name().clone() }));
}

/// Crashes after the commit: what was committed is taken up, to the byte.
#[test]
fn a_log_is_taken_up_after_any_size() {
    for size in [0, 1, 255, 256, 257, 600] {
        let (left, files, _) = grown(&[size]);
        let (taken, committed) = Sequencer::resume(log().verifier, left.head(), |path| files.get(path)).unwrap();
        assert!(committed.indices().is_empty() && committed.files().is_empty());
        assert_eq!(committed.written().unwrap().checkpoint().head(), left.head());
        let more = entries(size..size + 300);
        let (a, b) = (left.integrate(&more).unwrap(), taken.integrate(&more).unwrap());
        assert_eq!((a.after(), a.files()), (b.after(), b.files()), "{size}");
    }
}

#[test]
fn a_log_is_not_taken_up_from_other_files() {
    let (left, files, _) = grown(&[300]);
    let edge = Sequencer::edge_of(300);
    let names: Vec<String> = edge.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"]);
    let resume = |head: TreeHead, files: &Files| Sequencer::resume(log().verifier, head, |path| files.get(path)).err();
    assert_eq!(resume(left.head(), &files), None);
    for path in edge {
        let mut broken = files.clone();
        *broken.0.get_mut(&path).unwrap().last_mut().unwrap() ^= 1;
        let expected = if path.to_string().starts_with("tile/entries") {
            TileError::BundleDiffers { path }
        } else {
            TileError::RootDiffers { size: 300 }
        };
        assert_eq!(resume(left.head(), &broken), Some(expected.into()));
        broken.0.remove(&path);
        assert_eq!(resume(left.head(), &broken), Some(TileError::Missing { path }.into()));
    }
    let other = TreeHead::new(300, TreeHash::EMPTY);
    assert_eq!(resume(other, &files), Some(TileError::RootDiffers { size: 300 }.into()));
}

/// Two sequencers that were started by mistake: both integrate, one commits, the other finds another head in the store.
#[test]
fn two_sequencers_cannot_both_commit() {
    let (left, files, _) = grown(&[7]);
    let (right, _) = Sequencer::resume(log().verifier, left.head(), |path| files.get(path)).unwrap();
    let (a, b) = (left.integrate(&entries(7..9)).unwrap(), right.integrate(&entries(100..102)).unwrap());
    assert_eq!(a.before(), b.before());
    let store = a.after();
    assert_ne!(b.before(), store, "compare-and-swap fails");
}

#[test]
fn nothing_integrated_is_the_same_checkpoint() {
    let (left, ..) = grown(&[7]);
    let head = left.head();
    let integrated = left.integrate(&[]).unwrap();
    assert_eq!((integrated.before(), integrated.after(), integrated.files().len()), (head, head, 0));
}

/// All files that a log ever writes: a tile is never replaced by another of its name.
#[test]
fn no_file_changes_once_it_is_written() {
    let mut sequencer = Sequencer::new(log().verifier).unwrap();
    let mut written = Files::default();
    for size in [1, 2, 200, 256, 257, 511, 512, 513, 1000] {
        let batch = entries(sequencer.head().size()..size);
        let (next, committed) = sequencer.integrate(&batch).unwrap().committed();
        for file in committed.files() {
            let before = written.0.insert(file.path, file.bytes.clone());
            assert!(before.is_none_or(|before| before == file.bytes), "{}", file.path);
        }
        sequencer = next;
    }
}
