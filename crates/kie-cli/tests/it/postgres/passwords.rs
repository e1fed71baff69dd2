//! Tests that the password of a database is never shown.

use std::{fs, net::TcpListener, process::Stdio, thread, time::Duration};

use kie_sandbox::Speed;

use super::{Fleet, document, stderr, stdout};

#[test]
fn the_password_is_in_no_output() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    let with = |arguments: &[&str]| {
        let mut kie = fleet.kie();
        kie.args(arguments);
        kie
    };
    let alone = |arguments: &[&str]| {
        let mut kie = fleet.alone();
        kie.args(arguments);
        kie
    };
    for format in ["text", "json"] {
        for command in [&["config"][..], &["list"], &["tasks"], &["ledger", "status"]] {
            let arguments = [&["--format", format], command].concat();
            for kie in [with(&arguments), alone(&arguments)] {
                let told = stdout(&fleet.run(0, kie));
                let is_named = told.contains(&fleet.shown()) || format == "text" && command == ["tasks"];
                assert!(is_named, "{command:?}: {told}");
            }
        }
        let doctor = stdout(&fleet.run(0, with(&["--format", format, "doctor"])));
        assert!(doctor.replace('\n', " ").contains("can be read"), "{doctor}");
    }
    fleet.run(0, with(&["--help"]));
    fleet.run(0, with(&["ledger", "copy", "--help"]));
    // Arguments that are wrong are repeated in the text of the error.
    for arguments in
        [&["list", "URL"][..], &["ledger", "URL"], &["ledger", "copy", "a", "URL", "URL"], &["--lodger=URL"]]
    {
        let url = fleet.url();
        let arguments: Vec<String> = arguments.iter().map(|it| it.replace("URL", &url)).collect();
        for format in ["text", "json"] {
            let mut kie = fleet.desk.service.kie();
            kie.args(["--format", format]).args(&arguments);
            fleet.run(2, kie);
        }
    }
    for wrong in ["@db:x/shop", "@127.0.0.1:1/shop?sslmod=require", "@127.0.0.1:1/shop&x=y?z"] {
        let mut kie = fleet.desk.service.kie();
        let wrong = format!("postgres://mia:{}{wrong}", fleet.password);
        kie.args(["--ledger", &wrong, "generate", "x"]);
        let told = stderr(&fleet.run(1, kie));
        assert!(told.contains("receipts cannot be kept in postgres://"), "{told}");
    }
    let mut kie = fleet.alone();
    kie.args(["--format", "json", "ledger", "copy", "env:KIE_LEDGER", "env:KIE_LEDGER"]);
    let told = document(&fleet.run(2, kie));
    assert!(told["message"].as_str().unwrap().contains("the same ledger"), "{told:#}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_list_of_processes_does_not_have_the_password_and_ctrl_c_ends_the_connection() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    // It accepts connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let address = format!("postgres://mia:{}@127.0.0.1:{port}/shop", fleet.password);
    let mut kie = fleet.desk.service.kie();
    kie.env_remove("KIE_BASE_URL").env("KIE_LEDGER", &address).arg("list");
    let running = kie.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let connected = silent.accept().unwrap();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let arguments = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let arguments: Vec<String> = arguments.map(|it| String::from_utf8_lossy(&it).into_owned()).collect();
    assert!(arguments.iter().any(|it| it.ends_with("kie\0list\0")), "{arguments:?}");
    assert!(arguments.iter().all(|it| !it.contains(&address)));
    let id = running.id().to_string();
    thread::sleep(Duration::from_millis(100));
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = running.wait_with_output().unwrap();
    drop(connected);
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let told = stderr(&output);
    let place = format!("opening the ledger postgres://mia@127.0.0.1:{port}/shop");
    assert!(told.contains(&place) && !told.contains(&fleet.password), "{told}");
}
