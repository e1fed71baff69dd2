//! Files are saved below the root, and read from nowhere else.

use std::{fs, path::Path};

use kie_sandbox::Speed;
use serde_json::json;

use crate::{
    mcp::song,
    stage::{agent::Agent, desk::Desk},
};

#[test]
fn songs_are_saved_below_the_root_and_are_resources() {
    let desk = Desk::new(Speed::Instant);
    let mut agent = Agent::at(&desk, &[]);
    let mut first = song("waltz-1");
    (first["folder"], first["extras"]) = (json!("waltzes"), json!(true));
    let made = agent.call("generate_music", &first);
    let root = desk.path("songs").canonicalize().unwrap();
    let files = made["files"].as_array().unwrap();
    assert!(files.len() > 2, "{made:#}");
    for file in files {
        let path = Path::new(file["path"].as_str().unwrap());
        assert!(path.starts_with(root.join("waltzes")), "{file}");
        let read = agent.ask("resources/read", &json!({ "uri": file["resource"] }));
        let contents = &read["contents"][0];
        assert_eq!(contents["mimeType"], file["mimeType"]);
        match file["mimeType"].as_str().unwrap() {
            "audio/mpeg" => assert!(contents["blob"].as_str().unwrap().len() > 1_000),
            "text/plain" => assert_eq!(contents["text"], fs::read_to_string(path).unwrap()),
            _ => {}
        }
    }
    assert!(files.iter().any(|file| file["mimeType"] == "text/plain"), "{files:#?}");
    let listed = agent.ask("resources/list", &json!({}));
    assert_eq!(listed["resources"].as_array().unwrap().len(), files.len());
    let templates = agent.ask("resources/templates/list", &json!({}));
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "kie://files/{receipt}/{number}");
    // Saving again makes no second copy.
    let again = agent.call("save", &json!({ "id": "waltz-1", "folder": "waltzes" }));
    assert_eq!(again["files"].as_array().unwrap().len(), files.len(), "{again:#}");
    assert!(agent.end().contains("notifications/resources/list_changed"));
}

#[cfg(unix)]
#[test]
fn no_path_leads_out_of_the_root() {
    let desk = Desk::new(Speed::Instant);
    // A song that another command has saved elsewhere.
    desk.json(0, &["generate", "a march", "--name", "march", "--save", "elsewhere"]);
    fs::create_dir_all(desk.path("songs")).unwrap();
    fs::write(desk.path("secret.mp3"), b"ID3 secret").unwrap();
    std::os::unix::fs::symlink(desk.path("secret.mp3"), desk.path("songs/link.mp3")).unwrap();
    std::os::unix::fs::symlink(desk.folder.path(), desk.path("songs/out")).unwrap();
    let mut agent = Agent::at(&desk, &[]);
    let secret = desk.path("secret.mp3");
    for file in ["../secret.mp3", "link.mp3", "out/secret.mp3", secret.to_str().unwrap(), "no.mp3"] {
        let refused = agent.refused("upload", &json!({ "file": file }));
        assert!(refused["message"].as_str().unwrap().contains("is not below the folder of --root"), "{refused:#}");
    }
    assert!(desk.service.sandbox.requests("upload-file-stream").is_empty());
    for folder in ["..", "out", "a/../..", "/tmp"] {
        let mut outside = song("waltz-1");
        outside["folder"] = json!(folder);
        assert_eq!(agent.refused("generate_music", &outside)["error"], "invalid", "{folder}");
    }
    assert_eq!(desk.starts(), 1);
    let march = agent.call("task", &json!({ "id": "march" }));
    assert_eq!((&march["outcome"], &march["files"]), (&json!("success"), &json!([])), "{march:#}");
    assert_eq!(agent.ask("resources/list", &json!({}))["resources"], json!([]));
    let uri = format!("kie://files/{}/0", march["receipt"].as_str().unwrap());
    let read = agent.send("resources/read", &json!({ "uri": uri }));
    assert!(agent.answer(read)["error"]["message"].as_str().unwrap().contains("no saved file"));
    // A file below the root is uploaded.
    fs::write(desk.path("songs/hum.mp3"), b"ID3 hum").unwrap();
    let link = agent.call("upload", &json!({ "file": "hum.mp3" }));
    assert!(link["url"].as_str().unwrap().starts_with("http"), "{link:#}");
}
