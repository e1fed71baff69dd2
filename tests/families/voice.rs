//! Tests of voices, uploads and direct links, with a client and the sandbox.

use std::{fs, time::Duration};

use kie_sandbox::{FILES, TaskScript};
use kie_suno::{
    Error, Task,
    callbacks::Callback,
    errors::RefusalKind,
    records::{ClonedVoice, Phrase, TaskState, Voice, VoiceStatus, VoiceValidation, VoiceValidationStatus},
    requests::{
        DownloadUrl, GenerateMusic, Model, PersonaModel, SingerSkillLevel, SunoVoiceCheckVoice, SunoVoiceGenerate,
        SunoVoiceRecordInfo, SunoVoiceRegenerate, SunoVoiceValidate, SunoVoiceValidateInfo, UploadFileBase64,
        UploadFileUrl,
    },
};
use tempfile::tempdir;
use tokio::time::sleep;

use crate::setup::stack::{instant, live, waltz};

const SAMPLE: &str = "https://cdn.example.net/voices/sample.mp3";
const RECORDING: &str = "https://cdn.example.net/voices/phrase.mp3";

fn sample() -> SunoVoiceValidate {
    SunoVoiceValidate::new(SAMPLE, 4, 19)
}

fn recording(of: &Task<VoiceValidation>) -> SunoVoiceGenerate {
    SunoVoiceGenerate::new(of.id().clone(), RECORDING)
}

/// Returns the message of a refusal. Panics if the error is not a refusal with code 422.
fn refused(error: &Error) -> &str {
    match error {
        Error::Api(error) if error.code() == 422 => error.refusal().message(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn from_a_sample_over_a_phrase_to_a_song_in_the_voice() {
    let (sandbox, client) = live();
    let folder = tempdir().unwrap();
    let validation = client.start(sample().language("de")).await.unwrap();
    let phrase = validation.wait().await.unwrap();
    assert!(phrase.text.split(' ').count() >= 4, "{phrase:?}");
    let saved = validation.save(&phrase, folder.path()).await.unwrap();
    assert_eq!((saved.len(), saved[0].path.extension().unwrap().to_str()), (1, Some("txt")));
    assert_eq!(fs::read_to_string(&saved[0].path).unwrap(), phrase.text);
    assert!(sandbox.requests(FILES).is_empty(), "the phrase was in the response");

    let request = recording(&validation).voice_name("Marta").singer_skill_level(SingerSkillLevel::Advanced);
    let task = client.start(request).await.unwrap();
    let unfinished = client.call(SunoVoiceCheckVoice::new(task.id().clone())).await.unwrap_err();
    assert_eq!(refused(&unfinished), "suno_user_id is missing");
    let ClonedVoice { voice_id, .. } = task.wait().await.unwrap();
    let saved = task.save(&task.wait().await.unwrap(), folder.path()).await.unwrap();
    assert_eq!(fs::read_to_string(&saved[0].path).unwrap(), voice_id.as_str(), "the only file of a voice holds its id");
    let answer = client.call(SunoVoiceCheckVoice::new(task.id().clone())).await.unwrap();
    assert_eq!(answer.is_available, Some(true));

    let song = GenerateMusic::song(Model::V5_5, "chamber pop", "Harbour", &phrase.text);
    let song = client.start(song.persona_id(voice_id).persona_model(PersonaModel::Voice)).await.unwrap();
    assert_eq!(song.wait().await.unwrap().len(), 2);
    assert_eq!(sandbox.balance().get(), 988.0, "the voice was free");
}

#[tokio::test(start_paused = true)]
async fn a_voice_goes_through_the_states_of_the_live_service() {
    let (sandbox, client) = live();
    let validation = client.start(sample()).await.unwrap();
    let mut states = Vec::new();
    for _ in 0..8 {
        let record = client.call(SunoVoiceValidateInfo::new(validation.id().clone())).await.unwrap().unwrap();
        assert_eq!(record.validate_info.is_some(), record.status == Some(VoiceValidationStatus::WaitValidating));
        states.push(record.status.unwrap().to_string());
        sleep(Duration::from_secs(3)).await;
    }
    states.dedup();
    assert_eq!(states, ["wait_processing", "processing_validate", "wait_validating"]);

    let before = client.call(SunoVoiceRecordInfo::new(validation.id().as_str())).await.unwrap().unwrap();
    assert_eq!(before.status, Some(VoiceStatus::WaitValidating), "live clients send the task id of the phrase");
    let task = client.start(recording(&validation)).await.unwrap();
    assert_eq!(sandbox.tasks()[1].status, "wait_validating", "the sandbox keeps the status words of voices");
    let mut states = Vec::new();
    for _ in 0..12 {
        for id in [task.id().as_str(), validation.id().as_str()] {
            let record = client.call(SunoVoiceRecordInfo::new(id)).await.unwrap().unwrap();
            assert_eq!(record.task_id.unwrap().as_str(), id);
            states.push(record.status.unwrap().to_string());
        }
        sleep(Duration::from_secs(5)).await;
    }
    states.dedup();
    assert_eq!(states, ["wait_validating", "generating_voice", "success"]);
    let after = client.call(SunoVoiceValidateInfo::new(validation.id().clone())).await.unwrap().unwrap();
    assert_eq!(after.status, Some(VoiceValidationStatus::Success));
    assert_eq!(client.call(SunoVoiceRecordInfo::new("no-such-task")).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn each_phrase_can_be_used_once_and_soon_expires() {
    let (_sandbox, client) = live();
    let validation = client.start(sample()).await.unwrap();
    let early = client.start(recording(&validation)).await.unwrap_err();
    assert_eq!(refused(&early), "Validate record is not in valid status");
    validation.wait().await.unwrap();
    sleep(Duration::from_secs(200)).await;
    let late = client.start(recording(&validation)).await.unwrap();
    let Error::Failed(failed) = late.wait().await.unwrap_err() else { panic!("it came too late") };
    assert!(failed.to_string().contains("expired"), "{failed}");
    let again = client.start(recording(&validation)).await.unwrap_err();
    assert_eq!(refused(&again), "Validate record is not in valid status");
    let record = validation.fetch().await.unwrap().unwrap();
    assert_eq!(record.status, Some(VoiceValidationStatus::Fail));
}

#[tokio::test(start_paused = true)]
async fn a_new_phrase_is_made_after_a_failed_attempt() {
    let (sandbox, client) = instant();
    let validation = client.start(sample()).await.unwrap();
    let phrase = validation.wait().await.unwrap();
    let waiting = client.start(SunoVoiceRegenerate::new(validation.id().clone())).await.unwrap_err();
    assert_eq!(refused(&waiting), "The record is not found or does not need to be rebuilt");

    let message = "It didn't sound like you said the phrase. Please try reading it more clearly.";
    sandbox.script_task(TaskScript::Fails { status: "fail".into(), code: 500, message: message.into(), after: None });
    let task = client.start(recording(&validation)).await.unwrap();
    let Error::Failed(failed) = task.wait().await.unwrap_err() else { panic!("it was to fail") };
    assert!(failed.to_string().contains("didn't sound"), "{failed}");

    let again = client.start(SunoVoiceRegenerate::new(validation.id().clone())).await.unwrap();
    let other: Phrase = again.wait().await.unwrap();
    assert!(!other.text.is_empty() && !phrase.text.is_empty());
    let sent = &sandbox.requests("suno-voice-regenerate")[1].body;
    assert!(sent["calBackUrl"].is_string() && sent.get("callBackUrl").is_none(), "{sent}");
    client.start(recording(&again)).await.unwrap().wait().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_callback_comes_for_each_voice_task() {
    let (sandbox, client) = live();
    let hook = "https://hooks.example.net/kie";
    let validation = client.start(sample().call_back_url(hook)).await.unwrap();
    let phrase = validation.wait().await.unwrap();
    let task = client.start(recording(&validation).call_back_url(hook)).await.unwrap();
    let voice = task.wait().await.unwrap();
    let [first, second] = &sandbox.callbacks()[..] else { panic!("{:?}", sandbox.callbacks()) };
    let callback = Callback::<VoiceValidation>::parse(first.body.to_string().as_bytes()).unwrap();
    assert_eq!((callback.state(), callback.output()), (TaskState::Complete, Some(phrase)));
    assert_eq!(first.body["data"]["taskId"], validation.id().as_str());
    let callback = Callback::<Voice>::parse(second.body.to_string().as_bytes()).unwrap();
    assert_eq!((callback.state(), callback.output()), (TaskState::Complete, Some(voice)));

    sandbox.script_task(TaskScript::Fails {
        status: "processing_validate_fail".into(),
        code: 500,
        message: "no voice".into(),
        after: None,
    });
    let failed = client.start(sample().call_back_url(hook)).await.unwrap();
    assert!(failed.wait().await.is_err());
    let body = &sandbox.callbacks()[2].body;
    assert_eq!((&body["code"], &body["msg"]), (&500.into(), &"Validation phrase generation failed".into()));
    assert!(body["data"]["validateInfo"].is_null());
}

#[tokio::test(start_paused = true)]
async fn the_service_does_not_insist_on_a_callback_address_for_a_voice() {
    let (sandbox, client) = instant();
    let body = serde_json::to_value(sample()).unwrap();
    assert!(body.get("callBackUrl").is_none());
    let path = "/api/v1/voice/validate";
    let answer =
        client.raw(kie_suno::requests::Method::Post, kie_suno::requests::Host::Api, path, &body).await.unwrap();
    assert!(answer["taskId"].is_string());
    sleep(Duration::from_secs(1)).await;
    assert!(sandbox.callbacks().is_empty(), "there is no callback address");
}

#[tokio::test(start_paused = true)]
async fn a_direct_link_leads_to_the_file_for_20_minutes() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks.truncate(1);
    let link = client.call(DownloadUrl::new(tracks[0].url().unwrap())).await.unwrap();
    assert!(link.starts_with(tracks[0].url().unwrap()), "{link}");
    tracks[0].audio_url = Some(link.as_str().into());
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap().len(), 1);
    sleep(link.lifetime().unwrap().shortest + Duration::from_secs(1)).await;
    let files = sandbox.requests(FILES).len();
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap().len(), 1);
    assert_eq!(sandbox.requests(FILES).len(), files + 2, "the link has expired, so a new one is asked for");
    let foreign = client.call(DownloadUrl::new("https://files.example.net/unknown.mp3")).await.unwrap_err();
    assert_eq!(refused(&foreign), "url is wrong");
    assert_eq!(sandbox.requests("download-url").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_uploaded_file_comes_back_as_it_was() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let request = UploadFileBase64::new("UklGRiQAAABXQVZF", "demos/new takes").file_name("hum (1).wav");
    let file = client.call(request).await.unwrap();
    assert_eq!((file.file_name.as_deref(), file.file_size), (Some("hum (1).wav"), Some(12)));
    assert_eq!(file.mime_type.as_deref(), Some("audio/wav"));
    assert_eq!(file.file_path.as_deref(), Some("kieai/4711/demos/new takes/hum (1).wav"));

    // The client downloads only files of tasks. So this test puts the link of the upload into a track and then
    // downloads the track.
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks.truncate(1);
    tracks[0].audio_url = file.url().map(|link| link.as_str().into());
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(fs::read(&saved[0].path).unwrap(), b"RIFF$\0\0\0WAVE");
    assert!(sandbox.requests("upload-file-base-64")[0].bearer);

    let unnamed = client.call(UploadFileBase64::new("UklGRiQAAABXQVZF", "demos")).await.unwrap();
    assert!(unnamed.file_name.unwrap().ends_with(".wav"), "the name is made up, and its extension fits the content");
}

#[tokio::test(start_paused = true)]
async fn an_upload_by_address_is_there_without_a_fetch() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let file = client.call(UploadFileUrl::new("https://media.example.net/takes/hum.mp3", "demos")).await.unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks.truncate(1);
    tracks[0].audio_url = file.url().map(|link| link.as_str().into());
    // The uploaded file is shorter than the track. Without the duration of the track, the client cannot notice this.
    tracks[0].duration = None;
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(
        (saved[0].path.extension().unwrap().to_str(), Some(saved[0].bytes as i64)),
        (Some("mp3"), file.file_size)
    );
}

#[tokio::test(start_paused = true)]
async fn refused_uploads_say_why() {
    let (_sandbox, client) = instant();
    let refused = |error: Error| match error {
        Error::Api(error) => (error.code(), error.refusal().message().to_owned(), error.kind()),
        other => panic!("{other:?}"),
    };
    let garbled = client.call(UploadFileBase64::new("no base64!", "demos")).await.unwrap_err();
    let words = "Base64 decoding failed: Invalid Base64 format";
    assert_eq!(refused(garbled), (400, words.to_owned(), RefusalKind::Validation));
    let homeless = client.call(UploadFileBase64::new("UklG", "")).unchecked().await.unwrap_err();
    let words = "Missing required parameter: uploadPath";
    assert_eq!(refused(homeless), (400, words.to_owned(), RefusalKind::Validation));
}
