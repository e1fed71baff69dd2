//! The fuzz targets, called with the documented fixtures and with small mutations of them.

mod mutations;
// The package `xtask/fuzz` includes this module in a library, so its functions are public.
#[allow(unreachable_pub)]
mod targets;

use std::{collections::BTreeSet, fs, panic, path::Path};

use mutations::mutations;
use targets::{TARGETS, seeds::seeds};

/// Number of mutations of each kind for one seed.
const MUTATIONS: usize = 2;

#[test]
fn callbacks() {
    holds("callbacks");
}

#[test]
fn the_market_route() {
    holds("market");
}

#[test]
fn the_receiver() {
    holds("receiver");
}

#[test]
fn records() {
    holds("records");
}

#[test]
fn redirects() {
    holds("redirects");
}

#[test]
fn requests() {
    holds("requests");
}

/// Calls a target with its seeds, and with mutations of them.
fn holds(target: &str) {
    let (_, run) = TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
    let seeds = seeds(target, &tests().join("fixtures"));
    assert!(seeds.len() > 80, "{} seeds", seeds.len());
    let mut inputs = 0;
    for (name, seed) in seeds {
        for input in [vec![seed.clone()], mutations(&seed, MUTATIONS)].concat() {
            inputs += 1;
            if panic::catch_unwind(|| run(&input)).is_err() {
                panic!("{target} fails for an input made from {name}:\n{}", input.escape_ascii());
            }
        }
    }
    println!("fuzz: {target}: {inputs} inputs");
}

#[test]
fn every_target_can_be_fuzzed() {
    let fuzz = tests().join("../xtask/fuzz");
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for name in &names {
        let program = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.ends_with(&format!("fuzz_target!(|data: &[u8]| kie_fuzz::{name}(data));\n")), "{program}");
        let entry = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert_eq!(manifest.matches(&entry).count(), 1, "{name} in xtask/fuzz/Cargo.toml");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), names.len());
    let programs = fs::read_dir(fuzz.join("fuzz_targets")).unwrap();
    let programs: BTreeSet<_> = programs.map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned()).collect();
    assert_eq!(programs, names.into_iter().map(Into::into).collect());
}

/// Returns the folder of this package.
fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
