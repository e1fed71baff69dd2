//! Screens of texts, voices and files, and of the verbs for programs.

use std::fs;

use kie_sandbox::Speed;
use serde_json::json;

use crate::{
    screens::songs::desk,
    stage::{
        screen::{Screens, on_both_sizes},
        service::stdout,
        stand_ins::StandIns,
    },
};

/// Names of the screens and their command lines, with an exit code of 0.
const TEXTS: [(&str, &str); 12] = [
    ("lyrics", r#"kie lyrics "two lighthouses across a foggy bay""#),
    ("lyrics-saved", r#"kie lyrics "最后一班电车" --save lyrics"#),
    ("style", r#"kie style "dusty soul, brass stabs""#),
    ("voice-phrase", "kie voice phrase https://cdn.example.net/sample.mp3 --from 0:04 --to 0:19"),
    ("voice-make", r#"kie voice make hum.wav --voice-name "Marta alto""#),
    ("voice-check", "kie voice check"),
    ("voice-phrase-again", "kie voice phrase hum.wav --to 0:15"),
    ("upload", "kie upload hum.wav"),
    ("credits", "kie credits"),
    ("call", "kie call get-account-credits"),
    ("call-that-makes", "kie call generate-lyrics --json theme.json"),
    ("call-dry-run", "kie call generate-lyrics --json theme.json --dry-run"),
];

#[test]
fn screens_of_texts_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("results/texts", size));
        fs::write(desk.path("theme.json"), json!({ "prompt": "a night tram" }).to_string()).unwrap();
        for (name, line) in TEXTS {
            screens.take(name, 0, desk.kie(), line);
        }
        screens.compare(&StandIns::of(&desk));
    });
}

#[test]
fn screens_for_programs_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Live), Screens::new("results/tasks", size));
        let request =
            json!({ "prompt": "a waltz", "customMode": false, "instrumental": false, "model": "V5", "mood": "sad" });
        fs::write(desk.path("request.json"), request.to_string()).unwrap();
        let response =
            json!({ "code": 200, "msg": "success", "data": { "taskId": "5b0e7a94c2d14f3d8a6f31c7e9d2b406" } });
        fs::write(desk.path("response.json"), response.to_string()).unwrap();
        let callback = json!({
            "code": 200, "msg": "All generated successfully.",
            "data": { "callbackType": "complete", "task_id": "5b0e7a94c2d14f3d8a6f31c7e9d2b406", "data": [
                { "id": "045c7003-6a0e-4b7c-9d1f-2e8a5c3b7d90", "audio_url": "https://cdn.example.net/a.mp3",
                  "title": "最后一班电车演奏的告别曲", "tags": "chamber pop", "duration": 170.2 },
            ] },
        });
        fs::write(desk.path("callback.json"), callback.to_string()).unwrap();
        let task = stdout(&desk.run(&["generate", "x", "--no-wait"])).trim().to_owned();
        for (name, code, line) in [
            ("task-running", 0, format!("kie task generate-music {task}")),
            ("task-timeout", 6, format!("kie task generate-music {task} --wait --timeout 1")),
            ("resume-timeout", 6, format!("kie resume {} --save songs --timeout 2", &task[..8])),
            ("save-running", 0, "kie save songs".to_owned()),
            ("task-unknown", 4, "kie task generate-music 5b0e7a94c2d14f3d8a6f31c7e9d2b406".to_owned()),
            ("check", 0, "kie check generate-music request.json".to_owned()),
            ("inspect-request", 0, "kie inspect request generate-music request.json".to_owned()),
            ("inspect-response", 0, "kie inspect response generate-music response.json".to_owned()),
            ("inspect-callback", 0, "kie inspect callback any callback.json".to_owned()),
            ("models-live", 0, "kie models --live".to_owned()),
        ] {
            screens.take(name, code, desk.kie(), &line);
        }
        screens.compare(&StandIns::of(&desk));
    });
}

/// Names of the screens and their command lines, with an exit code of 0. The texts of the first three are in the ledger.
const FINISHED: [(&str, &str); 4] = [
    ("task", "kie task generate-music TASK"),
    ("resume", "kie resume order-4711 --save songs"),
    ("save", "kie save songs --extras"),
    ("save-nothing", "kie save songs"),
];

#[test]
fn screens_of_finished_tasks_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("results/finished", size));
        let wide = ["--style", "chamber pop", "--title", "最后一班电车演奏的告别曲", "--no-wait"];
        let task = stdout(&desk.run(&[&["generate", "@lyrics.txt"], &wide[..]].concat())).trim().to_owned();
        desk.run(&["generate", "a march", "--name", "order-4711", "--no-wait"]);
        for (name, line) in FINISHED {
            screens.take(name, 0, desk.kie(), &line.replace("TASK", &task));
        }
        screens.compare(&StandIns::of(&desk));
    });
}
