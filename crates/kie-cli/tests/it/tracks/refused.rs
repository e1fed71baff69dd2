//! Tests of sources that are no tracks.

use std::fs;

use super::Studio;
use crate::stage::service::stderr;

/// The verbs that need a track, with their required options.
const VERBS: [&[&str]; 6] = [
    &["persona", "--persona-name", "n", "--description", "d"],
    &["timed-lyrics"],
    &["wav"],
    &["video"],
    &["artwork"],
    &["midi"],
];

#[test]
fn a_source_that_is_no_track_is_refused_before_anything_is_sent() {
    let studio = Studio::new("classic");
    fs::write(studio.path("own.mp3"), "ID3").unwrap();
    for verb in VERBS {
        let refuse = |code, source: &[&str]| studio.refuse(code, &[verb, source].concat());
        for (source, told) in [
            ("own.mp3", "the ledger does not know it"),
            ("https://cdn.example.net/a.mp3", "is an address"),
            ("nowhere.mp3", "letters, digits"),
            ("29af5384", "only the beginning"),
        ] {
            let refused = refuse(3, &[source]);
            assert!(refused.contains(told) && refused.contains("nothing was sent"), "{verb:?} {source}: {refused}");
        }
        assert!(refuse(3, &[studio.task(), "--track", "3"]).contains("has 2 tracks"), "{verb:?}");
        refuse(2, &[]);
        refuse(2, &["--last", studio.track(0)]);
        if verb[0] != "midi" {
            // A track that the ledger does not know needs its task.
            assert!(refuse(3, &["7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a"]).contains("--task"), "{verb:?}");
        }
    }
}

#[test]
fn a_track_that_the_ledger_does_not_know_is_named_with_its_task() {
    let studio = Studio::new("classic");
    for verb in VERBS.iter().filter(|verb| verb[0] != "midi") {
        let track = [studio.track(0), "--task", studio.task()];
        let output = studio.desk.service.kie().args(*verb).args(track).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{verb:?}: {}", stderr(&output));
    }
    let unknown = studio.desk.service.kie().args(["wav", "--last"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(stderr(&unknown).contains("--ledger FILE"), "{unknown:?}");
}
