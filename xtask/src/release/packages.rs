//! Packages the published crates as for crates.io, and checks the packages. A package has only the files that its manifest
//! includes, so it can lack a file that the workspace has.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, ensure};
use cargo_metadata::{MetadataCommand, Package};

use crate::{
    cargo::cargo,
    files::files_below,
    published::published,
    target::{target, xtask},
};

/// Maximum size of a package, in bytes, as crates.io stores it.
const MAX_BYTES: u64 = 1_000_000;

/// Files at the top of the workspace that each package contains too.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Makes the packages, checks their files, and compiles them with each other.
pub(crate) fn run() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let packages = published(&metadata);
    let names: Vec<_> = packages.iter().map(|package| format!("-p {}", package.name)).collect();
    // The packages are compiled below. `cargo package` compiles each alone, with all its dependencies, and takes minutes.
    cargo(&format!("package --no-verify --allow-dirty --quiet {}", names.join(" ")), &[])?;
    let made = target().join("package");
    let folder = made.join("unpacked");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut wrong = Vec::new();
    for package in &packages {
        let name = format!("{}-{}", package.name, package.version);
        let archive = made.join(format!("{name}.crate"));
        let bytes = fs::metadata(&archive).with_context(|| archive.display().to_string())?.len();
        unpack(&archive, &folder)?;
        let problems = problems(&folder.join(&name), bytes)?;
        println!("{name}: {} KB", bytes.div_ceil(1000));
        wrong.extend(problems.into_iter().map(|problem| format!("{name} {problem}")));
    }
    ensure!(wrong.is_empty(), "packages have errors:\n  {}", wrong.join("\n  "));
    compile(&folder, &packages)
}

fn unpack(archive: &Path, folder: &Path) -> anyhow::Result<()> {
    // With `m`, files are as new as they are: in packages all files have the same old time, and cargo would not see that one
    // has changed since the last run.
    let status = Command::new("tar").arg("-xzmf").arg(archive).arg("-C").arg(folder).status();
    ensure!(status.context("tar cannot be run")?.success(), "{} cannot be unpacked", archive.display());
    Ok(())
}

/// Returns the problems of an unpacked package, whose archive has this number of bytes.
fn problems(package: &Path, bytes: u64) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    let top = xtask().parent().context("xtask is in the workspace")?;
    for licence in LICENCES {
        if fs::read(package.join(licence)).ok() != Some(fs::read(top.join(licence))?) {
            problems.push(format!("lacks the text of {licence}"));
        }
    }
    if !package.join("README.md").is_file() {
        problems.push("lacks README.md".into());
    }
    if bytes > MAX_BYTES {
        problems.push(format!("has {bytes} bytes, at most {MAX_BYTES} are allowed"));
    }
    let own_path = top.to_string_lossy().into_owned();
    for file in files_below(package)? {
        // A path of this machine tells about its owner, and means nothing on other machines.
        if String::from_utf8_lossy(&fs::read(&file)?).contains(&own_path) {
            problems.push(format!("has the path of the workspace in {}", file.strip_prefix(package)?.display()));
        }
    }
    Ok(problems)
}

/// Compiles the packages as members of a workspace, in which they depend on each other and on the locked versions of other
/// crates.
fn compile(folder: &Path, packages: &[&Package]) -> anyhow::Result<()> {
    let members: Vec<_> = packages.iter().map(|it| format!("\"{}-{}\"", it.name, it.version)).collect();
    let patches: String =
        packages.iter().map(|it| format!("{} = {{ path = \"{}-{}\" }}\n", it.name, it.name, it.version)).collect();
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\n{patches}", members.join(", "));
    let manifest_path = folder.join("Cargo.toml");
    fs::write(&manifest_path, manifest)?;
    fs::copy(xtask().with_file_name("Cargo.lock"), folder.join("Cargo.lock"))?;
    cargo(&format!("check --workspace --lib --bins --manifest-path {}", manifest_path.display()), &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_problems_of_a_package_are_named() -> anyhow::Result<()> {
        let package = std::env::temp_dir().join(format!("kie-package-{}", std::process::id()));
        fs::create_dir_all(package.join("src"))?;
        fs::copy(xtask().with_file_name("LICENSE-MIT"), package.join("LICENSE-MIT"))?;
        fs::write(package.join("src/lib.rs"), format!("// {}", xtask().display()))?;
        let found = problems(&package, MAX_BYTES + 1);
        fs::remove_dir_all(&package)?;
        let found = found?;
        let named = ["LICENSE-APACHE", "README.md", "bytes", "src/lib.rs"];
        assert_eq!(found.len(), named.len(), "{found:?}");
        for (problem, name) in found.iter().zip(named) {
            assert!(problem.contains(name), "{problem}");
        }
        Ok(())
    }
}
