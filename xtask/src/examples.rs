//! Runs the examples unchanged. Each example ends by itself, needs no network, and fails if a result is wrong.

use std::{
    collections::BTreeSet,
    fs,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

use crate::target::{target, xtask};

/// Time limit for all examples together. An example that is still running after this time is killed, and counts as
/// failed.
const TIME: Duration = Duration::from_secs(120);

/// Runs the examples of all crates at the same time. The command `cargo build --workspace --examples` must have built
/// them before.
pub(crate) fn run() -> anyhow::Result<()> {
    let names = names()?;
    eprintln!("\n== {} examples: {}", names.len(), names.iter().cloned().collect::<Vec<_>>().join(", "));
    let begin = Instant::now();
    let mut running = Vec::new();
    for name in names {
        let program = target().join("debug/examples").join(&name);
        let child = Command::new(&program).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        running.push((child.with_context(|| format!("{} cannot be run", program.display()))?, name));
    }
    let mut failed = Vec::new();
    for (mut child, name) in running {
        if !succeeds(&mut child, begin)? {
            failed.push(name);
        }
    }
    ensure!(failed.is_empty(), "examples failed: {}", failed.join(", "));
    eprintln!("== {:.0?}", begin.elapsed());
    Ok(())
}

fn succeeds(child: &mut Child, begin: Instant) -> anyhow::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if begin.elapsed() > TIME {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        sleep(Duration::from_millis(20));
    }
}

/// Returns the names of the files in the `examples` folder of each crate.
fn names() -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for krate in fs::read_dir(xtask().with_file_name("crates"))? {
        let Ok(examples) = fs::read_dir(krate?.path().join("examples")) else { continue };
        for file in examples {
            let path = file?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            let Some(name) = name else { bail!("{} has no name", path.display()) };
            ensure!(names.insert(name.to_owned()), "two examples have the name {name}");
        }
    }
    ensure!(!names.is_empty(), "there are no examples");
    Ok(names)
}
