//! Tests with ledgers that cannot be used: `kie` reports them with their path before anything is paid for.

use kie_sandbox::Speed;
use rusqlite::Connection;

use crate::{stage::desk::Desk, stage::kie::Kie, stage::service::stderr};

/// Checks that `kie generate` and `kie tasks` report a ledger that cannot be used. `says` is the expected text.
fn unusable<K: Into<Kie>>(desk: &Desk, ledger: &str, says: &str, command: impl Fn() -> K) {
    for arguments in [&["generate", "x"][..], &["generate", "x", "--name", "a", "--no-wait"], &["tasks"]] {
        let output = command().into().args(["--ledger", ledger]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{ledger}: {output:?}");
        let told = stderr(&output);
        assert!(told.contains(&format!("receipts cannot be kept in {ledger}")), "{told}");
        assert!(told.contains(says) && told.contains("--ledger none"), "{says}: {told}");
        assert!(told.contains("charged: no"), "{told}");
    }
    assert_eq!(desk.service.sandbox.requests("generate-music").len(), 0, "{ledger}");
}

#[test]
fn a_ledger_of_a_newer_version_or_of_something_else_is_told_before_anything_is_paid() {
    let desk = Desk::new(Speed::Instant);
    let path = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    desk.json(0, &["tasks"]);
    let newer = Connection::open(desk.path("ledger.db")).unwrap();
    newer.pragma_update(None, "user_version", 1_000).unwrap();
    unusable(&desk, &path("ledger.db"), "newer version", || desk.service.kie());
    let other = Connection::open(desk.path("addresses.db")).unwrap();
    other.execute_batch("CREATE TABLE addresses (name TEXT)").unwrap();
    unusable(&desk, &path("addresses.db"), "another program's database", || desk.service.kie());
    std::fs::write(desk.path("notes.txt"), "notes\n".repeat(1_000)).unwrap();
    unusable(&desk, &path("notes.txt"), "not a ledger", || desk.service.kie());
    unusable(&desk, &path("notes.txt/kie/ledger.db"), "cannot be opened", || desk.service.kie());
    #[cfg(target_os = "linux")]
    unusable(&desk, "/proc/kie/ledger.db", "cannot be opened", || desk.service.kie());
}

#[cfg(unix)]
mod bound {
    use std::{
        fs,
        os::unix::{
            fs::{MetadataExt as _, PermissionsExt as _},
            process::CommandExt as _,
        },
        path::{Path, PathBuf},
        process::Command,
    };

    use assert_cmd::cargo::cargo_bin;
    use kie_sandbox::Speed;

    use super::unusable;
    use crate::{stage::desk::Desk, stage::service::stderr};

    /// Id of a user who owns no file in this test.
    const NOBODY: u32 = 65_534;

    fn allow(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Returns a command that runs the binary as a user without root's permissions.
    fn bound(desk: &Desk, binary: &Path) -> Command {
        let mut plain = desk.service.kie();
        let mut kie = Command::new(binary);
        kie.env_clear().current_dir("/");
        for (name, value) in plain.env("HOME", desk.folder.path()).get_envs() {
            kie.envs(value.map(|value| (name, value)));
        }
        if fs::metadata(desk.folder.path()).unwrap().uid() == 0 {
            kie.uid(NOBODY).gid(NOBODY);
        }
        kie
    }

    /// Copies the binary to a place where other users can run it.
    fn binary(desk: &Desk) -> PathBuf {
        let copy = desk.path("kie");
        // The program `cp` writes the copy. If this process wrote it, a child that another test starts at the same time
        // would hold the copy open for a moment, and an open file cannot be run.
        assert!(Command::new("cp").args([cargo_bin("kie"), copy.clone()]).status().unwrap().success());
        allow(&copy, 0o755);
        copy
    }

    #[test]
    fn a_ledger_that_is_read_only_is_told_before_anything_is_paid() {
        let desk = Desk::new(Speed::Instant);
        let binary = binary(&desk);
        desk.json(0, &["tasks"]);
        allow(&desk.path("ledger.db"), 0o444);
        allow(desk.folder.path(), 0o555);
        let path = |name: &str| desk.path(name).to_str().unwrap().to_owned();
        let kie = |arguments: &[&str]| {
            let output = bound(&desk, &binary).args(["--ledger", &path("ledger.db")]).args(arguments).output().unwrap();
            (output.status.code(), stderr(&output))
        };
        assert_eq!(kie(&["tasks"]).0, Some(0), "it can be read");
        let (code, told) = kie(&["generate", "x", "--name", "a"]);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains(&format!("the ledger {} is read-only", path("ledger.db"))), "{told}");
        assert!(told.contains("--ledger none") && told.contains("charged: no"), "{told}");
        assert_eq!(desk.service.sandbox.requests("generate-music").len(), 0);
        unusable(&desk, &path("new.db"), "cannot be opened", || bound(&desk, &binary));
        unusable(&desk, &path("kie/new.db"), "cannot be opened", || bound(&desk, &binary));
        allow(&desk.path("ledger.db"), 0o000);
        unusable(&desk, &path("ledger.db"), "cannot be opened", || bound(&desk, &binary));
        allow(desk.folder.path(), 0o755);
    }

    #[test]
    fn a_full_disk_is_told_before_anything_is_paid() {
        let desk = Desk::new(Speed::Instant);
        // The shell limits the size of a file that the command may write to `blocks` blocks of 512 bytes. A write
        // beyond the limit returns an error, and does not end the process.
        for blocks in [0, 8, 60] {
            let limited = || {
                let mut kie = desk.service.kie();
                let mut shell = Command::new("sh");
                let limit = format!("trap '' XFSZ; ulimit -f {blocks} && exec \"$0\" \"$@\"");
                shell.args(["-c", &limit]).arg(kie.get_program());
                for (name, value) in kie.env("PATH", "/usr/bin:/bin").get_envs() {
                    match value {
                        Some(value) => shell.env(name, value),
                        None => shell.env_remove(name),
                    };
                }
                shell
            };
            let ledger = desk.path(&format!("{blocks}.db"));
            unusable(&desk, ledger.to_str().unwrap(), "disk", limited);
        }
    }
}
