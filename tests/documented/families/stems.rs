//! Tests of the separation of a track into stems, which are files of single voices or instruments. A response can hold
//! them as list items, as links by name, or in pairs. The tests also cover every form of the callback.

use kie_types::{
    AudioId, Charged, Endpoint, GetVocalSeparationDetails, Invalid, Item, Output, Record, RefusalKind, SeparateVocals,
    SeparationType, StemName, TaskState, VocalSeparation, VocalSeparationRecord, check,
};

use crate::documented::{TRACK, failure, fixture, push, record, refusal, valid};

const STEMS_TASK: &str = "e41b77c0a6d94c0ab3f2285d9107ce66";
const VOCALS: &str = "1c0b3c52-6a0e-4d55-9a77-0f2be8a4d901";
const INSTRUMENTAL: &str = "84f7d2aa-1e6b-43fb-b0d4-5a9bb6c3e722";

fn stems(name: &str) -> VocalSeparationRecord {
    record::<VocalSeparation>(name)
}

fn items(name: &str) -> Vec<Item> {
    stems(name).output().unwrap().items()
}

fn pushed(name: &str) -> Vec<Item> {
    let callback = push::<VocalSeparation>(&format!("separate-vocals/{name}"));
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), STEMS_TASK, "{name}");
    assert_eq!(callback.state(), TaskState::Complete, "{name}");
    callback.output().unwrap().items()
}

fn links(items: &[Item]) -> Vec<&str> {
    items.iter().filter_map(|item| item.url.as_deref()).collect()
}

#[test]
fn processing_0_2_each_separation_flag_is_a_state() {
    for name in ["record-pending", "record-pending-absent-keys", "record-unknown-flag"] {
        assert_eq!(stems(name).state(), TaskState::Running(None), "{name}");
    }
    assert_eq!(stems("record-unknown-flag").success_flag.unwrap().as_str(), "SPLITTING");
    assert_eq!(stems("record-separate-vocal").state(), TaskState::Complete);
    for (name, status) in
        [("record-create-task-failed", "CREATE_TASK_FAILED"), ("record-generate-audio-failed", "GENERATE_AUDIO_FAILED")]
    {
        let failure = failure(stems(name).state());
        assert_eq!((failure.status.as_deref(), failure.code), (Some(status), Some(500)), "{name}");
    }
}

#[test]
fn processing_0_2_callback_exception_of_a_separation_goes_by_the_links() {
    assert_eq!(stems("record-callback-exception-with-stems").state(), TaskState::Complete);
    assert_eq!(stems("record-callback-exception-without-stems").state(), TaskState::Undelivered);
}

#[test]
fn processing_0_3_times_of_a_separation_are_milliseconds_though_the_schema_says_text() {
    let record = stems("record-separate-vocal");
    assert_eq!(record.create_time.unwrap().as_millis(), Some(1_770_127_644_000));
    assert_eq!(record.complete_time.unwrap().as_millis(), Some(1_770_127_702_000));
    assert_eq!(stems("record-pending").complete_time, None);
    assert_eq!(stems("record-pending").output(), None);
    assert_eq!(stems("record-pending-absent-keys").output(), None);
}

#[test]
fn processing_0_3_the_sister_s_newer_page_has_audio_id_in_place_of_the_index() {
    let kie = stems("record-separate-vocal");
    assert_eq!((kie.music_index, kie.audio_id), (Some(0), None));
    let sister = stems("record-success-sister-newer");
    assert_eq!((sister.music_index, sister.audio_id.as_ref().map(AudioId::as_str)), (None, Some(TRACK)));
    assert_eq!(links(&items("record-success-sister-newer")).len(), 2);
}

#[test]
fn a_record_has_rows_in_snake_case_beside_links_in_camel_case() {
    let record = stems("record-separate-vocal");
    let response = record.response.as_ref().unwrap();
    assert_eq!(response.origin_data[0].stem_type_group_name.as_deref(), Some("Vocals"));
    assert_eq!(response.vocal_url.as_deref(), response.origin_data[0].audio_url.as_deref());
    assert_eq!(response.named().count(), 2);

    // The list and the links by name in this record describe the same two files. `items` must return each file once.
    let items = items("record-separate-vocal");
    let names: Vec<_> =
        items.iter().map(|item| (item.id.as_deref().unwrap(), item.title.as_deref().unwrap())).collect();
    assert_eq!(names, [(VOCALS, "Vocals"), (INSTRUMENTAL, "Instrumental")]);
    assert_eq!(items[0].duration_s, Some(181.36));
    assert_eq!(items[0].urls.keys().collect::<Vec<_>>(), ["audioUrl", "vocalUrl"]);
}

#[test]
fn twelve_stems_are_there_once_each_though_fewer_rows_are() {
    let items = items("record-split-stem");
    assert_eq!((items.len(), links(&items).len()), (12, 12));
    assert_eq!(items.iter().filter(|item| item.id.is_some()).count(), 3);
    assert!(items.iter().all(|item| item.title.is_some()));
    let response = stems("record-split-stem").response.unwrap();
    assert_eq!((response.instrumental_url, response.piano_url), (None, None));
    assert_eq!(self::items("record-split-stem-missing-stem").len(), 10);
}

#[test]
fn rows_and_links_by_name_can_stand_alone() {
    assert_eq!(links(&items("record-rows-only")).len(), 2);
    assert_eq!(stems("record-rows-only").response.unwrap().named().count(), 0);
    let sister = items("record-success-sister");
    assert_eq!(links(&sister).len(), 2);
    assert_eq!(sister[0].urls["originUrl"], "https://files.example.net/origin.mp3");
}

#[test]
fn a_pair_is_one_stem_and_the_rest_without_it() {
    for items in [items("record-pairs-by-analogy"), pushed("split-stem-advanced")] {
        let names: Vec<_> = items.iter().map(|item| (item.id.as_deref(), item.title.as_deref())).collect();
        assert_eq!(names, [(Some(VOCALS), Some("Lead Vocal")), (Some(INSTRUMENTAL), Some("without Lead Vocal"))]);
        assert_eq!(links(&items)[0], "https://files.example.net/1c0b_Lead Vocal.mp3", "with its space");
    }
}

#[test]
fn processing_3_3_every_form_of_the_callback_is_read() {
    for name in [
        "separate-vocal",
        "separate-vocal-sister",
        "separate-vocal-sister-older",
        "split-stem-advanced",
        "flat-rows",
        "links-beside-the-id",
    ] {
        assert_eq!(links(&pushed(name)).len(), 2, "{name}");
    }
    for name in ["split-stem", "split-stem-sister", "live-sister"] {
        assert_eq!(links(&pushed(name)).len(), 12, "{name}");
    }
    assert!(pushed("separate-vocal-sister-older")[0].urls.contains_key("originUrl"));
    assert!(!pushed("separate-vocal")[0].urls.contains_key("originUrl"), "an empty link is none");
    assert_eq!(pushed("flat-rows")[1].id.as_deref(), Some(INSTRUMENTAL));
}

#[test]
fn processing_3_3_an_unknown_form_is_no_failure() {
    let callback = push::<VocalSeparation>("separate-vocals/unrecorded-form");
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), STEMS_TASK);
    assert_eq!((callback.state(), callback.output()), (TaskState::Running(None), None));
}

#[test]
fn processing_3_3_a_failed_separation_has_null_in_the_place_of_the_stems() {
    for (name, code, words) in [
        ("error", 500, "Vocal separation failed"),
        ("error-split-stem", 500, "Instrument separation failed"),
        ("error-sister", 400, "Vocal separation failed"),
    ] {
        let callback = push::<VocalSeparation>(&format!("separate-vocals/{name}"));
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.message.as_deref()), (Some(code), Some(words)), "{name}");
        assert_eq!(callback.output(), None, "{name}");
    }
}

#[test]
fn processing_3_1_a_request_has_ids_or_an_address_and_a_stem_with_one_type_only() {
    let split: SeparateVocals = valid("separate-vocals/request-full-recording");
    assert_eq!(split.kind, Some(SeparationType::SplitStemAdvanced));
    assert_eq!(split.stem_name, Some(StemName::HiHat));
    let live: SeparateVocals = valid("separate-vocals/request-separate-vocal-live");
    assert_eq!((live.kind, live.stem_name), (Some(SeparationType::SeparateVocal), None));

    let broken = |request: &SeparateVocals| {
        let invalid = request.validate().err();
        let fields = invalid.iter().flat_map(Invalid::violations).map(|violation| violation.field.clone());
        fields.collect::<Vec<_>>()
    };
    let contradictory = check::<SeparateVocals>(&fixture("separate-vocals/request-schema-of-its-own").json());
    let fields: Vec<_> =
        contradictory.result.unwrap_err().violations().iter().map(|violation| violation.field.clone()).collect();
    assert_eq!(fields, ["audioId", "stemName"]);
    assert_eq!(broken(&serde_json::from_str("{}").unwrap()), ["taskId", "audioId"]);
    let recording = || SeparateVocals::of_recording("https://cdn.example.net/a.mp3");
    assert_eq!(broken(&recording()), [""; 0]);
    assert_eq!(broken(&recording().kind(SeparationType::SplitStemAdvanced)), ["stemName"]);
    assert_eq!(broken(&recording().kind(SeparationType::SplitStem).stem_name(StemName::Bass)), ["stemName"]);
    assert_eq!(broken(&recording().stem_name(StemName::Bass)), ["stemName"]);
    let advanced = || recording().kind(SeparationType::SplitStemAdvanced);
    assert_eq!(broken(&advanced().stem_name("Kazoo")), [""; 0], "the list is upstream's, and open");
    assert_eq!(broken(&recording().kind("split_everything")), ["type"]);
    assert_eq!(broken(&SeparateVocals::of_recording("take3.mp3")), ["audioUrl"]);
    for name in StemName::ALL {
        assert_eq!(broken(&advanced().stem_name(name.clone())), [""; 0], "{name}");
    }
    assert_eq!(StemName::ALL.len(), 98);
}

#[test]
fn common_2_a_separation_of_an_unknown_track_is_refused_at_once() {
    let unknown = refusal("separate-vocals/refusal-record-does-not-exist");
    assert_eq!((unknown.code(), unknown.message(), unknown.charged()), (422, "Record does not exist", Charged::No));
}

#[test]
fn music_row_26_409_speaks_of_wav_on_the_page_of_stems() {
    assert_eq!(refusal("separate-vocals/refusal-exists-already").kind(), RefusalKind::Conflict);
}

#[test]
fn music_row_01_an_unknown_separation_is_null() {
    let fixture = fixture("get-vocal-separation-details/record-unknown-task");
    assert_eq!(GetVocalSeparationDetails::read(200, &fixture.body), Ok(None));
}
