//! A home with its own settings, keys and ledger.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::stage::{
    kie::{Kie, Output},
    service::{document, kie},
};

pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(tempdir().unwrap());
        fs::create_dir(home.project()).unwrap();
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    /// Returns the folder in which the commands run.
    pub(crate) fn project(&self) -> PathBuf {
        self.path("album")
    }

    pub(crate) fn kie(&self) -> Kie {
        let mut kie = kie();
        for (name, folder) in [("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")] {
            kie.env(name, self.path(folder));
        }
        for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
            kie.env_remove(name);
        }
        kie.env("LOCALAPPDATA", self.path("data")).env("APPDATA", self.path("config")).current_dir(self.project());
        kie
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.kie().args(arguments).output().unwrap()
    }

    /// Runs a command that must end with this exit code. Returns its JSON document.
    pub(crate) fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--format", "json"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        document(&output)
    }

    /// Returns the path of the user's file with settings.
    pub(crate) fn user_file(&self) -> PathBuf {
        self.json(0, &["config", "path"])["user"]["path"].as_str().unwrap().into()
    }

    pub(crate) fn write_user_file(&self, settings: &str) {
        let path = self.user_file();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, settings).unwrap();
    }

    pub(crate) fn write_project_file(&self, settings: &str) {
        fs::write(self.project().join("kie.toml"), settings).unwrap();
    }
}
