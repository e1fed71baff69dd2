//! Screens of the settings, the key, the simulator and the terminal.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use kie_sandbox::Speed;

#[cfg(target_os = "linux")]
use crate::stage::terminal::answer;
use crate::{
    screens::songs::desk,
    setup::home::Home,
    stage::{
        kie::Kie,
        screen::{Screens, on_both_sizes, words},
        service::kie,
        stand_ins::StandIns,
    },
};

#[test]
fn screens_of_settings_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, home, mut screens) = (desk(Speed::Instant), Home::new(), Screens::new("setup", size));
        let mut take = |name: &str, code: i32, line: &str| {
            let mut kie = home.kie();
            kie.env("KIE_BASE_URL", desk.service.url());
            screens.take(name, code, kie, line);
        };
        take("config-of-nothing", 0, "kie config");
        take("config-path-of-nothing", 0, "kie config path");
        take("login", 0, "kie login --api-key my-key");
        take("login-no-check", 0, "kie login --api-key my-key --no-check");
        take("doctor", 0, "kie doctor");
        take("logout", 0, "kie logout");
        take("logout-again", 0, "kie logout");
        home.write_user_file("route = \"market\"\nsave = \"~/Music/最后一班电车\"\nextras = true\nbudget = 100\n");
        home.write_project_file("out-template = \"{date}/{title}/{index}-{id8}.{ext}\"\nconfirm-above = 12\n");
        take("config", 0, "kie config");
        take("config-path", 0, "kie config path");
        home.write_user_file("route = \"market\"\ncolour = 1\n");
        take("config-wrong", 2, "kie config");
        take("settings-wrong", 2, "kie generate x");
        fs::write(home.path("notes.txt"), "notes\n".repeat(1_000)).unwrap();
        take("doctor-faults", 1, "kie --base-url http://127.0.0.1:9 --ledger ../notes.txt doctor");
        let folder = home.path("");
        let folder = folder.to_str().unwrap().trim_end_matches('/');
        let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
        let stand_ins = StandIns::of(&desk).with(folder, "/home/mia/music").with(system, "linux on x86_64");
        screens.compare(&stand_ins);
    });
}

/// Returns the start message of `kie sandbox`.
fn start_message(mut kie: Kie) -> String {
    let mut simulator = kie.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(simulator.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut message = String::new();
    for line in lines {
        message += &format!("{line}\n");
        if line.starts_with("log of requests") {
            break;
        }
    }
    simulator.kill().unwrap();
    simulator.wait().unwrap();
    message
}

#[test]
fn screens_of_the_simulator_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let mut screens = Screens::new("simulator", size);
        for (name, line) in [
            ("sandbox", "kie sandbox --port 0 --seed 7"),
            ("sandbox-key", "kie sandbox --port 0 --seed 7 --api-key k --webhook-key w --credits 5"),
        ] {
            let mut kie = kie();
            kie.args(&words(line)[1..]).env("COLUMNS", size.0.to_string());
            let message = start_message(kie);
            let url = message.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
            screens.add(name, line, &message.replace(url, "http://127.0.0.1:48787"), "");
        }
        screens.compare(&StandIns::default());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn screens_of_questions_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, home, mut screens) = (desk(Speed::Instant), Home::new(), Screens::new("questions", size));
        for (name, word) in [("consent", "y"), ("consent-no", "n")] {
            let line = "kie --progress none generate \"a waltz\"";
            let mut kie = desk.kie();
            kie.args(&words(line)[1..]).envs([("KIE_CONFIRM_ABOVE", "5"), ("NO_COLOR", "1")]);
            let ended = answer(kie, "for no\r\n", word);
            screens.add(name, line, &ended.stdout, &ended.shown.replace("\r\n", "\n"));
        }
        let mut kie = home.kie();
        kie.env("KIE_BASE_URL", desk.service.url()).arg("login");
        let ended = answer(kie, "it is not shown:", "my-key");
        screens.add("login", "kie login", &ended.stdout, &ended.shown.replace("\r\n", "\n"));
        let folder = home.path("");
        let folder = folder.to_str().unwrap().trim_end_matches('/');
        screens.compare(&StandIns::of(&desk).with(folder, "/home/mia/music"));
    });
}
