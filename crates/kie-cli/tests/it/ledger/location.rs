//! Tests of the location of the ledger.

use std::path::{Path, PathBuf};

use kie_sandbox::Speed;
use tempfile::tempdir;

use crate::stage::service::{Service, document, kie};

/// Returns the default path of the ledger for a user with this home directory.
fn own_ledger(home: &Path) -> PathBuf {
    let data = match () {
        () if cfg!(windows) => home.join("local"),
        () if cfg!(target_os = "macos") => home.join("Library/Application Support"),
        () => home.join(".local/share"),
    };
    data.join("kie").join("ledger.db")
}

#[test]
fn the_ledger_is_in_the_users_data_directory() {
    let home = tempdir().unwrap();
    let at_home = || {
        let mut kie = kie();
        kie.env("HOME", home.path()).env_remove("XDG_DATA_HOME").env("LOCALAPPDATA", home.path().join("local"));
        kie
    };
    let listed = at_home().args(["--format", "json", "tasks"]).output().unwrap();
    assert_eq!(document(&listed)["ledger"], own_ledger(home.path()).to_str().unwrap(), "no key is asked for");
    assert!(own_ledger(home.path()).is_file());

    let named = home.path().join("mine.db");
    let listed = at_home().env("KIE_LEDGER", &named).args(["--format", "json", "tasks"]).output().unwrap();
    assert_eq!(document(&listed)["ledger"], named.to_str().unwrap());
    let none = at_home().env("KIE_LEDGER", &named).args(["--ledger", "none", "tasks"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2), "{none:?}");
    #[cfg(target_os = "linux")]
    {
        let data = home.path().join("data");
        let listed = at_home().env("XDG_DATA_HOME", &data).args(["--format", "json", "tasks"]).output().unwrap();
        assert_eq!(document(&listed)["ledger"], data.join("kie/ledger.db").to_str().unwrap());
    }
}

#[test]
fn a_simulator_has_a_ledger_only_if_one_is_named() {
    let home = tempdir().unwrap();
    let (named, meant) = (home.path().join("named.db"), home.path().join("meant.db"));
    let service = Service::new(Speed::Instant);
    for mut command in [service.kie(), kie()] {
        if command.get_envs().all(|(name, value)| name != "KIE_BASE_URL" || value.is_none()) {
            command.arg("--sandbox");
        }
        command.env("HOME", home.path()).env_remove("XDG_DATA_HOME").env("LOCALAPPDATA", home.path().join("local"));
        let output = command.env("KIE_LEDGER", &named).args(["generate", "x", "--no-wait"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(!named.exists() && !own_ledger(home.path()).exists(), "they would stand among those paid for");
        assert!(command.arg("--ledger").arg(&meant).output().unwrap().status.success());
        assert!(std::fs::remove_file(&meant).is_ok(), "this one was named");
    }
}

#[cfg(not(feature = "postgres"))]
#[test]
fn an_address_of_a_database_names_the_feature_and_makes_no_file() {
    let folder = tempdir().unwrap();
    let at_folder = |arguments: &[&str]| {
        let mut kie = kie();
        kie.current_dir(folder.path()).args(arguments).output().unwrap()
    };
    for address in ["postgres://mia:secret@db.example/shop", "postgresql://mia:secret@db.example/shop"] {
        for verb in [&["tasks"][..], &["generate", "x"], &["ledger", "status"], &["ledger", "copy", address, "copy.db"]]
        {
            let output = at_folder(&[&["--ledger", address], verb].concat());
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let told = crate::stage::service::stderr(&output);
            assert!(told.contains("without the feature postgres") && told.contains("mia@db.example"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
