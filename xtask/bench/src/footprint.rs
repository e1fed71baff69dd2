//! Measures the cost of the SDK as a dependency: number of crates, build time, size of the program.

use std::{collections::BTreeSet, env, fs, path::Path, process::Command, time::Instant};

use anyhow::{Context as _, ensure};

/// Folder of the SDK's workspace.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Crates of the SDK whose dependencies are listed in `counts.toml`. The second value of a pair holds the options for
/// cargo.
pub(crate) const COUNTED: [(&str, &[&str]); 3] = [
    ("kie-types", &[]),
    ("kie-suno", &[]),
    // kie-ledger is counted without default features. Programs that only implement a ledger use it like this.
    ("kie-ledger", &["--no-default-features"]),
];

/// Returns the names of all crates that are compiled for a crate with these features, itself included. A crate with two
/// versions appears twice.
pub(crate) fn crates(name: &str, features: &[&str]) -> anyhow::Result<Vec<String>> {
    let tree = ["tree", "-p", name, "-e", "normal", "--prefix", "none", "--format", "{p}"];
    let mut command = Command::new("cargo");
    let output = command.args(tree).args(features).current_dir(Path::new(WORKSPACE)).output();
    let output = output.context("cargo cannot be run")?;
    ensure!(output.status.success(), "cargo tree failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let versions: BTreeSet<_> = text.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).collect();
    Ok(versions.into_iter().filter_map(|words| words.first().map(|name| (*name).to_owned())).collect())
}

/// Time to build a program in seconds, and the size of the program in KiB.
pub(crate) struct Price {
    pub(crate) seconds: f64,
    pub(crate) kib: f64,
}

/// Builds a program that reads the account's balance with the SDK.
pub(crate) fn hello_ours() -> anyhow::Result<Price> {
    let dependencies = format!("kie-suno = {{ path = {:?} }}", Path::new(WORKSPACE).join("crates/kie-suno"));
    let main = "let client = kie_suno::Client::from_env()?;\n    println!(\"{}\", client.credits().await?);";
    hello("kie-suno", &dependencies, main)
}

/// Builds a program that reads the balance with reqwest and rustls. It reads the response as untyped JSON.
pub(crate) fn hello_reqwest() -> anyhow::Result<Price> {
    let dependencies = "reqwest = { version = \"0.13.5\", default-features = false, features = [\"rustls\", \"json\"] }\nserde_json = \"1\"";
    let main = "let client = reqwest::Client::new();\n    let call = client.get(\"https://api.kie.ai/api/v1/chat/credit\").bearer_auth(std::env::var(\"KIE_API_KEY\")?);\n    println!(\"{}\", call.send().await?.json::<serde_json::Value>().await?);";
    hello("reqwest", dependencies, main)
}

fn hello(name: &str, dependencies: &str, main: &str) -> anyhow::Result<Price> {
    let folder = env::temp_dir().join(format!("kie-bench-hello-{}-{name}", std::process::id()));
    fs::create_dir_all(folder.join("src"))?;
    let outcome = built(&folder, dependencies, main);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn built(folder: &Path, dependencies: &str, main: &str) -> anyhow::Result<Price> {
    let manifest = format!(
        "[package]\nname = \"hello\"\nedition = \"2024\"\n[workspace]\n[profile.release]\nstrip = true\n[dependencies]\n\
         tokio = {{ version = \"1\", features = [\"rt\", \"macros\"] }}\n{dependencies}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let body = "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {\n    ";
    fs::write(folder.join("src/main.rs"), format!("{body}{main}\n    Ok(())\n}}\n"))?;
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        let status =
            command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")).status();
        ensure!(status.context("cargo cannot be run")?.success(), "cargo {arguments:?} failed");
        Ok(())
    };
    // The download of the dependencies is not part of the measured time.
    cargo(&["fetch", "--quiet"])?;
    let begin = Instant::now();
    cargo(&["build", "--release", "--quiet"])?;
    let seconds = begin.elapsed().as_secs_f64();
    let size = fs::metadata(folder.join("target/release/hello"))?.len();
    Ok(Price { seconds, kib: size as f64 / 1024.0 })
}
