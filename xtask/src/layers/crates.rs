//! Checks the dependencies between the crates of this workspace. Also checks that some crates do not depend on certain
//! other crates.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand, PackageId};

use super::cycles::reached;

/// Each crate, with the crates of this workspace on which it may depend directly. Tests and examples may use more
/// crates.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("kie-types", &[]),
    ("kie-transport", &[]),
    ("kie-suno", &["kie-types", "kie-transport", "kie-ledger"]),
    ("kie-sandbox", &["kie-types"]),
    ("kie-ledger", &["kie-types"]),
    ("kie-ledger-postgres", &["kie-ledger", "kie-types"]),
    ("kie-cli", &["kie-suno", "kie-sandbox", "kie-ledger"]),
    ("kie-tests", &["kie-suno", "kie-ledger"]),
    ("xtask", &["kie-types"]),
];

/// All crates on which kie-types may depend, directly or through other crates, with all its features. These are serde
/// and its parts, error types, the signature of callbacks, JSON Schema, jiff and chrono.
const KIE_TYPES_REACHES: [&str; 44] = [
    "autocfg",
    "base64",
    "block-buffer",
    "cfg-if",
    "chrono",
    "cmov",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "digest",
    "dyn-clone",
    "getrandom",
    "hmac",
    "hybrid-array",
    "itoa",
    "jiff",
    "jiff-core",
    "jiff-static",
    "libc",
    "log",
    "memchr",
    "num-traits",
    "portable-atomic",
    "portable-atomic-util",
    "proc-macro2",
    "quote",
    "rand_core",
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

/// Each crate, with the crates on which it must not depend, directly or through other crates. The forbidden crates do
/// work that belongs to another layer of the SDK.
const MUST_NOT_REACH: [(&str, &[&str]); 2] = [
    ("kie-types", &["tokio", "hyper", "hyper-util", "http", "http-body", "bytes", "rustls", "mio", "socket2"]),
    ("kie-sandbox", &["rustls", "hyper-rustls"]),
];

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
    for (name, forbidden) in MUST_NOT_REACH {
        let reached = reached(name, &uses);
        wrong.extend(forbidden.iter().filter(|name| reached.contains(*name)).map(|it| format!("{name} reaches {it}")));
    }
    for reached in reached("kie-types", &uses) {
        if !KIE_TYPES_REACHES.contains(&reached) {
            wrong.push(format!(
                "kie-types reaches {reached}, which is not in KIE_TYPES_REACHES (xtask/src/layers/crates.rs)"
            ));
        }
    }
    Ok(wrong)
}
