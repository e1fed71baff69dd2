//! The file of the numbers, `counts.toml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use serde::Deserialize;

/// What is written, by the unit and then by what is counted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Counts {
    /// The compiler that the numbers were last written with.
    #[serde(default)]
    pub(crate) rustc: String,
    #[serde(default)]
    pub(crate) counts: BTreeMap<String, BTreeMap<String, Count>>,
    #[serde(default)]
    pub(crate) crates: BTreeMap<String, Crates>,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Count {
    pub(crate) number: f64,
    /// Why it is higher than it was.
    pub(crate) why: Option<String>,
}

/// All crates that one is built from, itself included.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Crates {
    /// How many there may be.
    pub(crate) most: usize,
    /// Those that were there when the list began.
    #[serde(default)]
    pub(crate) names: BTreeSet<String>,
    /// Those that came later, each with its reason.
    #[serde(default)]
    pub(crate) new: BTreeMap<String, String>,
}

const HEAD: &str = "\
# The exact numbers of `cargo xtask bench --gate`. It fails where one is more than 2 % away from what is written here, above
# or below, and where a crate comes or goes. `cargo xtask bench --gate --update` writes what was found. A number that rises
# and a crate that comes need their reason: `--update --why \"…\"`. Numbers within the 2 % stay as they are, and reasons do.
";

impl Counts {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let path = path();
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is not as it should be", path.display()))
    }

    pub(crate) fn write(&self) -> anyhow::Result<()> {
        Ok(fs::write(path(), self.text())?)
    }

    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// The file, a line for each number.
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

/// A text between quotation marks; TOML and JSON escape alike what can stand in one line.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The version of the compiler on this machine; empty if it does not tell.
pub(crate) fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("counts.toml")
}
