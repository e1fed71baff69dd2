//! Tests of `kie open`.

use kie_sandbox::Speed;
use serde_json::json;

use crate::{
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

#[test]
fn without_a_desktop_the_path_is_told() {
    if cfg!(any(windows, target_os = "macos")) {
        return;
    }
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a slow waltz", "--save", "songs"]);
    let run = |arguments: &[&str]| {
        let mut kie = desk.kie();
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"] {
            kie.env_remove(name);
        }
        kie.args(arguments).output().unwrap()
    };
    let told = run(&["open", "--last"]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(stdout(&told).starts_with("songs/A slow waltz-") && stdout(&told).ends_with(".mp3\n"), "{told:?}");
    assert!(stderr(&told).contains("there is no desktop"), "{told:?}");
    assert_eq!(stdout(&run(&["open", "--last", "--folder"])), "songs\n");
    let document = crate::stage::service::document(&run(&["--format", "json", "open", "--last"]));
    assert_eq!((&document["opened"], &document["message"]), (&json!(false), &json!("there is no desktop")));
    assert!(document["target"].as_str().unwrap().starts_with(desk.path("songs").to_str().unwrap()));
}

#[test]
fn what_is_not_there_is_told() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a slow waltz"]);
    let unsaved = desk.run(&["open", "--last"]);
    assert_eq!(unsaved.status.code(), Some(1), "{unsaved:?}");
    assert!(stderr(&unsaved).contains("nothing is saved of receipt "), "{unsaved:?}");
    desk.json(0, &["save", "songs"]);
    std::fs::rename(desk.path("songs"), desk.path("moved")).unwrap();
    let moved = desk.run(&["open", "--last"]);
    assert_eq!(moved.status.code(), Some(1), "{moved:?}");
    assert!(stderr(&moved).contains("is not there any more"), "{moved:?}");
    assert_eq!(desk.run(&["open"]).status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_its_folder_and_its_link_are_opened() {
    use std::{env, fs, os::unix::fs::PermissionsExt as _, thread::sleep, time::Duration};

    let desk = Desk::new(Speed::Instant);
    let made = desk.json(0, &["generate", "a slow waltz", "--save", "songs"]);
    let (bin, log) = (desk.path("bin"), desk.path("opened"));
    fs::create_dir(&bin).unwrap();
    let opener = bin.join("xdg-open");
    // The program writes its argument to a new file, and then gives the file its name, so that no half line is read.
    fs::write(&opener, "#!/bin/sh\nprintf '%s' \"$1\" > \"$OPENED.new\" && mv \"$OPENED.new\" \"$OPENED\"\n").unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = env::join_paths([bin].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    let opened = |arguments: &[&str]| {
        let _ = fs::remove_file(&log);
        let mut kie = desk.kie();
        kie.env("PATH", &path).env("OPENED", &log).env("DISPLAY", ":0").env_remove("WSL_DISTRO_NAME");
        let output = kie.args(arguments).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{output:?}");
        let read = || {
            sleep(Duration::from_millis(20));
            fs::read_to_string(&log).ok()
        };
        (0..500).find_map(|_| read()).expect("the file is opened")
    };
    let first = made["files"][0]["path"].as_str().unwrap();
    let second = made["files"][1]["path"].as_str().unwrap();
    let id = &made["items"][1]["id"].as_str().unwrap()[..8];
    let absolute = desk.path(second).to_str().unwrap().to_owned();
    assert_eq!(opened(&["open", second]), absolute);
    assert_eq!(opened(&["open", made["taskId"].as_str().unwrap()]), desk.path(first).to_str().unwrap());
    assert_eq!(opened(&["open", "--last", "--folder"]), desk.path("songs").to_str().unwrap());
    let link = opened(&["open", id, "--link"]);
    assert!(link.starts_with(&desk.service.url()), "{link}");
}
