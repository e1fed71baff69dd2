//! Reads and writes `counts.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use serde::Deserialize;

/// Content of `counts.toml`: numbers by unit and then by name, and the crates that each crate of the SDK is built from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Counts {
    /// Version of the compiler for which the numbers were last written.
    #[serde(default)]
    pub(crate) rustc: String,
    #[serde(default)]
    pub(crate) counts: BTreeMap<String, BTreeMap<String, Count>>,
    #[serde(default)]
    pub(crate) crates: BTreeMap<String, Crates>,
}

/// One number in `counts.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Count {
    pub(crate) number: f64,
    /// Reason why the number rose. `None` if it did not rise.
    pub(crate) why: Option<String>,
}

/// All crates that are compiled for one crate of the SDK, itself included.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Crates {
    /// Maximum number of crates. It is changed by hand.
    pub(crate) most: usize,
    /// Names of the crates that were in the first version of this list.
    #[serde(default)]
    pub(crate) names: BTreeSet<String>,
    /// Crates that were added later, each with its reason.
    #[serde(default)]
    pub(crate) new: BTreeMap<String, String>,
}

const HEAD: &str = "\
# The exact numbers of `cargo xtask bench --gate`. The command fails if a number differs by more than 2 % from the one in this
# file, in either direction, and if a crate was added or removed. `cargo xtask bench --gate --update` writes the measured
# numbers. A number that rose and a crate that was added need a reason: `--update --why \"…\"`. Numbers that differ by at most
# 2 % are left unchanged, and reasons are kept.
";

impl Counts {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let path = path();
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} does not have the expected fields", path.display()))
    }

    pub(crate) fn write(&self) -> anyhow::Result<()> {
        Ok(fs::write(path(), self.text())?)
    }

    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// Returns the text of the file, with one line for each number.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{HEAD}\nrustc = {:?}\n", self.rustc);
        for (unit, counts) in &self.counts {
            text += &format!("\n[counts.{unit}]\n");
            for (name, count) in counts {
                let why = count.why.as_ref().map(|why| format!(", why = {}", quoted(why))).unwrap_or_default();
                text += &format!("{} = {{ number = {}{why} }}\n", quoted(name), count.number);
            }
        }
        for (name, crates) in &self.crates {
            text += &format!("\n[crates.{name}]\nmost = {}\nnames = [\n", crates.most);
            for name in &crates.names {
                text += &format!("    {},\n", quoted(name));
            }
            text += &format!("]\n\n[crates.{name}.new]\n");
            for (name, why) in &crates.new {
                text += &format!("{} = {}\n", quoted(name), quoted(why));
            }
        }
        text
    }
}

/// Returns a text in quotation marks. TOML and JSON use the same escapes for a text of one line.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the version of the compiler on this machine. Returns an empty text if rustc cannot be run.
pub(crate) fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("counts.toml")
}
