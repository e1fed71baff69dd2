//! Tests of the response to an upload, in both documented forms, and of the direct link to a file that the operation
//! `download-url` returns.

use kie_types::{
    Charged, DownloadUrl, Endpoint, Host, Link, RefusalKind, UploadFileBase64, UploadFileUrl, UploadedFile, check,
    common::upload_file_base_64::BASE64_DATA, envelope::ReadError,
};
use serde_json::json;

use crate::documented::{fixture, refusal, valid};

fn uploaded(name: &str) -> UploadedFile {
    fixture(name).open().unwrap()
}

fn broken<E: Endpoint>(request: &E) -> Vec<String> {
    let invalid = request.validate().unwrap_err();
    invalid.violations().iter().map(ToString::to_string).collect()
}

#[test]
fn common_8_both_documented_answers_and_the_live_one_have_a_link_a_name_and_a_size() {
    for (name, url, file) in [
        ("upload-file-base-64/response-documented", "https://files.example.net/demos/hum.wav", "hum.wav"),
        ("upload-file-url/response-documented", "https://files.example.net/demos/hum.wav", "hum.wav"),
        (
            "upload-file-base-64/response-live",
            "https://files.example.net/kieai/4711/demos/1770127331508-k2v9q4xw7t.wav",
            "1770127331508-k2v9q4xw7t.wav",
        ),
        (
            "upload-file-base-64/response-quickstart",
            "https://files.example.net/download/file_5f2c",
            "1770127331508-k2v9q4xw7t.wav",
        ),
    ] {
        let answer = uploaded(name);
        assert_eq!((answer.url().unwrap(), answer.file_name.as_deref()), (&url.into(), Some(file)), "{name}");
        assert_eq!((answer.file_size, answer.mime_type.as_deref()), (Some(882_044), Some("audio/wav")), "{name}");
        assert_eq!(answer.uploaded_at.unwrap().to_string(), "2026-02-03T14:02:11.508Z", "{name}");
    }
    assert_eq!(uploaded("upload-file-base-64/response-documented").success, None);
    let live = uploaded("upload-file-base-64/response-live");
    assert_eq!(live.success, Some(true));
    assert_eq!(live.file_path.as_deref(), Some("kieai/4711/demos/1770127331508-k2v9q4xw7t.wav"));
}

#[test]
fn common_8_nothing_of_the_quickstart_s_answer_is_lost() {
    let answer = uploaded("upload-file-base-64/response-quickstart");
    assert_eq!((answer.file_id.as_deref(), answer.original_name.as_deref()), (Some("file_5f2c"), Some("hum.wav")));
    assert_eq!((answer.upload_path.as_deref(), answer.file_path), (Some("demos"), None));
    assert_eq!(answer.file_url.as_deref(), Some("https://files.example.net/view/file_5f2c"));
    assert_eq!(answer.expires_at.unwrap().to_string(), "2026-02-04T14:02:11.508Z");
}

#[test]
fn common_8_the_other_link_stands_in_for_a_missing_one() {
    let answer = uploaded("upload-file-base-64/response-file-url-only");
    assert_eq!(answer.download_url, None);
    assert_eq!(answer.url().map(Link::as_str), Some("https://files.example.net/view/file_5f2c"));
    let odd: UploadedFile =
        serde_json::from_value(json!({ "downloadUrl": "", "fileUrl": 5, "fileSize": "12", "success": "true" }))
            .unwrap();
    assert_eq!((odd.url(), odd.file_size, odd.success), (None, Some(12), Some(true)));
}

#[test]
fn common_8_refused_uploads_carry_no_data() {
    for (name, code, kind, charged, message) in [
        ("missing-parameter", 400, RefusalKind::Validation, Charged::No, "Missing required parameter: uploadPath"),
        ("not-base64", 400, RefusalKind::Validation, Charged::No, "Base64 decoding failed: Invalid Base64 format"),
        ("wrong-key", 401, RefusalKind::Auth, Charged::No, "Authentication failed: Invalid API Key"),
        ("server-error", 500, RefusalKind::Server, Charged::Unknown, "Internal server error"),
    ] {
        let name = format!("upload-file-base-64/refusal-{name}");
        assert_eq!(fixture(&name).json().get("data"), None, "{name}");
        let refusal = refusal(&name);
        assert_eq!((refusal.code(), refusal.message()), (code, message), "{name}");
        assert_eq!((refusal.kind(), refusal.charged()), (kind, charged), "{name}");
    }
    assert_eq!(refusal("upload-file-url/refusal-missing-parameter").code(), 400);
}

#[test]
fn common_3_405_is_a_wrong_method_on_the_upload_host() {
    let refusal = refusal("upload-file-base-64/refusal-method");
    assert_eq!((refusal.code(), refusal.kind()), (405, RefusalKind::Validation));
}

#[test]
fn uploads_go_to_the_other_host() {
    assert_eq!((UploadFileBase64::HOST, UploadFileUrl::HOST), (Host::Upload, Host::Upload));
    assert_eq!(DownloadUrl::HOST, Host::Api);
}

#[test]
fn the_rules_of_the_upload_pages_are_checked() {
    let request: UploadFileBase64 = valid("upload-file-base-64/request-full");
    assert_eq!((request.upload_path.as_str(), request.file_name.as_deref()), ("demos/takes", Some("hum.wav")));
    valid::<UploadFileBase64>("upload-file-base-64/request-data-address");
    let live = check::<UploadFileBase64>(&fixture("upload-file-base-64/request-live-with-mime-type").json());
    assert_eq!((live.result.is_ok(), live.unknown), (true, vec!["mimeType".to_owned()]));
    for path in ["/demos", "demos/", "/", "/demos/"] {
        assert_eq!(broken(&UploadFileBase64::new("UklG", path)), ["uploadPath must have no slash at either end"]);
        assert_eq!(
            broken(&UploadFileUrl::new("ftp://media.example.net/hum.wav", path)),
            ["fileUrl is not an http or https address", "uploadPath must have no slash at either end"]
        );
    }
    assert_eq!(broken(&UploadFileBase64::new("", "")), ["base64Data is required", "uploadPath is required"]);
    // Number of characters in the Base64 text of 10 MiB, with its padding.
    assert_eq!(BASE64_DATA, 13_981_016);
    let request: UploadFileUrl = valid("upload-file-url/request-as-printed");
    assert_eq!(request.file_name.as_deref(), Some("my-downloaded-image.jpg"));
}

#[test]
fn common_5_a_direct_link_is_the_data_itself() {
    let file = fixture("download-url/response-link");
    let link = DownloadUrl::read(file.http_status, &file.body).unwrap();
    assert_eq!(link, "https://files.example.net/a.mp3?Expires=1770130000&Signature=abc");
    assert!(!format!("{link:?}").contains("Signature"), "{link:?}");
    for data in [json!(""), json!(null), json!(5), json!({})] {
        let body = json!({ "code": 200, "msg": "success", "data": data }).to_string();
        let read = DownloadUrl::read(200, body.as_bytes());
        assert!(matches!(read, Err(ReadError::Unreadable(_))), "{body}: {read:?}");
    }
}

#[test]
fn common_5_a_foreign_address_is_refused_inside_http_200() {
    let refusal = refusal("download-url/refusal-url-is-wrong");
    assert_eq!((refusal.http_status(), refusal.code(), refusal.message()), (200, 422, "url is wrong"));
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Validation, Charged::No));
    assert_eq!(broken(&DownloadUrl::new("a.mp3")), ["url is not an http or https address"]);
    assert_eq!(valid::<DownloadUrl>("download-url/request").url, "https://files.example.net/a.mp3");
}
