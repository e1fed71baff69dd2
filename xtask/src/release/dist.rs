//! Builds what a release has for a platform: the binary `kie`, completions for shells, man pages and licences.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, ensure};

use crate::{
    cargo::cargo,
    target::{target, xtask},
};

/// Shells with their files of completions.
const SHELLS: [(&str, &str); 5] =
    [("bash", "kie.bash"), ("elvish", "kie.elv"), ("fish", "kie.fish"), ("powershell", "_kie.ps1"), ("zsh", "_kie")];

pub(crate) fn run() -> anyhow::Result<()> {
    let binary = target().join("dist").join(format!("kie{}", std::env::consts::EXE_SUFFIX));
    cargo("build --profile dist -p kie-cli --all-features", &[])?;
    let with_all = fs::metadata(&binary)?.len();
    cargo("build --profile dist -p kie-cli", &[])?;
    let folder = target().join(concat!("kie-", env!("CARGO_PKG_VERSION")));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    kie(&binary, &["man", &folder.join("man").to_string_lossy()])?;
    for (shell, file) in SHELLS {
        fs::write(completions.join(file), kie(&binary, &["completions", shell])?)?;
    }
    let package = xtask().with_file_name("crates").join("kie-cli");
    for file in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        fs::copy(package.join(file), folder.join(file))?;
    }
    let name = binary.file_name().context("the binary has no name")?;
    fs::copy(&binary, folder.join(name))?;
    println!("{}", folder.display());
    println!("the binary has {:.1} MB", megabytes(fs::metadata(&binary)?.len()));
    println!("with all features it has {:.1} MB", megabytes(with_all));
    Ok(())
}

/// Runs the binary and returns its standard output.
fn kie(binary: &Path, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new(binary).args(arguments).output().context("kie cannot be run")?;
    ensure!(output.status.success(), "kie {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

#[expect(clippy::cast_precision_loss, reason = "a binary has far less than 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
