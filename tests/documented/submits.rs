//! Tests of the responses to submits. A response without the id of the started task cannot be read.

use kie_types::{Music, Started, envelope::ReadError};

use super::{TASK, fixture};

#[test]
fn an_accepted_submit_gives_its_id_in_every_known_spelling() {
    for (name, id) in [
        ("generate-music/response-accepted", TASK),
        ("generate-music/response-accepted-snake-case", TASK),
        ("generate-music/response-accepted-id-at-root", TASK),
        ("extend-music/response-accepted", "4be1****4d5e"),
        ("add-instrumental/response-accepted", "8d0b****c6e1"),
    ] {
        let started = fixture(name).open::<Started<Music>>();
        assert_eq!(started.map(|started| started.task_id.to_string()), Ok(id.to_owned()), "{name}");
    }
}

#[test]
fn a_submit_without_an_id_is_neither_started_nor_refused() {
    for name in ["generate-music/response-without-id", "generate-music/response-null-data"] {
        match fixture(name).open::<Started<Music>>() {
            Err(ReadError::Unreadable(unreadable)) => {
                assert_eq!(unreadable.body().as_bytes(), fixture(name).body);
                assert_eq!(unreadable.http_status(), 200);
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn extend_accepts_a_track_that_does_not_exist() {
    let started = fixture("extend-music/response-accepted-unknown-track").open::<Started<Music>>().unwrap();
    assert_eq!(started, Started::new("61f0c9d2e8b74a35917d3f4e5a6b7c8d"));
    assert_ne!(started, Started::new(TASK));
}
