//! Checks the dependencies between the crates of this workspace. Also checks that some crates do not depend on certain
//! other crates.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use anyhow::{Context as _, ensure};
use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand, PackageId};

/// Each crate, with the crates of this workspace on which it may depend directly. Tests and examples may use more
/// crates.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("kie-types", &[]),
    ("kie-transport", &[]),
    ("kie-suno", &["kie-types", "kie-transport", "kie-ledger"]),
    ("kie-sandbox", &["kie-types", "kie-transport"]),
    ("kie-ledger", &["kie-types"]),
    ("kie-ledger-postgres", &["kie-ledger", "kie-types"]),
    ("kie-cli", &["kie-suno", "kie-sandbox", "kie-ledger", "kie-ledger-postgres"]),
    ("kie-tests", &["kie-suno", "kie-ledger"]),
    ("kie-test-postgres", &["kie-ledger-postgres"]),
    ("xtask", &["kie-types"]),
    ("kie-probe", &["kie-types", "kie-suno", "kie-ledger", "kie-sandbox"]),
];

/// All crates on which kie-types may depend, directly or through other crates, with all its features. These are serde
/// and its parts, error types, the signature of callbacks, JSON Schema, jiff and chrono.
const KIE_TYPES_REACHES: [&str; 40] = [
    "autocfg",
    "base64",
    "block-buffer",
    "cfg-if",
    "chrono",
    "cmov",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "digest",
    "dyn-clone",
    "hmac",
    "hybrid-array",
    "itoa",
    "jiff",
    "jiff-core",
    "jiff-static",
    "libc",
    "memchr",
    "num-traits",
    "portable-atomic",
    "portable-atomic-util",
    "proc-macro2",
    "quote",
    "ref-cast",
    "ref-cast-impl",
    "schemars",
    "schemars_derive",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_derive_internals",
    "serde_json",
    "sha2",
    "syn",
    "thiserror",
    "thiserror-impl",
    "typenum",
    "unicode-ident",
    "zmij",
];

/// Each crate and its features, with the crates on which it must not depend, directly or through other crates. The
/// forbidden crates do work that belongs to another layer of the SDK. Only the cassettes of kie-sandbox need a client.
const MUST_NOT_REACH: [(&str, &str, &[&str]); 2] = [
    ("kie-types", ALL, &["tokio", "hyper", "hyper-util", "http", "http-body", "bytes", "rustls", "mio", "socket2"]),
    ("kie-sandbox", "--no-default-features", &["rustls", "hyper-rustls"]),
];

/// Option of cargo that turns on all features.
const ALL: &str = "--all-features";

/// Returns a message for each dependency that is not allowed.
pub(crate) fn wrong() -> anyhow::Result<Vec<String>> {
    let metadata = MetadataCommand::new().features(CargoOpt::AllFeatures).exec()?;
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in &resolve.nodes {
        let normal = |kind: &cargo_metadata::DepKindInfo| kind.kind != DependencyKind::Development;
        let direct = node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(normal));
        let direct = direct.filter_map(|dep| names.get(&dep.pkg).copied());
        uses.entry(names[&node.id]).or_default().extend(direct);
    }

    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} has no row in MAY_USE (xtask/src/layers/crates.rs)"));
            continue;
        };
        let ours = |used: &&&str| MAY_USE.iter().any(|(known, _)| known == *used);
        for used in uses[name].iter().filter(ours).filter(|used| !allowed.contains(used)) {
            wrong.push(format!("{name} must not use {used}"));
        }
    }
    for (name, features, forbidden) in MUST_NOT_REACH {
        let reached = dependencies(name, features)?;
        wrong.extend(forbidden.iter().filter(|name| reached.contains(**name)).map(|it| format!("{name} reaches {it}")));
    }
    for reached in dependencies("kie-types", ALL)? {
        if !KIE_TYPES_REACHES.contains(&reached.as_str()) {
            wrong.push(format!(
                "kie-types reaches {reached}, which is not in KIE_TYPES_REACHES (xtask/src/layers/crates.rs)"
            ));
        }
    }
    Ok(wrong)
}

/// Returns the crates on which a crate with these features depends, directly or through other crates, on all platforms.
/// Features that only other crates of the workspace turn on do not count.
fn dependencies(name: &str, features: &str) -> anyhow::Result<BTreeSet<String>> {
    let of = ["tree", "--package", name, features, "--target", "all", "--edges", "normal,build"];
    let output = Command::new(env!("CARGO")).args(of).args(["--prefix", "none"]).output()?;
    ensure!(output.status.success(), "cargo tree failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout)?;
    let names =
        lines.lines().filter_map(|line| line.split(' ').next()).filter(|found| !found.is_empty() && *found != name);
    Ok(names.map(str::to_owned).collect())
}
